#include "base/time/time.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/result/ascii.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// Takes pieces off the front of a text; a piece that does not fit takes nothing.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  bool at_digit() const { return !rest_.empty() && is_digit(rest_.front()); }

  bool take(char byte) {
    if (rest_.empty() || rest_.front() != byte) return false;
    rest_.remove_prefix(1);
    return true;
  }

  int32_t take_digit() {
    const int32_t digit = rest_.front() - '0';
    rest_.remove_prefix(1);
    return digit;
  }

  // A number of exactly `count` digits, within [low, high].
  std::optional<int32_t> number(size_t count, int32_t low, int32_t high) {
    if (rest_.size() < count) return std::nullopt;
    int32_t value = 0;
    for (size_t index = 0; index < count; ++index) {
      if (!is_digit(rest_[index])) return std::nullopt;
      value = value * 10 + (rest_[index] - '0');
    }
    if (value < low || value > high) return std::nullopt;
    rest_.remove_prefix(count);
    return value;
  }

 private:
  std::string_view rest_;
};

// yyyy-mm-dd as micros of its midnight.
std::optional<int64_t> scan_day(Scanner& scanner) {
  const auto year = scanner.number(4, 1, 9999);
  if (!year || !scanner.take('-')) return std::nullopt;
  const auto month = scanner.number(2, 1, 12);
  if (!month || !scanner.take('-')) return std::nullopt;
  const auto day = scanner.number(2, 1, days_of_month(*year, *month));
  if (!day) return std::nullopt;
  return kMicrosPerDay *
         days_from_civil({*year, static_cast<uint8_t>(*month), static_cast<uint8_t>(*day)});
}

// The digits after the point; nullopt when there are none.
std::optional<int64_t> scan_fraction(Scanner& scanner) {
  if (!scanner.at_digit()) return std::nullopt;
  int64_t micros = 0;
  for (int64_t unit = kMicrosPerSecond / 10; scanner.at_digit(); unit /= 10) {
    micros += unit * scanner.take_digit();
  }
  return micros;
}

// hh:mm[:ss[.fraction]] as micros since midnight.
std::optional<int64_t> scan_clock(Scanner& scanner) {
  const auto hour = scanner.number(2, 0, 23);
  if (!hour || !scanner.take(':')) return std::nullopt;
  const auto minute = scanner.number(2, 0, 59);
  if (!minute) return std::nullopt;
  const int64_t minutes_micros = *hour * kMicrosPerHour + *minute * kMicrosPerMinute;
  if (!scanner.take(':')) return minutes_micros;
  const auto second = scanner.number(2, 0, 59);
  if (!second) return std::nullopt;
  const int64_t seconds_micros = minutes_micros + *second * kMicrosPerSecond;
  if (!scanner.take('.')) return seconds_micros;
  const auto fraction = scan_fraction(scanner);
  if (!fraction) return std::nullopt;
  return seconds_micros + *fraction;
}

// Z, +hh:mm, +hhmm or +hh as the local reading minus the instant.
std::optional<int64_t> scan_offset(Scanner& scanner) {
  if (scanner.take('Z') || scanner.take('z')) return 0;
  const bool negative = scanner.take('-');
  if (!negative && !scanner.take('+')) return std::nullopt;
  const auto hour = scanner.number(2, 0, 23);
  if (!hour) return std::nullopt;
  int64_t offset_micros = *hour * kMicrosPerHour;
  if (!scanner.done()) {
    scanner.take(':');
    const auto minute = scanner.number(2, 0, 59);
    if (!minute) return std::nullopt;
    offset_micros += *minute * kMicrosPerMinute;
  }
  return negative ? -offset_micros : offset_micros;
}

struct DurationUnit {
  char letter;
  int64_t micros;
};
constexpr DurationUnit kDurationUnits[] = {{'w', 7 * kMicrosPerDay},
                                           {'d', kMicrosPerDay},
                                           {'h', kMicrosPerHour},
                                           {'m', kMicrosPerMinute},
                                           {'s', kMicrosPerSecond}};

}  // namespace

int32_t days_of_month(int32_t year, int32_t month) {
  MSEAVRO_DCHECK(month >= 1 && month <= 12);
  const bool is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  if (month == 2) return is_leap_year ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Both count in 400-year eras of years that begin in March, so that the leap day comes last.
int64_t days_from_civil(Day day) {
  const int64_t year = int64_t{day.year} - (day.month <= 2 ? 1 : 0);
  const int64_t era = floor_div(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t month_from_march = (day.month + 9) % 12;
  const int64_t day_of_year = (153 * month_from_march + 2) / 5 + day.day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

Day civil_from_days(int64_t days) {
  const int64_t era = floor_div(days + 719468, 146097);
  const int64_t day_of_era = days + 719468 - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const int64_t year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
  return {static_cast<int32_t>(year), static_cast<uint8_t>(month), static_cast<uint8_t>(day)};
}

std::optional<Instant> parse_time(std::string_view text, const TimeZone& zone) {
  Scanner scanner(text);
  const auto day_micros = scan_day(scanner);
  if (!day_micros) return std::nullopt;
  if (scanner.done()) return zone.from_local(*day_micros);
  if (!scanner.take('T') && !scanner.take('t') && !scanner.take(' ')) return std::nullopt;
  const auto clock_micros = scan_clock(scanner);
  if (!clock_micros) return std::nullopt;
  const int64_t local_micros = *day_micros + *clock_micros;
  if (scanner.done()) return zone.from_local(local_micros);
  const auto offset_micros = scan_offset(scanner);
  if (!offset_micros || !scanner.done()) return std::nullopt;
  return local_micros - *offset_micros;
}

std::string format_day(Day day) {
  if (day.year >= 0 && day.year <= 9999) {
    return fmt::format("{:04}-{:02}-{:02}", day.year, day.month, day.day);
  }
  return fmt::format("{:+05}-{:02}-{:02}", day.year, day.month, day.day);
}

std::string format_day(Instant instant) {
  return format_day(civil_from_days(floor_div(instant, kMicrosPerDay)));
}

std::string format_time(Instant instant) {
  const int64_t clock_micros = floor_mod(instant, kMicrosPerDay);
  const int64_t clock_seconds = clock_micros / kMicrosPerSecond;
  const int64_t micros = clock_micros % kMicrosPerSecond;
  std::string text = fmt::format("{}T{:02}:{:02}:{:02}", format_day(instant), clock_seconds / 3600,
                                 clock_seconds / 60 % 60, clock_seconds % 60);
  if (micros % 1000 != 0) {
    text += fmt::format(".{:06}", micros);
  } else if (micros != 0) {
    text += fmt::format(".{:03}", micros / 1000);
  }
  return text + "Z";
}

std::optional<int64_t> parse_duration(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const auto* unit =
      std::find_if(std::begin(kDurationUnits), std::end(kDurationUnits),
                   [&](const DurationUnit& candidate) { return candidate.letter == text.back(); });
  if (unit == std::end(kDurationUnits)) return std::nullopt;
  int64_t micros = 0;
  for (const char byte : text.substr(0, text.size() - 1)) {
    if (!is_digit(byte)) return std::nullopt;
    if (__builtin_mul_overflow(micros, 10, &micros)) return std::nullopt;
    if (__builtin_add_overflow(micros, byte - '0', &micros)) return std::nullopt;
  }
  if (__builtin_mul_overflow(micros, unit->micros, &micros)) return std::nullopt;
  if (micros == 0) return std::nullopt;
  return micros;
}

std::string format_duration(int64_t micros) {
  if (micros == 0) return "0s";
  for (const DurationUnit& unit : kDurationUnits) {
    // Weeks are read but not written: "7d" says better that it is a length, not a calendar week.
    if (unit.letter == 'w' || micros % unit.micros != 0) continue;
    return fmt::format("{}{}", micros / unit.micros, unit.letter);
  }
  // The smallest number has no positive counterpart in int64.
  const uint64_t magnitude = micros < 0 ? -static_cast<uint64_t>(micros) : uint64_t(micros);
  std::string text = fmt::format("{}{}.{:06}", micros < 0 ? "-" : "", magnitude / kMicrosPerSecond,
                                 magnitude % kMicrosPerSecond);
  text.erase(text.find_last_not_of('0') + 1);
  return text + "s";
}

}  // namespace mseavro
