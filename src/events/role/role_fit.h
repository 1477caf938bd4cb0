// Whether a field can have a role, judged by its type and by what the first rows show.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "events/role/field_catalog.h"
#include "events/role/role.h"
#include "events/role/synonyms.h"

namespace mseavro {

// What keeps a field from a role.
enum class Misfit : uint8_t {
  kNone,
  kWrongType,
  kTextNumber,   // Text that may hold numbers, where numbers are not read from text.
  kClasses,      // Text or booleans where a number is needed.
  kUnclearUnit,  // A plain integer that is no time in any unit, or in another than its name says.
  kRepeats,      // An id by name that does not tell rows apart.
};

struct Fit {
  Misfit misfit = Misfit::kNone;
  TimeReading time;    // Of time roles.
  std::string detail;  // What was made of the values, for people; of a misfit, why.
};

// The unit in which both bounds are times in the years 1990 to 2100. No number is so in two units.
std::optional<TimeUnit> unit_by_magnitude(double minimum, double maximum);

std::string_view time_unit_name(TimeUnit unit);

// `rank` is how the field's name speaks for the role: an id by a mere synonym has to look like one,
// and the faintest names of times need a type of time. `unit_by_name` is what the name says.
Fit judge_fit(const CandidateField& field, Role role, NameRank rank,
              std::optional<TimeUnit> unit_by_name, const RoleQuestion& question);

}  // namespace mseavro
