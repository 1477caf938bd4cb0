// The fields of a schema that a role or slice key can be mapped to.
#pragma once

#include <vector>

#include "avro/schema/schema.h"
#include "events/role/field_catalog.h"

namespace mseavro {

// The fields of the root record and of the records in it, to a depth of four, in the order of the
// schema and without evidence. What is no scalar (records, too) is kOther. A record inside itself
// is not entered again. Empty when the root is no record.
std::vector<CandidateField> list_schema_fields(const Schema& schema);

}  // namespace mseavro
