// JSON strings: writing them, and the bytes that they stand for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mseavro {

// Appends `text` in quotes. What is not UTF-8 becomes U+FFFD (base/text/utf8.h). Gives up, in the
// middle of the text, once `*json` has more than `size_limit` bytes: text can grow sixfold. What is
// plain in it is appended in one piece.
void append_json_string(std::string_view text, std::string* json, size_t size_limit = SIZE_MAX);

// Appends bytes in quotes, one character U+0000 to U+00FF for each; gives up like
// append_json_string.
void append_json_bytes(std::string_view bytes, std::string* json, size_t size_limit = SIZE_MAX);

// The bytes of a string that append_json_bytes wrote: one for each character of the UTF-8 text;
// nullopt when one is beyond U+00FF.
std::optional<std::string> json_bytes(std::string_view text);

}  // namespace mseavro
