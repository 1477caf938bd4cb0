#include <gtest/gtest.h>

#include <chrono>

#include "base/time/time.h"

namespace mseavro {
namespace {

// What a clock shows, written as if it were UTC.
int64_t reading(std::string_view text) { return parse_time(text, *TimeZone::utc()).value(); }
Instant instant(std::string_view text) { return reading(text); }

std::shared_ptr<const TimeZone> zone(std::string_view name) {
  auto found = TimeZone::find(name);
  EXPECT_TRUE(found) << name;
  return found ? *found : TimeZone::utc();
}

TEST(TimeZone, UtcIsItsOwnClock) {
  const auto utc = TimeZone::find("UTC").value();
  EXPECT_EQ(utc->name(), "UTC");
  EXPECT_TRUE(utc->is_utc());
  for (const Instant time : {kFirstInstant, int64_t{-1}, int64_t{0}, kLastInstant}) {
    EXPECT_EQ(utc->to_local(time), time);
    EXPECT_EQ(utc->from_local(time), time);
  }
}

TEST(TimeZone, ShowsTheLocalClock) {
  const struct {
    const char* zone;
    const char* instant;
    const char* local;
  } cases[] = {
      {"America/New_York", "2013-01-01T05:00Z", "2013-01-01T00:00"},
      {"America/New_York", "2013-07-01T04:00Z", "2013-07-01T00:00"},
      {"Europe/Berlin", "2025-07-28T00:00Z", "2025-07-28T02:00"},
      {"Asia/Kolkata", "2025-07-28T00:00Z", "2025-07-28T05:30"},
      {"Asia/Kathmandu", "2025-07-28T00:00Z", "2025-07-28T05:45"},
      {"Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T23:59:59"},
      {"Pacific/Apia", "2011-12-30T10:00Z", "2011-12-31T00:00"},
      {"Australia/Lord_Howe", "2025-01-01T00:00Z", "2025-01-01T11:00"},
      {"Australia/Lord_Howe", "2025-07-01T00:00Z", "2025-07-01T10:30"},
      {"America/New_York", "1883-01-01T00:00Z", "1882-12-31T19:03:58"},
      {"Etc/UTC", "2025-07-28T00:00Z", "2025-07-28T00:00"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(zone(row.zone)->to_local(instant(row.instant)), reading(row.local))
        << row.zone << " " << row.instant;
    EXPECT_EQ(zone(row.zone)->from_local(reading(row.local)), instant(row.instant))
        << row.zone << " " << row.local;
  }
}

TEST(TimeZone, TakesTheFirstOfTwoEqualReadingsAndTheJumpForAMissingOne) {
  const struct {
    const char* zone;
    const char* local;
    const char* instant;
  } cases[] = {
      {"America/New_York", "2013-11-03T00:59:59", "2013-11-03T04:59:59Z"},
      {"America/New_York", "2013-11-03T01:00", "2013-11-03T05:00Z"},
      {"America/New_York", "2013-11-03T01:59:59", "2013-11-03T05:59:59Z"},
      {"America/New_York", "2013-11-03T02:00", "2013-11-03T07:00Z"},
      {"America/New_York", "2013-03-10T01:59:59", "2013-03-10T06:59:59Z"},
      {"America/New_York", "2013-03-10T02:00", "2013-03-10T07:00Z"},
      {"America/New_York", "2013-03-10T02:30", "2013-03-10T07:00Z"},
      {"America/New_York", "2013-03-10T03:00", "2013-03-10T07:00Z"},
      {"America/Sao_Paulo", "2017-10-15T00:00", "2017-10-15T03:00Z"},
      {"America/Sao_Paulo", "2018-02-18T00:00", "2018-02-18T03:00Z"},
      {"Asia/Beirut", "2022-03-27T00:00", "2022-03-26T22:00Z"},
      {"Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00Z"},
      // Clocks went back from 00:01 to 23:01 of the day before.
      {"America/St_Johns", "2010-11-07T00:00", "2010-11-07T02:30Z"},
      {"America/St_Johns", "2010-11-06T23:30", "2010-11-07T02:00Z"},
      {"Australia/Lord_Howe", "2025-04-06T01:30", "2025-04-05T14:30Z"},
      {"Australia/Lord_Howe", "2025-10-05T02:15", "2025-10-04T15:30Z"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(format_time(zone(row.zone)->from_local(reading(row.local))),
              format_time(instant(row.instant)))
        << row.zone << " " << row.local;
  }
}

TEST(TimeZone, FindsForEveryReadingTheFirstInstantThatShowsItOrMore) {
  for (const char* name : {"America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe",
                           "Pacific/Apia", "America/St_Johns", "Africa/Casablanca"}) {
    const auto clock = zone(name);
    for (ClockStretch stretch = clock->stretch(instant("1990-01-01"));
         stretch.end < instant("2036-01-01"); stretch = clock->stretch(stretch.end)) {
      if (stretch.end == kLastInstant) break;
      for (int64_t minutes = -130; minutes <= 130; minutes += 10) {
        const int64_t local = clock->to_local(stretch.end) + minutes * kMicrosPerMinute;
        const Instant first = clock->from_local(local);
        ASSERT_GE(clock->to_local(first), local) << name << " " << format_time(first);
        ASSERT_LT(clock->to_local(first - 1), local) << name << " " << format_time(first);
      }
    }
  }
}

TEST(TimeZone, StretchesMeetWithoutGapOverAllOfTime) {
  for (const char* name : {"UTC", "America/New_York", "Asia/Tokyo", "Africa/Casablanca"}) {
    const auto clock = zone(name);
    ClockStretch stretch = clock->stretch(kFirstInstant);
    EXPECT_EQ(stretch.begin, kFirstInstant);
    while (stretch.end != kLastInstant) {
      const ClockStretch next = clock->stretch(stretch.end);
      ASSERT_EQ(next.begin, stretch.end);
      ASSERT_NE(next.offset_micros, stretch.offset_micros);
      stretch = next;
    }
  }
}

TEST(TimeZone, StaysWithinTheEndsOfTime) {
  for (const char* name : {"America/New_York", "Asia/Tokyo"}) {
    const auto clock = zone(name);
    EXPECT_EQ(clock->from_local(kFirstInstant), kFirstInstant);
    EXPECT_EQ(clock->from_local(kLastInstant), kLastInstant);
    for (const Instant end : {kFirstInstant, kLastInstant}) {
      const int64_t distance = clock->to_local(end) / 2 - end / 2;
      EXPECT_LE(std::abs(distance), kMicrosPerDay) << name;
    }
  }
}

TEST(TimeZone, RefusesWhatIsNoZone) {
  for (const char* name : {"", "Europe", "Europe/Berln", "europe/berlin", "utc", "tzdata.zi",
                           "localtime", "../../../etc/localtime", "/etc/localtime",
                           "posix/Europe/Berlin", "right/UTC", "+02:00", "Europe/Berlin "}) {
    const auto found = TimeZone::find(name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().code, ErrorCode::kBadTimeZone);
    EXPECT_EQ(found.error().value, name);
    EXPECT_FALSE(found.error().help.empty()) << name;
  }
  EXPECT_EQ(TimeZone::find("Europe/Berln").error().help, "did you mean Europe/Berlin?");
  EXPECT_EQ(TimeZone::find("utc").error().help, "did you mean UTC?");
}

}  // namespace
}  // namespace mseavro
