// Metric rows as tables for people.
#pragma once

#include <string>
#include <vector>

#include "app/report/text_table.h"
#include "engine/question/metric_row.h"
#include "mseavro/error.h"

namespace mseavro {

// What `eval` shows: version, window, slices, count, coverage, MSE, RMSE, MAE, bias, and quantiles
// where they were asked for. Errors: kBadTimeZone.
Result<TextTable> metric_table(const std::vector<MetricRow>& rows);

// The leaders' review: Model Version | Window | (slices) | Count | MSE | RMSE | MAE | Notes. The
// notes say what must be known beside the numbers: labels late, few rows, better or worse than the
// baseline in the same window and slice, a new version, no version.
//
// `baseline` is the model version to compare with; a version that no row has compares nothing.
// Errors: kBadTimeZone.
Result<TextTable> review_table(const std::vector<MetricRow>& rows, const std::string& baseline);

// The model versions of the rows, the best baseline first: the one that was there first; of several
// the one with the lowest number in its name (v1.9 before v1.10); of several the one that predicted
// most.
std::vector<std::string> baseline_candidates(const std::vector<MetricRow>& rows);

}  // namespace mseavro
