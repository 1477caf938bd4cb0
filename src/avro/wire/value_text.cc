#include "avro/wire/value_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <iterator>

#include "base/result/result.h"
#include "base/time/time.h"

namespace mseavro {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 86'400;
constexpr int64_t kFirstDay = -719'528;  // 0000-01-01
constexpr int64_t kLastDay = 2'932'896;  // 9999-12-31

// What one unit of a logical type is worth.
struct Unit {
  int64_t per_second;
  int digits;  // Of a fraction of a second.
};

Unit unit_of(LogicalType logical) {
  switch (logical) {
    case LogicalType::kTimeMillis:
    case LogicalType::kTimestampMillis:
    case LogicalType::kLocalTimestampMillis:
      return {1'000, 3};
    case LogicalType::kTimestampNanos:
    case LogicalType::kLocalTimestampNanos:
      return {kNanosPerSecond, 9};
    default:
      return {kMicrosPerSecond, 6};
  }
}

int64_t floor_divide(int64_t value, int64_t by) {
  const int64_t quotient = value / by;
  return quotient - (value % by < 0 ? 1 : 0);
}

int64_t floor_modulo(int64_t value, int64_t by) {
  const int64_t remainder = value % by;
  return remainder < 0 ? remainder + by : remainder;
}

// ".5" of half a second as ".500": 3, 6 or 9 digits, as many as are needed; nothing for none.
void append_fraction(int64_t fraction, int digits, std::string* text) {
  if (fraction == 0) return;
  while (digits > 3 && fraction % 1'000 == 0) {
    fraction /= 1'000;
    digits -= 3;
  }
  fmt::format_to(std::back_inserter(*text), ".{:0{}}", fraction, digits);
}

void append_clock(int64_t second_of_day, std::string* text) {
  fmt::format_to(std::back_inserter(*text), "{:02}:{:02}:{:02}", second_of_day / 3'600,
                 second_of_day / 60 % 60, second_of_day % 60);
}

bool append_date(int64_t days, std::string* text) {
  if (days < kFirstDay || days > kLastDay) return false;
  const Day day = civil_from_days(days);
  fmt::format_to(std::back_inserter(*text), "{:04}-{:02}-{:02}", day.year, int{day.month},
                 int{day.day});
  return true;
}

bool append_timestamp(int64_t value, Unit unit, bool is_local, std::string* text) {
  const int64_t seconds = floor_divide(value, unit.per_second);
  const int64_t days = floor_divide(seconds, kSecondsPerDay);
  if (!append_date(days, text)) return false;
  text->push_back('T');
  append_clock(floor_modulo(seconds, kSecondsPerDay), text);
  append_fraction(floor_modulo(value, unit.per_second), unit.digits, text);
  if (!is_local) text->push_back('Z');
  return true;
}

bool append_time_of_day(int64_t value, Unit unit, std::string* text) {
  if (value < 0 || value >= kSecondsPerDay * unit.per_second) return false;
  append_clock(value / unit.per_second, text);
  append_fraction(value % unit.per_second, unit.digits, text);
  return true;
}

}  // namespace

bool append_time(LogicalType logical, int64_t value, std::string* text) {
  switch (logical) {
    case LogicalType::kDate:
      return append_date(value, text);
    case LogicalType::kTimeMillis:
    case LogicalType::kTimeMicros:
      return append_time_of_day(value, unit_of(logical), text);
    case LogicalType::kTimestampMillis:
    case LogicalType::kTimestampMicros:
    case LogicalType::kTimestampNanos:
      return append_timestamp(value, unit_of(logical), false, text);
    case LogicalType::kLocalTimestampMillis:
    case LogicalType::kLocalTimestampMicros:
    case LogicalType::kLocalTimestampNanos:
      return append_timestamp(value, unit_of(logical), true, text);
    default:
      return false;
  }
}

void append_uuid(std::string_view bytes, std::string* text) {
  MSEAVRO_DCHECK(bytes.size() == 16);
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text->push_back('-');
    fmt::format_to(std::back_inserter(*text), "{:02x}", static_cast<uint8_t>(bytes[i]));
  }
}

}  // namespace mseavro
