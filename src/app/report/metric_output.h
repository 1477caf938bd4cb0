// Metric rows as text: a table for people, CSV and JSON for scripts.
#pragma once

#include <string>
#include <vector>

#include "engine/evaluate/evaluate.h"
#include "engine/question/metric_row.h"

namespace mseavro {

// The slice keys of the rows, each once, behind those in `keys`.
std::vector<std::string> slice_keys(const std::vector<MetricRow>& rows,
                                    std::vector<std::string> keys = {});
// nullptr: the row is not sliced by the key, it is over all of its values.
const SliceValue* find_slice(const MetricRow& row, const std::string& key);

// CSV with a header. Columns: model_version, window_start, window_end, the slice keys (those in
// `keys` first, even when no row has them), predictions, count, coverage, mse, rmse, mae, bias,
// then the other outcomes, quantiles, as_of, revision, final and notes. Instants are RFC 3339 in
// UTC, null is empty and an empty text `""`, all values and mixed versions are `*`, numbers are in
// shortest round-trip form.
std::string metrics_csv(const std::vector<MetricRow>& rows, std::vector<std::string> keys = {});

// One JSON object a row: the columns of the CSV, the slice as an object, and the reasons why
// metrics are null.
std::string metrics_json_lines(const std::vector<MetricRow>& rows);

// {"rows": [...]}, and of a run also {"accounting": {...}, "mapping": {...}}.
std::string metrics_json(const std::vector<MetricRow>& rows);
std::string metrics_json(const Evaluation& evaluation);

// What became of every row read, for people: one line for predictions and one for labels.
std::string accounting_text(const Accounting& accounting, bool has_labels);

}  // namespace mseavro
