// Instants, their text, and time zones.
//
// An Instant is microseconds since 1970-01-01T00:00:00Z without leap seconds, as in Avro's
// timestamp-micros. Local times are the same count read in a zone's clock.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mseavro/error.h"

namespace mseavro {

using Instant = int64_t;

inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
inline constexpr int64_t kMicrosPerDay = 24 * kMicrosPerHour;

// A calendar day of the proleptic Gregorian calendar.
struct Day {
  int32_t year;
  uint8_t month;  // 1 to 12
  uint8_t day;    // 1 to 31
};

// Days since 1970-01-01 and back (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
int64_t days_from_civil(Day day);
Day civil_from_days(int64_t days);

// An IANA time zone, or UTC. Immutable and thread-safe.
class TimeZone {
 public:
  // "UTC", "Europe/Berlin", ... Errors: kBadTimeZone, with close names as help. Only a zone other
  // than UTC loads the time-zone database.
  static Result<std::shared_ptr<const TimeZone>> find(std::string_view name);
  static std::shared_ptr<const TimeZone> utc();

  virtual ~TimeZone() = default;
  virtual const std::string& name() const = 0;
  bool is_utc() const { return name() == "UTC"; }

  // Local clock reading of an instant, as micros since the local 1970-01-01T00:00:00.
  virtual int64_t to_local(Instant instant) const = 0;
  // The instant of a local clock reading. A reading that occurs twice (clocks set back) is its
  // first occurrence; one that never occurs (set forward) is the instant of the jump.
  virtual Instant from_local(int64_t local_micros) const = 0;
};

// Parses ISO 8601 / RFC 3339 text: a date, or date and time with 'T' or a space, fraction of any
// length (digits past microseconds are cut), then 'Z', '+hh:mm', '+hhmm', '+hh' or nothing, which
// means `zone`. Seconds may be missing (10:30). nullopt when it is anything else or no real day.
std::optional<Instant> parse_time(std::string_view text, const TimeZone& zone);

// "2025-07-28T00:00:00Z", with as many fractional digits (3 or 6) as are needed.
std::string format_time(Instant instant);
// "2025-07-28" of the UTC day of `instant`.
std::string format_day(Instant instant);

// "30d", "12h", "90m", "45s", "1w" as micros; nullopt otherwise, and for zero and below.
std::optional<int64_t> parse_duration(std::string_view text);
// "36h", "2d", "45s": the largest unit that fits without remainder.
std::string format_duration(int64_t micros);

}  // namespace mseavro
