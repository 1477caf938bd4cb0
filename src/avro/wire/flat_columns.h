// A record as a flat table: one column for each value in it that has no fields of its own.
#pragma once

#include <vector>

#include "avro/schema/schema.h"
#include "avro/wire/read_plan.h"
#include "mseavro/error.h"

namespace mseavro {

// How a value stands in a table of text: kText where every value that the node can have is a scalar
// (or null), else kPlainJson.
ColumnType flat_type(const Schema& schema, NodeIndex node);

// The columns in the order of the schema: fields, and the fields of records in them, nullable ones
// too. A record inside itself is one column. The root must be a record. Errors: kBadSchema,
// kLimitExceeded where records name each other so often that there are more than 65,536 columns.
Result<std::vector<ColumnRequest>> flat_columns(const Schema& schema);

}  // namespace mseavro
