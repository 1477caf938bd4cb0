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
  if (reading.form == TimeReading::Form::kText) return parse_time(text, zone);
  const std::optional<int64_t> count = parse_integer(text);
  return count ? read_instant(reading, *count, zone) : std::nullopt;
}

}  // namespace mseavro
