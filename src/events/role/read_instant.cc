#include <algorithm>
#include <cmath>

#include "base/text/number_text.h"
#include "events/role/role.h"

namespace mseavro {
namespace {

int64_t micros_per(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kSeconds:
      return kMicrosPerSecond;
    case TimeUnit::kMillis:
      return 1000;
    default:
      return 1;
  }
}

std::optional<int64_t> to_micros(const TimeReading& reading, int64_t count) {
  const bool is_date = reading.form == TimeReading::Form::kDate;
  if (!is_date && reading.unit == TimeUnit::kNanos) return floor_div(count, 1000);
  int64_t micros;
  if (__builtin_mul_overflow(count, is_date ? kMicrosPerDay : micros_per(reading.unit), &micros)) {
    return std::nullopt;
  }
  return micros;
}

std::optional<Instant> read_decimal(const TimeReading& reading, double count,
                                    const TimeZone& zone) {
  constexpr double kEndOfInstants = 9223372036854775808.0;  // 2^63
  const bool is_nanos = reading.unit == TimeUnit::kNanos;
  const double micros = std::nearbyint(
      is_nanos ? count / 1000 : count * static_cast<double>(micros_per(reading.unit)));
  // Written so that NaN is beyond, too.
  if (!(std::abs(micros) < kEndOfInstants)) return std::nullopt;
  const auto instant = static_cast<Instant>(micros);
  return reading.is_local ? zone.from_local(instant) : instant;
}

std::string_view without_spaces(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(' '), text.size());
  return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

}  // namespace

std::optional<int64_t> micros_per_count(const TimeReading& reading) {
  if (reading.form != TimeReading::Form::kCount || reading.is_local ||
      reading.unit == TimeUnit::kNanos) {
    return std::nullopt;
  }
  return micros_per(reading.unit);
}

std::optional<Instant> read_instant(const TimeReading& reading, int64_t count,
                                    const TimeZone& zone) {
  const std::optional<int64_t> micros = to_micros(reading, count);
  if (!micros || !reading.is_local) return micros;
  return zone.from_local(*micros);
}

std::optional<Instant> read_instant(const TimeReading& reading, std::string_view text,
                                    const TimeZone& zone) {
  if (reading.form == TimeReading::Form::kText) return parse_time(without_spaces(text), zone);
  if (const auto count = parse_integer(text)) return read_instant(reading, *count, zone);
  const std::optional<double> number = parse_number(text);
  return number ? read_decimal(reading, *number, zone) : std::nullopt;
}

}  // namespace mseavro
