// Joins predictions with labels by prediction id, and settles repeats and corrections.
//
// Rows are dealt to partitions by a hash of their id while files are read (JoinBuffer, one for each
// worker). After the last row each partition is settled by itself (settle_partition): all rows of
// an id are together, so partitions can be settled by any number of workers in any order.
//
// The rules are those of DESIGN section 7 and never look at the order of arrival:
//  - a prediction is known by (id, model version). Of its repeats the one with the earliest
//    timestamp counts (ties: the smaller prediction, the smaller slice values, one that the filter
//    keeps). Repeats equal to it are duplicates, others superseded.
//  - a label goes to every prediction with its id. Of several the one with the greatest label
//    time wins (none sorts first; ties: deleted, then the greater actual). An inline actual is a
//    label too. A label that comes later than max_label_delay after a prediction is not admitted
//    for it.
// With MatchPolicy::kLatestBefore times decide which prediction of a key a label is about:
//  - a prediction is known by (key, model version, timestamp).
//  - of each version, a label goes to the newest prediction at its instant or before it, if that is
//    no older than max_age. Among the labels of one prediction the rules above decide, so that a
//    correction counts until there is a newer prediction.
//  - an inline actual belongs to the prediction that carries it.
//  - a prediction without label is superseded if a label that it would have got went to a newer one
//    instead. A label without a prediction to go to is unmatched, each by itself.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/columns/column.h"
#include "base/time/time.h"
#include "engine/question/metric_row.h"
#include "engine/question/spec.h"

namespace mseavro {

// Sorts before every real instant.
inline constexpr Instant kNoInstant = INT64_MIN;

struct JoinLabel {
  std::string_view id;
  Instant time = kNoInstant;
  double actual = 0;  // Unspecified when deleted.
  bool is_deleted = false;
};

struct JoinPrediction {
  std::string_view id;
  Instant time = kNoInstant;
  double prediction = 0;
  uint32_t key = 0;      // Code of version and slice in the worker's KeyTable.
  uint32_t version = 0;  // Code of the version in the worker's ValueTable.
  bool is_filtered = false;
  bool has_label = false;  // The event carries its actual.
  JoinLabel label;         // Its id is not set.
};

// Whether a label of `label_time` is admitted for a prediction made at `time`. One that has no time
// always is.
bool is_in_time(Instant time, Instant label_time, std::optional<int64_t> max_label_delay_micros);
// Both must be real instants. Negative when the label was there first.
double delay_seconds(Instant time, Instant label_time);

// Where a label row ended. Every row read has exactly one.
enum class LabelOutcome : uint8_t {
  kMatched,
  kUnmatched,
  kSuperseded,
  kDuplicate,
  kExpired,
  kAfterAsOf,
  kRejected,
};
inline constexpr size_t kLabelOutcomeCount = 7;
std::string_view label_outcome_name(LabelOutcome outcome);
using LabelOutcomeCounts = std::array<int64_t, kLabelOutcomeCount>;

// The rows that one worker read, by partition. Ids are copied; nothing else has a tail.
class JoinBuffer {
 public:
  static constexpr size_t kPartitionCount = 64;

  struct Partition {
    TextArena ids;
    std::vector<JoinPrediction> predictions;
    std::vector<JoinLabel> labels;
  };

  void add(JoinPrediction prediction);
  void add(JoinLabel label);

  Partition& partition(size_t index) { return partitions_[index]; }
  size_t memory_bytes() const { return memory_bytes_; }

 private:
  Partition& partition_of(std::string_view* id);

  std::array<Partition, kPartitionCount> partitions_;
  size_t memory_bytes_ = 0;
};

struct JoinRules {
  std::optional<Instant> as_of;  // Labels after it do not exist.
  std::optional<int64_t> max_label_delay_micros;
  bool keep_duplicates = false;
  MatchPolicy match = MatchPolicy::kById;
  std::optional<int64_t> max_age_micros;  // Of kLatestBefore.
  // Total order of the slice values of two keys: negative, zero or positive.
  std::function<int(uint32_t, uint32_t)> compare_keys;
};

// One worker's rows of a partition, and what its codes are in the tables of the whole run.
struct JoinInput {
  JoinBuffer::Partition* rows;
  std::span<const uint32_t> keys;
  std::span<const uint32_t> versions;
};

struct SettledPrediction {
  const JoinPrediction* prediction;
  Outcome outcome;
  double actual = 0;                // When scored.
  Instant label_time = kNoInstant;  // When scored.
};

struct JoinCounts {
  LabelOutcomeCounts labels{};
  int64_t conflicts = 0;  // Predictions of which repeats differ.
};

// Hands every prediction of the partition to `take`, with its outcome, and counts the labels. Keys
// and versions of the rows are rewritten to the run's codes.
JoinCounts settle_partition(std::span<const JoinInput> inputs, const JoinRules& rules,
                            const std::function<void(const SettledPrediction&)>& take);

}  // namespace mseavro
