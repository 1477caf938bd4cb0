// Writing JSON strings.
#pragma once

#include <string>
#include <string_view>

namespace mseavro {

// Appends `text` in quotes. Bytes that are not UTF-8 become U+FFFD, one for each maximal part of an
// ill-formed sequence, as the Unicode Standard recommends.
void append_json_string(std::string_view text, std::string* json);

// Appends bytes in quotes, one character U+0000 to U+00FF for each.
void append_json_bytes(std::string_view bytes, std::string* json);

}  // namespace mseavro
