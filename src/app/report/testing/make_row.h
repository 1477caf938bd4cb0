// Metric rows for tests.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/question/metric_row.h"

namespace mseavro {

// A row of the week that begins on `day` ("2025-07-28"), or of all time when it is empty, in which
// every prediction is off by `error`.
inline MetricRow make_row(std::optional<std::string> version, const std::string& day,
                          int64_t count = 100, double error = 1) {
  MetricRow row;
  row.key.model_version = std::move(version);
  if (!day.empty()) {
    row.window_spec.kind = WindowKind::kWeek;
    const Instant start = *parse_time(day, *TimeZone::utc());
    row.key.window = {start, start + 7 * kMicrosPerDay};
  }
  row.outcomes[Outcome::kScored] = count;
  for (int64_t i = 0; i < count; ++i) row.errors.update(10, 10 + error);
  row.metrics = row.errors.finalize();
  return row;
}

}  // namespace mseavro
