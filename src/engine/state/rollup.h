// Merges metric rows: hours to days, days to months, slices to totals, without the events.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/question/metric_row.h"
#include "mseavro/error.h"

namespace mseavro {

struct RollupSpec {
  // How rows of the same key and window in several inputs are taken.
  enum class SameKey : uint8_t {
    kError,
    kLatest,    // The highest revision replaces the others.
    kDisjoint,  // The user says that their events differ: they add.
  };
  SameKey same_key = SameKey::kError;
  std::optional<WindowSpec> window = {};            // Absent: windows stay as they are.
  std::optional<std::string> timezone = {};         // Absent: that of the rows, which must agree.
  std::optional<std::vector<std::string>> by = {};  // Slice keys to keep; absent: all.
  bool mix_versions = false;
};

// Collects rows and merges them. Rows merge exactly, so neither order nor grouping shows.
class Rollup {
 public:
  explicit Rollup(RollupSpec spec) : spec_(std::move(spec)) {}

  // Errors: kOverlappingRows (naming both files), kBadState (a row without its exact state).
  Status add(MetricRow row, const std::string& file);

  // The merged rows, sorted by key. Errors: kOverlappingRows (windows of one key overlap, or totals
  // meet their parts), kMisalignedWindow, kNotMergeable (different as-of instants or time zones),
  // kFieldMissing (a slice key that rows do not have), kBadTimeZone.
  Result<std::vector<MetricRow>> finish();

 private:
  struct Source {
    MetricRow row;
    std::string file;
  };
  // A row of the answer, and the first of those that it is made of.
  struct Merged {
    MetricRow row;
    const Source* first;
  };

  Status check_overlaps() const;
  Status check_mergeable(const Source& first, const MetricRow& row, const std::string& file) const;
  Status check_timezone(const Source& first, const MetricRow& row, const std::string& file) const;
  Result<std::string> find_timezone() const;
  Result<RowKey> target_key(const Source& source, WindowAssigner* windows) const;
  Status merge(const Source& source, RowKey key, const std::string& timezone);

  RollupSpec spec_;
  std::map<RowKey, Source> sources_;
  std::map<RowKey, Merged> merged_;
};

}  // namespace mseavro
