// Every row read ends in one counted outcome, and the counts add up.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "avro/container/salvage.h"
#include "engine/join/label_join.h"
#include "engine/question/metric_row.h"

namespace mseavro {

// Why a row cannot be used.
enum class RejectReason : uint8_t {
  kMalformedRow,  // A line of text that cannot be taken apart.
  kMissingPrediction,
  kPredictionNotFinite,
  kPredictionWrongType,
  kActualNotFinite,
  kActualWrongType,
  kMissingId,
  kIdWrongType,
  kMissingTimestamp,
  kBadTimestamp,
  kMissingActual,
  kMissingLabelTimestamp,
  kBadLabelTimestamp,
  kBadDeleted,
};
inline constexpr size_t kRejectReasonCount = 14;
// As in "prediction_not_finite".
std::string_view reject_reason_name(RejectReason reason);

using RejectCounts = std::array<int64_t, kRejectReasonCount>;

// The counts of a run, over all keys and windows.
struct Accounting {
  int64_t prediction_rows = 0;
  OutcomeCounts predictions;
  RejectCounts rejected_predictions{};

  int64_t label_rows = 0;
  LabelOutcomeCounts labels{};
  RejectCounts rejected_labels{};

  int64_t conflicts = 0;              // Predictions whose repeats differ.
  int64_t squared_error_defects = 0;  // Logged squared_error differs from (actual - prediction)^2.
  int64_t pruned_files = 0;           // Files left out by their path.

  // Damaged blocks that salvage passed over: their rows are in no other count.
  Losses lost_predictions;
  Losses lost_labels;

  void add(const Accounting& other);
  // Whether rows read equal the sum of their outcomes, for both kinds.
  bool adds_up() const;
};

}  // namespace mseavro
