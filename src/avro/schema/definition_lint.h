// Lint rules that look at one definition of a schema at a time: docs, names, defaults and logical
// types.
#pragma once

#include "avro/schema/schema.h"
#include "avro/schema/schema_lint.h"

namespace mseavro {

// Finds in the order of the text. `lint` has a draft of `schema`.
void lint_definitions(const Schema& schema, SchemaLint& lint);

}  // namespace mseavro
