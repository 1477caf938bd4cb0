#include "base/time/time.h"

#include <gtest/gtest.h>

#include <random>

namespace mseavro {
namespace {

const TimeZone& utc() { return *TimeZone::utc(); }

Instant at(int32_t year, uint8_t month, uint8_t day, int64_t hour = 0, int64_t minute = 0,
           int64_t second = 0, int64_t micros = 0) {
  return days_from_civil({year, month, day}) * kMicrosPerDay + hour * kMicrosPerHour +
         minute * kMicrosPerMinute + second * kMicrosPerSecond + micros;
}

TEST(Arithmetic, RoundsDownAndStopsAtTheEnds) {
  EXPECT_EQ(floor_div(-1, 7), -1);
  EXPECT_EQ(floor_div(-7, 7), -1);
  EXPECT_EQ(floor_div(6, 7), 0);
  EXPECT_EQ(floor_mod(-1, 7), 6);
  EXPECT_EQ(floor_mod(-7, 7), 0);
  EXPECT_EQ(floor_mod(kFirstInstant, kLastInstant), kLastInstant - 1);
  EXPECT_EQ(saturating_add(kLastInstant, 1), kLastInstant);
  EXPECT_EQ(saturating_add(kFirstInstant, -1), kFirstInstant);
  EXPECT_EQ(saturating_add(kFirstInstant, kLastInstant), -1);
}

TEST(CivilDays, KnowTheLengthOfEveryMonth) {
  const struct {
    int32_t year;
    int32_t month;
    int32_t days;
  } cases[] = {{2025, 1, 31}, {2025, 2, 28}, {2024, 2, 29},  {1900, 2, 28},  {2000, 2, 29},
               {2025, 3, 31}, {2025, 4, 30}, {2025, 5, 31},  {2025, 6, 30},  {2025, 7, 31},
               {2025, 8, 31}, {2025, 9, 30}, {2025, 10, 31}, {2025, 11, 30}, {2025, 12, 31}};
  for (const auto& [year, month, days] : cases) {
    EXPECT_EQ(days_of_month(year, month), days) << year << "-" << month;
  }
}

TEST(CivilDays, CountFromTheEpoch) {
  const struct {
    Day day;
    int64_t days;
  } cases[] = {
      {{1970, 1, 1}, 0},         {{1970, 1, 2}, 1},      {{1969, 12, 31}, -1},
      {{2000, 2, 29}, 11016},    {{2000, 3, 1}, 11017},  {{1900, 2, 28}, -25509},
      {{1900, 3, 1}, -25508},    {{2025, 7, 28}, 20297}, {{1, 1, 1}, -719162},
      {{9999, 12, 31}, 2932896}, {{0, 3, 1}, -719468},   {{-4, 2, 29}, -720930},
  };
  for (const auto& [day, days] : cases) {
    EXPECT_EQ(days_from_civil(day), days) << format_day(day);
    EXPECT_EQ(civil_from_days(days), day) << days;
  }
}

TEST(CivilDays, GoThereAndBackOverEveryInstant) {
  Day before = civil_from_days(-1'000'001);
  for (int64_t days = -1'000'000; days < 1'000'000; days += 1) {
    const Day day = civil_from_days(days);
    ASSERT_EQ(days_from_civil(day), days);
    ASSERT_TRUE(day.day == before.day + 1 || day.day == 1) << days;
    before = day;
  }
  for (const int64_t days : {kFirstInstant / kMicrosPerDay, kLastInstant / kMicrosPerDay}) {
    EXPECT_EQ(days_from_civil(civil_from_days(days)), days);
  }
}

TEST(ParseTime, ReadsDatesTimesAndOffsets) {
  const struct {
    std::string_view text;
    Instant instant;
  } cases[] = {
      {"2025-07-28", at(2025, 7, 28)},
      {"0001-01-01", at(1, 1, 1)},
      {"9999-12-31T23:59:59.999999Z", at(9999, 12, 31, 23, 59, 59, 999'999)},
      {"2024-02-29", at(2024, 2, 29)},
      {"2000-02-29", at(2000, 2, 29)},
      {"2025-07-28T10:30", at(2025, 7, 28, 10, 30)},
      {"2025-07-28 10:30:15", at(2025, 7, 28, 10, 30, 15)},
      {"2025-07-28t10:30:15z", at(2025, 7, 28, 10, 30, 15)},
      {"2025-07-28T10:30Z", at(2025, 7, 28, 10, 30)},
      {"2025-07-28T10:30:15.5", at(2025, 7, 28, 10, 30, 15, 500'000)},
      {"2025-07-28T10:30:15.123Z", at(2025, 7, 28, 10, 30, 15, 123'000)},
      {"2025-07-28T10:30:15.123456Z", at(2025, 7, 28, 10, 30, 15, 123'456)},
      {"2025-07-28T10:30:15.123456999Z", at(2025, 7, 28, 10, 30, 15, 123'456)},
      {"2025-07-28T10:30:15.00000000000000000000000000009", at(2025, 7, 28, 10, 30, 15)},
      {"1969-12-31T23:59:59.999999Z", -1},
      {"2025-07-28T10:30:00+02:00", at(2025, 7, 28, 8, 30)},
      {"2025-07-28T10:30:00+0530", at(2025, 7, 28, 5)},
      {"2025-07-28 10:30:00-04", at(2025, 7, 28, 14, 30)},
      {"2025-07-28T10:30:00-00:00", at(2025, 7, 28, 10, 30)},
      {"2025-07-28T00:00+23:59", at(2025, 7, 27, 0, 1)},
      {"2025-07-28T00:00-23:59", at(2025, 7, 28, 23, 59)},
      {"0001-01-01T00:00+23:59", at(0, 12, 31, 0, 1)},
  };
  for (const auto& [text, instant] : cases) EXPECT_EQ(parse_time(text, utc()), instant) << text;
}

TEST(ParseTime, RefusesEverythingElse) {
  for (const std::string_view text : {"",
                                      " ",
                                      "2025",
                                      "2025-07",
                                      "2025-7-28",
                                      "25-07-28",
                                      "20250728",
                                      "2025/07/28",
                                      "28.07.2025",
                                      "0000-01-01",
                                      "12025-01-01",
                                      "-001-01-01",
                                      "+2025-01-01",
                                      "2025-00-10",
                                      "2025-13-10",
                                      "2025-01-00",
                                      "2025-01-32",
                                      "2025-04-31",
                                      "2025-02-29",
                                      "1900-02-29",
                                      "2025-07-28T",
                                      "2025-07-28 ",
                                      " 2025-07-28",
                                      "2025-07-28Z",
                                      "2025-07-28+02:00",
                                      "2025-07-28T10",
                                      "2025-07-28T10Z",
                                      "2025-07-28T1:30",
                                      "2025-07-28T10:3",
                                      "2025-07-28T1030",
                                      "2025-07-28T24:00:00",
                                      "2025-07-28T10:60",
                                      "2025-07-28T23:59:60Z",
                                      "2025-07-28T10:30:",
                                      "2025-07-28T10:30:1",
                                      "2025-07-28T10:30:15.",
                                      "2025-07-28T10:30:15.Z",
                                      "2025-07-28T10:30:15,5",
                                      "2025-07-28T10:30.5",
                                      "2025-07-28T10:30:15 Z",
                                      "2025-07-28T10:30:15ZZ",
                                      "2025-07-28T10:30:15UTC",
                                      "2025-07-28T10:30:15+",
                                      "2025-07-28T10:30:15+2",
                                      "2025-07-28T10:30:15+02:",
                                      "2025-07-28T10:30:15+02:0",
                                      "2025-07-28T10:30:15+02:60",
                                      "2025-07-28T10:30:15+24:00",
                                      "2025-07-28T10:30:15+02:00:00",
                                      "2025-07-28T10:30:15+02:00[Europe/Berlin]",
                                      "2025-07-28  10:30",
                                      "2025-07-28_10:30",
                                      "2025-07-2\xD9\xA8",
                                      "1738102210",
                                      "yesterday"}) {
    EXPECT_FALSE(parse_time(text, utc())) << text;
  }
  EXPECT_FALSE(parse_time(std::string_view("2025-07-28\0", 11), utc()));
}

TEST(ParseTime, ReadsTextWithoutOffsetInTheGivenZone) {
  const TimeZone zone("Test/East", {{kFirstInstant, 2 * kMicrosPerHour}});
  EXPECT_EQ(parse_time("2025-07-28", zone), at(2025, 7, 27, 22));
  EXPECT_EQ(parse_time("2025-07-28T10:30", zone), at(2025, 7, 28, 8, 30));
  EXPECT_EQ(parse_time("2025-07-28T10:30Z", zone), at(2025, 7, 28, 10, 30));
}

TEST(FormatTime, WritesAsManyDigitsAsAreNeeded) {
  const struct {
    Instant instant;
    const char* text;
  } cases[] = {
      {0, "1970-01-01T00:00:00Z"},
      {-1, "1969-12-31T23:59:59.999999Z"},
      {at(2025, 7, 28), "2025-07-28T00:00:00Z"},
      {at(2025, 7, 28, 9, 5, 7, 120'000), "2025-07-28T09:05:07.120Z"},
      {at(2025, 7, 28, 9, 5, 7, 120), "2025-07-28T09:05:07.000120Z"},
      {at(1, 1, 1), "0001-01-01T00:00:00Z"},
      {at(0, 1, 1), "0000-01-01T00:00:00Z"},
      {at(-1, 12, 31), "-0001-12-31T00:00:00Z"},
      {at(10000, 1, 1), "+10000-01-01T00:00:00Z"},
      {kFirstInstant, "-290308-12-21T19:59:05.224192Z"},
      {kLastInstant, "+294247-01-10T04:00:54.775807Z"},
  };
  for (const auto& [instant, text] : cases) EXPECT_EQ(format_time(instant), text);
}

TEST(FormatTime, ReadsBackAsTheSameInstant) {
  std::mt19937_64 random(20250728);
  std::uniform_int_distribution<Instant> instants(at(1, 1, 1), at(9999, 12, 31));
  for (int round = 0; round < 20000; ++round) {
    const Instant unit = round % 3 == 0 ? kMicrosPerSecond : round % 3 == 1 ? 1000 : 1;
    const Instant instant = floor_div(instants(random), unit) * unit;
    ASSERT_EQ(parse_time(format_time(instant), utc()), instant);
  }
}

TEST(FormatDay, WritesTheUtcDay) {
  EXPECT_EQ(format_day(at(2025, 7, 28, 23, 59)), "2025-07-28");
  EXPECT_EQ(format_day(-1), "1969-12-31");
  EXPECT_EQ(format_day(Day{2025, 7, 28}), "2025-07-28");
}

TEST(ParseDuration, ReadsANumberAndAUnit) {
  const struct {
    std::string_view text;
    std::optional<int64_t> micros;
  } cases[] = {
      {"30d", 30 * kMicrosPerDay},
      {"12h", 12 * kMicrosPerHour},
      {"90m", 90 * kMicrosPerMinute},
      {"45s", 45 * kMicrosPerSecond},
      {"1w", 7 * kMicrosPerDay},
      {"007d", 7 * kMicrosPerDay},
      {"106751991d", 106'751'991 * kMicrosPerDay},
      {"106751992d", std::nullopt},
      {"99999999999999999999s", std::nullopt},
      {"0s", std::nullopt},
      {"-1d", std::nullopt},
      {"+1d", std::nullopt},
      {"1.5h", std::nullopt},
      {"1h30m", std::nullopt},
      {"1 d", std::nullopt},
      {"1D", std::nullopt},
      {"10ms", std::nullopt},
      {"d", std::nullopt},
      {"7", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [text, micros] : cases) EXPECT_EQ(parse_duration(text), micros) << text;
}

TEST(FormatDuration, WritesTheLargestUnitThatFits) {
  const struct {
    int64_t micros;
    const char* text;
  } cases[] = {
      {36 * kMicrosPerHour, "36h"},
      {48 * kMicrosPerHour, "2d"},
      {7 * kMicrosPerDay, "7d"},
      {45 * kMicrosPerSecond, "45s"},
      {120 * kMicrosPerSecond, "2m"},
      {-90 * kMicrosPerMinute, "-90m"},
      {1'500'000, "1.5s"},
      {-1, "-0.000001s"},
      {0, "0s"},
      {kFirstInstant, "-9223372036854.775808s"},
  };
  for (const auto& [micros, text] : cases) EXPECT_EQ(format_duration(micros), text);
}

TEST(FormatDuration, ReadsBackAsTheSameLength) {
  std::mt19937_64 random(3);
  std::uniform_int_distribution<int64_t> seconds(1, 1'000'000'000);
  for (int round = 0; round < 1000; ++round) {
    const int64_t micros = seconds(random) * kMicrosPerSecond;
    ASSERT_EQ(parse_duration(format_duration(micros)), micros);
  }
}

}  // namespace
}  // namespace mseavro
