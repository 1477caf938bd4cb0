#include "app/report/metric_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/report/text_table.h"
#include "avro/wire/json_text.h"
#include "base/text/csv_text.h"
#include "base/text/number_text.h"
#include "base/time/time.h"

namespace mseavro {
namespace {

// A column behind the slice keys, for CSV and JSON alike. No cell is null.
struct OutputColumn {
  const char* name;
  bool is_text;  // JSON wants quotes.
  std::optional<std::string> (*cell)(const MetricRow& row);
};

std::optional<std::string> number_cell(const std::optional<double>& number) {
  return number ? std::optional(format_number(*number)) : std::nullopt;
}

template <MetricValue ErrorMetrics::* kMetric>
std::optional<std::string> metric_cell(const MetricRow& row) {
  return number_cell((row.metrics.*kMetric).value);
}

template <Outcome kOutcome>
std::optional<std::string> outcome_cell(const MetricRow& row) {
  return std::to_string(row.outcomes[kOutcome]);
}

std::optional<std::string> coverage_cell(const MetricRow& row) {
  return number_cell(row.coverage());
}

std::optional<std::string> as_of_cell(const MetricRow& row) {
  return row.as_of ? std::optional(format_time(*row.as_of)) : std::nullopt;
}

std::optional<std::string> final_cell(const MetricRow& row) { return row.final ? "true" : "false"; }

std::optional<std::string> notes_cell(const MetricRow& row) {
  return row.notes.empty() ? std::nullopt : std::optional(row.notes);
}

constexpr OutputColumn kColumns[] = {
    {"predictions", false,
     [](const MetricRow& row) { return std::optional(std::to_string(row.predictions())); }},
    {"count", false, outcome_cell<Outcome::kScored>},
    {"coverage", false, coverage_cell},
    {"mse", false, metric_cell<&ErrorMetrics::mse>},
    {"rmse", false, metric_cell<&ErrorMetrics::rmse>},
    {"mae", false, metric_cell<&ErrorMetrics::mae>},
    {"bias", false, metric_cell<&ErrorMetrics::bias>},
    {"unlabelled", false, outcome_cell<Outcome::kUnlabelled>},
    {"duplicate", false, outcome_cell<Outcome::kDuplicate>},
    {"superseded", false, outcome_cell<Outcome::kSuperseded>},
    {"filtered", false, outcome_cell<Outcome::kFiltered>},
    {"after_as_of", false, outcome_cell<Outcome::kAfterAsOf>},
    {"rejected", false, outcome_cell<Outcome::kRejected>},
    {"abs_error_p50", false, metric_cell<&ErrorMetrics::abs_error_p50>},
    {"abs_error_p90", false, metric_cell<&ErrorMetrics::abs_error_p90>},
    {"abs_error_p95", false, metric_cell<&ErrorMetrics::abs_error_p95>},
    {"abs_error_p99", false, metric_cell<&ErrorMetrics::abs_error_p99>},
    {"max_abs_error", false, metric_cell<&ErrorMetrics::max_abs_error>},
    {"label_delay_p50", false, metric_cell<&ErrorMetrics::label_delay_p50>},
    {"label_delay_p95", false, metric_cell<&ErrorMetrics::label_delay_p95>},
    {"as_of", true, as_of_cell},
    {"revision", false,
     [](const MetricRow& row) { return std::optional(std::to_string(row.revision)); }},
    {"final", false, final_cell},
    {"notes", true, notes_cell},
};

struct NamedMetric {
  const char* name;
  MetricValue ErrorMetrics::* value;
};

constexpr NamedMetric kMetrics[] = {{"mse", &ErrorMetrics::mse},
                                    {"rmse", &ErrorMetrics::rmse},
                                    {"mae", &ErrorMetrics::mae},
                                    {"bias", &ErrorMetrics::bias},
                                    {"abs_error_p50", &ErrorMetrics::abs_error_p50},
                                    {"abs_error_p90", &ErrorMetrics::abs_error_p90},
                                    {"abs_error_p95", &ErrorMetrics::abs_error_p95},
                                    {"abs_error_p99", &ErrorMetrics::abs_error_p99},
                                    {"max_abs_error", &ErrorMetrics::max_abs_error},
                                    {"label_delay_p50", &ErrorMetrics::label_delay_p50},
                                    {"label_delay_p95", &ErrorMetrics::label_delay_p95}};

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

std::string json_text(std::string_view text) {
  std::string json;
  append_json_string(text, &json);
  return json;
}

std::string json_optional(const std::optional<std::string>& text) {
  return text ? json_text(*text) : std::string("null");
}

// The value of one slice key; a row that is not sliced by it is over all of its values.
std::string csv_slice(const MetricRow& row, const std::string& key) {
  const SliceValue* slice = find_slice(row, key);
  return slice == nullptr ? "*" : csv_optional(slice->value);
}

std::string json_slice(const MetricRow& row) {
  std::string json;
  for (const SliceValue& slice : row.key.slice) {
    json += fmt::format("{}{}:{}", json.empty() ? "" : ",", json_text(slice.key),
                        json_optional(slice.value));
  }
  return "{" + json + "}";
}

// Why metrics are null. That one was not asked for needs no words.
std::string json_null_reasons(const MetricRow& row) {
  std::string json;
  for (const NamedMetric& metric : kMetrics) {
    const char* reason = (row.metrics.*metric.value).reason;
    if (reason == nullptr || std::string_view(reason) == "not_asked") continue;
    json += fmt::format("{}\"{}\":\"{}\"", json.empty() ? "" : ",", metric.name, reason);
  }
  return "{" + json + "}";
}

std::string json_row(const MetricRow& row) {
  std::string json = fmt::format(
      "{{\"model_version\":{},\"window_start\":{},\"window_end\":{},\"slice\":{}",
      json_optional(version_text(row)), json_optional(instant_text(row, row.key.window.start)),
      json_optional(instant_text(row, row.key.window.end)), json_slice(row));
  for (const OutputColumn& column : kColumns) {
    const auto cell = column.cell(row);
    json += fmt::format(",\"{}\":{}", column.name,
                        column.is_text ? json_optional(cell) : cell.value_or("null"));
  }
  return json + fmt::format(",\"null_reasons\":{}}}", json_null_reasons(row));
}

std::string json_rows(const std::vector<MetricRow>& rows) {
  std::string json = "{\"rows\":[";
  for (size_t i = 0; i < rows.size(); ++i) json += (i == 0 ? "\n" : ",\n") + json_row(rows[i]);
  return json + "\n]";
}

// `"scored":3,"unlabelled":1,...`: all of them, so that they add up to the rows.
template <class Counts, class Name>
std::string json_counts(const Counts& counts, Name name) {
  std::string list;
  for (size_t i = 0; i < counts.size(); ++i) {
    list += fmt::format("{}\"{}\":{}", list.empty() ? "" : ",", name(i), counts[i]);
  }
  return list;
}

std::string json_rejects(const RejectCounts& counts) {
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
    list +=
        fmt::format("{}{} {}", list.empty() ? " = " : " + ", format_thousands(counts[i]), name(i));
  }
  return list;
}

std::string lost_text(const Losses& losses) {
  return losses.block_count == 0 ? "" : "; " + losses_text(losses);
}

std::string json_losses(const Losses& losses) {
  return fmt::format("{{\"blocks\":{},\"records\":{},\"blocks_of_unknown_count\":{},\"bytes\":{}}}",
                     losses.block_count, losses.record_count, losses.uncounted_block_count,
                     losses.size_bytes);
}

}  // namespace

const SliceValue* find_slice(const MetricRow& row, const std::string& key) {
  const auto at = std::find_if(row.key.slice.begin(), row.key.slice.end(),
                               [&](const SliceValue& slice) { return slice.key == key; });
  return at == row.key.slice.end() ? nullptr : &*at;
}

std::vector<std::string> slice_keys(const std::vector<MetricRow>& rows,
                                    std::vector<std::string> keys) {
  for (const MetricRow& row : rows) {
    for (const SliceValue& slice : row.key.slice) {
      if (std::find(keys.begin(), keys.end(), slice.key) == keys.end()) keys.push_back(slice.key);
    }
  }
  return keys;
}

std::string metrics_csv(const std::vector<MetricRow>& rows, std::vector<std::string> keys) {
  keys = slice_keys(rows, std::move(keys));
  std::string csv = "model_version,window_start,window_end";
  for (const std::string& key : keys) csv += "," + csv_cell(key);
  for (const OutputColumn& column : kColumns) csv += fmt::format(",{}", column.name);
  csv += "\n";
  for (const MetricRow& row : rows) {
    csv += csv_optional(version_text(row));
    csv += "," + csv_optional(instant_text(row, row.key.window.start));
    csv += "," + csv_optional(instant_text(row, row.key.window.end));
    for (const std::string& key : keys) csv += "," + csv_slice(row, key);
    for (const OutputColumn& column : kColumns) csv += "," + csv_optional(column.cell(row));
    csv += "\n";
  }
  return csv;
}

std::string metrics_json_lines(const std::vector<MetricRow>& rows) {
  std::string json;
  for (const MetricRow& row : rows) json += json_row(row) + "\n";
  return json;
}

std::string metrics_json(const std::vector<MetricRow>& rows) { return json_rows(rows) + "}\n"; }

std::string metrics_json(const Evaluation& evaluation) {
  const Accounting& counts = evaluation.accounting;
  const auto outcome = [](size_t i) { return outcome_name(static_cast<Outcome>(i)); };
  const auto label_outcome = [](size_t i) {
    return label_outcome_name(static_cast<LabelOutcome>(i));
  };
  return fmt::format(
      "{},\n\"accounting\":{{\"predictions\":{{\"rows\":{},{},\"rejected_by_reason\":{},"
      "\"conflicts\":{},\"squared_error_defects\":{},\"pruned_files\":{},\"lost\":{}}},\n"
      "\"labels\":{{\"rows\":{},{},\"rejected_by_reason\":{},\"lost\":{}}}}},\n"
      "\"mapping\":{{\"predictions\":{},\"labels\":{}}}}}\n",
      json_rows(evaluation.rows), counts.prediction_rows,
      json_counts(counts.predictions.counts, outcome), json_rejects(counts.rejected_predictions),
      counts.conflicts, counts.squared_error_defects, counts.pruned_files,
      json_losses(counts.lost_predictions), counts.label_rows,
      json_counts(counts.labels, label_outcome), json_rejects(counts.rejected_labels),
      json_losses(counts.lost_labels), json_text(evaluation.mapping),
      json_text(evaluation.label_mapping));
}

std::string accounting_text(const Accounting& accounting, bool has_labels) {
  const auto reason = [](size_t i) { return reject_reason_name(static_cast<RejectReason>(i)); };
  std::string text =
      fmt::format("predictions: {}{}", format_counted(accounting.prediction_rows, "row"),
                  count_text(accounting.predictions.counts,
                             [](size_t i) { return outcome_name(static_cast<Outcome>(i)); }));
  if (accounting.predictions[Outcome::kRejected] > 0) {
    text += fmt::format("; rejected{}", count_text(accounting.rejected_predictions, reason));
  }
  if (accounting.conflicts > 0) {
    text += fmt::format("; {} with conflicting repeats", format_thousands(accounting.conflicts));
  }
  if (accounting.pruned_files > 0) {
    text += fmt::format("; {} left out by path", format_counted(accounting.pruned_files, "file"));
  }
  text += lost_text(accounting.lost_predictions) + "\n";
  if (!has_labels) return text;
  text += fmt::format("labels: {}{}", format_counted(accounting.label_rows, "row"),
                      count_text(accounting.labels, [](size_t i) {
                        return label_outcome_name(static_cast<LabelOutcome>(i));
                      }));
  if (accounting.labels[static_cast<size_t>(LabelOutcome::kRejected)] > 0) {
    text += fmt::format("; rejected{}", count_text(accounting.rejected_labels, reason));
  }
  return text + lost_text(accounting.lost_labels) + "\n";
}

}  // namespace mseavro
