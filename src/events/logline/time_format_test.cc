#include "events/logline/time_format.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace mseavro {
namespace {

// The canonical text, or "none".
std::string read(const std::string& format, const std::string& text, const char* zone = "UTC") {
  const auto made = TimeFormat::make(format, TimeZone::find(zone).value());
  if (!made) return "error: " + made.error().message;
  const auto time = made->read(text);
  if (!time) return "none";
  TimeWriter writer;
  std::string canonical(writer.seconds_text(time->seconds));
  if (!time->fraction.empty()) canonical += "." + std::string(time->fraction);
  return canonical + "Z";
}

TEST(TimeFormat, ReadsIsoWithSecondsAndKeepsTheDigits) {
  const struct {
    const char* text;
    const char* canonical;
  } cases[] = {
      {"2024-03-08T23:06:09", "2024-03-08T23:06:09Z"},
      {"2024-03-08 23:06:09Z", "2024-03-08T23:06:09Z"},
      {"2024-03-08t23:06:09z", "2024-03-08T23:06:09Z"},
      {"2024-03-08T23:06:09.500", "2024-03-08T23:06:09.500Z"},
      {"2024-03-08T23:06:09.1234567890123", "2024-03-08T23:06:09.1234567890123Z"},
      {"2024-12-31T23:30:00.1-01", "2025-01-01T00:30:00.1Z"},
      {"2024-03-01T00:30:00+0130", "2024-02-29T23:00:00Z"},
      {"2024-03-01T00:30:00+01:30", "2024-02-29T23:00:00Z"},
      {"0001-01-01T00:00:00", "0001-01-01T00:00:00Z"},
      {"9999-12-31T23:59:59.9", "9999-12-31T23:59:59.9Z"},
      {"1969-12-31T23:59:59.5", "1969-12-31T23:59:59.5Z"},
      {"2000-02-29T00:00:00", "2000-02-29T00:00:00Z"},
      {"1900-02-29T00:00:00", "none"},
      {"2024-04-31T00:00:00", "none"},
      {"2024-00-01T00:00:00", "none"},
      {"2024-03-08T24:00:00", "none"},
      {"2024-03-08T23:60:00", "none"},
      {"2024-03-08T23:59:60", "none"},
      {"2024-03-08T23:06", "none"},
      {"2024-03-08", "none"},
      {"2024-03-08T23:06:09.", "none"},
      {"2024-03-08T23:06:09+24:00", "none"},
      {"2024-03-08T23:06:09+1", "none"},
      {"2024-03-08T23:06:09+01:60", "none"},
      {"2024-03-08T23:06:09 ", "none"},
      {"9999-12-31T23:59:59-00:01", "none"},
      {"0001-01-01T00:00:00+00:01", "none"},
      {"+2024-03-08T23:06:09", "none"},
      {"", "none"},
  };
  for (const auto& [text, canonical] : cases) EXPECT_EQ(read("", text), canonical) << text;
}

TEST(TimeFormat, ReadsWhatTheFormatSays) {
  EXPECT_EQ(read("%d/%b/%Y:%H:%M:%S %z", "14/Feb/2026:10:30:03 +0100"), "2026-02-14T09:30:03Z");
  EXPECT_EQ(read("%d/%b/%Y:%H:%M:%S %z", "14/feb/2026:10:30:03 +0100"), "none");
  EXPECT_EQ(read("%Y%m%d %H%M%S,%f", "20260214 103003,25"), "2026-02-14T10:30:03.25Z");
  EXPECT_EQ(read("%s", "1771065003.099"), "2026-02-14T10:30:03.099Z");
  EXPECT_EQ(read("%s", "0"), "1970-01-01T00:00:00Z");
  EXPECT_EQ(read("%s", "253402300800"), "none");
  EXPECT_EQ(read("%s", "1e9"), "none");
  EXPECT_EQ(read("%s%%", "5%"), "1970-01-01T00:00:05Z");
}

TEST(TimeFormat, ReadsTimesWithoutAZoneInItsOwn) {
  EXPECT_EQ(read("", "2024-07-01T12:00:00", "Europe/Berlin"), "2024-07-01T10:00:00Z");
  EXPECT_EQ(read("", "2024-07-01T12:00:00Z", "Europe/Berlin"), "2024-07-01T12:00:00Z");
}

TEST(TimeFormat, RefusesFormatsThatAreNone) {
  for (const char* format : {"%Y-%m-%d", "%Q", "%", "%Y-%m-%d %H:%M:%S%", "x"}) {
    EXPECT_TRUE(read(format, "").starts_with("error: ")) << format;
  }
}

TEST(TimeFormat, AgreesWithParseTime) {
  std::mt19937_64 random(7);
  const auto format = TimeFormat::make("", TimeZone::utc()).value();
  for (int round = 0; round < 20000; ++round) {
    const Instant instant =
        static_cast<int64_t>(random() % 300'000'000'000'000'000) - 60'000'000'000'000'000;
    std::string text = format_time(instant);
    if (random() % 4 == 0) text[random() % text.size()] = "0159-:TZ. "[random() % 10];
    const auto expected = parse_time(text, *TimeZone::utc());
    const auto time = format.read(text);
    // parse_time() also takes what lacks seconds.
    if (text.size() >= 20 && text[16] == ':' && text[10] != 'Z') {
      ASSERT_EQ(time.has_value(), expected.has_value()) << text;
    }
    if (time) {
      ASSERT_EQ(time->in_units(1'000'000), *expected) << text;
    }
  }
}

// A day that is known, and one that is not, behind which it is known.
TEST(TimeReader, ReadsAsTheFormatDoes) {
  std::mt19937_64 random(8);
  for (const char* const zone : {"UTC", "Europe/Berlin"}) {
    const auto format = TimeFormat::make("", TimeZone::find(zone).value()).value();
    TimeReader reader(format);
    int canonical_count = 0;
    for (int round = 0; round < 20'000; ++round) {
      constexpr const char* kZones[] = {"", "Z", "z", "+01:00", "-0030"};
      constexpr const char* kFractions[] = {"", ".5", ".123456789012", "."};
      const char* const separator = random() % 4 == 0 ? (random() % 2 == 0 ? " " : "t") : "T";
      std::string text =
          format_time(static_cast<int64_t>(random() % (3 * kMicrosPerDay)) + 1'700'000'000'000'000)
              .substr(0, 19)
              .replace(10, 1, separator);
      text += kFractions[random() % 4];
      text += kZones[random() % 5];
      if (random() % 3 == 0) text[random() % text.size()] = "0156239-:TZ. \xb0"[random() % 14];
      const auto expected = format.read(text);
      LogTime time;
      ASSERT_EQ(reader.read(text, &time), expected.has_value()) << text;
      if (!expected) continue;
      ASSERT_EQ(time.seconds, expected->seconds) << text;
      ASSERT_EQ(time.fraction, expected->fraction) << text;
      if (time.canonical.empty()) continue;
      ++canonical_count;
      ASSERT_EQ(std::string(time.canonical) + "Z", read("", text, zone)) << text;
    }
    EXPECT_GT(canonical_count, 200) << zone;
  }
}

TEST(TimeReader, KnowsNoDayAtFirst) {
  const auto format = TimeFormat::make("", TimeZone::utc()).value();
  for (const char byte : {'\0', '\xff'}) {
    LogTime time;
    EXPECT_FALSE(TimeReader(format).read(std::string(11, byte) + "10:30:03Z", &time));
  }
}

TEST(LogTime, RoundsDownToUnits) {
  EXPECT_EQ((LogTime{1, "1239"}.in_units(1000)), 1123);
  EXPECT_EQ((LogTime{-1, "5"}.in_units(1000)), -500);
  EXPECT_EQ((LogTime{2, "000000001999"}.in_units(1'000'000'000)), 2'000'000'001);
  EXPECT_EQ((LogTime{253'402'300'799, ""}.in_units(1'000'000'000)), std::nullopt);
}

}  // namespace
}  // namespace mseavro
