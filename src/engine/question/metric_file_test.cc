#include "engine/question/metric_file.h"

#include <gtest/gtest.h>

#include <cmath>

#include "events/source/testing/avro_test_file.h"

namespace mseavro {
namespace {

std::span<const uint8_t> as_bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

Result<std::vector<MetricRow>> read_rows(const std::string& file) {
  const auto source = memory_source(as_bytes(file), "metrics.avro");
  std::vector<MetricRow> rows;
  MSEAVRO_TRY(read_metric_file(*source, {}, [&](MetricRow row) -> Status {
    rows.push_back(std::move(row));
    return {};
  }));
  return rows;
}

std::string write_rows(const std::vector<MetricRow>& rows) {
  std::string bytes;
  const auto sink = memory_sink(&bytes);
  MSEAVRO_CHECK(
      write_metric_file(*sink, rows, {.metadata = {{"mseavro.mapping", "prediction=p"}}}));
  MSEAVRO_CHECK(sink->commit());
  return bytes;
}

using Metric = MetricValue ErrorMetrics::*;
constexpr Metric kMetrics[] = {&ErrorMetrics::mse,
                               &ErrorMetrics::rmse,
                               &ErrorMetrics::mae,
                               &ErrorMetrics::bias,
                               &ErrorMetrics::abs_error_p50,
                               &ErrorMetrics::abs_error_p90,
                               &ErrorMetrics::abs_error_p95,
                               &ErrorMetrics::abs_error_p99,
                               &ErrorMetrics::max_abs_error,
                               &ErrorMetrics::label_delay_p50,
                               &ErrorMetrics::label_delay_p95};

void expect_equal(const MetricRow& a, const MetricRow& b) {
  EXPECT_EQ(a.key, b.key);
  EXPECT_EQ(a.window_spec, b.window_spec);
  EXPECT_EQ(a.timezone, b.timezone);
  EXPECT_EQ(a.outcomes, b.outcomes);
  EXPECT_EQ(a.metrics.count, b.metrics.count);
  for (Metric metric : kMetrics) {
    EXPECT_EQ((a.metrics.*metric).value, (b.metrics.*metric).value);
    EXPECT_STREQ((a.metrics.*metric).reason, (b.metrics.*metric).reason);
  }
  EXPECT_EQ(a.as_of, b.as_of);
  EXPECT_EQ(a.revision, b.revision);
  EXPECT_EQ(a.final, b.final);
  EXPECT_EQ(a.notes, b.notes);
  EXPECT_EQ(a.errors.encode(), b.errors.encode());
}

// A row in which no field has its default, so that one that is not carried over shows.
MetricRow full_row() {
  MetricRow row;
  row.key.model_version = "v1";
  row.key.slice = {{"carrier", "AA"}, {"tags[\"x\"]", std::nullopt}, {"empty", ""}};
  row.key.window = {-7, 604'800'000'000 - 7};
  row.window_spec = {.kind = WindowKind::kWeek, .week_start = WeekStart::kSunday};
  row.timezone = "America/New_York";
  row.outcomes.counts = {2, 3, 5, 7, 11, 13, 17};
  row.errors = ErrorAccumulator({.error_quantiles = true, .label_delay = true});
  row.errors.update(1.5, 2.0);
  row.errors.update(3.0, 1.0);
  row.errors.update_label_delay(60);
  row.metrics = row.errors.finalize();
  row.as_of = 1234;
  row.revision = 4;
  row.final = true;
  row.notes = "few rows";
  return row;
}

TEST(MetricFile, CarriesEveryField) {
  std::vector<MetricRow> rows = {full_row()};
  // The other ends: no version, all versions, all time, nothing scored, overflow, nothing asked.
  rows.emplace_back();
  rows.back().metrics = rows.back().errors.finalize();
  rows.push_back(full_row());
  rows.back().key.model_version.reset();
  rows.back().key.versions_mixed = true;
  rows.back().as_of.reset();
  rows.emplace_back();
  rows.back().errors.update(-1e308, 1e308);
  rows.back().outcomes[Outcome::kScored] = 1;
  rows.back().metrics = rows.back().errors.finalize();
  rows.back().window_spec = {.kind = WindowKind::kFixed, .length_micros = 90 * kMicrosPerMinute};
  rows.back().key.window = {INT64_MIN, INT64_MAX};

  const auto read = read_rows(write_rows(rows));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE(i);
    expect_equal((*read)[i], rows[i]);
  }
}

TEST(MetricFile, OfNoRowsIsEmpty) {
  const auto read = read_rows(write_rows({}));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->empty());
}

TEST(MetricFile, OfEqualRowsIsEqual) {
  EXPECT_EQ(write_rows({full_row()}), write_rows({full_row()}));
}

TEST(MetricFile, OfManyRowsHasSeveralBlocks) {
  const std::vector<MetricRow> rows(2000, full_row());
  const auto read = read_rows(write_rows(rows));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->size(), rows.size());
}

std::string record_schema(const std::string& fields) {
  return R"({"type":"record","name":"MetricRow","namespace":"mseavro","fields":[)" + fields + "]}";
}

TEST(MetricFile, OfASmallerSchemaTakesDefaults) {
  const std::string file =
      avro_file(record_schema(R"({"name":"mse","type":"double"},{"name":"count","type":"int"},
                                 {"name":"a_newer_field","type":"string"})"),
                {[](Encoder& to) {
                  to.put_double(2.5);
                  to.put_int(7);
                  to.put_bytes("x");
                }});
  const auto read = read_rows(file);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 1u);
  MetricRow expected;
  expected.outcomes[Outcome::kScored] = 7;
  expected.metrics.count = 7;
  for (Metric metric : kMetrics) expected.metrics.*metric = {std::nullopt, "unknown"};
  expected.metrics.mse = {2.5, nullptr};
  expect_equal((*read)[0], expected);
  EXPECT_EQ((*read)[0].errors.count(), 0);
}

TEST(MetricFile, NeverReadsAWrongTypeAsZero) {
  struct Case {
    const char* field;
    const char* type;
    PutRecord put;
  };
  const PutRecord text = [](Encoder& to) { to.put_bytes("12"); };
  const PutRecord number = [](Encoder& to) { to.put_long(12); };
  const PutRecord real = [](Encoder& to) { to.put_double(12); };
  const Case cases[] = {
      {"kind", "\"long\"", number},
      {"model_version", "\"long\"", number},
      {"versions_mixed", "\"long\"", number},
      {"slice", "\"string\"", text},
      {"slice.key", R"({"type":"array","items":{"type":"record","name":"S","fields":[
           {"name":"key","type":"long"}]}})",
       [](Encoder& to) {
         to.put_long(1);
         to.put_long(5);
         to.put_long(0);
       }},
      {"slice.value", R"({"type":"array","items":{"type":"record","name":"S","fields":[
           {"name":"value","type":"long"}]}})",
       [](Encoder& to) {
         to.put_long(1);
         to.put_long(5);
         to.put_long(0);
       }},
      {"window_start", "\"string\"", text},
      {"window_end", "\"double\"", real},
      {"window", "\"long\"", number},
      {"week_start", "\"long\"", number},
      {"timezone", "\"long\"", number},
      {"count", "\"string\"", text},
      {"count", "\"double\"", real},
      {"unlabelled", "\"string\"", text},
      {"rejected", "\"double\"", real},
      {"mse", "\"string\"", text},
      {"mse", "\"long\"", number},
      {"bias", "\"string\"", text},
      {"metrics", "\"string\"", text},
      {"metrics.abs_error_p50", R"({"type":"map","values":"string"})",
       [](Encoder& to) {
         to.put_long(1);
         to.put_bytes("abs_error_p50");
         to.put_bytes("12");
         to.put_long(0);
       }},
      {"null_reasons", "\"string\"", text},
      {"as_of", "\"string\"", text},
      {"revision", "\"string\"", text},
      {"final", "\"string\"", text},
      {"notes", "\"long\"", number},
      {"state", "\"long\"", number},
  };
  for (const Case& c : cases) {
    const std::string field = c.field;
    const std::string top = field.substr(0, field.find('.'));
    const auto read = read_rows(
        avro_file(record_schema("{\"name\":\"" + top + "\",\"type\":" + c.type + "}"), {c.put}));
    ASSERT_FALSE(read) << field << " " << c.type;
    EXPECT_EQ(read.error().code, ErrorCode::kNotMetrics) << field;
    EXPECT_EQ(read.error().place.field, field);
    EXPECT_EQ(read.error().place.file, "metrics.avro");
    EXPECT_EQ(read.error().place.block, 0);
    EXPECT_EQ(read.error().place.record, 0);
  }
}

TEST(MetricFile, RefusesValuesThatNoRowHas) {
  struct Case {
    const char* field;
    const char* type;
    PutRecord put;
    ErrorCode code;
  };
  const Case cases[] = {
      {"count", "\"long\"", [](Encoder& to) { to.put_long(-1); }, ErrorCode::kNotMetrics},
      {"filtered", "\"long\"", [](Encoder& to) { to.put_long(INT64_MAX); }, ErrorCode::kNotMetrics},
      {"window", "\"string\"", [](Encoder& to) { to.put_bytes("fortnight"); },
       ErrorCode::kNotMetrics},
      {"week_start", "\"string\"", [](Encoder& to) { to.put_bytes("friday"); },
       ErrorCode::kNotMetrics},
      {"state", "\"bytes\"", [](Encoder& to) { to.put_bytes("not a state"); },
       ErrorCode::kBadState},
      {"", "", [](Encoder& to) { to.put_bytes("ROLLING"); }, ErrorCode::kNotMergeable},
  };
  for (const Case& c : cases) {
    const std::string field = c.field;
    const auto read = read_rows(avro_file(
        record_schema(field.empty() ? R"({"name":"kind","type":"string"})"
                                    : "{\"name\":\"" + field + "\",\"type\":" + c.type + "}"),
        {c.put}));
    ASSERT_FALSE(read) << field;
    EXPECT_EQ(read.error().code, c.code) << field;
    EXPECT_EQ(read.error().place.field, field);
    EXPECT_EQ(read.error().place.file, "metrics.avro");
  }
}

TEST(MetricFile, IsKnownByTheNameOfItsSchema) {
  const std::string events =
      avro_file(R"({"type":"record","name":"Event","fields":[{"name":"x","type":"long"}]})", {});
  const std::string longs = avro_file("\"long\"", {});
  const std::string text = "prediction_id,actual\n1,2\n";
  const auto is_metrics = [](const std::string& bytes) {
    return is_metric_file(*memory_source(as_bytes(bytes)), {});
  };
  EXPECT_TRUE(is_metrics(write_rows({})).value());
  EXPECT_FALSE(is_metrics(events).value());
  EXPECT_FALSE(is_metrics(longs).value());
  EXPECT_EQ(is_metrics(text).error().code, ErrorCode::kNotAvro);
  EXPECT_EQ(read_rows(events).error().code, ErrorCode::kNotMetrics);
  EXPECT_EQ(read_rows(longs).error().code, ErrorCode::kNotMetrics);
  EXPECT_EQ(read_rows(events).error().place.file, "metrics.avro");
}

TEST(MetricFile, CutInABlockIsAnError) {
  const std::string file = write_rows({full_row(), full_row()});
  const size_t header_size = file.size() - 600;
  for (size_t size = header_size; size < file.size(); ++size) {
    const auto read = read_rows(file.substr(0, size));
    // A file that ends with its header is whole.
    EXPECT_TRUE(!read || read->empty()) << size;
  }
}

TEST(MetricFile, HandsTheErrorOfItsTakerOn) {
  const std::string file = write_rows({full_row()});
  const auto source = memory_source(as_bytes(file));
  const Status status = read_metric_file(
      *source, {}, [](MetricRow) -> Status { return fail(ErrorCode::kOverlappingRows, "twice"); });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kOverlappingRows);
}

TEST(OutcomeCounts, AddUpAndStopAtTheEndOfTheirRange) {
  OutcomeCounts counts;
  counts.counts = {1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(counts.total(), 28);
  OutcomeCounts huge;
  huge[Outcome::kScored] = INT64_MAX;
  counts.add(huge);
  EXPECT_EQ(counts[Outcome::kScored], INT64_MAX);
  EXPECT_EQ(counts[Outcome::kRejected], 7);
  EXPECT_EQ(counts.total(), INT64_MAX);
}

TEST(MetricRow, CoverageIsTheShareOfKnownLabels) {
  MetricRow row;
  EXPECT_EQ(row.coverage(), std::nullopt);
  row.outcomes.counts = {3, 1, 10, 10, 10, 10, 10};
  EXPECT_EQ(row.coverage(), 0.75);
  EXPECT_EQ(row.predictions(), 54);
}

TEST(RowKey, SortsByVersionThenSliceThenWindow) {
  const RowKey keys[] = {
      {std::nullopt, false, {}, {0, 1}},
      {std::nullopt, true, {}, {0, 1}},
      {"v1", false, {{"a", std::nullopt}}, {0, 1}},
      {"v1", false, {{"a", ""}}, {0, 1}},
      {"v1", false, {{"a", "x"}}, {0, 1}},
      {"v1", false, {{"a", "x"}}, {1, 2}},
      {"v1", false, {{"a", "y"}}, {0, 1}},
      {"v10", false, {}, {0, 1}},
      {"v2", false, {}, {0, 1}},
  };
  for (size_t i = 0; i + 1 < std::size(keys); ++i) EXPECT_LT(keys[i], keys[i + 1]) << i;
}

}  // namespace
}  // namespace mseavro
