// What names of fields mean: the one table of synonyms.
//
// Names are compared by their words, so that predictionId, prediction_id and PREDICTION-ID are the
// same. A name of one role in prediction events may be another role in label events: `timestamp`
// there is the time of the label.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/role/role.h"

namespace mseavro {

// How much a name says, best first.
enum class NameRank : uint8_t {
  kExact,     // The role's own name.
  kAlias,     // An Avro alias is the role's own name.
  kSpecific,  // Says more than the usual names: `prediction_ts` beside `ts`.
  kStrong,    // A usual name of the role.
  kWeak,      // Often the role, often something else.
  kFaint,     // Only when nothing better is there: `id`, `date`.
};

struct NameMatch {
  Role role;
  NameRank rank;
  std::optional<TimeUnit> unit;     // Said by the name itself, as in `timestamp_ms`.
  bool needs_y_prediction = false;  // `y` is the truth beside `yhat`; beside `x` it is a place.
};

// Words in lower case: "modelVersion", "model-version" and "MODEL_VERSION" are {model, version}.
std::vector<std::string> name_words(std::string_view name);

// The roles that events of a source can have.
std::span<const Role> roles_of(SourceKind source);

bool is_time_role(Role role);

// What a name made of these words means in a source.
std::optional<NameMatch> match_name(std::span<const std::string> words, SourceKind source);

// Whether the words are one of the names that `y` may stand beside.
bool is_y_prediction(std::span<const std::string> words);

// Whether the words are worth showing to someone who looks for a field of the role.
bool hints_at(std::span<const std::string> words, Role role);

// What the name of a record says about the fields in it.
enum class ParentMeaning : uint8_t {
  kUnknown,
  kEnvelope,  // `meta`, `event`: the fields mean what they would mean outside.
  kOutput,    // `response`, `predictions`: what the model said, so a `label` in it is no truth.
  kTruth,     // `labels`, `ground_truth`.
  kInput,     // `features`: nothing in it is a role.
};
ParentMeaning parent_meaning(std::span<const std::string> words);

}  // namespace mseavro
