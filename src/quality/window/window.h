// Windows over event time, half-open: [start, end).
//
// A window is known by its start. Calendar windows follow the clock of a time zone, so a day has 23,
// 24 or 25 hours; fixed windows are equal pieces of absolute time counted from the epoch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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

  // "none", "hour", "day", "week", "month", "quarter", "year", or a length such as "15m", "6h", "7d".
  // Errors: kBadOptionValue.
  static Result<WindowSpec> parse(std::string_view text);
  // The text that parse() reads.
  std::string text() const;
  friend bool operator==(const WindowSpec&, const WindowSpec&) = default;
};

struct Window {
  Instant start;
  Instant end;
  friend auto operator<=>(const Window&, const Window&) = default;
};

// Finds the window of an instant. Keeps the last window found, since logs are nearly in order: cheap
// to call in a loop, not thread-safe; make one for each worker.
class WindowAssigner {
 public:
  WindowAssigner(WindowSpec spec, std::shared_ptr<const TimeZone> zone);

  // The window that contains `instant`. With kNone one window of all time
  // [INT64_MIN, INT64_MAX).
  Window assign(Instant instant) {
    if (instant < last_.start || instant >= last_.end) [[unlikely]] last_ = find(instant);
    return last_;
  }

 private:
  Window find(Instant instant) const;

  WindowSpec spec_;
  std::shared_ptr<const TimeZone> zone_;
  Window last_{0, 0};
};

// How a table prints a window: whole local days inclusively ("2025-07-28 to 2025-08-03", one day as
// "2025-07-28", a whole month still as its days), otherwise both instants in the zone's clock
// ("2025-07-28 13:00 to 14:00"). Empty for a window of all time.
std::string format_window(Window window, const TimeZone& zone);

}  // namespace mseavro
