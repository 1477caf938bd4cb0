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

// A row of a label source, and what became of it. Which predictions it could count for is known as
// ranges of rows; each row holds how many more ranges it is in than the row before it.
struct LabelRow {
  const JoinLabel* label;
  bool won = false;
  int32_t scopes_begun = 0;      // Scopes of predictions: see IdSettler::scope_of.
  int32_t admissions_begun = 0;  // The part of a scope that comes in time.
};

struct RowRange {
  size_t begin;
  size_t end;
};

// Settles all rows of one id. Reused from id to id, so that vectors keep their memory.
class IdSettler {
 public:
  IdSettler(const JoinRules& rules, const std::function<void(const SettledPrediction&)>& take,
            JoinCounts& counts)
      : rules_(rules), take_(take), counts_(counts) {}

  void settle(std::span<JoinPrediction*> predictions, std::span<JoinLabel*> labels) {
    gather_rows(labels);
    if (predictions.size() > 1) {
      std::sort(
          predictions.begin(), predictions.end(),
          [&](const JoinPrediction* a, const JoinPrediction* b) { return is_before(*a, *b); });
    }
    if (!by_time()) gather_inline(predictions);
    for (size_t begin = 0; begin < predictions.size();) {
      size_t end = begin + 1;
      while (end < predictions.size() && is_same(*predictions[begin], *predictions[end])) ++end;
      const JoinPrediction* next = end < predictions.size() ? predictions[end] : nullptr;
      settle_repeats(predictions.subspan(begin, end - begin), next);
      begin = end;
    }
    count_label_rows();
  }

 private:
  bool by_time() const { return rules_.match == MatchPolicy::kLatestBefore; }

  void count(LabelOutcome outcome) { ++counts_.labels[static_cast<size_t>(outcome)]; }

  bool exists(const JoinLabel& label) const { return !rules_.as_of || label.time <= *rules_.as_of; }

  // Leaves the rows sorted, the strongest last, without repeats.
  void gather_rows(std::span<JoinLabel*> labels) {
    rows_.clear();
    for (const JoinLabel* label : labels) {
      if (exists(*label)) {
        rows_.push_back({label});
      } else {
        count(LabelOutcome::kAfterAsOf);
      }
    }
    std::sort(rows_.begin(), rows_.end(), [](const LabelRow& a, const LabelRow& b) {
      return precedence(*a.label) < precedence(*b.label);
    });
    const auto repeats =
        std::unique(rows_.begin(), rows_.end(), [](const LabelRow& a, const LabelRow& b) {
          return precedence(*a.label) == precedence(*b.label);
        });
    counts_.labels[static_cast<size_t>(LabelOutcome::kDuplicate)] += rows_.end() - repeats;
    rows_.erase(repeats, rows_.end());
  }

  // The same of the actuals that these predictions carry.
  void gather_inline(std::span<JoinPrediction*> predictions) {
    inline_.clear();
    for (const JoinPrediction* prediction : predictions) {
      if (prediction->has_label && exists(prediction->label)) inline_.push_back(&prediction->label);
    }
    if (inline_.size() < 2) return;
    std::sort(inline_.begin(), inline_.end(), [](const JoinLabel* a, const JoinLabel* b) {
      return precedence(*a) < precedence(*b);
    });
  }

  // Whether they are repeats of one prediction.
  bool is_same(const JoinPrediction& a, const JoinPrediction& b) const {
    return a.version == b.version && (!by_time() || a.time == b.time);
  }

  // `next` is the row behind the repeats.
  void settle_repeats(std::span<JoinPrediction*> repeats, const JoinPrediction* next) {
    if (by_time()) gather_inline(repeats);
    const RowRange scope = scope_of(*repeats.front(), next);
    begin_and_end(scope, &LabelRow::scopes_begun);
    const JoinPrediction* winner = nullptr;
    bool has_conflict = false;
    for (const JoinPrediction* prediction : repeats) {
      if (rules_.keep_duplicates || winner == nullptr) {
        winner = prediction;
        score(*prediction, scope);
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

  // The first row that is at `time` or later.
  size_t first_at(Instant time) const {
    const auto at = std::partition_point(
        rows_.begin(), rows_.end(), [&](const LabelRow& row) { return row.label->time < time; });
    return static_cast<size_t>(at - rows_.begin());
  }

  // The rows from scope.begin on that come no later after the prediction than `delay` says.
  RowRange within(const JoinPrediction& prediction, RowRange scope,
                  std::optional<int64_t> delay_micros) const {
    const auto begin = rows_.begin() + static_cast<ptrdiff_t>(scope.begin);
    const auto end = std::partition_point(
        begin, rows_.begin() + static_cast<ptrdiff_t>(scope.end), [&](const LabelRow& row) {
          return is_in_time(prediction.time, row.label->time, delay_micros);
        });
    return {scope.begin, static_cast<size_t>(end - rows_.begin())};
  }

  // Rows that would be the prediction's if it were the newest of its version.
  RowRange reach_of(const JoinPrediction& prediction) const {
    if (!by_time()) return {0, rows_.size()};
    return within(prediction, {first_at(prediction.time), rows_.size()}, rules_.max_age_micros);
  }

  // Rows that are the prediction's, if they come in time.
  RowRange scope_of(const JoinPrediction& prediction, const JoinPrediction* next) const {
    RowRange scope = reach_of(prediction);
    if (by_time() && next != nullptr && next->version == prediction.version) {
      scope.end = std::clamp(first_at(next->time), scope.begin, scope.end);
    }
    return scope;
  }

  void begin_and_end(RowRange range, int32_t LabelRow::* begun) {
    if (range.begin < rows_.size()) ++(rows_[range.begin].*begun);
    if (range.end < rows_.size()) --(rows_[range.end].*begun);
  }

  void score(const JoinPrediction& prediction, RowRange scope) {
    const RowRange admitted = within(prediction, scope, rules_.max_label_delay_micros);
    begin_and_end(admitted, &LabelRow::admissions_begun);
    const JoinLabel* label = strongest_label(prediction, admitted);
    if (prediction.is_filtered) {
      take_({&prediction, Outcome::kFiltered});
    } else if (label != nullptr && !label->is_deleted) {
      take_({&prediction, Outcome::kScored, label->actual, label->time});
    } else if (label == nullptr && is_passed_over(prediction)) {
      take_({&prediction, Outcome::kSuperseded});
    } else {
      take_({&prediction, Outcome::kUnlabelled});
    }
  }

  // Of a row and an inline actual that are equal, the row counts.
  const JoinLabel* strongest_label(const JoinPrediction& prediction, RowRange admitted) {
    const auto inline_end =
        std::partition_point(inline_.begin(), inline_.end(), [&](const JoinLabel* label) {
          return is_in_time(prediction.time, label->time, rules_.max_label_delay_micros);
        });
    const JoinLabel* carried = inline_end == inline_.begin() ? nullptr : *std::prev(inline_end);
    if (admitted.begin == admitted.end) return carried;
    LabelRow& row = rows_[admitted.end - 1];
    if (carried != nullptr && precedence(*row.label) < precedence(*carried)) return carried;
    row.won = true;
    return row.label;
  }

  // Of a prediction that got no label: whether one went to a newer prediction instead.
  bool is_passed_over(const JoinPrediction& prediction) const {
    if (!by_time()) return false;
    const RowRange reach = within(prediction, reach_of(prediction), rules_.max_label_delay_micros);
    return reach.begin != reach.end;
  }

  void count_label_rows() {
    int32_t scope_count = 0;
    int32_t admission_count = 0;
    for (size_t index = 0; index < rows_.size(); ++index) {
      scope_count += rows_[index].scopes_begun;
      admission_count += rows_[index].admissions_begun;
      if (rows_[index].won) {
        count(LabelOutcome::kMatched);
      } else if (admission_count > 0) {
        count(LabelOutcome::kSuperseded);
      } else if (scope_count > 0) {
        count(LabelOutcome::kExpired);
      } else {
        // Without a prediction to go to, the strongest waits for one; each does if times decide.
        const bool waits = by_time() || index + 1 == rows_.size();
        count(waits ? LabelOutcome::kUnmatched : LabelOutcome::kSuperseded);
      }
    }
  }

  const JoinRules& rules_;
  const std::function<void(const SettledPrediction&)>& take_;
  JoinCounts& counts_;
  std::vector<LabelRow> rows_;
  std::vector<const JoinLabel*> inline_;
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
