// Which field plays which role, and how that was decided.
//
// Precedence: --map (or Spec) > schema property "mseavro.role" > exact name or alias > known
// synonym supported by type and evidence > an error that lists the candidates and the flag to type.
// Never a guess between two equal candidates. The mapping is frozen before the first row is read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time/time.h"
#include "events/role/field_catalog.h"
#include "mseavro/error.h"

namespace mseavro {

enum class Role : uint8_t {
  kPredictionId,
  kPrediction,
  kModelVersion,
  kTimestamp,
  kActual,
  kSquaredError,
  kFeaturesetVersion,
  kLabelTimestamp,
  kDeleted,
};

// "prediction_id", "label_timestamp", ...
std::string_view role_name(Role role);
std::optional<Role> find_role(std::string_view name);

// What the role of an id is called, too, when it is made of what the predictions are about.
inline constexpr std::string_view kKeyName = "key";

// From `--map role=field`.
struct RoleOverride {
  Role role;
  // None: no field has the role, whatever its name. Several: together they are a composite key,
  // which kPredictionId alone may have.
  std::vector<FieldPath> paths = {};
  bool is_called_key = false;  // Said as kKeyName.
};

// "prediction=score", "timestamp=meta.ts", "label_timestamp=" for none, "key=user_id,movie_id".
// `key` is another word for prediction_id: what the predictions are about, when they have no id of
// their own. Errors: kBadOptionValue, listing the roles.
Result<RoleOverride> parse_role_override(std::string_view text);

// "user_id,movie_id"
std::string list_paths(std::span<const FieldPath> paths);

// How to make an Instant of a field's values.
struct TimeReading {
  enum class Form : uint8_t { kCount, kDate, kText };
  Form form = Form::kCount;
  TimeUnit unit = TimeUnit::kMicros;  // Of kCount.
  bool is_local = false;              // Read in the time zone of the question.
  bool unit_was_inferred = false;     // A plain number whose unit was told by its magnitude.
};

struct BoundRole {
  Role role = Role::kPredictionId;
  FieldPath path = {};
  std::vector<FieldPath> further_paths = {};  // Of a composite key, behind `path`.
  FieldKind kind = FieldKind::kOther;
  FieldOrigin origin = FieldOrigin::kSchema;
  bool parses_texts = false;  // With --parse-text-numbers: of a text that has a type.
  TimeReading time = {};  // Of time roles only. kCount on a field of text means digits to be read.
  std::string why = {};   // "name", "alias", "synonym", "schema property" or "--map", and what was
                          // made of the values: "synonym; plain long, seconds by magnitude".
};

struct RoleMapping {
  std::vector<BoundRole> roles;  // In the order of Role; absent optional roles are not in it.
  // Why optional roles that a field seemed to have were left out: "no timestamp: created_at or
  // logged_at could be it (--map timestamp=FIELD)".
  std::vector<std::string> notes;

  const BoundRole* find(Role role) const;
  // Whether the field has a role, or is a part of a key.
  bool uses(const CandidateField& field) const;
  // One line for people: `prediction=y_hat (synonym), timestamp=ts (synonym; plain long, seconds by
  // magnitude)`, then the notes.
  std::string text() const;
};

enum class SourceKind : uint8_t { kPredictions, kLabels };

struct RoleQuestion {
  SourceKind source = SourceKind::kPredictions;
  // Roles without which the question cannot be answered; the others of the source are optional.
  std::vector<Role> required = {};
  std::vector<RoleOverride> overrides = {};
  std::optional<TimeUnit> time_unit = {};  // --time-unit
  bool parse_text_numbers = false;         // --parse-text-numbers: digits in text are numbers.
  // The fields of the id on the other side, when --map says that they are several: as many are
  // asked for on this one.
  std::vector<FieldPath> other_key = {};
};

// Errors: kRoleMissing, kRoleAmbiguous, kFieldMissing (an override names no field), kTextNumber (a
// number role on text), kWrongRoleType, kClassLabels (text labels), kTimeUnitUnclear. Each lists
// the candidates and the flag to type. Overrides of roles that the source cannot have are passed
// over, so that predictions and labels may be asked with the same list.
//
// The id of which the other side has several fields is never inferred.
//
// A role that is not required is left out, with a note, when its fields are unclear; but where that
// would change the answer without anyone noticing (model_version, actual, label_timestamp, deleted)
// it is an error, too. A number role on text (CSV, or with parse_text_numbers) is bound as kText.
Result<RoleMapping> infer_roles(const FieldCatalog& catalog, const RoleQuestion& question);

// How many microseconds each count of a time role is, whatever the time zone; nullopt when that
// cannot be said (text, local times, counts of less than a microsecond).
std::optional<int64_t> micros_per_count(const TimeReading& reading);

// Converts one value of a time role. nullopt when it is no time or beyond what an Instant holds.
// Counts in text may have decimals, which are rounded to microseconds; texts may have spaces around
// them.
std::optional<Instant> read_instant(const TimeReading& reading, int64_t count,
                                    const TimeZone& zone);
std::optional<Instant> read_instant(const TimeReading& reading, std::string_view text,
                                    const TimeZone& zone);

}  // namespace mseavro
