// What a field means by where it stands: its name, its aliases and the records around it.
#pragma once

#include <optional>

#include "events/role/field_catalog.h"
#include "events/role/synonyms.h"

namespace mseavro {

// The role that the field's path speaks for, and how well. Nothing for entries of maps and for
// fields of records that hold inputs of the model, such as `features`.
std::optional<NameMatch> match_field(const CandidateField& field, SourceKind source);

}  // namespace mseavro
