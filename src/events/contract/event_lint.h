// What in the schema of an event makes metrics wrong or impossible later, and how it should be.
//
// To the rules of avro/schema it adds those that know what names mean: numbers and times that are
// stored as something else, and what prediction and label events need.
#pragma once

#include <string>
#include <vector>

#include "avro/schema/schema.h"
#include "avro/schema/schema_lint.h"
#include "mseavro/error.h"

namespace mseavro {

// All findings, those about single definitions first. `former` is the version before it, or
// nullptr. A field that a former version has keeps its type in the draft: its readers are there.
// Errors: those of lint_schema.
Result<SchemaLint> lint_event_schema(const Schema& schema, const Schema* former);

struct MendedSchema {
  std::string text;                   // As print_schema.
  std::vector<SchemaFinding> mended;  // In the order in which they showed.
  SchemaLint left;                    // What is found in the text still, for people to mend.
};

// The schema with its findings mended, and those that show only then. Mending it again changes
// nothing. Errors: those of lint_schema.
Result<MendedSchema> mend_event_schema(const Schema& schema, const Schema* former);

}  // namespace mseavro
