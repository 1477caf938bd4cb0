#include "engine/question/metric_row.h"

#include <numeric>

// Embedded by the build.
extern "C" const char mseavro_metric_row_schema_begin[];
extern "C" const char mseavro_metric_row_schema_end[];

namespace mseavro {

std::string_view metric_row_schema() {
  return {mseavro_metric_row_schema_begin, mseavro_metric_row_schema_end};
}

std::string_view outcome_name(Outcome outcome) {
  static constexpr std::string_view kNames[kOutcomeCount] = {
      "scored", "unlabelled", "duplicate", "superseded", "filtered", "after_as_of", "rejected"};
  return kNames[static_cast<size_t>(outcome)];
}

// Forged metrics files can hold counts that no number of real rows adds up to.
int64_t OutcomeCounts::total() const {
  return std::accumulate(counts.begin(), counts.end(), int64_t{0}, saturating_add);
}

void OutcomeCounts::add(const OutcomeCounts& other) {
  for (size_t i = 0; i < kOutcomeCount; ++i) {
    counts[i] = saturating_add(counts[i], other.counts[i]);
  }
}

std::optional<double> MetricRow::coverage() const {
  const int64_t scored = outcomes[Outcome::kScored];
  const int64_t known = scored + outcomes[Outcome::kUnlabelled];
  if (known == 0) return std::nullopt;
  return static_cast<double>(scored) / static_cast<double>(known);
}

}  // namespace mseavro
