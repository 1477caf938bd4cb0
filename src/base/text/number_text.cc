#include "base/text/number_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>

namespace mseavro {
namespace {

// The longest shortest form of a double is "-2.2250738585072014e-308".
constexpr size_t kNumberSizeLimit = 32;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n\f\v";
  const size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

// from_chars knows no '+', and only one sign is allowed.
std::string_view without_plus(std::string_view text) {
  if (!text.starts_with('+') || text.substr(1).starts_with('-')) return text;
  return text.substr(1);
}

// The decimal exponent as written; the ends of int64 stand for all beyond them.
int64_t written_exponent(std::string_view number) {
  const size_t mark = number.find_first_of("eE");
  if (mark == std::string_view::npos) return 0;
  const std::string_view text = without_plus(number.substr(mark + 1));
  int64_t exponent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error == std::errc()) return exponent;
  // Half of the range leaves room for the digits that are counted on top.
  constexpr int64_t kBeyond = std::numeric_limits<int64_t>::max() / 2;
  return text.starts_with('-') ? -kBeyond : kBeyond;
}

// Whether a number that no double (or float) holds is too great, rather than too small. Its first
// digit that is not 0 then stands dozens of places before the point, once the exponent has moved
// it, or after.
bool is_too_great(std::string_view number) {
  const std::string_view digits = number.substr(0, number.find_first_of("eE"));
  const auto first = static_cast<int64_t>(digits.find_first_of("123456789"));
  const auto point = static_cast<int64_t>(std::min(digits.find('.'), digits.size()));
  return point - first + written_exponent(number) > 0;
}

template <class Number>
void append_shortest(Number value, std::string* text) {
  if (std::isnan(value)) {
    *text += "NaN";
    return;
  }
  if (std::isinf(value)) {
    *text += value < 0 ? "-Infinity" : "Infinity";
    return;
  }
  const Number size = std::abs(value);
  const bool is_plain = size == 0 || (size >= Number(1e-5) && size < Number(1e16));
  char buffer[kNumberSizeLimit];
  const auto form = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
  text->append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, form).ptr);
}

template <class Number>
std::optional<Number> parse(std::string_view text) {
  const std::string_view number = without_plus(trimmed(text));
  // from_chars takes "nan(any text)" too.
  if (number.ends_with(')')) return std::nullopt;
  Number value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (end != number.data() + number.size()) return std::nullopt;
  if (error == std::errc()) return value;
  if (error != std::errc::result_out_of_range) return std::nullopt;
  const Number magnitude = is_too_great(number) ? std::numeric_limits<Number>::infinity() : 0;
  return number.starts_with('-') ? -magnitude : magnitude;
}

}  // namespace

std::optional<double> parse_number(std::string_view text) { return parse<double>(text); }
std::optional<float> parse_number32(std::string_view text) { return parse<float>(text); }

std::optional<int64_t> parse_integer(std::string_view text) {
  const std::string_view number = without_plus(trimmed(text));
  int64_t value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
  return value;
}

void append_number(float value, std::string* text) { append_shortest(value, text); }
void append_number(double value, std::string* text) { append_shortest(value, text); }

void append_integer(int64_t value, std::string* text) {
  char digits[24];
  text->append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

std::string format_number(double value) {
  std::string text;
  append_number(value, &text);
  return text;
}

std::string format_thousands(int64_t value) {
  const std::string digits = std::to_string(value);
  const size_t sign_size = value < 0 ? 1 : 0;
  std::string text;
  for (size_t index = 0; index < digits.size(); ++index) {
    const size_t left = digits.size() - index;
    if (index > sign_size && left % 3 == 0) text += ',';
    text += digits[index];
  }
  return text;
}

bool is_null_word(std::string_view text) {
  constexpr std::string_view kWords[] = {"",     "NA",   "N/A",  "n/a", "null",
                                         "Null", "NULL", "None", "\\N"};
  return std::ranges::find(kWords, text) != std::end(kWords);
}

std::string format_counted(int64_t count, std::string_view noun) {
  std::string text = format_thousands(count) + " ";
  text += noun;
  return count == 1 ? text : text + "s";
}

}  // namespace mseavro
