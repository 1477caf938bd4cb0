// Small worlds of predictions and labels for tests of the join.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "engine/join/label_join.h"

namespace mseavro {

using OptionalText = std::optional<std::string>;

struct WorldLabel {
  std::string id = "a";
  Instant time = kNoInstant;
  double actual = 0;
  bool is_deleted = false;
};

struct WorldPrediction {
  std::string id = "a";
  OptionalText version = "v1";
  Instant time = kNoInstant;
  double prediction = 0;
  OptionalText slice = {};
  bool is_filtered = false;
  std::optional<WorldLabel> label = {};  // Inline; its id is that of the prediction.
};

struct World {
  std::vector<WorldPrediction> predictions = {};
  std::vector<WorldLabel> labels = {};
  std::optional<Instant> as_of = {};
  std::optional<int64_t> max_label_delay_micros = {};
  bool keep_duplicates = false;
  MatchPolicy match = MatchPolicy::kById;
  std::optional<int64_t> max_age_micros = {};
};

struct WorldAnswer {
  // One text for each prediction, sorted: equal repeats cannot be told apart.
  std::vector<std::string> outcomes;
  JoinCounts counts;
};

// "v1 @10 2.5 eu: scored 3 @20"; numbers that differ in any bit differ.
inline std::string describe_outcome(const std::string& id, const OptionalText& version,
                                    const OptionalText& slice, const JoinPrediction& row,
                                    const SettledPrediction& settled) {
  const auto instant = [](Instant time) {
    return time == kNoInstant ? std::string() : fmt::format(" @{}", time);
  };
  std::string text =
      fmt::format("{} {}{} {}{}{}: {}", id, version.value_or("null"), instant(row.time),
                  row.prediction, slice ? " " + *slice : "", row.is_filtered ? " (filtered)" : "",
                  outcome_name(settled.outcome));
  if (settled.outcome != Outcome::kScored) return text;
  return text + fmt::format(" {}{}", settled.actual, instant(settled.label_time));
}

// Codes of optional texts in order of appearance, as each worker has its own.
class CodeBook {
 public:
  uint32_t code(const OptionalText& text) {
    const auto [at, is_new] = codes_.try_emplace(text, static_cast<uint32_t>(texts_.size()));
    if (is_new) texts_.push_back(text);
    return at->second;
  }
  const OptionalText& text(uint32_t code) const { return texts_[code]; }
  std::vector<uint32_t> translate(const CodeBook& other) {
    std::vector<uint32_t> codes;
    for (const OptionalText& text : other.texts_) codes.push_back(code(text));
    return codes;
  }

 private:
  std::map<OptionalText, uint32_t> codes_;
  std::vector<OptionalText> texts_;
};

// Deals the rows to `buffer_count` buffers by chance, in random order, and settles all partitions.
inline WorldAnswer settle_world(const World& world, size_t buffer_count, std::mt19937& random) {
  struct Buffer {
    JoinBuffer rows;
    CodeBook versions;
    CodeBook slices;
  };
  std::vector<Buffer> buffers(buffer_count);
  const auto any_buffer = [&]() -> Buffer& { return buffers[random() % buffer_count]; };
  std::vector<WorldPrediction> predictions = world.predictions;
  std::vector<WorldLabel> labels = world.labels;
  std::shuffle(predictions.begin(), predictions.end(), random);
  std::shuffle(labels.begin(), labels.end(), random);
  for (const WorldPrediction& from : predictions) {
    Buffer& buffer = any_buffer();
    JoinPrediction row{.id = from.id,
                       .time = from.time,
                       .prediction = from.prediction,
                       .key = buffer.slices.code(from.slice),
                       .version = buffer.versions.code(from.version),
                       .is_filtered = from.is_filtered,
                       .has_label = from.label.has_value(),
                       .label = {}};
    if (from.label) {
      row.label = {{}, from.label->time, from.label->actual, from.label->is_deleted};
    }
    buffer.rows.add(row);
  }
  for (const WorldLabel& from : labels) {
    any_buffer().rows.add(JoinLabel{from.id, from.time, from.actual, from.is_deleted});
  }

  CodeBook versions;
  CodeBook slices;
  std::vector<std::vector<uint32_t>> version_codes;
  std::vector<std::vector<uint32_t>> slice_codes;
  for (const Buffer& buffer : buffers) {
    version_codes.push_back(versions.translate(buffer.versions));
    slice_codes.push_back(slices.translate(buffer.slices));
  }
  const JoinRules rules{.as_of = world.as_of,
                        .max_label_delay_micros = world.max_label_delay_micros,
                        .keep_duplicates = world.keep_duplicates,
                        .match = world.match,
                        .max_age_micros = world.max_age_micros,
                        .compare_keys = [&](uint32_t a, uint32_t b) {
                          const auto order = slices.text(a) <=> slices.text(b);
                          return order < 0 ? -1 : order > 0 ? 1 : 0;
                        }};
  WorldAnswer answer;
  for (size_t index = 0; index < JoinBuffer::kPartitionCount; ++index) {
    std::vector<JoinInput> inputs;
    for (size_t i = 0; i < buffer_count; ++i) {
      inputs.push_back({&buffers[i].rows.partition(index), slice_codes[i], version_codes[i]});
    }
    const JoinCounts counts =
        settle_partition(inputs, rules, [&](const SettledPrediction& settled) {
          const JoinPrediction& row = *settled.prediction;
          answer.outcomes.push_back(describe_outcome(
              std::string(row.id), versions.text(row.version), slices.text(row.key), row, settled));
        });
    answer.counts.conflicts += counts.conflicts;
    for (size_t i = 0; i < kLabelOutcomeCount; ++i) answer.counts.labels[i] += counts.labels[i];
  }
  std::sort(answer.outcomes.begin(), answer.outcomes.end());
  return answer;
}

// "matched 1, superseded 2": the outcomes of label rows that occurred.
inline std::string describe_labels(const JoinCounts& counts) {
  std::string text;
  for (size_t i = 0; i < kLabelOutcomeCount; ++i) {
    if (counts.labels[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                        label_outcome_name(static_cast<LabelOutcome>(i)), counts.labels[i]);
  }
  return text;
}

}  // namespace mseavro
