#include "engine/state/rollup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr Instant kDay = kMicrosPerDay;

// A row of one scored prediction; what differs from it is set by each test.
MetricRow day_row(int64_t day, double residual = 1) {
  MetricRow row;
  row.key.model_version = "v1";
  row.key.slice = {{"carrier", "AA"}, {"origin", "JFK"}};
  row.key.window = {day * kDay, (day + 1) * kDay};
  row.window_spec = {.kind = WindowKind::kDay};
  row.errors.update(0, residual);
  row.outcomes[Outcome::kScored] = 1;
  row.outcomes[Outcome::kUnlabelled] = 2;
  row.metrics = row.errors.finalize();
  return row;
}

MetricRow with_window(MetricRow row, Window window, WindowKind kind) {
  row.key.window = window;
  row.window_spec = {.kind = kind};
  return row;
}

// Each row in a file of its own: "0.avro", "1.avro", ...
Result<std::vector<MetricRow>> roll_up(const RollupSpec& spec, const std::vector<MetricRow>& rows) {
  Rollup rollup(spec);
  for (size_t i = 0; i < rows.size(); ++i) {
    MSEAVRO_TRY(rollup.add(rows[i], std::to_string(i) + ".avro"));
  }
  return rollup.finish();
}

RollupSpec to_window(const char* window) { return {.window = *WindowSpec::parse(window)}; }

TEST(Rollup, OfDisjointKeysKeepsEveryRowSorted) {
  MetricRow other = day_row(0);
  other.key.model_version.reset();
  const auto rows = roll_up({}, {day_row(1), day_row(0), other});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 3u);
  EXPECT_EQ((*rows)[0].key, other.key);
  EXPECT_EQ((*rows)[1].key, day_row(0).key);
  EXPECT_EQ((*rows)[2].key, day_row(1).key);
  EXPECT_EQ((*rows)[2].errors.encode(), day_row(1).errors.encode());
  EXPECT_EQ((*rows)[2].window_spec.kind, WindowKind::kDay);
}

TEST(Rollup, OfNothingIsNothing) {
  EXPECT_TRUE(roll_up({}, {})->empty());
  EXPECT_TRUE(roll_up(to_window("month"), {})->empty());
}

TEST(Rollup, AddsCountsAndStates) {
  MetricRow first = day_row(0, 2);
  MetricRow second = day_row(1, 4);
  first.revision = 3;
  first.final = true;
  first.notes = "few rows";
  second.final = true;
  second.outcomes.counts = {1, 10, 100, 1000, 10'000, 100'000, 1'000'000};
  const auto rows = roll_up(to_window("month"), {first, second});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1u);
  const MetricRow& row = (*rows)[0];
  EXPECT_EQ(row.key.window, (Window{0, 31 * kDay}));
  EXPECT_EQ(row.window_spec.kind, WindowKind::kMonth);
  EXPECT_EQ(row.outcomes.counts,
            (std::array<int64_t, 7>{2, 12, 100, 1000, 10'000, 100'000, 1'000'000}));
  EXPECT_EQ(row.metrics.count, 2);
  EXPECT_EQ(row.metrics.mse.value, 10);
  EXPECT_EQ(row.metrics.mae.value, 3);
  EXPECT_EQ(row.revision, 3);
  EXPECT_TRUE(row.final);
  EXPECT_EQ(row.notes, "");
  second.final = false;
  EXPECT_FALSE((*roll_up(to_window("month"), {first, second}))[0].final);
}

TEST(Rollup, KeepsTheSlicesThatAreAskedForInTheirOrder) {
  MetricRow other = day_row(0, 3);
  other.key.slice[0].value.reset();
  const auto by = [](std::vector<std::string> keys) { return RollupSpec{.by = std::move(keys)}; };
  const std::vector<MetricRow> inputs = {day_row(0), other};

  const auto totals = roll_up(by({}), inputs);
  ASSERT_EQ(totals->size(), 1u);
  EXPECT_TRUE((*totals)[0].key.slice.empty());
  EXPECT_EQ((*totals)[0].metrics.mse.value, 5);

  const auto origins = roll_up(by({"origin"}), inputs);
  ASSERT_EQ(origins->size(), 1u);
  EXPECT_EQ((*origins)[0].key.slice, (std::vector<SliceValue>{{"origin", "JFK"}}));

  const auto both = roll_up(by({"origin", "carrier"}), inputs);
  ASSERT_EQ(both->size(), 2u);
  EXPECT_EQ((*both)[0].key.slice,
            (std::vector<SliceValue>{{"origin", "JFK"}, {"carrier", std::nullopt}}));
}

TEST(Rollup, MixesVersions) {
  MetricRow other = day_row(0, 3);
  other.key.model_version = "v2";
  const auto rows = roll_up({.mix_versions = true}, {day_row(0), other});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ((*rows)[0].key.model_version, std::nullopt);
  EXPECT_TRUE((*rows)[0].key.versions_mixed);
  EXPECT_EQ((*rows)[0].metrics.count, 2);
}

TEST(Rollup, CoarsensWindowsInTheTimeZoneOfTheRows) {
  const auto zone = *TimeZone::find("America/New_York");
  WindowAssigner days({.kind = WindowKind::kDay}, zone);
  std::vector<MetricRow> inputs;
  // November 2013 has a day of 25 hours.
  const Instant begin = *parse_time("2013-11-01T00:00", *zone);
  const Instant end = *parse_time("2013-12-01T00:00", *zone);
  for (Instant at = begin; at < end; at = inputs.back().key.window.end) {
    inputs.push_back(with_window(day_row(0), days.assign(at), WindowKind::kDay));
    inputs.back().timezone = "America/New_York";
  }
  ASSERT_EQ(inputs.size(), 30u);
  const auto rows = roll_up(to_window("month"), inputs);
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ((*rows)[0].key.window, (Window{begin, end}));
  EXPECT_EQ((*rows)[0].metrics.count, 30);
  EXPECT_EQ((*rows)[0].timezone, "America/New_York");

  // The same days do not fill months of UTC.
  RollupSpec utc = to_window("month");
  utc.timezone = "UTC";
  EXPECT_EQ(roll_up(utc, inputs).error().code, ErrorCode::kMisalignedWindow);
  // But all of time holds them.
  const auto all = roll_up(to_window("none"), inputs);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ((*all)[0].key.window, (Window{INT64_MIN, INT64_MAX}));
}

TEST(Rollup, OfTheSameKeyTwiceDependsOnThePolicy) {
  MetricRow first = day_row(0, 2);
  MetricRow second = day_row(0, 4);
  second.revision = 1;
  const auto twice = roll_up({}, {first, second});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::kOverlappingRows);
  EXPECT_NE(twice.error().message.find("0.avro"), std::string::npos);
  EXPECT_NE(twice.error().message.find("1.avro"), std::string::npos);
  EXPECT_EQ(twice.error().value,
            "v1, carrier=AA, origin=JFK, 1970-01-01T00:00:00Z to 1970-01-02T00:00:00Z");

  for (const auto& inputs : {std::vector{first, second}, std::vector{second, first}}) {
    const auto latest = roll_up({.same_key = RollupSpec::SameKey::kLatest}, inputs);
    ASSERT_TRUE(latest);
    ASSERT_EQ(latest->size(), 1u);
    EXPECT_EQ((*latest)[0].metrics.mse.value, 16);
    const auto sum = roll_up({.same_key = RollupSpec::SameKey::kDisjoint}, inputs);
    ASSERT_TRUE(sum);
    EXPECT_EQ((*sum)[0].metrics.mse.value, 10);
    EXPECT_EQ((*sum)[0].revision, 1);
  }
}

TEST(Rollup, OfOneRevisionTwiceIsFineOnlyWhenBothSayTheSame) {
  const RollupSpec latest{.same_key = RollupSpec::SameKey::kLatest};
  EXPECT_TRUE(roll_up(latest, {day_row(0), day_row(0)}));
  EXPECT_EQ(roll_up(latest, {day_row(0, 1), day_row(0, 2)}).error().code,
            ErrorCode::kOverlappingRows);
  MetricRow more_unlabelled = day_row(0);
  ++more_unlabelled.outcomes[Outcome::kUnlabelled];
  EXPECT_EQ(roll_up(latest, {day_row(0), more_unlabelled}).error().code,
            ErrorCode::kOverlappingRows);
}

TEST(Rollup, FindsWindowsThatOverlap) {
  const MetricRow week = with_window(day_row(0), {-3 * kDay, 4 * kDay}, WindowKind::kWeek);
  const MetricRow hour = with_window(day_row(0), {0, kMicrosPerHour}, WindowKind::kHour);
  const MetricRow all = with_window(day_row(0), {INT64_MIN, INT64_MAX}, WindowKind::kNone);
  MetricRow other_slice = week;
  other_slice.key.slice[0].value = "UA";
  struct Case {
    const char* what;
    std::vector<MetricRow> rows;
    bool overlap;
  };
  const Case cases[] = {
      {"a day and its week", {day_row(0), week}, true},
      {"a week and a day within it", {week, day_row(2), day_row(4)}, true},
      {"a day and its first hour", {day_row(0), hour}, true},
      {"a day and all time", {all, day_row(0)}, true},
      {"a week and the day after", {week, day_row(4)}, false},
      {"a day and the week of another slice", {day_row(0), other_slice}, false},
      {"two days", {day_row(0), day_row(1)}, false},
  };
  for (const Case& c : cases) {
    for (auto policy : {RollupSpec::SameKey::kError, RollupSpec::SameKey::kLatest}) {
      const auto rows = roll_up({.same_key = policy}, c.rows);
      EXPECT_EQ(rows.has_value(), !c.overlap) << c.what;
      if (!rows) {
        EXPECT_EQ(rows.error().code, ErrorCode::kOverlappingRows);
      }
    }
    EXPECT_TRUE(roll_up({.same_key = RollupSpec::SameKey::kDisjoint}, c.rows)) << c.what;
  }
}

// Totals and their parts are the same events twice.
TEST(Rollup, RefusesToAddTotalsToTheirParts) {
  MetricRow total = day_row(0);
  total.key.slice.clear();
  MetricRow by_carrier = day_row(0);
  by_carrier.key.slice.pop_back();
  MetricRow turned = day_row(0);
  std::swap(turned.key.slice[0], turned.key.slice[1]);
  MetricRow mixed = day_row(0);
  mixed.key.model_version.reset();
  mixed.key.versions_mixed = true;
  struct Case {
    const char* what;
    RollupSpec spec;
    MetricRow other;
  };
  const Case cases[] = {
      {"a total", {.by = std::vector<std::string>{}}, total},
      {"a coarser slice", {.by = std::vector<std::string>{"carrier"}}, by_carrier},
      {"the same slices in another order", {.by = std::vector<std::string>{"carrier"}}, turned},
      {"all versions together", {.mix_versions = true}, mixed},
  };
  for (const Case& c : cases) {
    const auto rows = roll_up(c.spec, {day_row(0), c.other});
    ASSERT_FALSE(rows) << c.what;
    EXPECT_EQ(rows.error().code, ErrorCode::kOverlappingRows) << c.what;
    EXPECT_NE(rows.error().message.find("0.avro"), std::string::npos) << rows.error().message;
    EXPECT_NE(rows.error().message.find("1.avro"), std::string::npos) << rows.error().message;
    RollupSpec disjoint = c.spec;
    disjoint.same_key = RollupSpec::SameKey::kDisjoint;
    EXPECT_TRUE(roll_up(disjoint, {day_row(0), c.other})) << c.what;
    // Side by side they may stand.
    EXPECT_TRUE(roll_up({}, {day_row(0), c.other})) << c.what;
  }
}

TEST(Rollup, SaysWhyRowsDoNotMerge) {
  MetricRow as_of = day_row(1);
  as_of.as_of = 5;
  MetricRow same_key_as_of = day_row(0);
  same_key_as_of.as_of = 5;
  MetricRow new_york = day_row(1);
  new_york.timezone = "America/New_York";
  MetricRow same_key_new_york = day_row(0);
  same_key_new_york.timezone = "America/New_York";
  MetricRow stateless = day_row(0);
  stateless.errors = ErrorAccumulator();
  const RollupSpec disjoint{.same_key = RollupSpec::SameKey::kDisjoint};
  RollupSpec no_zone = to_window("day");
  no_zone.timezone = "Mars/Olympus";
  struct Case {
    const char* what;
    RollupSpec spec;
    std::vector<MetricRow> rows;
    ErrorCode code;
  };
  const Case cases[] = {
      {"other as-of instants in one window",
       to_window("month"),
       {day_row(0), as_of},
       ErrorCode::kNotMergeable},
      {"other as-of instants of one key",
       disjoint,
       {day_row(0), same_key_as_of},
       ErrorCode::kNotMergeable},
      {"other time zones", to_window("month"), {day_row(0), new_york}, ErrorCode::kNotMergeable},
      {"other time zones of one key",
       disjoint,
       {day_row(0), same_key_new_york},
       ErrorCode::kNotMergeable},
      {"a row without its state", {}, {stateless}, ErrorCode::kBadState},
      {"a slice that rows do not have",
       {.by = std::vector<std::string>{"dest"}},
       {day_row(0)},
       ErrorCode::kFieldMissing},
      {"finer windows", to_window("hour"), {day_row(0)}, ErrorCode::kMisalignedWindow},
      {"windows that cut across",
       to_window("month"),
       {with_window(day_row(0), {28 * kDay, 35 * kDay}, WindowKind::kWeek)},
       ErrorCode::kMisalignedWindow},
      {"all time into days",
       to_window("day"),
       {with_window(day_row(0), {INT64_MIN, INT64_MAX}, WindowKind::kNone)},
       ErrorCode::kMisalignedWindow},
      {"an unknown time zone", no_zone, {day_row(0)}, ErrorCode::kBadTimeZone},
  };
  for (const Case& c : cases) {
    const auto rows = roll_up(c.spec, c.rows);
    ASSERT_FALSE(rows) << c.what;
    EXPECT_EQ(rows.error().code, c.code) << c.what << ": " << rows.error().message;
    EXPECT_FALSE(rows.error().help.empty()) << c.what;
  }
  // Naming the time zone settles that question.
  RollupSpec utc = to_window("month");
  utc.timezone = "UTC";
  EXPECT_TRUE(roll_up(utc, {day_row(0), new_york}));
}

// Rolls up random groups of rows again and again until one step remains.
Result<std::vector<MetricRow>> merge_tree(const RollupSpec& spec, std::vector<MetricRow> rows,
                                          std::mt19937& random) {
  while (rows.size() > 4) {
    std::shuffle(rows.begin(), rows.end(), random);
    const size_t count = 2 + random() % (rows.size() - 2);
    MSEAVRO_ASSIGN(auto merged, roll_up({.same_key = RollupSpec::SameKey::kDisjoint},
                                        {rows.end() - static_cast<ptrdiff_t>(count), rows.end()}));
    rows.resize(rows.size() - count);
    rows.insert(rows.end(), merged.begin(), merged.end());
    if (random() % 4 == 0) break;
  }
  return roll_up(spec, rows);
}

TEST(Rollup, OfAnyMergeTreeIsTheSame) {
  std::mt19937 random(11);
  const RollupSpec spec{.same_key = RollupSpec::SameKey::kDisjoint,
                        .window = WindowSpec{.kind = WindowKind::kMonth},
                        .by = std::vector<std::string>{"origin"}};
  for (int round = 0; round < 60; ++round) {
    std::vector<MetricRow> rows;
    for (size_t i = 0; i < 20; ++i) {
      MetricRow row = day_row(static_cast<int64_t>(random() % 40));
      row.errors = ErrorAccumulator({.error_quantiles = random() % 8 != 0});
      row.errors.update(std::ldexp(1.1, static_cast<int>(random() % 1200) - 100), 1);
      row.key.slice[0].value = std::string(1, static_cast<char>('A' + random() % 2));
      row.key.slice[1].value = std::string(1, static_cast<char>('X' + random() % 2));
      rows.push_back(row);
    }
    const auto expected = roll_up(spec, rows);
    ASSERT_TRUE(expected) << expected.error().message;
    for (int i = 0; i < 3; ++i) {
      const auto got = merge_tree(spec, rows, random);
      ASSERT_TRUE(got) << got.error().message;
      ASSERT_EQ(got->size(), expected->size());
      for (size_t at = 0; at < got->size(); ++at) {
        EXPECT_EQ((*got)[at].key, (*expected)[at].key);
        EXPECT_EQ((*got)[at].outcomes, (*expected)[at].outcomes);
        EXPECT_EQ((*got)[at].errors.encode(), (*expected)[at].errors.encode());
      }
    }
  }
}

}  // namespace
}  // namespace mseavro
