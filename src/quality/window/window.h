// Windows over event time, half-open: [start, end).
//
// A window is known by its start. The windows of one spec and zone tile all of time, without gap or
// overlap, whatever the clocks do:
//   - day, week, month, quarter, year begin when the zone's clock first reaches midnight, so a day
//     has 23, 24 or 25 hours; where the clock jumps over midnight, it begins at the jump.
//   - hours last 60 minutes and begin when the clock shows hh:00. The hour that a clock repeats is
//   two
//     windows. Where a change moves the clock by part of an hour, the hour is cut at the change.
//   - fixed windows are equal pieces of absolute time counted from the epoch.
// Windows that would leave the range of Instant stop at its ends, and the last one of all contains
// kLastInstant although it ends there.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/time/time.h"
#include "mseavro/error.h"

namespace mseavro {

enum class WindowKind : uint8_t { kNone, kHour, kDay, kWeek, kMonth, kQuarter, kYear, kFixed };
enum class WeekStart : uint8_t { kMonday, kSunday };

struct WindowSpec {
  WindowKind kind = WindowKind::kNone;
  int64_t length_micros = 0;  // Of kFixed only.
  WeekStart week_start = WeekStart::kMonday;

  // "none", "hour", "day", "week", "month", "quarter", "year", or a length such as "15m", "6h",
  // "7d". Errors: kBadOptionValue.
  static Result<WindowSpec> parse(std::string_view text);
  // The text that parse() reads; a fixed length in its largest unit up to days.
  std::string text() const;
  friend bool operator==(const WindowSpec&, const WindowSpec&) = default;
};

struct Window {
  Instant start;
  Instant end;
  friend auto operator<=>(const Window&, const Window&) = default;
};

// Finds the window of an instant. Keeps the last window found, since logs are nearly in order:
// cheap to call in a loop, not thread-safe; make one for each worker.
class WindowAssigner {
 public:
  WindowAssigner(WindowSpec spec, std::shared_ptr<const TimeZone> zone);

  // The window that contains `instant`. With kNone one window of all time
  // [kFirstInstant, kLastInstant).
  Window assign(Instant instant) {
    if (instant < last_.start || instant >= last_.end) [[unlikely]]
      last_ = find(instant);
    return last_;
  }

 private:
  Window find(Instant instant) const;
  Window find_hour(Instant instant) const;
  Window find_days(Instant instant) const;

  WindowSpec spec_;
  std::shared_ptr<const TimeZone> zone_;
  Window last_{0, 0};
};

// How a table prints a window: whole local days inclusively ("2025-07-28 to 2025-08-03", one day as
// "2025-07-28", a whole month still as its days), otherwise both instants in the zone's clock
// ("2025-07-28 13:00 to 14:00", with both days when they differ). Where the clock shows one of the
// two twice, or changes between them, the distances from UTC tell windows apart
// ("2013-11-03 01:00-04:00 to 01:00-05:00"). Empty for the window of all time.
std::string format_window(Window window, const TimeZone& zone);

}  // namespace mseavro
