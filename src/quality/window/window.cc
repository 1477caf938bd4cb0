#include "quality/window/window.h"

#include <algorithm>
#include <utility>

#include "base/result/result.h"

namespace mseavro {
namespace {

struct KindName {
  WindowKind kind;
  std::string_view name;
};
constexpr KindName kKindNames[] = {
    {WindowKind::kNone, "none"}, {WindowKind::kHour, "hour"},   {WindowKind::kDay, "day"},
    {WindowKind::kWeek, "week"}, {WindowKind::kMonth, "month"}, {WindowKind::kQuarter, "quarter"},
    {WindowKind::kYear, "year"},
};

// The piece that contains `instant` when time, moved by `shift`, is cut into equal lengths.
Window equal_piece(Instant instant, int64_t length_micros, int64_t shift_micros) {
  const int64_t passed = floor_mod(
      floor_mod(instant, length_micros) + floor_mod(shift_micros, length_micros), length_micros);
  return {saturating_add(instant, -passed), saturating_add(instant, length_micros - passed)};
}

// Days since 1970-01-01, half-open.
struct DayRange {
  int64_t begin;
  int64_t end;
};

int64_t first_of_month(int64_t months_since_year_0) {
  return days_from_civil({static_cast<int32_t>(floor_div(months_since_year_0, 12)),
                          static_cast<uint8_t>(floor_mod(months_since_year_0, 12) + 1), 1});
}

// The piece of `months` calendar months, counted from January, that contains `day`.
DayRange month_range(int64_t day, int64_t months) {
  const Day civil = civil_from_days(day);
  const int64_t month = int64_t{civil.year} * 12 + civil.month - 1;
  const int64_t first = month - floor_mod(month, months);
  return {first_of_month(first), first_of_month(first + months)};
}

DayRange week_range(int64_t day, WeekStart week_start) {
  // 1970-01-01 was a Thursday, the fourth day after Sunday and the third after Monday.
  const int64_t first = day - floor_mod(day + (week_start == WeekStart::kSunday ? 4 : 3), 7);
  return {first, first + 7};
}

DayRange calendar_range(const WindowSpec& spec, int64_t day) {
  switch (spec.kind) {
    case WindowKind::kWeek:
      return week_range(day, spec.week_start);
    case WindowKind::kMonth:
      return month_range(day, 1);
    case WindowKind::kQuarter:
      return month_range(day, 3);
    case WindowKind::kYear:
      return month_range(day, 12);
    default:
      return {day, day + 1};
  }
}

int64_t midnight_of(int64_t day) {
  int64_t micros;
  if (!__builtin_mul_overflow(day, kMicrosPerDay, &micros)) return micros;
  return day < 0 ? kFirstInstant : kLastInstant;
}

int64_t local_day(Instant instant, const TimeZone& zone) {
  return floor_div(zone.to_local(instant), kMicrosPerDay);
}

bool begins_local_day(Instant instant, const TimeZone& zone) {
  return instant == zone.from_local(midnight_of(local_day(instant, zone)));
}

// Whether the clock shows the reading of `instant` at another instant too.
bool is_shown_twice(Instant instant, const TimeZone& zone) {
  const int64_t local = zone.to_local(instant);
  if (zone.from_local(local) != instant) return true;
  const ClockStretch stretch = zone.stretch(instant);
  if (stretch.end == kLastInstant) return false;
  return local >= zone.to_local(stretch.end);
}

// "13:00", with seconds and their fraction as far as they are needed.
std::string clock_text(int64_t local_micros) {
  std::string text = format_time(local_micros);
  text = text.substr(text.find('T') + 1);
  text.pop_back();
  if (text.ends_with(":00") && text.size() == 8) text.resize(5);
  return text;
}

std::string offset_text(int64_t offset_micros) {
  return (offset_micros < 0 ? "-" : "+") +
         clock_text(offset_micros < 0 ? -offset_micros : offset_micros);
}

std::string format_days(Window window, const TimeZone& zone) {
  const int64_t first = local_day(window.start, zone);
  const int64_t last = std::max(first, local_day(saturating_add(window.end, -1), zone));
  const std::string text = format_day(civil_from_days(first));
  return first == last ? text : text + " to " + format_day(civil_from_days(last));
}

std::string format_instants(Window window, const TimeZone& zone) {
  const int64_t start_offset = zone.stretch(window.start).offset_micros;
  const int64_t end_offset = zone.stretch(window.end).offset_micros;
  const bool with_offsets = start_offset != end_offset || is_shown_twice(window.start, zone) ||
                            is_shown_twice(window.end, zone);
  const int64_t start_day = local_day(window.start, zone);
  const int64_t end_day = local_day(window.end, zone);

  std::string text =
      format_day(civil_from_days(start_day)) + " " + clock_text(zone.to_local(window.start));
  if (with_offsets) text += offset_text(start_offset);
  text += " to ";
  if (start_day != end_day) text += format_day(civil_from_days(end_day)) + " ";
  text += clock_text(zone.to_local(window.end));
  if (with_offsets) text += offset_text(end_offset);
  return text;
}

}  // namespace

Result<WindowSpec> WindowSpec::parse(std::string_view text) {
  for (const KindName& known : kKindNames) {
    if (known.name == text) return WindowSpec{.kind = known.kind};
  }
  if (const auto length = parse_duration(text)) {
    return WindowSpec{.kind = WindowKind::kFixed, .length_micros = *length};
  }
  return fail(ErrorCode::kBadOptionValue, "unknown window",
              "use hour, day, week, month, quarter, year, none, or a length such as 15m, 6h or 7d",
              std::string(text));
}

std::string WindowSpec::text() const {
  for (const KindName& known : kKindNames) {
    if (known.kind == kind) return std::string(known.name);
  }
  return format_duration(length_micros);
}

WindowAssigner::WindowAssigner(WindowSpec spec, std::shared_ptr<const TimeZone> zone)
    : spec_(spec), zone_(std::move(zone)) {
  MSEAVRO_CHECK(zone_ != nullptr);
  MSEAVRO_CHECK(spec_.kind != WindowKind::kFixed || spec_.length_micros > 0);
}

Window WindowAssigner::find(Instant instant) const {
  switch (spec_.kind) {
    case WindowKind::kNone:
      return {kFirstInstant, kLastInstant};
    case WindowKind::kFixed:
      return equal_piece(instant, spec_.length_micros, 0);
    case WindowKind::kHour:
      return find_hour(instant);
    default:
      return find_days(instant);
  }
}

Window WindowAssigner::find_hour(Instant instant) const {
  const ClockStretch stretch = zone_->stretch(instant);
  Window hour = equal_piece(instant, kMicrosPerHour, stretch.offset_micros);
  // A change by whole hours leaves hh:00 where it was, so only other ones cut the hour.
  const auto keeps_hours = [&](Instant other) {
    return (zone_->stretch(other).offset_micros - stretch.offset_micros) % kMicrosPerHour == 0;
  };
  if (stretch.begin > hour.start && !keeps_hours(hour.start)) hour.start = stretch.begin;
  if (stretch.end < hour.end && !keeps_hours(stretch.end)) hour.end = stretch.end;
  return hour;
}

Window WindowAssigner::find_days(Instant instant) const {
  DayRange days = calendar_range(spec_, local_day(instant, *zone_));
  // Clocks that were set back over midnight show the day before once more, although the new day has
  // begun: then the window is a later one than the clock says.
  while (true) {
    const Instant end = zone_->from_local(midnight_of(days.end));
    if (end > instant || end == kLastInstant) {
      return {zone_->from_local(midnight_of(days.begin)), end};
    }
    days = calendar_range(spec_, days.end);
  }
}

std::string format_window(Window window, const TimeZone& zone) {
  if (window == Window{kFirstInstant, kLastInstant}) return "";
  if (begins_local_day(window.start, zone) && begins_local_day(window.end, zone)) {
    return format_days(window, zone);
  }
  return format_instants(window, zone);
}

}  // namespace mseavro
