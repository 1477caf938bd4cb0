#include "app/report/metric_output.h"

#include <gtest/gtest.h>

#include "app/report/testing/make_row.h"

namespace mseavro {
namespace {

const std::string kFirstColumns = "model_version,window_start,window_end";
const std::string kOtherColumns =
    ",predictions,count,coverage,mse,rmse,mae,bias,unlabelled,duplicate,superseded,filtered,"
    "after_as_of,rejected,abs_error_p50,abs_error_p90,abs_error_p95,abs_error_p99,max_abs_error,"
    "label_delay_p50,label_delay_p95,as_of,revision,final,notes\n";

MetricRow week_row() {
  MetricRow row = make_row("v1", "2025-07-28", 4, 1.5);
  row.outcomes[Outcome::kUnlabelled] = 1;
  row.outcomes[Outcome::kRejected] = 2;
  return row;
}

TEST(MetricsCsv, HasTheColumnsOfTheContract) {
  EXPECT_EQ(metrics_csv({week_row()}),
            kFirstColumns + kOtherColumns +
                "v1,2025-07-28T00:00:00Z,2025-08-04T00:00:00Z,7,4,0.8,2.25,1.5,1.5,-1.5,"
                "1,0,0,0,0,2,,,,,,,,,0,false,\n");
}

TEST(MetricsCsv, LeavesWindowsEmptyThatAreAllTime) {
  EXPECT_EQ(metrics_csv({make_row("v1", "", 1, 2)}),
            kFirstColumns + kOtherColumns + "v1,,,1,1,1,4,2,2,-2,0,0,0,0,0,0,,,,,,,,,0,false,\n");
}

TEST(MetricsCsv, TellsNullEmptyAndAllApart) {
  MetricRow null_row = make_row(std::nullopt, "", 1, 2);
  null_row.key.slice = {{"region", std::nullopt}};
  MetricRow empty_row = make_row("", "", 1, 2);
  empty_row.key.slice = {{"region", ""}, {"a,b", "x\"y"}};
  MetricRow all_row = make_row(std::nullopt, "", 1, 2);
  all_row.key.versions_mixed = true;
  const std::string rest = ",1,1,1,4,2,2,-2,0,0,0,0,0,0,,,,,,,,,0,false,\n";
  EXPECT_EQ(metrics_csv({null_row, empty_row, all_row}),
            kFirstColumns + ",region,\"a,b\"" + kOtherColumns + ",,,,*" + rest +
                "\"\",,,\"\",\"x\"\"y\"" + rest + "*,,,*,*" + rest);
}

TEST(MetricsCsv, HasTheAskedSliceKeysWithoutRows) {
  EXPECT_EQ(metrics_csv({}, {"region", "tags[\"x,y\"]"}),
            kFirstColumns + ",region,\"tags[\"\"x,y\"\"]\"" + kOtherColumns);
}

TEST(MetricsCsv, WritesNotesAsTheyAre) {
  MetricRow row = make_row("v1", "", 1, 2);
  row.notes = "back\\filled, \"late\"";
  row.as_of = row.key.window.start = 0;
  EXPECT_TRUE(metrics_csv({row}).ends_with(
      ",1970-01-01T00:00:00Z,0,false,\"back\\filled, \"\"late\"\"\"\n"));
}

TEST(MetricsJsonLines, HasOneObjectARow) {
  MetricRow row = week_row();
  row.key.slice = {{"region", "eu"}, {"tier", std::nullopt}};
  row.as_of = row.key.window.end;
  row.notes = "a \"note\"";
  EXPECT_EQ(metrics_json_lines({row}),
            "{\"model_version\":\"v1\",\"window_start\":\"2025-07-28T00:00:00Z\","
            "\"window_end\":\"2025-08-04T00:00:00Z\",\"slice\":{\"region\":\"eu\",\"tier\":null},"
            "\"predictions\":7,\"count\":4,\"coverage\":0.8,\"mse\":2.25,\"rmse\":1.5,\"mae\":1.5,"
            "\"bias\":-1.5,\"unlabelled\":1,\"duplicate\":0,\"superseded\":0,\"filtered\":0,"
            "\"after_as_of\":0,\"rejected\":2,\"abs_error_p50\":null,\"abs_error_p90\":null,"
            "\"abs_error_p95\":null,\"abs_error_p99\":null,\"max_abs_error\":null,"
            "\"label_delay_p50\":null,\"label_delay_p95\":null,\"as_of\":\"2025-08-04T00:00:00Z\","
            "\"revision\":0,\"final\":false,\"notes\":\"a \\\"note\\\"\",\"null_reasons\":{}}\n");
}

TEST(MetricsJsonLines, SaysWhyMetricsAreNull) {
  const MetricRow row = make_row(std::nullopt, "", 1, 1e200);
  EXPECT_NE(metrics_json_lines({row}).find(
                "\"null_reasons\":{\"mse\":\"overflow\",\"rmse\":\"overflow\"}"),
            std::string::npos);
}

TEST(MetricsJson, IsAnObjectOfRows) {
  EXPECT_EQ(metrics_json(std::vector<MetricRow>{}), "{\"rows\":[\n]}\n");
  const std::string line = metrics_json_lines({week_row()});
  EXPECT_EQ(metrics_json(std::vector{week_row(), week_row()}),
            "{\"rows\":[\n" + line.substr(0, line.size() - 1) + ",\n" + line + "]}\n");
}

Evaluation run_with_rejects() {
  Evaluation run;
  run.mapping = "prediction=y_hat (synonym)";
  Accounting& counts = run.accounting;
  counts.prediction_rows = 1234;
  counts.predictions[Outcome::kScored] = 1231;
  counts.predictions[Outcome::kDuplicate] = 1;
  counts.predictions[Outcome::kRejected] = 2;
  counts.rejected_predictions[static_cast<size_t>(RejectReason::kMissingId)] = 2;
  counts.conflicts = 3;
  counts.pruned_files = 1;
  counts.label_rows = 1;
  counts.labels[static_cast<size_t>(LabelOutcome::kMatched)] = 1;
  counts.lost_labels = {
      .block_count = 2, .record_count = 9, .uncounted_block_count = 1, .size_bytes = 70};
  return run;
}

TEST(MetricsJson, OfARunHasItsAccountingAndMapping) {
  EXPECT_EQ(metrics_json(run_with_rejects()),
            "{\"rows\":[\n],\n"
            "\"accounting\":{\"predictions\":{\"rows\":1234,\"scored\":1231,\"unlabelled\":0,"
            "\"duplicate\":1,\"superseded\":0,\"filtered\":0,\"after_as_of\":0,\"rejected\":2,"
            "\"rejected_by_reason\":{\"missing_id\":2},\"conflicts\":3,"
            "\"squared_error_defects\":0,\"pruned_files\":1,\"lost\":{\"blocks\":0,"
            "\"records\":0,\"blocks_of_unknown_count\":0,\"bytes\":0}},\n"
            "\"labels\":{\"rows\":1,\"matched\":1,\"unmatched\":0,\"superseded\":0,"
            "\"duplicate\":0,\"expired\":0,\"after_as_of\":0,\"rejected\":0,"
            "\"rejected_by_reason\":{},\"lost\":{\"blocks\":2,\"records\":9,"
            "\"blocks_of_unknown_count\":1,\"bytes\":70}}},\n"
            "\"mapping\":{\"predictions\":\"prediction=y_hat (synonym)\",\"labels\":\"\"}}\n");
}

TEST(AccountingText, SaysWhatBecameOfEveryRow) {
  const Accounting counts = run_with_rejects().accounting;
  const std::string predictions =
      "predictions: 1,234 rows = 1,231 scored + 1 duplicate + 2 rejected; rejected = 2 missing_id; "
      "3 with conflicting repeats; 1 file left out by path\n";
  EXPECT_EQ(accounting_text(counts, false), predictions);
  EXPECT_EQ(accounting_text(counts, true),
            predictions +
                "labels: 1 row = 1 matched; 2 blocks lost with 9 records "
                "and an unknown number in 1 of them\n");
}

TEST(SliceKeys, AreThoseOfAllRowsOnce) {
  MetricRow first = make_row("v1", "", 1);
  first.key.slice = {{"b", "1"}};
  MetricRow second = make_row("v1", "", 1);
  second.key.slice = {{"a", "1"}, {"b", "2"}};
  EXPECT_EQ(slice_keys({first, second}), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(slice_keys({first, second}, {"c", "a"}), (std::vector<std::string>{"c", "a", "b"}));
  EXPECT_EQ(find_slice(second, "b"), &second.key.slice[1]);
  EXPECT_EQ(find_slice(first, "a"), nullptr);
}

}  // namespace
}  // namespace mseavro
