#include "engine/evaluate/accounting.h"

#include <numeric>

namespace mseavro {
namespace {

template <class Counts>
void add_counts(Counts& to, const Counts& from) {
  for (size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

template <class Counts>
int64_t total(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), int64_t{0});
}

}  // namespace

std::string_view reject_reason_name(RejectReason reason) {
  static constexpr std::string_view kNames[kRejectReasonCount] = {"malformed_row",
                                                                  "missing_prediction",
                                                                  "prediction_not_finite",
                                                                  "prediction_wrong_type",
                                                                  "actual_not_finite",
                                                                  "actual_wrong_type",
                                                                  "missing_id",
                                                                  "id_wrong_type",
                                                                  "missing_timestamp",
                                                                  "bad_timestamp",
                                                                  "missing_actual",
                                                                  "missing_label_timestamp",
                                                                  "bad_label_timestamp",
                                                                  "bad_deleted"};
  return kNames[static_cast<size_t>(reason)];
}

void Accounting::add(const Accounting& other) {
  prediction_rows += other.prediction_rows;
  predictions.add(other.predictions);
  add_counts(rejected_predictions, other.rejected_predictions);
  label_rows += other.label_rows;
  add_counts(labels, other.labels);
  add_counts(rejected_labels, other.rejected_labels);
  conflicts += other.conflicts;
  squared_error_defects += other.squared_error_defects;
  pruned_files += other.pruned_files;
  lost_predictions.add(other.lost_predictions);
  lost_labels.add(other.lost_labels);
}

bool Accounting::adds_up() const {
  const auto rejected = static_cast<size_t>(LabelOutcome::kRejected);
  return prediction_rows == predictions.total() && label_rows == total(labels) &&
         total(rejected_predictions) == predictions[Outcome::kRejected] &&
         total(rejected_labels) == labels[rejected];
}

}  // namespace mseavro
