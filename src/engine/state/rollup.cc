#include "engine/state/rollup.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/result/result.h"
#include "base/time/time.h"

namespace mseavro {
namespace {

std::string describe(const RowKey& key) {
  std::string text = key.versions_mixed ? "*" : key.model_version.value_or("no version");
  for (const SliceValue& slice : key.slice) {
    text += fmt::format(", {}={}", slice.key, slice.value.value_or("null"));
  }
  if (key.window.start != INT64_MIN) {
    text += fmt::format(", {} to {}", format_time(key.window.start), format_time(key.window.end));
  }
  return text;
}

tl::unexpected<Error> overlapping(const RowKey& key, const std::string& first,
                                  const std::string& second) {
  return fail(ErrorCode::kOverlappingRows,
              fmt::format("{} and {} both have rows for the same key and time", first, second),
              "say --latest when one corrects the other, or --disjoint when their events differ",
              describe(key), {.file = second});
}

bool is_same_answer(const MetricRow& a, const MetricRow& b) {
  return a.outcomes == b.outcomes && a.errors.encode() == b.errors.encode();
}

// Whether both are about the same kind of group. Where they are not, one holds events of the other:
// the slices of a carrier are within the total, each version within all of them.
bool is_same_grouping(const RowKey& a, const RowKey& b) {
  return a.versions_mixed == b.versions_mixed &&
         std::equal(a.slice.begin(), a.slice.end(), b.slice.begin(), b.slice.end(),
                    [](const auto& left, const auto& right) { return left.key == right.key; });
}

// Adds the counts and the state of one row to another of the same target key.
void add_row(MetricRow& to, const MetricRow& from) {
  to.outcomes.add(from.outcomes);
  to.errors.combine(from.errors);
  to.revision = std::max(to.revision, from.revision);
  to.final = to.final && from.final;
}

}  // namespace

Status Rollup::add(MetricRow row, const std::string& file) {
  if (row.errors.count() != row.outcomes[Outcome::kScored]) {
    return fail(ErrorCode::kBadState, "a row's state does not hold the rows that it counts",
                "roll up the metrics files that mseavro wrote", describe(row.key), {.file = file});
  }
  const RowKey key = row.key;
  const auto at = sources_.find(key);
  if (at == sources_.end()) {
    sources_.emplace(key, Source{std::move(row), file});
    return {};
  }
  MetricRow& there = at->second.row;
  MSEAVRO_TRY(check_mergeable(at->second, row, file));
  switch (spec_.same_key) {
    case RollupSpec::SameKey::kDisjoint:
      add_row(there, row);
      return {};
    case RollupSpec::SameKey::kLatest:
      if (row.revision > there.revision) at->second = {std::move(row), file};
      // Two different answers of one revision: nobody can say which is the latest.
      else if (row.revision == there.revision && !is_same_answer(row, there))
        return overlapping(key, at->second.file, file);
      return {};
    case RollupSpec::SameKey::kError:
      break;
  }
  return overlapping(key, at->second.file, file);
}

Result<std::vector<MetricRow>> Rollup::finish() {
  MSEAVRO_TRY(check_overlaps());
  MSEAVRO_ASSIGN(const std::string timezone, find_timezone());
  std::optional<WindowAssigner> windows;
  if (spec_.window) {
    MSEAVRO_ASSIGN(auto zone, TimeZone::find(timezone));
    windows.emplace(*spec_.window, std::move(zone));
  }
  for (const auto& [key, source] : sources_) {
    MSEAVRO_ASSIGN(RowKey target, target_key(source, windows ? &*windows : nullptr));
    MSEAVRO_TRY(merge(source, std::move(target), timezone));
  }
  std::vector<MetricRow> rows;
  for (auto& [key, merged] : merged_) {
    merged.row.metrics = merged.row.errors.finalize();
    rows.push_back(std::move(merged.row));
  }
  return rows;
}

// Rows are sorted by version, slice, window: windows of one key stand beside each other.
Status Rollup::check_overlaps() const {
  if (spec_.same_key == RollupSpec::SameKey::kDisjoint) return {};
  const Source* last = nullptr;
  for (const auto& [key, source] : sources_) {
    if (last != nullptr) {
      RowKey same_window = last->row.key;
      same_window.window = key.window;
      if (same_window == key && key.window.start < last->row.key.window.end) {
        return overlapping(key, last->file, source.file);
      }
    }
    last = &source;
  }
  return {};
}

// What rows must have in common to become one row.
Status Rollup::check_mergeable(const Source& first, const MetricRow& row,
                               const std::string& file) const {
  if (first.row.as_of == row.as_of) return check_timezone(first, row, file);
  return fail(ErrorCode::kNotMergeable, "the rows were asked as of different instants",
              "run eval again with the same --as-of", describe(row.key), {.file = file});
}

Status Rollup::check_timezone(const Source& first, const MetricRow& row,
                              const std::string& file) const {
  if (spec_.timezone || first.row.timezone == row.timezone) return {};
  return fail(ErrorCode::kNotMergeable,
              fmt::format("{} has windows in {}, {} in {}", first.file, first.row.timezone, file,
                          row.timezone),
              "name the time zone of the answer with --timezone", {}, {.file = file});
}

Result<std::string> Rollup::find_timezone() const {
  if (spec_.timezone) return *spec_.timezone;
  if (sources_.empty()) return std::string("UTC");
  const Source& first = sources_.begin()->second;
  for (const auto& [key, source] : sources_) {
    MSEAVRO_TRY(check_timezone(first, source.row, source.file));
  }
  return first.row.timezone;
}

Result<RowKey> Rollup::target_key(const Source& source, WindowAssigner* windows) const {
  RowKey key = source.row.key;
  if (spec_.mix_versions) {
    key.model_version.reset();
    key.versions_mixed = true;
  }
  if (spec_.by) {
    std::vector<SliceValue> kept;
    for (const std::string& name : *spec_.by) {
      const auto at = std::find_if(key.slice.begin(), key.slice.end(),
                                   [&](const SliceValue& value) { return value.key == name; });
      if (at == key.slice.end()) {
        return fail(ErrorCode::kFieldMissing, "the rows are not sliced by this key",
                    "roll up by keys that eval was run with (--by)", name, {.file = source.file});
      }
      kept.push_back(*at);
    }
    key.slice = std::move(kept);
  }
  if (windows == nullptr) return key;
  const Window target = spec_.window->kind == WindowKind::kNone ? Window{INT64_MIN, INT64_MAX}
                                                                : windows->assign(key.window.start);
  if (key.window.start < target.start || key.window.end > target.end) {
    return fail(
        ErrorCode::kMisalignedWindow,
        fmt::format("a window of the rows does not lie inside one {}", spec_.window->text()),
        "roll up to a longer window, in the time zone of the rows", describe(key),
        {.file = source.file});
  }
  key.window = target;
  return key;
}

Status Rollup::merge(const Source& source, RowKey key, const std::string& timezone) {
  const auto at = merged_.find(key);
  if (at == merged_.end()) {
    MetricRow row = source.row;
    row.key = key;
    row.notes.clear();
    if (spec_.window) row.window_spec = *spec_.window;
    row.timezone = timezone;
    merged_.emplace(std::move(key), Merged{std::move(row), &source});
    return {};
  }
  const Source& first = *at->second.first;
  MSEAVRO_TRY(check_mergeable(first, source.row, source.file));
  if (spec_.same_key != RollupSpec::SameKey::kDisjoint &&
      !is_same_grouping(first.row.key, source.row.key)) {
    return fail(ErrorCode::kOverlappingRows,
                fmt::format("{} and {} have rows by different slices or versions, so that events "
                            "would count twice",
                            first.file, source.file),
                "roll up files that were made with the same --by, or say --disjoint when their "
                "events differ",
                describe(source.row.key), {.file = source.file});
  }
  add_row(at->second.row, source.row);
  return {};
}

}  // namespace mseavro
