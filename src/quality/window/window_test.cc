#include "quality/window/window.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace mseavro {
namespace {

std::shared_ptr<const TimeZone> zone(std::string_view name) {
  auto found = TimeZone::find(name);
  EXPECT_TRUE(found) << name;
  return found ? *found : TimeZone::utc();
}

Instant instant(std::string_view text) { return parse_time(text, *TimeZone::utc()).value(); }

WindowSpec spec(std::string_view text, WeekStart week_start = WeekStart::kMonday) {
  WindowSpec result = WindowSpec::parse(text).value();
  result.week_start = week_start;
  return result;
}

TEST(WindowSpec, ReadsKindsAndLengthsAndWritesThemBack) {
  const struct {
    const char* text;
    WindowKind kind;
    int64_t length_micros;
    const char* written;
  } cases[] = {
      {"none", WindowKind::kNone, 0, "none"},
      {"hour", WindowKind::kHour, 0, "hour"},
      {"day", WindowKind::kDay, 0, "day"},
      {"week", WindowKind::kWeek, 0, "week"},
      {"month", WindowKind::kMonth, 0, "month"},
      {"quarter", WindowKind::kQuarter, 0, "quarter"},
      {"year", WindowKind::kYear, 0, "year"},
      {"15m", WindowKind::kFixed, 15 * kMicrosPerMinute, "15m"},
      {"6h", WindowKind::kFixed, 6 * kMicrosPerHour, "6h"},
      {"24h", WindowKind::kFixed, kMicrosPerDay, "1d"},
      {"1w", WindowKind::kFixed, 7 * kMicrosPerDay, "7d"},
  };
  for (const auto& row : cases) {
    const auto parsed = WindowSpec::parse(row.text);
    ASSERT_TRUE(parsed) << row.text;
    EXPECT_EQ(parsed->kind, row.kind) << row.text;
    EXPECT_EQ(parsed->length_micros, row.length_micros) << row.text;
    EXPECT_EQ(parsed->text(), row.written);
    EXPECT_EQ(WindowSpec::parse(parsed->text()), *parsed);
  }
}

TEST(WindowSpec, RefusesEverythingElse) {
  for (const char* text : {"", "weekly", "Week", "0d", "-1h", "fixed", "1.5h", "7"}) {
    const auto parsed = WindowSpec::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kBadOptionValue);
    EXPECT_EQ(parsed.error().value, text);
    EXPECT_NE(parsed.error().help.find("week"), std::string::npos);
  }
}

struct WindowCase {
  const char* kind;
  const char* zone;
  const char* instant;
  const char* start;
  const char* end;
  WeekStart week_start = WeekStart::kMonday;
};

void expect_windows(const std::vector<WindowCase>& cases) {
  for (const WindowCase& row : cases) {
    WindowAssigner assigner(spec(row.kind, row.week_start), zone(row.zone));
    const Window window = assigner.assign(instant(row.instant));
    EXPECT_EQ(format_time(window.start), format_time(instant(row.start)))
        << row.kind << " " << row.zone << " " << row.instant;
    EXPECT_EQ(format_time(window.end), format_time(instant(row.end)))
        << row.kind << " " << row.zone << " " << row.instant;
  }
}

TEST(WindowAssigner, FollowsTheCalendarInUtc) {
  expect_windows({
      {"hour", "UTC", "2025-07-28T13:59:59.999999Z", "2025-07-28T13:00Z", "2025-07-28T14:00Z"},
      {"day", "UTC", "2025-07-28T00:00Z", "2025-07-28", "2025-07-29"},
      {"day", "UTC", "1969-12-31T23:59:59Z", "1969-12-31", "1970-01-01"},
      {"week", "UTC", "2025-08-03T23:59:59Z", "2025-07-28", "2025-08-04"},
      {"week", "UTC", "2025-07-28T00:00Z", "2025-07-28", "2025-08-04"},
      {"week", "UTC", "1970-01-01T00:00Z", "1969-12-29", "1970-01-05"},
      {"week", "UTC", "2025-08-03T00:00Z", "2025-08-03", "2025-08-10", WeekStart::kSunday},
      {"week", "UTC", "2025-08-02T23:59Z", "2025-07-27", "2025-08-03", WeekStart::kSunday},
      {"month", "UTC", "2024-02-29T12:00Z", "2024-02-01", "2024-03-01"},
      {"month", "UTC", "2025-12-31T12:00Z", "2025-12-01", "2026-01-01"},
      {"quarter", "UTC", "2025-12-31T12:00Z", "2025-10-01", "2026-01-01"},
      {"quarter", "UTC", "2025-04-01T00:00Z", "2025-04-01", "2025-07-01"},
      {"year", "UTC", "2025-07-28T12:00Z", "2025-01-01", "2026-01-01"},
      {"year", "UTC", "0001-07-28T12:00Z", "0001-01-01", "0002-01-01"},
  });
}

TEST(WindowAssigner, CountsFixedWindowsFromTheEpoch) {
  expect_windows({
      {"15m", "UTC", "2025-07-28T13:29:59Z", "2025-07-28T13:15Z", "2025-07-28T13:30Z"},
      {"15m", "America/New_York", "2025-07-28T13:29:59Z", "2025-07-28T13:15Z", "2025-07-28T13:30Z"},
      {"7d", "UTC", "1970-01-01T00:00Z", "1970-01-01", "1970-01-08"},
      {"7d", "UTC", "1969-12-31T23:59:59Z", "1969-12-25", "1970-01-01"},
      {"45s", "UTC", "1969-12-31T23:59:15Z", "1969-12-31T23:59:15Z", "1970-01-01"},
      {"24h", "America/New_York", "2013-03-10T12:00Z", "2013-03-10", "2013-03-11"},
  });
}

TEST(WindowAssigner, MakesDaysAsLongAsTheClocksDo) {
  const char* new_york = "America/New_York";
  expect_windows({
      // 23 and 25 hours.
      {"day", new_york, "2013-03-10T12:00Z", "2013-03-10T05:00Z", "2013-03-11T04:00Z"},
      {"day", new_york, "2013-11-03T05:30Z", "2013-11-03T04:00Z", "2013-11-04T05:00Z"},
      {"day", new_york, "2013-11-03T06:30Z", "2013-11-03T04:00Z", "2013-11-04T05:00Z"},
      {"week", new_york, "2013-03-10T12:00Z", "2013-03-04T05:00Z", "2013-03-11T04:00Z"},
      {"month", new_york, "2013-03-31T12:00Z", "2013-03-01T05:00Z", "2013-04-01T04:00Z"},
      {"month", new_york, "2013-04-01T03:59:59Z", "2013-03-01T05:00Z", "2013-04-01T04:00Z"},
      {"quarter", new_york, "2013-01-01T04:59Z", "2012-10-01T04:00Z", "2013-01-01T05:00Z"},
      {"year", "Asia/Kolkata", "2024-12-31T18:30Z", "2024-12-31T18:30Z", "2025-12-31T18:30Z"},
      // Midnight does not exist: the day begins at the jump.
      {"day", "America/Sao_Paulo", "2017-10-15T03:00Z", "2017-10-15T03:00Z", "2017-10-16T02:00Z"},
      {"day", "America/Sao_Paulo", "2017-10-15T02:59Z", "2017-10-14T03:00Z", "2017-10-15T03:00Z"},
      {"day", "America/Sao_Paulo", "2018-02-18T02:30Z", "2018-02-17T02:00Z", "2018-02-18T03:00Z"},
      {"day", "Asia/Beirut", "2022-03-26T22:00Z", "2022-03-26T22:00Z", "2022-03-27T21:00Z"},
      // A day that a zone left out.
      {"day", "Pacific/Apia", "2011-12-30T09:59Z", "2011-12-29T10:00Z", "2011-12-30T10:00Z"},
      {"day", "Pacific/Apia", "2011-12-30T10:00Z", "2011-12-30T10:00Z", "2011-12-31T10:00Z"},
      // Back from 00:01 to 23:01: the day that has begun goes on.
      {"day", "America/St_Johns", "2010-11-07T02:29Z", "2010-11-06T02:30Z", "2010-11-07T02:30Z"},
      {"day", "America/St_Johns", "2010-11-07T03:00Z", "2010-11-07T02:30Z", "2010-11-08T03:30Z"},
  });
}

TEST(WindowAssigner, AlignsHoursToTheLocalClock) {
  const char* new_york = "America/New_York";
  const char* lord_howe = "Australia/Lord_Howe";
  expect_windows({
      {"hour", "Asia/Kolkata", "2025-07-28T00:00Z", "2025-07-27T23:30Z", "2025-07-28T00:30Z"},
      {"hour", "Asia/Kathmandu", "2025-07-28T00:00Z", "2025-07-27T23:15Z", "2025-07-28T00:15Z"},
      // The repeated hour is two windows.
      {"hour", new_york, "2013-11-03T05:30Z", "2013-11-03T05:00Z", "2013-11-03T06:00Z"},
      {"hour", new_york, "2013-11-03T06:30Z", "2013-11-03T06:00Z", "2013-11-03T07:00Z"},
      {"hour", new_york, "2013-03-10T06:30Z", "2013-03-10T06:00Z", "2013-03-10T07:00Z"},
      {"hour", new_york, "2013-03-10T07:30Z", "2013-03-10T07:00Z", "2013-03-10T08:00Z"},
      // A change by a whole hour in the middle of one leaves it whole (02:45 to 03:45).
      {"hour", "Pacific/Chatham", "2025-09-27T13:30Z", "2025-09-27T13:15Z", "2025-09-27T14:15Z"},
      {"hour", "Pacific/Chatham", "2025-09-27T14:10Z", "2025-09-27T13:15Z", "2025-09-27T14:15Z"},
      // A change by half an hour cuts it: back from 02:00 to 01:30, on from 02:00 to 02:30.
      {"hour", lord_howe, "2025-04-05T14:45Z", "2025-04-05T14:00Z", "2025-04-05T15:00Z"},
      {"hour", lord_howe, "2025-04-05T15:00Z", "2025-04-05T15:00Z", "2025-04-05T15:30Z"},
      {"hour", lord_howe, "2025-10-04T15:30Z", "2025-10-04T15:30Z", "2025-10-04T16:00Z"},
  });
}

TEST(WindowAssigner, PutsEverythingIntoOneWindowWithNone) {
  WindowAssigner assigner(spec("none"), TimeZone::utc());
  const Window all{kFirstInstant, kLastInstant};
  for (const Instant time : {kFirstInstant, int64_t{0}, kLastInstant}) {
    EXPECT_EQ(assigner.assign(time), all);
  }
}

const std::vector<WindowSpec>& all_specs() {
  static const std::vector<WindowSpec> specs = {spec("none"),
                                                spec("hour"),
                                                spec("day"),
                                                spec("week"),
                                                spec("week", WeekStart::kSunday),
                                                spec("month"),
                                                spec("quarter"),
                                                spec("year"),
                                                spec("15m"),
                                                spec("7d"),
                                                spec("106751991d")};
  return specs;
}

// The window of `time`, checked to be one of a tiling.
void expect_tile(WindowAssigner& assigner, Instant time, const std::string& what) {
  const Window window = assigner.assign(time);
  ASSERT_LE(window.start, time) << what;
  ASSERT_TRUE(time < window.end || window.end == kLastInstant) << what;
  ASSERT_LT(window.start, window.end) << what;
  ASSERT_EQ(assigner.assign(window.start), window) << what;
  ASSERT_EQ(assigner.assign(window.end - 1), window) << what;
  if (window.end != kLastInstant) {
    ASSERT_EQ(assigner.assign(window.end).start, window.end) << what;
  }
  if (window.start != kFirstInstant) {
    ASSERT_EQ(assigner.assign(window.start - 1).end, window.start) << what;
  }
}

void expect_tiles(const std::shared_ptr<const TimeZone>& clock, const std::vector<Instant>& times) {
  for (const WindowSpec& one : all_specs()) {
    WindowAssigner assigner(one, clock);
    for (const Instant time : times) {
      const std::string what = one.text() + " " + clock->name() + " " + format_time(time);
      ASSERT_NO_FATAL_FAILURE(expect_tile(assigner, time, what));
    }
  }
}

constexpr const char* kRestlessZones[] = {
    "America/New_York", "America/Sao_Paulo", "Asia/Beirut",    "Australia/Lord_Howe",
    "Pacific/Apia",     "America/St_Johns",  "Pacific/Chatham"};

TEST(WindowAssigner, TilesTimeAroundEveryChangeOfTheClocks) {
  for (const char* name : kRestlessZones) {
    const auto clock = zone(name);
    std::vector<Instant> times;
    for (ClockStretch stretch = clock->stretch(instant("2000-01-01"));
         stretch.end < instant("2030-01-01"); stretch = clock->stretch(stretch.end)) {
      for (int64_t minutes = -105; minutes <= 105; minutes += 15) {
        times.push_back(stretch.end + minutes * kMicrosPerMinute);
      }
      times.insert(times.end(), {stretch.end - 1, stretch.end + 1});
    }
    ASSERT_GT(times.size(), 100u) << name;
    ASSERT_NO_FATAL_FAILURE(expect_tiles(clock, times));
  }
}

TEST(WindowAssigner, TilesTimeAtRandomInstants) {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<Instant> recent(instant("1850-01-01"), instant("2100-01-01"));
  std::vector<Instant> times;
  for (int round = 0; round < 150; ++round) {
    times.push_back(recent(random));
    times.push_back(static_cast<Instant>(random()));
  }
  for (const char* name :
       {"UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Asia/Tokyo"}) {
    ASSERT_NO_FATAL_FAILURE(expect_tiles(zone(name), times));
  }
}

TEST(WindowAssigner, StopsAtTheEndsOfTime) {
  std::vector<Instant> times;
  for (const int64_t distance :
       {int64_t{0}, int64_t{1}, kMicrosPerHour, 13 * kMicrosPerHour, 400 * kMicrosPerDay}) {
    times.push_back(kFirstInstant + distance);
    times.push_back(kLastInstant - distance);
  }
  for (const char* name : {"UTC", "America/New_York", "Asia/Tokyo"}) {
    ASSERT_NO_FATAL_FAILURE(expect_tiles(zone(name), times));
    for (const WindowSpec& one : all_specs()) {
      WindowAssigner assigner(one, zone(name));
      for (const Instant time : times) format_window(assigner.assign(time), *zone(name));
    }
  }
}

TEST(WindowAssigner, NestsHoursInDaysInMonthsInQuartersInYears) {
  const char* const kinds[] = {"hour", "day", "month", "quarter", "year"};
  for (const char* name : kRestlessZones) {
    const auto clock = zone(name);
    for (ClockStretch stretch = clock->stretch(instant("2000-01-01"));
         stretch.end < instant("2030-01-01"); stretch = clock->stretch(stretch.end)) {
      for (int64_t minutes = -105; minutes <= 105; minutes += 5) {
        const Instant time = stretch.end + minutes * kMicrosPerMinute;
        Window inner{time, time};
        for (const char* kind : kinds) {
          const Window outer = WindowAssigner(spec(kind), clock).assign(time);
          ASSERT_LE(outer.start, inner.start) << kind << " " << name << " " << format_time(time);
          ASSERT_GE(outer.end, inner.end) << kind << " " << name << " " << format_time(time);
          inner = outer;
        }
      }
    }
  }
}

TEST(FormatWindow, SaysWholeDaysInclusivelyAndOtherWindowsByTheClock) {
  const struct {
    const char* zone;
    const char* start;
    const char* end;
    const char* text;
  } cases[] = {
      {"UTC", "2025-07-28", "2025-08-04", "2025-07-28 to 2025-08-03"},
      {"UTC", "2025-07-28", "2025-07-29", "2025-07-28"},
      {"UTC", "2025-02-01", "2025-03-01", "2025-02-01 to 2025-02-28"},
      {"UTC", "2025-07-28T13:00Z", "2025-07-28T14:00Z", "2025-07-28 13:00 to 14:00"},
      {"UTC", "2025-07-28T23:00Z", "2025-07-29T00:00Z", "2025-07-28 23:00 to 2025-07-29 00:00"},
      {"UTC", "2025-07-28T18:00Z", "2025-07-30T06:00Z", "2025-07-28 18:00 to 2025-07-30 06:00"},
      {"UTC", "2025-07-28T13:00:45Z", "2025-07-28T13:01:30Z", "2025-07-28 13:00:45 to 13:01:30"},
      {"UTC", "2025-07-28T13:00:00.5Z", "2025-07-28T13:01Z", "2025-07-28 13:00:00.500 to 13:01"},
      {"America/New_York", "2013-11-03T04:00Z", "2013-11-04T05:00Z", "2013-11-03"},
      {"America/New_York", "2013-03-04T05:00Z", "2013-03-11T04:00Z", "2013-03-04 to 2013-03-10"},
      {"America/New_York", "2025-07-28", "2025-07-29", "2025-07-27 20:00 to 2025-07-28 20:00"},
      {"America/Sao_Paulo", "2017-10-15T03:00Z", "2017-10-16T02:00Z", "2017-10-15"},
      {"Pacific/Apia", "2011-12-29T10:00Z", "2011-12-30T10:00Z", "2011-12-29"},
      {"America/St_Johns", "2010-11-07T02:30Z", "2010-11-08T03:30Z", "2010-11-07"},
      {"Asia/Kolkata", "2025-07-28T07:30Z", "2025-07-28T08:30Z", "2025-07-28 13:00 to 14:00"},
      // Windows around the repeated and the missing hour.
      {"America/New_York", "2013-11-03T04:00Z", "2013-11-03T05:00Z",
       "2013-11-03 00:00-04:00 to 01:00-04:00"},
      {"America/New_York", "2013-11-03T05:00Z", "2013-11-03T06:00Z",
       "2013-11-03 01:00-04:00 to 01:00-05:00"},
      {"America/New_York", "2013-11-03T06:00Z", "2013-11-03T07:00Z",
       "2013-11-03 01:00-05:00 to 02:00-05:00"},
      {"America/New_York", "2013-11-03T07:00Z", "2013-11-03T08:00Z", "2013-11-03 02:00 to 03:00"},
      {"America/New_York", "2013-03-10T06:00Z", "2013-03-10T07:00Z",
       "2013-03-10 01:00-05:00 to 03:00-04:00"},
      {"Pacific/Chatham", "2025-09-27T13:15Z", "2025-09-27T14:15Z",
       "2025-09-28 02:00+12:45 to 04:00+13:45"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(format_window({instant(row.start), instant(row.end)}, *zone(row.zone)), row.text);
  }
}

TEST(FormatWindow, IsEmptyForAllOfTime) {
  EXPECT_EQ(format_window({kFirstInstant, kLastInstant}, *TimeZone::utc()), "");
}

TEST(FormatWindow, TellsAllHoursOfAYearApart) {
  for (const char* name : kRestlessZones) {
    const auto clock = zone(name);
    WindowAssigner assigner(spec("hour"), clock);
    std::vector<std::string> texts;
    for (Window window = assigner.assign(instant("2010-06-01")); window.end < instant("2011-06-01");
         window = assigner.assign(window.end)) {
      texts.push_back(format_window(window, *clock));
    }
    std::sort(texts.begin(), texts.end());
    const auto twin = std::adjacent_find(texts.begin(), texts.end());
    EXPECT_TRUE(twin == texts.end()) << name << " " << *twin;
  }
}

}  // namespace
}  // namespace mseavro
