// The answer: one row for each model version, slice and window. The only form of an answer, in
// files, tables and later on topics and in databases.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time/time.h"
#include "mseavro/error.h"
#include "quality/metric/error_accumulator.h"
#include "quality/window/window.h"

namespace mseavro {

// Where a prediction row ended. Every row read has exactly one.
enum class Outcome : uint8_t {
  kScored,
  kUnlabelled,
  kDuplicate,
  kSuperseded,
  kFiltered,
  kAfterAsOf,
  kRejected,
};
inline constexpr size_t kOutcomeCount = 7;
std::string_view outcome_name(Outcome outcome);

struct OutcomeCounts {
  std::array<int64_t, kOutcomeCount> counts{};

  int64_t& operator[](Outcome outcome) { return counts[static_cast<size_t>(outcome)]; }
  int64_t operator[](Outcome outcome) const { return counts[static_cast<size_t>(outcome)]; }
  int64_t total() const;
  void add(const OutcomeCounts& other);
  friend bool operator==(const OutcomeCounts&, const OutcomeCounts&) = default;
};

struct SliceValue {
  std::string key;
  std::optional<std::string> value;  // nullopt: rows in which the key is null.
  friend auto operator<=>(const SliceValue&, const SliceValue&) = default;
};

// What a row is about. Rows are sorted by it: version (missing first), slice, window.
struct RowKey {
  std::optional<std::string> model_version;  // nullopt: rows without one, or mixed.
  bool versions_mixed = false;
  std::vector<SliceValue> slice;
  Window window{INT64_MIN, INT64_MAX};
  friend auto operator<=>(const RowKey&, const RowKey&) = default;
};

struct MetricRow {
  RowKey key;
  WindowSpec window_spec;
  std::string timezone = "UTC";

  OutcomeCounts outcomes;
  ErrorMetrics metrics;  // metrics.count == outcomes[kScored]
  std::optional<Instant> as_of;
  int64_t revision = 0;
  bool final = false;  // No admissible label can still change the row.
  std::string notes;
  ErrorAccumulator errors;  // The exact state from which rows merge.

  int64_t predictions() const { return outcomes.total(); }
  // count / (count + unlabelled); nullopt when both are 0.
  std::optional<double> coverage() const;
};

// The schema `mseavro.MetricRow`.
std::string_view metric_row_schema();

}  // namespace mseavro
