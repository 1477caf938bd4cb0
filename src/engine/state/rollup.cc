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
  if (there.as_of != row.as_of) {
    return fail(ErrorCode::kNotMergeable, "the rows were asked as of different instants",
                "run eval again with the same --as-of", describe(key), {.file = file});
  }
  switch (spec_.same_key) {
    case RollupSpec::SameKey::kDisjoint:
      add_row(there, row);
      return {};
    case RollupSpec::SameKey::kLatest:
      if (row.revision > there.revision) at->second = {std::move(row), file};
      // Two different answers of one revision: nobody can say which is the latest.
      else if (row.revision == there.revision && row.errors.encode() != there.errors.encode())
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
  for (auto& [key, row] : merged_) {
    row.metrics = row.errors.finalize();
    rows.push_back(std::move(row));
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

Result<std::string> Rollup::find_timezone() const {
  if (spec_.timezone) return *spec_.timezone;
  if (sources_.empty()) return std::string("UTC");
  const Source& first = sources_.begin()->second;
  for (const auto& [key, source] : sources_) {
    if (source.row.timezone == first.row.timezone) continue;
    return fail(ErrorCode::kNotMergeable,
                fmt::format("{} has windows in {}, {} in {}", first.file, first.row.timezone,
                            source.file, source.row.timezone),
                "name the time zone of the answer with --timezone", {}, {.file = source.file});
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
  if (at != merged_.end()) {
    if (at->second.as_of != source.row.as_of) {
      return fail(ErrorCode::kNotMergeable, "the rows were asked as of different instants",
                  "run eval again with the same --as-of", describe(key), {.file = source.file});
    }
    add_row(at->second, source.row);
    return {};
  }
  MetricRow row = source.row;
  row.key = key;
  row.notes.clear();
  if (spec_.window) row.window_spec = *spec_.window;
  row.timezone = timezone;
  merged_.emplace(std::move(key), std::move(row));
  return {};
}

}  // namespace mseavro
