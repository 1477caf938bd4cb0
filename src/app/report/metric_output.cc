#include "app/report/metric_output.h"

#include <fmt/format.h>

#include "app/report/text_table.h"
#include "avro/wire/json_text.h"
#include "base/text/number_text.h"
#include "base/time/time.h"

namespace mseavro {
namespace {

// The columns behind the slice keys, one table for CSV and JSON. A cell is JSON text, "" for null;
// CSV takes the quotes off.
struct OutputColumn {
  const char* name;
  std::string (*cell)(const MetricRow& row);
};

std::string number_cell(const std::optional<double>& number) {
  return number ? format_number(*number) : std::string();
}

std::string text_cell(std::string_view text) {
  std::string json;
  append_json_string(text, &json);
  return json;
}

template <MetricValue ErrorMetrics::*kMetric>
std::string metric_cell(const MetricRow& row) {
  return number_cell((row.metrics.*kMetric).value);
}

template <Outcome kOutcome>
std::string outcome_cell(const MetricRow& row) {
  return std::to_string(row.outcomes[kOutcome]);
}

constexpr OutputColumn kColumns[] = {
    {"predictions", [](const MetricRow& row) { return std::to_string(row.predictions()); }},
    {"count", outcome_cell<Outcome::kScored>},
    {"coverage", [](const MetricRow& row) { return number_cell(row.coverage()); }},
    {"mse", metric_cell<&ErrorMetrics::mse>},
    {"rmse", metric_cell<&ErrorMetrics::rmse>},
    {"mae", metric_cell<&ErrorMetrics::mae>},
    {"bias", metric_cell<&ErrorMetrics::bias>},
    {"unlabelled", outcome_cell<Outcome::kUnlabelled>},
    {"duplicate", outcome_cell<Outcome::kDuplicate>},
    {"superseded", outcome_cell<Outcome::kSuperseded>},
    {"filtered", outcome_cell<Outcome::kFiltered>},
    {"after_as_of", outcome_cell<Outcome::kAfterAsOf>},
    {"rejected", outcome_cell<Outcome::kRejected>},
    {"abs_error_p50", metric_cell<&ErrorMetrics::abs_error_p50>},
    {"abs_error_p90", metric_cell<&ErrorMetrics::abs_error_p90>},
    {"abs_error_p95", metric_cell<&ErrorMetrics::abs_error_p95>},
    {"abs_error_p99", metric_cell<&ErrorMetrics::abs_error_p99>},
    {"max_abs_error", metric_cell<&ErrorMetrics::max_abs_error>},
    {"label_delay_p50", metric_cell<&ErrorMetrics::label_delay_p50>},
    {"label_delay_p95", metric_cell<&ErrorMetrics::label_delay_p95>},
    {"as_of",
     [](const MetricRow& row) {
       return row.as_of ? text_cell(format_time(*row.as_of)) : std::string();
     }},
    {"revision", [](const MetricRow& row) { return std::to_string(row.revision); }},
    {"final", [](const MetricRow& row) { return std::string(row.final ? "true" : "false"); }},
    {"notes",
     [](const MetricRow& row) { return row.notes.empty() ? std::string() : text_cell(row.notes); }},
};

std::optional<std::string> version_text(const MetricRow& row) {
  if (row.key.versions_mixed) return "*";
  return row.key.model_version;
}

std::optional<std::string> instant_text(const MetricRow& row, Instant instant) {
  if (row.window_spec.kind == WindowKind::kNone) return std::nullopt;
  return format_time(instant);
}

std::string csv_optional(const std::optional<std::string>& text) {
  return text ? csv_cell(*text) : std::string();
}

std::string json_optional(const std::optional<std::string>& text) {
  return text ? text_cell(*text) : std::string("null");
}

// A JSON cell as CSV: texts of these columns hold no escapes, so the quotes just come off.
std::string csv_from_json(const std::string& cell) {
  if (cell.empty() || cell.front() != '"') return cell;
  return csv_cell(cell.substr(1, cell.size() - 2));
}

void append_json_row(const MetricRow& row, std::string* json) {
  *json += fmt::format("{{\"model_version\":{},\"window_start\":{},\"window_end\":{},\"slice\":{{",
                       json_optional(version_text(row)),
                       json_optional(instant_text(row, row.key.window.start)),
                       json_optional(instant_text(row, row.key.window.end)));
  bool is_first = true;
  for (const SliceValue& slice : row.key.slice) {
    if (!is_first) *json += ",";
    is_first = false;
    *json += text_cell(slice.key) + ":" + json_optional(slice.value);
  }
  *json += "}";
  for (const OutputColumn& column : kColumns) {
    const std::string cell = column.cell(row);
    *json += fmt::format(",\"{}\":{}", column.name, cell.empty() ? "null" : cell);
  }
  *json += "}";
}

std::string outcome_list(const Accounting& accounting, const char* separator, const char* form) {
  std::string list;
  for (size_t i = 0; i < kOutcomeCount; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    list += list.empty() ? "" : separator;
    list += fmt::format(fmt::runtime(form), outcome_name(outcome), accounting.predictions[outcome]);
  }
  return list;
}

std::string label_outcome_list(const Accounting& accounting, const char* separator,
                               const char* form) {
  std::string list;
  for (size_t i = 0; i < kLabelOutcomeCount; ++i) {
    list += list.empty() ? "" : separator;
    list += fmt::format(fmt::runtime(form), label_outcome_name(static_cast<LabelOutcome>(i)),
                        accounting.labels[i]);
  }
  return list;
}

std::string reject_json(const RejectCounts& counts) {
  std::string list;
  for (size_t i = 0; i < kRejectReasonCount; ++i) {
    if (counts[i] == 0) continue;
    list += fmt::format("{}\"{}\":{}", list.empty() ? "" : ",",
                        reject_reason_name(static_cast<RejectReason>(i)), counts[i]);
  }
  return "{" + list + "}";
}

template <class Counts, class Name>
std::string count_text(const Counts& counts, Name name) {
  std::string list;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    list += fmt::format("{}{} {}", list.empty() ? " = " : " + ", format_thousands(counts[i]),
                        name(i));
  }
  return list;
}

}  // namespace

std::string metrics_csv(const std::vector<MetricRow>& rows) {
  std::string csv = "model_version,window_start,window_end";
  if (!rows.empty()) {
    for (const SliceValue& slice : rows.front().key.slice) csv += "," + csv_cell(slice.key);
  }
  for (const OutputColumn& column : kColumns) csv += fmt::format(",{}", column.name);
  csv += "\n";
  for (const MetricRow& row : rows) {
    csv += csv_optional(version_text(row));
    csv += "," + csv_optional(instant_text(row, row.key.window.start));
    csv += "," + csv_optional(instant_text(row, row.key.window.end));
    for (const SliceValue& slice : row.key.slice) csv += "," + csv_optional(slice.value);
    for (const OutputColumn& column : kColumns) csv += "," + csv_from_json(column.cell(row));
    csv += "\n";
  }
  return csv;
}

std::string metrics_json_lines(const std::vector<MetricRow>& rows) {
  std::string json;
  for (const MetricRow& row : rows) {
    append_json_row(row, &json);
    json += "\n";
  }
  return json;
}

std::string metrics_json(const Evaluation& evaluation) {
  const Accounting& counts = evaluation.accounting;
  std::string json = "{\"rows\":[";
  for (size_t i = 0; i < evaluation.rows.size(); ++i) {
    json += i == 0 ? "\n" : ",\n";
    append_json_row(evaluation.rows[i], &json);
  }
  json += fmt::format(
      "],\n\"accounting\":{{\"prediction_rows\":{},{},\"rejected_by_reason\":{},"
      "\"conflicts\":{},\"squared_error_defects\":{},\"pruned_files\":{},"
      "\"labels\":{{\"rows\":{},{},\"rejected_by_reason\":{}}}}},\n",
      counts.prediction_rows, outcome_list(counts, ",", "\"{}\":{}"),
      reject_json(counts.rejected_predictions), counts.conflicts, counts.squared_error_defects,
      counts.pruned_files, counts.label_rows, label_outcome_list(counts, ",", "\"{}\":{}"),
      reject_json(counts.rejected_labels));
  json += fmt::format("\"mapping\":{{\"predictions\":{},\"labels\":{}}}}}\n",
                      text_cell(evaluation.mapping), text_cell(evaluation.label_mapping));
  return json;
}

std::string accounting_text(const Accounting& accounting, bool has_labels) {
  const auto reason = [](size_t i) { return reject_reason_name(static_cast<RejectReason>(i)); };
  std::string text =
      fmt::format("predictions: {} rows{}", format_thousands(accounting.prediction_rows),
                  count_text(accounting.predictions.counts,
                             [](size_t i) { return outcome_name(static_cast<Outcome>(i)); }));
  if (accounting.predictions[Outcome::kRejected] > 0) {
    text += fmt::format("; rejected{}", count_text(accounting.rejected_predictions, reason));
  }
  if (accounting.conflicts > 0) {
    text += fmt::format("; {} with conflicting repeats", format_thousands(accounting.conflicts));
  }
  if (accounting.pruned_files > 0) {
    text += fmt::format("; {} files left out by their path",
                        format_thousands(accounting.pruned_files));
  }
  text += "\n";
  if (!has_labels) return text;
  text += fmt::format(
      "labels: {} rows{}", format_thousands(accounting.label_rows),
      count_text(accounting.labels,
                 [](size_t i) { return label_outcome_name(static_cast<LabelOutcome>(i)); }));
  if (accounting.labels[static_cast<size_t>(LabelOutcome::kRejected)] > 0) {
    text += fmt::format("; rejected{}", count_text(accounting.rejected_labels, reason));
  }
  return text + "\n";
}

}  // namespace mseavro
