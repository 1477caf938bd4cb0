#include "app/report/metric_table.h"

#include <gtest/gtest.h>

#include "app/report/testing/make_row.h"

namespace mseavro {
namespace {

constexpr const char* kFirstWeek = "2025-07-28";
constexpr const char* kSecondWeek = "2025-08-04";

// The last cell of each row.
std::vector<std::string> notes_of(const std::vector<MetricRow>& rows,
                                  const std::string& baseline = "v1") {
  const std::string table = review_table(rows, baseline)->markdown();
  std::vector<std::string> notes;
  for (size_t begin = 0, end; begin < table.size(); begin = end + 1) {
    end = table.find('\n', begin);
    std::string line = table.substr(begin, end - begin - 2);
    line = line.substr(line.rfind('|') + 2);
    notes.push_back(line.substr(0, line.find_last_not_of(' ') + 1));
  }
  notes.erase(notes.begin(), notes.begin() + 2);
  return notes;
}

using Texts = std::vector<std::string>;

TEST(ReviewTable, HasTheColumnsOfTheContract) {
  EXPECT_EQ(review_table({make_row("v1", kFirstWeek, 1200, 1.5)}, "")->csv(),
            "Model Version,Window,Count,MSE,RMSE,MAE,Notes\n"
            "v1,2025-07-28 to 2025-08-03,\"1,200\",2.25,1.50,1.50,\n");
}

TEST(ReviewTable, HasAColumnForEachSliceKeyOfAnyRow) {
  MetricRow sliced = make_row("v1", "", 50, 1);
  sliced.key.slice = {{"region", "eu"}, {"tier", std::nullopt}};
  EXPECT_EQ(review_table({make_row("v1", "", 50, 1), sliced}, "")->csv(),
            "Model Version,Window,region,tier,Count,MSE,RMSE,MAE,Notes\n"
            "v1,all time,*,*,50,1.00,1.00,1.00,\n"
            "v1,all time,eu,(null),50,1.00,1.00,1.00,\n");
}

TEST(ReviewTable, WithoutRowsHasItsHeader) {
  EXPECT_EQ(review_table({}, "")->csv(), "Model Version,Window,Count,MSE,RMSE,MAE,Notes\n");
}

TEST(ReviewTable, NotesCompareWithTheBaselineOfTheSameWindowAndSlice) {
  struct {
    double error;
    const char* note;
  } const tests[] = {
      {1.0, "like v1"},
      {1.004, "like v1"},
      {0.9, "MSE 19 % lower than v1"},
      {0.001, "MSE 99 % lower than v1"},
      {1.2, "MSE 44 % higher than v1"},
      {1.05, "MSE 10 % higher than v1"},
      {1.03, "MSE 6.1 % higher than v1"},
      {1.41, "MSE 99 % higher than v1"},
      {1.5, "2.2x the MSE of v1"},
      {10, "100x the MSE of v1"},
  };
  for (const auto& test : tests) {
    const Texts notes =
        notes_of({make_row("v1", kFirstWeek, 100, 1), make_row("v2", kFirstWeek, 100, test.error)});
    EXPECT_EQ(notes, (Texts{"", test.note}));
  }
}

TEST(ReviewTable, NotesCompareNothingWhereTheBaselineHasNoMse) {
  EXPECT_EQ(notes_of({make_row("v1", kSecondWeek, 100, 1), make_row("v2", kFirstWeek, 100, 1)}),
            (Texts{"new version", ""}));
  EXPECT_EQ(notes_of({make_row("v1", kFirstWeek, 100, 0), make_row("v2", kFirstWeek, 100, 1)}),
            (Texts{"", ""}));
}

TEST(ReviewTable, NotesSayWhatALeaderMustKnow) {
  MetricRow late = make_row("v1", kFirstWeek, 100);
  late.outcomes[Outcome::kUnlabelled] = 6;
  EXPECT_EQ(notes_of({late}), Texts{"labels missing for 5.7 %"});

  MetricRow covered = make_row("v1", kFirstWeek, 100);
  covered.outcomes[Outcome::kUnlabelled] = 5;
  EXPECT_EQ(notes_of({covered}), Texts{""});

  EXPECT_EQ(notes_of({make_row("v1", kFirstWeek, 29)}), Texts{"few rows"});
  EXPECT_EQ(notes_of({make_row("v1", kFirstWeek, 30)}), Texts{""});
  EXPECT_EQ(notes_of({make_row(std::nullopt, kFirstWeek)}), Texts{"model version missing"});
  EXPECT_EQ(notes_of({make_row("v1", kFirstWeek, 100, 1e200)}), Texts{"no MSE: overflow"});

  MetricRow rejected = make_row("v1", kFirstWeek);
  rejected.outcomes[Outcome::kRejected] = 1200;
  rejected.notes = "backfilled";
  EXPECT_EQ(notes_of({rejected}), Texts{"backfilled; 1,200 rows rejected"});
}

TEST(ReviewTable, MixedVersionsAreNotMissing) {
  MetricRow mixed = make_row(std::nullopt, kFirstWeek);
  mixed.key.versions_mixed = true;
  EXPECT_EQ(notes_of({mixed}), Texts{""});
}

TEST(ReviewTable, AVersionIsNewInItsFirstWindowUnlessTheDataBeginsThere) {
  EXPECT_EQ(notes_of({make_row("v1", kFirstWeek), make_row("v1", kSecondWeek),
                      make_row("v2", kSecondWeek)}),
            (Texts{"", "", "new version; like v1"}));
}

TEST(BaselineCandidates, BeginWithTheVersionThatWasThereFirst) {
  EXPECT_EQ(baseline_candidates({make_row("v1", kSecondWeek, 900), make_row("v2", kFirstWeek)}),
            (Texts{"v2", "v1"}));
}

TEST(BaselineCandidates, OfOneWindowBeginWithTheLowestNumber) {
  EXPECT_EQ(baseline_candidates({make_row("v1.10", kFirstWeek, 900), make_row("v1.9", kFirstWeek),
                                 make_row("carryover-2", kFirstWeek),
                                 make_row("schedule-1", kFirstWeek), make_row("base", kFirstWeek)}),
            (Texts{"base", "schedule-1", "v1.9", "v1.10", "carryover-2"}));
}

TEST(BaselineCandidates, OfNamesWithoutNumbersBeginWithTheOneThatPredictedMost) {
  EXPECT_EQ(baseline_candidates({make_row("a", kFirstWeek, 5), make_row("prod", kFirstWeek, 95),
                                 make_row(std::nullopt, kFirstWeek, 900)}),
            (Texts{"prod", "a"}));
}

TEST(MetricTable, ShowsCoverageAndOnlyTheQuantilesThatAreThere) {
  MetricRow row = make_row("v1", kFirstWeek, 3, 2);
  row.outcomes[Outcome::kUnlabelled] = 1;
  EXPECT_EQ(metric_table({row})->csv(),
            "Model Version,Window,Count,Coverage,MSE,RMSE,MAE,Bias\n"
            "v1,2025-07-28 to 2025-08-03,3,75.0 %,4.00,2.00,2.00,-2.00\n");
  row.errors = ErrorAccumulator({.error_quantiles = true, .label_delay = true});
  row.errors.update(0, 2);
  row.errors.update_label_delay(5400);
  row.metrics = row.errors.finalize();
  EXPECT_NE(metric_table({row})->csv().find(
                ",|e| p50,|e| p90,|e| p95,|e| p99,|e| max <=,Delay p50,Delay p95\n"),
            std::string::npos);
  EXPECT_NE(metric_table({row})->csv().find(" min\n"), std::string::npos);
}

TEST(MetricTable, RoundsCoverageButNeitherToAllNorToNothing) {
  const struct {
    int64_t scored;
    int64_t unlabelled;
    const char* cell;
  } kCases[] = {
      {2, 1, ",66.7 %,"},     {1, 2, ",33.3 %,"}, {9999, 1, ",99.9 %,"},
      {1, 999999, ",0.1 %,"}, {0, 5, ",0.0 %,"},  {5, 0, ",100.0 %,"},
  };
  for (const auto& test : kCases) {
    MetricRow row = make_row("v1", "", test.scored);
    row.outcomes[Outcome::kUnlabelled] = test.unlabelled;
    EXPECT_NE(metric_table({row})->csv().find(test.cell), std::string::npos) << test.cell;
  }
}

TEST(MetricTable, ShowsWhyThereIsNoNumber) {
  EXPECT_NE(metric_table({make_row("v1", "", 1, 1e200)})->csv().find(",overflow,overflow,"),
            std::string::npos);
  EXPECT_NE(metric_table({make_row("v1", "", 0)})->csv().find(",all time,0,,,,,\n"),
            std::string::npos);
}

TEST(MetricTable, PrintsWindowsInTheirOwnTimeZone) {
  MetricRow row = make_row("v1", "2025-07-28T04:00:00Z");
  row.timezone = "America/New_York";
  EXPECT_NE(metric_table({row})->csv().find(",2025-07-28 to 2025-08-03,"), std::string::npos);
}

TEST(MetricTable, RefusesAnUnknownTimeZone) {
  MetricRow row = make_row("v1", kFirstWeek);
  row.timezone = "Mars/Olympus";
  const auto table = metric_table({row});
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, ErrorCode::kBadTimeZone);
}

}  // namespace
}  // namespace mseavro
