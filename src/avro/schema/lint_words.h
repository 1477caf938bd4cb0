// What the families of lint rules share (definition_lint.h, version_lint.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "avro/schema/schema.h"
#include "avro/schema/schema_lint.h"

namespace mseavro {

inline constexpr LintRule kNoDefault = {
    "no-default", "a reader with this schema cannot read data that was written without the field"};

// `name` with every character that the specification does not allow made a `_`. Dots divide full
// names.
std::string allowed_name(std::string_view name, bool is_full);

// The branches of a union; a type that is none is its own and only branch.
std::vector<NodeIndex> branches_of(const Schema& schema, NodeIndex index);

// The place of a finding: type and field.
std::string place_of(const SchemaNode& record, const SchemaField& field);

}  // namespace mseavro
