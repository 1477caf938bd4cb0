#include "base/text/shell_word.h"

#include <algorithm>
#include <string_view>

#include "base/result/ascii.h"

namespace mseavro {

std::string shell_word(const std::string& text) {
  const auto is_plain = [](char c) {
    return is_letter_or_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view("_-.=/@:+,").find(c) != std::string::npos;
  };
  if (std::all_of(text.begin(), text.end(), is_plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace mseavro
