#include "base/text/number_text.h"
#include "events/role/role.h"

namespace mseavro {
namespace {

std::optional<int64_t> multiply(int64_t count, int64_t factor) {
  int64_t product;
  if (__builtin_mul_overflow(count, factor, &product)) return std::nullopt;
  return product;
}

std::optional<int64_t> to_micros(const TimeReading& reading, int64_t count) {
  if (reading.form == TimeReading::Form::kDate) return multiply(count, kMicrosPerDay);
  switch (reading.unit) {
    case TimeUnit::kSeconds:
      return multiply(count, kMicrosPerSecond);
    case TimeUnit::kMillis:
      return multiply(count, 1000);
    case TimeUnit::kMicros:
      return count;
    case TimeUnit::kNanos:
      return floor_div(count, 1000);
  }
  return std::nullopt;
}

}  // namespace

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
