// The rules of DESIGN section 7, word for word: every pair of rows is looked at, nothing is sorted
// or indexed. Slow and obvious, to compare the join with.
#pragma once

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "engine/join/testing/join_world.h"

namespace mseavro {

class JoinOracle {
 public:
  explicit JoinOracle(const World& world) : world_(world) {}

  WorldAnswer settle() {
    for (size_t i = 0; i < world_.predictions.size(); ++i) settle_prediction(i);
    for (size_t i = 0; i < world_.labels.size(); ++i) ++count_of(label_outcome(i));
    answer_.counts.conflicts = static_cast<int64_t>(conflicts_.size());
    std::sort(answer_.outcomes.begin(), answer_.outcomes.end());
    return std::move(answer_);
  }

 private:
  // IEEE total order of finite numbers.
  static bool is_less(double a, double b) {
    return a < b || (a == b && std::signbit(a) && !std::signbit(b));
  }

  static bool is_equal(const WorldLabel& a, const WorldLabel& b) {
    return !is_stronger(a, b) && !is_stronger(b, a);
  }

  // "The greatest label_timestamp wins (none sorts first); ties: deleted wins, then the greater
  // actual in IEEE total order."
  static bool is_stronger(const WorldLabel& a, const WorldLabel& b) {
    if (a.time != b.time) return a.time > b.time;
    if (a.is_deleted != b.is_deleted) return a.is_deleted;
    return !a.is_deleted && is_less(b.actual, a.actual);
  }

  // "The earliest timestamp wins, ties by the smaller (prediction, used slice values)." What the
  // filter keeps goes before what it leaves out: its columns are used, too.
  static bool is_before(const WorldPrediction& a, const WorldPrediction& b) {
    if (a.time != b.time) return a.time < b.time;
    if (is_less(a.prediction, b.prediction)) return true;
    if (is_less(b.prediction, a.prediction)) return false;
    if (a.slice != b.slice) return a.slice < b.slice;
    return !a.is_filtered && b.is_filtered;
  }

  bool by_time() const { return world_.match == MatchPolicy::kLatestBefore; }

  bool is_same(const WorldPrediction& a, const WorldPrediction& b) const {
    return a.id == b.id && a.version == b.version && (!by_time() || a.time == b.time);
  }

  bool exists(const WorldLabel& label) const {
    return !world_.as_of || label.time <= *world_.as_of;
  }

  static bool is_within(const WorldLabel& label, const WorldPrediction& prediction,
                        std::optional<int64_t> delay_micros) {
    if (!delay_micros) return true;
    if (label.time == kNoInstant || prediction.time == kNoInstant) return true;
    return static_cast<__int128>(label.time) - prediction.time <= *delay_micros;
  }

  bool is_admitted(const WorldLabel& label, const WorldPrediction& prediction) const {
    return is_within(label, prediction, world_.max_label_delay_micros);
  }

  // Whether the label row is about the prediction if no newer one is nearer.
  bool is_in_reach(const WorldLabel& label, const WorldPrediction& prediction) const {
    if (label.id != prediction.id) return false;
    return !by_time() ||
           (prediction.time <= label.time && is_within(label, prediction, world_.max_age_micros));
  }

  // "A label goes to the newest prediction at or before it (within max_age)", of each version.
  bool goes_to(const WorldLabel& label, const WorldPrediction& prediction) const {
    if (!is_in_reach(label, prediction)) return false;
    if (!by_time()) return true;
    return std::none_of(world_.predictions.begin(), world_.predictions.end(),
                        [&](const WorldPrediction& other) {
                          return other.id == label.id && other.version == prediction.version &&
                                 other.time > prediction.time && other.time <= label.time;
                        });
  }

  bool is_passed_over(const WorldPrediction& prediction) const {
    return by_time() &&
           std::any_of(world_.labels.begin(), world_.labels.end(), [&](const WorldLabel& label) {
             return exists(label) && is_in_reach(label, prediction) &&
                    is_admitted(label, prediction) && !goes_to(label, prediction);
           });
  }

  // The strongest label that is admitted for the prediction.
  std::optional<WorldLabel> label_for(const WorldPrediction& prediction) const {
    std::optional<WorldLabel> best;
    const auto look_at = [&](const WorldLabel& label) {
      if (!exists(label) || !is_admitted(label, prediction)) return;
      if (!best || is_stronger(label, *best)) best = label;
    };
    for (const WorldLabel& label : world_.labels) {
      if (goes_to(label, prediction)) look_at(label);
    }
    for (const WorldPrediction& other : world_.predictions) {
      const bool is_about_it = by_time() ? is_same(other, prediction) : other.id == prediction.id;
      if (is_about_it && other.label) look_at(*other.label);
    }
    return best;
  }

  // Whether the prediction counts, or is a repeat.
  std::optional<Outcome> repeat_outcome(size_t index) const {
    if (world_.keep_duplicates) return std::nullopt;
    const WorldPrediction& row = world_.predictions[index];
    std::optional<Outcome> outcome;
    for (size_t i = 0; i < world_.predictions.size(); ++i) {
      const WorldPrediction& other = world_.predictions[i];
      if (!is_same(row, other)) continue;
      if (is_before(other, row)) return Outcome::kSuperseded;
      if (i < index && !is_before(row, other)) outcome = Outcome::kDuplicate;
    }
    return outcome;
  }

  void settle_prediction(size_t index) {
    const WorldPrediction& row = world_.predictions[index];
    SettledPrediction settled{nullptr, Outcome::kUnlabelled};
    if (const auto repeat = repeat_outcome(index)) {
      settled.outcome = *repeat;
      if (*repeat == Outcome::kSuperseded) {
        conflicts_.insert({row.id, row.version, by_time() ? row.time : kNoInstant});
      }
    } else if (row.is_filtered) {
      settled.outcome = Outcome::kFiltered;
    } else if (const auto label = label_for(row); label && !label->is_deleted) {
      settled = {nullptr, Outcome::kScored, label->actual, label->time};
    } else if (!label && is_passed_over(row)) {
      settled.outcome = Outcome::kSuperseded;
    }
    JoinPrediction shown;
    shown.time = row.time;
    shown.prediction = row.prediction;
    shown.is_filtered = row.is_filtered;
    answer_.outcomes.push_back(describe_outcome(row.id, row.version, row.slice, shown, settled));
  }

  LabelOutcome label_outcome(size_t index) const {
    const WorldLabel& label = world_.labels[index];
    if (!exists(label)) return LabelOutcome::kAfterAsOf;
    bool has_stronger = false;
    for (size_t i = 0; i < world_.labels.size(); ++i) {
      const WorldLabel& other = world_.labels[i];
      if (other.id != label.id || !exists(other)) continue;
      if (i < index && is_equal(other, label)) return LabelOutcome::kDuplicate;
      if (is_stronger(other, label)) has_stronger = true;
    }
    bool has_prediction = false;
    bool was_admitted = false;
    for (size_t i = 0; i < world_.predictions.size(); ++i) {
      const WorldPrediction& row = world_.predictions[i];
      if (!goes_to(label, row)) continue;
      has_prediction = true;
      if (repeat_outcome(i)) continue;
      if (is_admitted(label, row)) was_admitted = true;
      const auto best = label_for(row);
      if (best && is_equal(*best, label)) return LabelOutcome::kMatched;
    }
    if (!has_prediction) {
      return has_stronger && !by_time() ? LabelOutcome::kSuperseded : LabelOutcome::kUnmatched;
    }
    return was_admitted ? LabelOutcome::kSuperseded : LabelOutcome::kExpired;
  }

  int64_t& count_of(LabelOutcome outcome) {
    return answer_.counts.labels[static_cast<size_t>(outcome)];
  }

  const World& world_;
  WorldAnswer answer_;
  std::set<std::tuple<std::string, OptionalText, Instant>> conflicts_;
};

}  // namespace mseavro
