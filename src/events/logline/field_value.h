// What texts of lines are values of fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "avro/wire/write_plan.h"
#include "base/result/ascii.h"
#include "events/logline/line_rules.h"

namespace mseavro {

// nullopt for what is no integer, and past the range of int64. A count has no sign.
inline std::optional<int64_t> integer_of(std::string_view text, bool is_count) {
  // As many decimal digits cannot pass int64.
  constexpr size_t kSafeDigits = 18;
  const bool is_negative = !is_count && text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  int64_t value = 0;
  if (text.size() <= kSafeDigits) {
    for (const char byte : text) {
      if (!is_digit(byte)) return std::nullopt;
      value = value * 10 + (byte - '0');
    }
    return is_negative ? -value : value;
  }
  // Downwards, if so, since the lowest integer has no opposite.
  const int sign = is_negative ? -1 : 1;
  for (const char byte : text) {
    if (!is_digit(byte) || __builtin_mul_overflow(value, 10, &value) ||
        __builtin_add_overflow(value, sign * (byte - '0'), &value)) {
      return std::nullopt;
    }
  }
  return value;
}

// nullopt for what is neither true nor false.
inline std::optional<bool> boolean_of(std::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return std::nullopt;
}

// Whether a text of the rules, which is UTF-8, is a value of the field, and within its range.
bool is_value_of(const FieldStep& step, const WritePlan& plan, const TimeFormat& time_format,
                 std::string_view text);

}  // namespace mseavro
