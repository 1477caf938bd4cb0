// Text that should be UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mseavro {

// Whether all bytes are below 0x80. Faster than utf8_prefix_size.
bool is_ascii(std::string_view text);

// Size in bytes of the longest beginning of `text` that is well-formed UTF-8.
size_t utf8_prefix_size(std::string_view text);

// Appends the character that `text`, which is not empty, begins with, and returns its size in
// bytes. A maximal part of an ill-formed sequence becomes one U+FFFD, as the Unicode Standard
// recommends.
size_t append_utf8_character(std::string_view text, std::string* to);

// Appends the text with every ill-formed part replaced like that.
void append_utf8(std::string_view text, std::string* to);

}  // namespace mseavro
