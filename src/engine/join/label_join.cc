#include "engine/join/label_join.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <tuple>

#include "base/result/hash.h"

namespace mseavro {
namespace {

// The total order of IEEE 754: -0.0 before 0.0.
int64_t total_order(double number) {
  const int64_t bits = std::bit_cast<int64_t>(number);
  return bits < 0 ? bits ^ INT64_MAX : bits;
}

auto precedence(const JoinLabel& label) {
  return std::tuple(label.time, label.is_deleted,
                    label.is_deleted ? int64_t{0} : total_order(label.actual));
}

// Rows of all inputs brought together by id: rows of id i are order[begins[i]] to
// order[begins[i + 1] - 1].
template <class Row>
struct RowsById {
  std::vector<Row*> order;
  std::vector<uint32_t> begins;

  std::span<Row*> rows(uint32_t id) {
    return std::span(order).subspan(begins[id], begins[id + 1] - begins[id]);
  }
};

template <class Row>
RowsById<Row> group_by_id(std::span<const JoinInput> inputs,
                          std::vector<Row> JoinBuffer::Partition::* member,
                          const std::vector<uint32_t>& codes, uint32_t id_count) {
  RowsById<Row> grouped;
  grouped.begins.resize(id_count + 1);
  for (uint32_t code : codes) ++grouped.begins[code + 1];
  std::partial_sum(grouped.begins.begin(), grouped.begins.end(), grouped.begins.begin());
  std::vector<uint32_t> next(grouped.begins.begin(), grouped.begins.end() - 1);
  grouped.order.resize(codes.size());
  size_t at = 0;
  for (const JoinInput& input : inputs) {
    for (Row& row : input.rows->*member) grouped.order[next[codes[at++]]++] = &row;
  }
  return grouped;
}

template <class Row>
std::vector<uint32_t> code_ids(std::span<const JoinInput> inputs,
                               std::vector<Row> JoinBuffer::Partition::* member, StringTable& ids) {
  std::vector<uint32_t> codes;
  for (const JoinInput& input : inputs) {
    for (const Row& row : input.rows->*member) codes.push_back(ids.code(row.id));
  }
  return codes;
}

// A label that could count for a prediction, and what became of it.
struct Candidate {
  const JoinLabel* label;
  bool is_row;  // A row of a label source, not an inline actual.
  bool won = false;
};

// Settles all rows of one id. Reused from id to id, so that vectors keep their memory.
class IdSettler {
 public:
  IdSettler(const JoinRules& rules, const std::function<void(const SettledPrediction&)>& take,
            JoinCounts& counts)
      : rules_(rules), take_(take), counts_(counts) {}

  void settle(std::span<JoinPrediction*> predictions, std::span<JoinLabel*> labels) {
    gather_candidates(predictions, labels);
    has_prediction_ = !predictions.empty();
    admitted_count_ = 0;
    settle_predictions(predictions);
    count_label_rows();
  }

 private:
  void count(LabelOutcome outcome) { ++counts_.labels[static_cast<size_t>(outcome)]; }

  bool exists(const JoinLabel& label) const { return !rules_.as_of || label.time <= *rules_.as_of; }

  // Leaves the candidates sorted, the strongest last; of equal ones the row of a label source.
  void gather_candidates(std::span<JoinPrediction*> predictions, std::span<JoinLabel*> labels) {
    candidates_.clear();
    for (const JoinLabel* label : labels) {
      if (exists(*label)) {
        candidates_.push_back({label, true});
      } else {
        count(LabelOutcome::kAfterAsOf);
      }
    }
    std::sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
      return precedence(*a.label) < precedence(*b.label);
    });
    const auto repeats = std::unique(
        candidates_.begin(), candidates_.end(),
        [](const auto& a, const auto& b) { return precedence(*a.label) == precedence(*b.label); });
    counts_.labels[static_cast<size_t>(LabelOutcome::kDuplicate)] += candidates_.end() - repeats;
    candidates_.erase(repeats, candidates_.end());

    const size_t row_count = candidates_.size();
    for (const JoinPrediction* prediction : predictions) {
      if (prediction->has_label && exists(prediction->label)) {
        candidates_.push_back({&prediction->label, false});
      }
    }
    if (candidates_.size() == row_count) return;
    std::sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
      return std::tuple(precedence(*a.label), a.is_row) <
             std::tuple(precedence(*b.label), b.is_row);
    });
  }

  void settle_predictions(std::span<JoinPrediction*> predictions) {
    if (predictions.size() > 1) {
      std::sort(
          predictions.begin(), predictions.end(),
          [&](const JoinPrediction* a, const JoinPrediction* b) { return is_before(*a, *b); });
    }
    const JoinPrediction* winner = nullptr;
    bool has_conflict = false;
    for (const JoinPrediction* prediction : predictions) {
      if (rules_.keep_duplicates || winner == nullptr || winner->version != prediction->version) {
        winner = prediction;
        has_conflict = false;
        score(*prediction);
      } else if (is_before(*winner, *prediction)) {
        if (!has_conflict) ++counts_.conflicts;
        has_conflict = true;
        take_({prediction, Outcome::kSuperseded});
      } else {
        take_({prediction, Outcome::kDuplicate});
      }
    }
  }

  bool is_before(const JoinPrediction& a, const JoinPrediction& b) const {
    const auto fields = [](const JoinPrediction& row) {
      return std::tuple(row.version, row.time, total_order(row.prediction));
    };
    if (fields(a) != fields(b)) return fields(a) < fields(b);
    const int order = a.key == b.key ? 0 : rules_.compare_keys(a.key, b.key);
    return order != 0 ? order < 0 : a.is_filtered < b.is_filtered;
  }

  void score(const JoinPrediction& prediction) {
    const Candidate* label = find_label(prediction);
    if (prediction.is_filtered) {
      take_({&prediction, Outcome::kFiltered});
    } else if (label == nullptr || label->label->is_deleted) {
      take_({&prediction, Outcome::kUnlabelled});
    } else {
      take_({&prediction, Outcome::kScored, label->label->actual, label->label->time});
    }
  }

  // The strongest label that is admitted for the prediction: candidates are sorted by time, so
  // those admitted are the first ones.
  const Candidate* find_label(const JoinPrediction& prediction) {
    const auto end = std::partition_point(
        candidates_.begin(), candidates_.end(), [&](const Candidate& candidate) {
          return is_in_time(prediction.time, candidate.label->time, rules_.max_label_delay_micros);
        });
    if (end == candidates_.begin()) return nullptr;
    admitted_count_ = std::max(admitted_count_, static_cast<size_t>(end - candidates_.begin()));
    Candidate& winner = *std::prev(end);
    winner.won = true;
    return &winner;
  }

  void count_label_rows() {
    bool is_strongest = true;
    for (size_t i = candidates_.size(); i-- > 0;) {
      if (!candidates_[i].is_row) continue;
      count(outcome_of(i, is_strongest));
      is_strongest = false;
    }
  }

  LabelOutcome outcome_of(size_t index, bool is_strongest) const {
    if (!has_prediction_) {
      return is_strongest ? LabelOutcome::kUnmatched : LabelOutcome::kSuperseded;
    }
    if (candidates_[index].won) return LabelOutcome::kMatched;
    return index < admitted_count_ ? LabelOutcome::kSuperseded : LabelOutcome::kExpired;
  }

  const JoinRules& rules_;
  const std::function<void(const SettledPrediction&)>& take_;
  JoinCounts& counts_;
  std::vector<Candidate> candidates_;
  size_t admitted_count_ = 0;  // The first candidates, which were admitted for some prediction.
  bool has_prediction_ = false;
};

}  // namespace

bool is_in_time(Instant time, Instant label_time, std::optional<int64_t> max_label_delay_micros) {
  if (!max_label_delay_micros || label_time == kNoInstant || time == kNoInstant) return true;
  int64_t delay;
  if (__builtin_sub_overflow(label_time, time, &delay)) return label_time < time;
  return delay <= *max_label_delay_micros;
}

double delay_seconds(Instant time, Instant label_time) {
  const double micros = static_cast<double>(label_time) - static_cast<double>(time);
  return micros / static_cast<double>(kMicrosPerSecond);
}

std::string_view label_outcome_name(LabelOutcome outcome) {
  static constexpr std::string_view kNames[kLabelOutcomeCount] = {
      "matched", "unmatched", "superseded", "duplicate", "expired", "after_as_of", "rejected"};
  return kNames[static_cast<size_t>(outcome)];
}

JoinBuffer::Partition& JoinBuffer::partition_of(std::string_view* id) {
  Partition& partition = partitions_[hash_bytes(*id) >> 32 & (kPartitionCount - 1)];
  *id = partition.ids.copy(*id);
  memory_bytes_ += id->size();
  return partition;
}

void JoinBuffer::add(JoinPrediction prediction) {
  partition_of(&prediction.id).predictions.push_back(prediction);
  memory_bytes_ += sizeof(prediction);
}

void JoinBuffer::add(JoinLabel label) {
  partition_of(&label.id).labels.push_back(label);
  memory_bytes_ += sizeof(label);
}

JoinCounts settle_partition(std::span<const JoinInput> inputs, const JoinRules& rules,
                            const std::function<void(const SettledPrediction&)>& take) {
  for (const JoinInput& input : inputs) {
    for (JoinPrediction& prediction : input.rows->predictions) {
      prediction.key = input.keys[prediction.key];
      prediction.version = input.versions[prediction.version];
    }
  }
  StringTable ids;
  const auto prediction_ids = code_ids(inputs, &JoinBuffer::Partition::predictions, ids);
  const auto label_ids = code_ids(inputs, &JoinBuffer::Partition::labels, ids);
  auto predictions =
      group_by_id(inputs, &JoinBuffer::Partition::predictions, prediction_ids, ids.size());
  auto labels = group_by_id(inputs, &JoinBuffer::Partition::labels, label_ids, ids.size());

  JoinCounts counts;
  IdSettler settler(rules, take, counts);
  for (uint32_t id = 0; id < ids.size(); ++id) {
    settler.settle(predictions.rows(id), labels.rows(id));
  }
  return counts;
}

}  // namespace mseavro
