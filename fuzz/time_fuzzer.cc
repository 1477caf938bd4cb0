// What the parsers of times, numbers and durations accept is written and read back as the same
// value.
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result/result.h"
#include "base/text/number_text.h"
#include "base/time/time.h"

namespace {

void check_time(std::string_view text) {
  const mseavro::TimeZone& utc = *mseavro::TimeZone::utc();
  const auto instant = mseavro::parse_time(text, utc);
  if (!instant) return;
  const std::string written = mseavro::format_time(*instant);
  // An offset can move the first and last days of the years that are read out of them.
  if (written < "0001" || written.front() == '+') return;
  MSEAVRO_CHECK(mseavro::parse_time(written, utc) == instant);
}

void check_number(std::string_view text) {
  const auto number = mseavro::parse_number(text);
  if (!number) return;
  const auto again = mseavro::parse_number(mseavro::format_number(*number));
  MSEAVRO_CHECK(again);
  MSEAVRO_CHECK(std::isnan(*number)
                    ? std::isnan(*again)
                    : std::bit_cast<uint64_t>(*number) == std::bit_cast<uint64_t>(*again));
}

void check_integer(std::string_view text) {
  const auto integer = mseavro::parse_integer(text);
  if (!integer) return;
  MSEAVRO_CHECK(mseavro::parse_integer(std::to_string(*integer)) == integer);
  // Every integer is a number too.
  MSEAVRO_CHECK(mseavro::parse_number(text) == static_cast<double>(*integer));
}

void check_duration(std::string_view text) {
  const auto micros = mseavro::parse_duration(text);
  if (!micros) return;
  MSEAVRO_CHECK(*micros > 0);
  MSEAVRO_CHECK(mseavro::parse_duration(mseavro::format_duration(*micros)) == micros);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_time(text);
  check_number(text);
  check_integer(text);
  check_duration(text);
  return 0;
}
