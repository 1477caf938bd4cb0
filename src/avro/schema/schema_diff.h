// What changed from one schema to another, in words.
#pragma once

#include <string>
#include <vector>

#include "avro/schema/schema.h"
#include "mseavro/error.h"

namespace mseavro {

struct SchemaChange {
  std::string place;  // Type and field, as in `shop.Order.tags[]`; empty at a root without a name.
  std::string message;  // One sentence without a full stop.
};

struct SchemaDiff {
  std::vector<SchemaChange> changes;  // None: the schemas are equal in all that Schema holds.
  bool has_more = false;              // There are further changes than those listed.
  // What was written before a rename, and is not found any more since its alias was removed.
  std::vector<SchemaChange> lost_names;
};

// Fields are matched by name, then by the newer schema's aliases (a field was renamed); branches of
// unions by name. A type that stands in several places is compared once, and at most 1024 changes
// and as many lost names are listed. Errors: kLimitExceeded, as check_compatibility.
Result<SchemaDiff> diff_schemas(const Schema& older, const Schema& newer);

}  // namespace mseavro
