#include <gtest/gtest.h>

#include <limits>

#include "events/role/role.h"

namespace mseavro {
namespace {

using Form = TimeReading::Form;

constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();

// A zone that is always one hour ahead of UTC.
TimeZone hour_ahead() { return TimeZone("Ahead", {{kFirstInstant, kMicrosPerHour}}); }

TEST(ReadInstant, ConvertsEveryUnit) {
  const struct {
    TimeUnit unit;
    int64_t count;
    std::optional<Instant> instant;
  } kCases[] = {
      {TimeUnit::kSeconds, 1738102210, 1738102210000000},
      {TimeUnit::kSeconds, -1, -1000000},
      {TimeUnit::kSeconds, kGreatest / 1000000, kGreatest / 1000000 * 1000000},
      {TimeUnit::kSeconds, kGreatest / 1000000 + 1, std::nullopt},
      {TimeUnit::kSeconds, kLeast / 1000000 - 1, std::nullopt},
      {TimeUnit::kMillis, 1738102210123, 1738102210123000},
      {TimeUnit::kMillis, kGreatest / 1000 + 1, std::nullopt},
      {TimeUnit::kMillis, kLeast, std::nullopt},
      {TimeUnit::kMicros, kGreatest, kGreatest},
      {TimeUnit::kMicros, kLeast, kLeast},
      {TimeUnit::kNanos, 1999, 1},
      {TimeUnit::kNanos, 0, 0},
      {TimeUnit::kNanos, -1, -1},
      {TimeUnit::kNanos, -1000, -1},
      {TimeUnit::kNanos, -1001, -2},
  };
  for (const auto& test : kCases) {
    const TimeReading reading{Form::kCount, test.unit, false, false};
    EXPECT_EQ(read_instant(reading, test.count, *TimeZone::utc()), test.instant) << test.count;
  }
}

TEST(ReadInstant, ReadsDatesAndLocalTimesByTheClockOfTheZone) {
  const TimeReading date{Form::kDate, TimeUnit::kMicros, true, false};
  EXPECT_EQ(read_instant(date, 1, *TimeZone::utc()), kMicrosPerDay);
  EXPECT_EQ(read_instant(date, 1, hour_ahead()), kMicrosPerDay - kMicrosPerHour);
  EXPECT_EQ(read_instant(date, kGreatest, *TimeZone::utc()), std::nullopt);
  const TimeReading local{Form::kCount, TimeUnit::kMillis, true, false};
  EXPECT_EQ(read_instant(local, 7200000, hour_ahead()), kMicrosPerHour);
}

TEST(ReadInstant, ReadsText) {
  const TimeReading text{Form::kText, TimeUnit::kMicros, false, false};
  EXPECT_EQ(read_instant(text, "1970-01-01T00:00:01Z", hour_ahead()), 1000000);
  EXPECT_EQ(read_instant(text, "1970-01-01 01:00:01", hour_ahead()), 1000000);
  EXPECT_EQ(read_instant(text, "  1970-01-01 01:00:01 ", hour_ahead()), 1000000);
  for (const char* none : {"soon", "", " "}) {
    EXPECT_EQ(read_instant(text, none, *TimeZone::utc()), std::nullopt) << none;
  }
}

TEST(ReadInstant, ReadsDigitsInText) {
  const TimeReading seconds{Form::kCount, TimeUnit::kSeconds, false, true};
  EXPECT_EQ(read_instant(seconds, "1738102210", *TimeZone::utc()), 1738102210000000);
  for (const char* text : {"", "1738102210x", "99999999999999999999", "1e300", "nan", "-inf"}) {
    EXPECT_EQ(read_instant(seconds, text, *TimeZone::utc()), std::nullopt) << text;
  }
}

TEST(ReadInstant, RoundsDecimalsInTextToMicroseconds) {
  const struct {
    TimeUnit unit;
    const char* text;
    Instant instant;
  } cases[] = {
      {TimeUnit::kSeconds, "1738102210.25", 1738102210250000},
      {TimeUnit::kSeconds, "1738102210.1234567", 1738102210123457},
      {TimeUnit::kSeconds, "1.73810221e9", 1738102210000000},
      {TimeUnit::kSeconds, "-0.5", -500000},
      {TimeUnit::kMillis, "1738102210123.5", 1738102210123500},
      {TimeUnit::kMicros, "1738102210123456.75", 1738102210123457},
      {TimeUnit::kNanos, "1738102210123456789.0", 1738102210123457},
  };
  for (const auto& test : cases) {
    const TimeReading reading{Form::kCount, test.unit, false, true};
    EXPECT_EQ(read_instant(reading, test.text, *TimeZone::utc()), test.instant) << test.text;
  }
  const TimeReading local{Form::kCount, TimeUnit::kSeconds, true, false};
  EXPECT_EQ(read_instant(local, "7200.5", hour_ahead()), kMicrosPerHour + 500000);
}

}  // namespace
}  // namespace mseavro
