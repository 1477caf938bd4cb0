// Instants, their text, and time zones.
//
// An Instant is microseconds since 1970-01-01T00:00:00Z without leap seconds, as in Avro's
// timestamp-micros. Local times are the same count read in a zone's clock. Every int64 is an
// instant (years -290308 to 294247); arithmetic that would leave that range stops at its ends.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mseavro/error.h"

namespace mseavro {

using Instant = int64_t;

inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
inline constexpr int64_t kMicrosPerDay = 24 * kMicrosPerHour;

inline constexpr Instant kFirstInstant = std::numeric_limits<Instant>::min();
inline constexpr Instant kLastInstant = std::numeric_limits<Instant>::max();

// The sum, or the end of the range that it would pass.
inline int64_t saturating_add(int64_t a, int64_t b) {
  int64_t sum;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b < 0 ? kFirstInstant : kLastInstant;
}

// Division that rounds down, and what it leaves, in [0, divisor). REQUIRES: divisor > 0.
inline int64_t floor_div(int64_t value, int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}
inline int64_t floor_mod(int64_t value, int64_t divisor) {
  const int64_t rest = value % divisor;
  return rest < 0 ? rest + divisor : rest;
}

// A calendar day of the proleptic Gregorian calendar.
struct Day {
  int32_t year;
  uint8_t month;  // 1 to 12
  uint8_t day;    // 1 to 31
  friend bool operator==(const Day&, const Day&) = default;
};

// Days since 1970-01-01 and back (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
// REQUIRES: a year within +-10 million.
int64_t days_from_civil(Day day);
Day civil_from_days(int64_t days);

// 28 to 31. REQUIRES: a month from 1 to 12.
int32_t days_of_month(int32_t year, int32_t month);

// A stretch of time [begin, end) in which a clock keeps one distance from UTC.
struct ClockStretch {
  Instant begin;
  Instant end;
  int64_t offset_micros;  // Local reading minus instant.
};

// An IANA time zone, or UTC: the list of its clock changes. Immutable and thread-safe.
//
// The system's zone files list changes up to 2037; after that the last offset stays.
class TimeZone {
 public:
  struct Change {
    Instant begin;
    int64_t offset_micros;
  };

  // "UTC", "Europe/Berlin", ... Errors: kBadTimeZone, with close names as help, or when the system
  // has no usable time-zone database. Only a zone other than UTC loads the database.
  static Result<std::shared_ptr<const TimeZone>> find(std::string_view name);
  static const std::shared_ptr<const TimeZone>& utc();

  // A zone from its changes. REQUIRES: ascending, the first one at kFirstInstant.
  TimeZone(std::string name, std::vector<Change> changes);

  const std::string& name() const { return name_; }
  bool is_utc() const { return name_ == "UTC"; }

  // Local clock reading of an instant, as micros since the local 1970-01-01T00:00:00.
  int64_t to_local(Instant instant) const;
  // The instant at which the clock first shows this reading or a later one. So a reading that
  // occurs twice (clocks set back) is its first occurrence, and one that never occurs (set forward)
  // is the instant of the jump. kFirstInstant and kLastInstant stay what they are.
  Instant from_local(int64_t local_micros) const;
  // The stretch around an instant. Its end is kLastInstant when no later change is known.
  ClockStretch stretch(Instant instant) const;

 private:
  size_t index_of(Instant instant) const;

  std::string name_;
  std::vector<Change> changes_;
  int64_t greatest_offset_micros_ = 0;
};

// Parses ISO 8601 / RFC 3339 text: a date (years 0001 to 9999), or date and time with 'T' or a
// space, fraction of any length (digits past microseconds are cut), then 'Z', '+hh:mm', '+hhmm',
// '+hh' (up to 23:59 either way) or nothing, which means `zone`. Seconds may be missing (10:30).
// nullopt when it is anything else or no real day; hour 24 and leap seconds are refused.
//   parse_time("2025-07-28 10:30+02", *TimeZone::utc())  is 2025-07-28T08:30:00Z
std::optional<Instant> parse_time(std::string_view text, const TimeZone& zone);

// "2025-07-28T00:00:00Z", with as many fractional digits (0, 3 or 6) as are needed. Years outside
// 0000 to 9999 have a sign, which parse_time does not read.
std::string format_time(Instant instant);
// "2025-07-28" of the UTC day of `instant`, and of a day.
std::string format_day(Instant instant);
std::string format_day(Day day);

// "30d", "12h", "90m", "45s", "1w" as micros; nullopt otherwise, for zero and below, and past
// int64.
std::optional<int64_t> parse_duration(std::string_view text);
// "36h", "2d", "45s": the largest unit up to days that fits without remainder, below a second with
// decimals ("1.5s").
std::string format_duration(int64_t micros);

}  // namespace mseavro
