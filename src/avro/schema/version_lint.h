// Lint rules about what became of the former version of a schema.
#pragma once

#include "avro/schema/schema.h"
#include "avro/schema/schema_lint.h"
#include "mseavro/error.h"

namespace mseavro {

// `lint` has a draft of `schema`. Errors: kLimitExceeded, when there are too many pairs of types.
Status lint_changes(const Schema& former, const Schema& schema, SchemaLint& lint);

}  // namespace mseavro
