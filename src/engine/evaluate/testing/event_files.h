// Files of prediction and label events for tests, and answers as text to compare.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/evaluate/evaluate.h"
#include "events/source/testing/avro_test_file.h"
#include "events/source/testing/scratch_folder.h"

namespace mseavro {

using OptionalText = std::optional<std::string>;

struct PredictionEvent {
  OptionalText id = {};
  std::optional<double> prediction = 0;
  OptionalText version = "v1";
  std::optional<Instant> time = 0;
  std::optional<double> actual = {};
  std::optional<Instant> label_time = {};
  OptionalText region = {};
  std::optional<double> squared_error = {};
};

struct LabelEvent {
  OptionalText id = {};
  std::optional<double> actual = {};
  std::optional<Instant> time = {};
  bool is_deleted = false;
};

inline constexpr std::string_view kPredictionSchema = R"({"type":"record","name":"Prediction",
  "fields":[
    {"name":"prediction_id","type":["null","string"]},
    {"name":"prediction","type":["null","double"]},
    {"name":"model_version","type":["null","string"]},
    {"name":"timestamp","type":["null",{"type":"long","logicalType":"timestamp-micros"}]},
    {"name":"actual","type":["null","double"]},
    {"name":"label_timestamp","type":["null",{"type":"long","logicalType":"timestamp-micros"}]},
    {"name":"region","type":["null","string"]},
    {"name":"squared_error","type":["null","double"]}]})";

inline constexpr std::string_view kLabelSchema = R"({"type":"record","name":"Label",
  "fields":[
    {"name":"prediction_id","type":["null","string"]},
    {"name":"actual","type":["null","double"]},
    {"name":"label_timestamp","type":["null",{"type":"long","logicalType":"timestamp-micros"}]},
    {"name":"deleted","type":"boolean"}]})";

inline void put(Encoder& to, const OptionalText& text) {
  to.put_long(text ? 1 : 0);
  if (text) to.put_bytes(*text);
}
inline void put(Encoder& to, const std::optional<double>& number) {
  to.put_long(number ? 1 : 0);
  if (number) to.put_double(*number);
}
inline void put(Encoder& to, const std::optional<Instant>& instant) {
  to.put_long(instant ? 1 : 0);
  if (instant) to.put_long(*instant);
}

inline std::string prediction_file(const std::vector<PredictionEvent>& events,
                                   int64_t block_size_bytes = 1 << 20, Codec codec = Codec::kNull) {
  std::vector<PutRecord> records;
  for (const PredictionEvent& event : events) {
    records.emplace_back([&event](Encoder& to) {
      put(to, event.id);
      put(to, event.prediction);
      put(to, event.version);
      put(to, event.time);
      put(to, event.actual);
      put(to, event.label_time);
      put(to, event.region);
      put(to, event.squared_error);
    });
  }
  return avro_file(kPredictionSchema, records, block_size_bytes, codec);
}

inline std::string label_file(const std::vector<LabelEvent>& events,
                              int64_t block_size_bytes = 1 << 20) {
  std::vector<PutRecord> records;
  for (const LabelEvent& event : events) {
    records.emplace_back([&event](Encoder& to) {
      put(to, event.id);
      put(to, event.actual);
      put(to, event.time);
      to.put_boolean(event.is_deleted);
    });
  }
  return avro_file(kLabelSchema, records, block_size_bytes);
}

// A question that rejects stop only when a test asks for that.
inline Spec lenient_spec() {
  Spec spec;
  spec.max_rejected_share = 1;
  return spec;
}

inline FieldPath path_of(std::string_view text) { return *FieldPath::parse(text); }

// The answer, which must be one. Its counts add up.
inline Evaluation answer(const Spec& spec, const std::vector<std::string>& predictions,
                         const std::vector<std::string>& labels = {},
                         const EvaluateOptions& options = {}) {
  auto evaluation = evaluate(spec, predictions, labels, options);
  if (!evaluation) {
    ADD_FAILURE() << evaluation.error().message << " (" << evaluation.error().value << "; "
                  << evaluation.error().help << ")";
    return {};
  }
  EXPECT_TRUE(evaluation->accounting.adds_up());
  return std::move(*evaluation);
}

// "3 scored, 1 rejected": what occurred.
inline std::string describe(const OutcomeCounts& counts) {
  std::string text;
  for (size_t i = 0; i < kOutcomeCount; ++i) {
    if (counts.counts[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", counts.counts[i],
                        outcome_name(static_cast<Outcome>(i)));
  }
  return text;
}

inline std::string describe(const LabelOutcomeCounts& counts) {
  std::string text;
  for (size_t i = 0; i < kLabelOutcomeCount; ++i) {
    if (counts[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", counts[i],
                        label_outcome_name(static_cast<LabelOutcome>(i)));
  }
  return text;
}

inline std::string describe(const RejectCounts& counts) {
  std::string text;
  for (size_t i = 0; i < kRejectReasonCount; ++i) {
    if (counts[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", counts[i],
                        reject_reason_name(static_cast<RejectReason>(i)));
  }
  return text;
}

inline std::string describe(const MetricRow& row) {
  std::string text = row.key.versions_mixed ? "*" : row.key.model_version.value_or("null");
  for (const SliceValue& slice : row.key.slice) {
    text += fmt::format(" {}={}", slice.key, slice.value.value_or("null"));
  }
  if (row.window_spec.kind != WindowKind::kNone) text += " " + format_time(row.key.window.start);
  return fmt::format("{}: {}", text, describe(row.outcomes));
}

inline std::vector<std::string> describe(const std::vector<MetricRow>& rows) {
  std::vector<std::string> texts;
  for (const MetricRow& row : rows) texts.push_back(describe(row));
  return texts;
}

// Everything of an answer that the same events must give again, in every bit.
inline std::string fingerprint(const Evaluation& evaluation) {
  std::string text;
  for (const MetricRow& row : evaluation.rows) {
    text += fmt::format("{} {} {} {} {}\n", describe(row), row.key.window.end, row.final,
                        row.metrics.count, row.timezone);
    for (const MetricValue* metric :
         {&row.metrics.mse, &row.metrics.rmse, &row.metrics.mae, &row.metrics.bias,
          &row.metrics.abs_error_p50, &row.metrics.max_abs_error, &row.metrics.label_delay_p50}) {
      text += metric->value ? fmt::format("{:a} ", *metric->value) : metric->reason;
    }
    text += row.errors.encode();
  }
  const Accounting& counts = evaluation.accounting;
  text += fmt::format("\n{} {} ({}); {} {} ({}); {} conflicts, {} defects", counts.prediction_rows,
                      describe(counts.predictions), describe(counts.rejected_predictions),
                      counts.label_rows, describe(counts.labels), describe(counts.rejected_labels),
                      counts.conflicts, counts.squared_error_defects);
  for (const std::string& warning : evaluation.warnings) text += "\n" + warning;
  return text;
}

}  // namespace mseavro
