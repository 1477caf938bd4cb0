// What single bytes are in ASCII, whatever the locale. Bytes above 127 are no digit and no letter,
// and no case changes them.
#pragma once

#include <string>
#include <string_view>

namespace mseavro {

constexpr bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
constexpr bool is_upper(char byte) { return byte >= 'A' && byte <= 'Z'; }
constexpr bool is_lower(char byte) { return byte >= 'a' && byte <= 'z'; }
constexpr bool is_letter(char byte) { return is_upper(byte) || is_lower(byte); }
constexpr bool is_letter_or_digit(char byte) { return is_letter(byte) || is_digit(byte); }

constexpr char to_lower(char byte) {
  return is_upper(byte) ? static_cast<char>(byte - 'A' + 'a') : byte;
}
constexpr char to_upper(char byte) {
  return is_lower(byte) ? static_cast<char>(byte - 'a' + 'A') : byte;
}

inline std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& byte : lower) byte = to_lower(byte);
  return lower;
}

// The value of a hexadecimal digit in either case; -1 for any other byte.
constexpr int hex_digit(char byte) {
  if (is_digit(byte)) return byte - '0';
  const char lower = to_lower(byte);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace mseavro
