// The question: one value that flags, TOML files and later the other front ends all build, and that
// every runner takes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time/time.h"
#include "events/role/role.h"
#include "quality/window/window.h"

namespace mseavro {

enum class DuplicatePolicy : uint8_t {
  kWhenIdsAreRead,  // Drop repeats when ids are read anyway (with labels); otherwise keep them.
  kKeep,
  kDrop,
};

// Which predictions a label is about.
enum class MatchPolicy : uint8_t {
  kById,          // All with its id.
  kLatestBefore,  // Of each version, the newest with its key at the label's instant or before it.
};

struct Spec {
  std::vector<RoleOverride> map;
  std::optional<TimeUnit> time_unit;
  bool parse_text_numbers = false;

  std::vector<FieldPath> by;  // Slice keys, in the order of the output.
  WindowSpec window;
  std::string timezone = "UTC";
  bool mix_versions = false;

  std::string where;            // Text of a filter (filter.h); empty keeps every row.
  std::optional<Instant> from;  // Predictions before it are filtered.
  std::optional<Instant> to;    // Predictions at or after it are filtered.
  std::optional<Instant> as_of;
  std::optional<int64_t> max_label_delay_micros;
  DuplicatePolicy duplicates = DuplicatePolicy::kWhenIdsAreRead;
  MatchPolicy match = MatchPolicy::kById;
  std::optional<int64_t> max_age_micros;  // Of kLatestBefore: older predictions get no label.

  bool error_quantiles = false;
  double max_rejected_share = 0.01;  // Of all rows of a source; more is an error.
};

}  // namespace mseavro
