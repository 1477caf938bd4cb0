// Metric rows as text: a table for people, CSV and JSON for scripts.
#pragma once

#include <string>
#include <vector>

#include "engine/evaluate/evaluate.h"
#include "engine/question/metric_row.h"

namespace mseavro {

// CSV with a header. Columns: model_version, window_start, window_end, the slice keys, predictions,
// count, coverage, mse, rmse, mae, bias, then the other outcomes, quantiles, as_of, revision, final
// and notes. Instants are RFC 3339 in UTC, null is empty, mixed versions are `*`, numbers are in
// shortest round-trip form.
std::string metrics_csv(const std::vector<MetricRow>& rows);

// One JSON object a row.
std::string metrics_json_lines(const std::vector<MetricRow>& rows);

// {"rows": [...], "accounting": {...}, "mapping": {...}}
std::string metrics_json(const Evaluation& evaluation);

// What became of every row read, for people: one line for predictions and one for labels.
std::string accounting_text(const Accounting& accounting, bool has_labels);

}  // namespace mseavro
