#include "avro/wire/value_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

#include "base/result/result.h"
#include "base/text/number_text.h"
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

// A time with its fraction of a second taken out, which base/time would cut to microseconds.
struct TimeText {
  std::string whole;
  std::string fraction;  // Its digits.
};

TimeText split_fraction(std::string_view text) {
  const size_t point = text.find('.');
  if (point == std::string_view::npos) return {std::string(text), ""};
  const size_t digits_end = std::min(text.find_first_not_of("0123456789", point + 1), text.size());
  TimeText split{std::string(text), std::string(text.substr(point + 1, digits_end - point - 1))};
  // A point without digits stays, and is refused as no part of a time.
  if (!split.fraction.empty()) split.whole.erase(point, digits_end - point);
  return split;
}

// The digits as a count of units; nullopt when that is not exact.
std::optional<int64_t> parse_fraction(std::string digits, Unit unit) {
  digits.resize(std::max(digits.size(), static_cast<size_t>(unit.digits)), '0');
  if (digits.find_first_not_of('0', static_cast<size_t>(unit.digits)) != std::string::npos) {
    return std::nullopt;
  }
  return parse_integer(std::string_view(digits).substr(0, static_cast<size_t>(unit.digits)));
}

// Seconds since 1970 of a date, or of a date and time without a fraction. base/time knows no year
// 0; 2000 is a leap year like it and takes its place.
std::optional<int64_t> parse_seconds(std::string text) {
  constexpr int64_t kDaysTo2000 = 730'485;
  const bool is_year_0 = text.starts_with("0000");
  if (is_year_0) text[0] = '2';
  const auto instant = parse_time(text, *TimeZone::utc());
  if (!instant) return std::nullopt;
  return *instant / kMicrosPerSecond - (is_year_0 ? kDaysTo2000 * kSecondsPerDay : 0);
}

bool has_offset(std::string_view text) {
  constexpr size_t kDateSize = 10;
  return text.find_first_of("Zz+-", kDateSize) != std::string_view::npos;
}

std::optional<int64_t> parse_timestamp(std::string_view text, Unit unit) {
  const TimeText split = split_fraction(text);
  const bool has_clock = split.whole.find(':') != std::string::npos;
  auto seconds = parse_seconds(split.whole);
  auto fraction = parse_fraction(split.fraction, unit);
  if (!seconds || !fraction || !has_clock) return std::nullopt;
  if (*seconds < 0) {  // Towards zero, or the first second of the range would overflow.
    *seconds += 1;
    *fraction -= unit.per_second;
  }
  int64_t value;
  if (__builtin_mul_overflow(*seconds, unit.per_second, &value) ||
      __builtin_add_overflow(value, *fraction, &value)) {
    return std::nullopt;
  }
  return value;
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

std::optional<int64_t> parse_time(LogicalType logical, std::string_view text) {
  switch (logical) {
    case LogicalType::kDate: {
      const auto seconds = parse_seconds(std::string(text));
      if (!seconds || text.find(':') != std::string_view::npos) return std::nullopt;
      return floor_divide(*seconds, kSecondsPerDay);
    }
    case LogicalType::kTimeMillis:
    case LogicalType::kTimeMicros:
      if (text.find_first_of("Zz+-") != std::string_view::npos) return std::nullopt;
      return parse_timestamp("1970-01-01T" + std::string(text), unit_of(logical));
    case LogicalType::kTimestampMillis:
    case LogicalType::kTimestampMicros:
    case LogicalType::kTimestampNanos:
      return parse_timestamp(text, unit_of(logical));
    case LogicalType::kLocalTimestampMillis:
    case LogicalType::kLocalTimestampMicros:
    case LogicalType::kLocalTimestampNanos:
      if (has_offset(text)) return std::nullopt;
      return parse_timestamp(text, unit_of(logical));
    default:
      return std::nullopt;
  }
}

void append_uuid(std::string_view bytes, std::string* text) {
  MSEAVRO_DCHECK(bytes.size() == 16);
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text->push_back('-');
    fmt::format_to(std::back_inserter(*text), "{:02x}", static_cast<uint8_t>(bytes[i]));
  }
}

std::optional<std::string> parse_uuid(std::string_view text) {
  constexpr size_t kTextSize = 36;
  if (text.size() != kTextSize) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < kTextSize;) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return std::nullopt;
      continue;
    }
    uint8_t byte = 0;
    const char* const end = text.data() + i + 2;
    if (std::from_chars(text.data() + i, end, byte, 16).ptr != end) return std::nullopt;
    bytes.push_back(static_cast<char>(byte));
    i += 2;
  }
  return bytes;
}

}  // namespace mseavro
