#include "engine/state/pane_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace mseavro {
namespace {

constexpr Instant kDay = kMicrosPerDay;

// A row that was accounted for.
struct Row {
  std::optional<std::string> version;
  std::optional<std::string> slice;
  Instant time;
  Outcome outcome;
  double prediction = 0;
  double actual = 0;
};

Spec daily_by_region() {
  Spec spec;
  spec.by = {*FieldPath::parse("region")};
  spec.window = {.kind = WindowKind::kDay};
  return spec;
}

// What one worker does.
struct Filled {
  Filled(const Spec& spec, const std::vector<Row>& rows)
      : keys(spec.by.size()), panes(spec, TimeZone::utc(), kOptions) {
    for (const Row& row : rows) add(row);
  }

  void add(const Row& row) {
    Column version(ColumnType::kText, 1);
    Column slice(ColumnType::kText, 1);
    set(version, row.version);
    set(slice, row.slice);
    const Column* slices[] = {&slice};
    uint32_t key = 0;
    keys.code_rows(&version, slices, 1, &key);
    Pane& pane = panes.pane(key, panes.windows().code(row.time));
    ++pane.outcomes[row.outcome];
    if (row.outcome == Outcome::kScored) pane.errors.update(row.prediction, row.actual);
  }

  static void set(Column& column, const std::optional<std::string>& text) {
    column.states[0] = text ? CellState::kValue : CellState::kNull;
    if (text) column.texts[0] = *text;
  }

  static constexpr AccumulatorOptions kOptions{.error_quantiles = true};
  KeyTable keys;
  PaneTable panes;
};

std::string describe(const MetricRow& row) {
  return row.key.model_version.value_or("null") + "/" + row.key.slice.at(0).value.value_or("null") +
         "/" + format_day(row.key.window.start);
}

TEST(PaneTable, MakesARowOfEachPaneSortedByKey) {
  const Filled filled(daily_by_region(), {{"v2", "eu", 0, Outcome::kScored, 1, 3},
                                          {"v10", "eu", 0, Outcome::kUnlabelled},
                                          {"v2", std::nullopt, 0, Outcome::kScored},
                                          {std::nullopt, "us", 5, Outcome::kRejected},
                                          {"v2", "eu", -1, Outcome::kDuplicate},
                                          {"v2", "eu", kDay - 1, Outcome::kScored, 2, 1},
                                          {"v2", "eu", kDay, Outcome::kSuperseded}});
  const std::vector<MetricRow> rows = filled.panes.rows(filled.keys);
  std::vector<std::string> keys;
  for (const MetricRow& row : rows) keys.push_back(describe(row));
  EXPECT_EQ(keys, (std::vector<std::string>{"null/us/1970-01-01", "v10/eu/1970-01-01",
                                            "v2/null/1970-01-01", "v2/eu/1969-12-31",
                                            "v2/eu/1970-01-01", "v2/eu/1970-01-02"}));
  const MetricRow& row = rows[4];
  EXPECT_EQ(row.key.slice[0].key, "region");
  EXPECT_EQ(row.key.window, (Window{0, kDay}));
  EXPECT_EQ(row.window_spec.kind, WindowKind::kDay);
  EXPECT_EQ(row.timezone, "UTC");
  EXPECT_FALSE(row.key.versions_mixed);
  EXPECT_EQ(row.outcomes[Outcome::kScored], 2);
  EXPECT_EQ(row.metrics.count, 2);
  EXPECT_EQ(row.metrics.mse.value, 2.5);
  EXPECT_EQ(row.metrics.bias.value, -0.5);
  EXPECT_TRUE(row.metrics.max_abs_error.value);
  EXPECT_EQ(row.errors.count(), 2);
  EXPECT_EQ(row.revision, 0);
  EXPECT_FALSE(row.final);
}

TEST(PaneTable, MakesNoRowOfWhatTheQuestionLeavesOut) {
  for (Outcome outcome : {Outcome::kScored, Outcome::kUnlabelled, Outcome::kDuplicate,
                          Outcome::kSuperseded, Outcome::kRejected}) {
    const Filled filled(daily_by_region(), {{"v", "eu", 0, outcome}});
    EXPECT_EQ(filled.panes.rows(filled.keys).size(), 1u) << outcome_name(outcome);
  }
  Filled filled(daily_by_region(), {{"v", "eu", 0, Outcome::kFiltered},
                                    {"v", "eu", 0, Outcome::kAfterAsOf},
                                    {"v", "us", 0, Outcome::kFiltered}});
  EXPECT_TRUE(filled.panes.rows(filled.keys).empty());
  // Beside others they are counted.
  filled.add({"v", "us", 0, Outcome::kUnlabelled});
  const auto rows = filled.panes.rows(filled.keys);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].outcomes[Outcome::kFiltered], 1);
  EXPECT_EQ(rows[0].predictions(), 2);
}

TEST(PaneTable, OfNothingHasNoRows) {
  const Filled filled(daily_by_region(), {});
  EXPECT_TRUE(filled.panes.rows(filled.keys).empty());
}

TEST(PaneTable, IsFinalWhenEveryAdmissibleLabelWouldHaveBeenSeen) {
  struct Case {
    std::optional<Instant> as_of;
    std::optional<int64_t> max_label_delay;
    bool is_final;
  };
  // The window ends at kDay.
  const Case cases[] = {
      {3 * kDay, 2 * kDay, true},
      {3 * kDay - 1, 2 * kDay, false},
      {3 * kDay, std::nullopt, false},
      {std::nullopt, 2 * kDay, false},
      {INT64_MIN, INT64_MAX, false},
      {INT64_MIN + 1, kDay, false},
      {INT64_MAX, 1, true},
  };
  for (const Case& c : cases) {
    Spec spec = daily_by_region();
    spec.as_of = c.as_of;
    spec.max_label_delay_micros = c.max_label_delay;
    const Filled filled(spec, {{"v", "eu", 0, Outcome::kScored}});
    const auto rows = filled.panes.rows(filled.keys);
    EXPECT_EQ(rows.at(0).final, c.is_final);
    EXPECT_EQ(rows.at(0).as_of, c.as_of);
  }
  // All time never ends.
  Spec spec = daily_by_region();
  spec.window = {};
  spec.as_of = INT64_MAX;
  spec.max_label_delay_micros = 1;
  const Filled filled(spec, {{"v", "eu", 0, Outcome::kScored}});
  EXPECT_FALSE(filled.panes.rows(filled.keys).at(0).final);
}

TEST(PaneTable, OfAnySplitCombinesToTheSame) {
  std::mt19937 random(7);
  const std::optional<std::string> texts[] = {std::nullopt, "", "a", "b"};
  for (int round = 0; round < 50; ++round) {
    std::vector<Row> rows;
    for (int i = 0; i < 60; ++i) {
      rows.push_back({texts[random() % 4], texts[random() % 4],
                      static_cast<Instant>(random() % 4) * kDay - kDay,
                      static_cast<Outcome>(random() % kOutcomeCount),
                      std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 99)),
                      static_cast<double>(random())});
    }
    const Spec spec = daily_by_region();
    const Filled whole(spec, rows);
    const std::vector<MetricRow> expected = whole.panes.rows(whole.keys);

    std::shuffle(rows.begin(), rows.end(), random);
    std::vector<std::vector<Row>> parts(1 + random() % 4);
    for (const Row& row : rows) parts[random() % parts.size()].push_back(row);
    Filled sum(spec, {});
    for (const std::vector<Row>& part : parts) {
      const Filled filled(spec, part);
      sum.panes.combine(filled.panes, sum.keys.translate(filled.keys));
    }
    const std::vector<MetricRow> got = sum.panes.rows(sum.keys);
    ASSERT_EQ(got.size(), expected.size());
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i].key, expected[i].key);
      EXPECT_EQ(got[i].outcomes, expected[i].outcomes);
      EXPECT_EQ(got[i].errors.encode(), expected[i].errors.encode());
    }
  }
}

TEST(WindowTable, HasOneCodeForEachWindow) {
  WindowTable windows({.kind = WindowKind::kHour}, TimeZone::utc());
  const Instant instants[] = {0,
                              1,
                              kMicrosPerHour - 1,
                              -1,
                              -kMicrosPerHour,
                              -kMicrosPerHour - 1,
                              kDay,
                              -kDay,
                              1024 * kMicrosPerHour,  // Shares its slot with hour 0.
                              0,
                              -1,
                              -1024 * kMicrosPerHour - 1,
                              INT64_MAX,
                              INT64_MIN,
                              INT64_MAX - 1,
                              INT64_MIN + 1};
  for (int round = 0; round < 2; ++round) {
    for (Instant instant : instants) {
      const Window window = windows.window(windows.code(instant));
      EXPECT_LE(window.start, instant);
      EXPECT_TRUE(instant < window.end || window.end == INT64_MAX) << instant;
      EXPECT_EQ(windows.code(window), windows.code(instant));
    }
  }
  std::vector<Instant> starts;
  for (uint32_t code = 0; code < windows.size(); ++code) {
    starts.push_back(windows.window(code).start);
  }
  std::sort(starts.begin(), starts.end());
  EXPECT_EQ(std::adjacent_find(starts.begin(), starts.end()), starts.end());
}

TEST(WindowTable, AgreesWithTheAssignerInAnyOrder) {
  std::mt19937_64 random(3);
  for (WindowKind kind : {WindowKind::kNone, WindowKind::kHour, WindowKind::kDay, WindowKind::kWeek,
                          WindowKind::kMonth, WindowKind::kYear}) {
    WindowTable windows({.kind = kind}, TimeZone::utc());
    for (int i = 0; i < 2000; ++i) {
      const auto instant = static_cast<Instant>(random() >> (random() % 64));
      WindowAssigner assigner({.kind = kind}, TimeZone::utc());
      EXPECT_EQ(windows.window(windows.code(instant)), assigner.assign(instant)) << instant;
    }
  }
}

}  // namespace
}  // namespace mseavro
