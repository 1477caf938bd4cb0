// Whether data of one schema can be read with another, and if not, why.
//
//   MSEAVRO_ASSIGN(const auto verdict, check_compatibility(*reader, *writer));
//   for (const SchemaConflict& conflict : verdict.conflicts) ...
#pragma once

#include <string>
#include <vector>

#include "avro/schema/resolution_rules.h"
#include "avro/schema/schema.h"
#include "mseavro/error.h"

namespace mseavro {

struct SchemaConflict {
  CompatibilityRule rule;
  // JSON pointer to the offender, as Avro Java gives it: into the reader schema, but that the
  // branches of unions are counted in the writer's. "/" is the root.
  std::string path;
  std::string field;    // The same for people: `order.items[].price`; empty at the root.
  std::string message;  // One sentence without a full stop.
};

// What can be read, but is not what was written: a time in another unit, a rounded number, a symbol
// for which the reader takes its default.
struct ChangedValue {
  std::string field;    // As in SchemaConflict.
  std::string message;  // One sentence without a full stop.
};

struct CompatibilityVerdict {
  std::vector<SchemaConflict> conflicts;     // None: all data can be read.
  std::vector<ChangedValue> changed_values;  // No conflicts: the data can be read.
  bool has_more = false;                     // There are further ones of either than are listed.

  bool is_compatible() const { return conflicts.empty(); }
};

// All values that `writer` can have must be readable: a branch or symbol that only some data hold
// is a conflict. A conflict in a type that stands in several places is listed once, and there are
// at most 256. Changed values likewise. Errors: kLimitExceeded, when the schemas were made to have
// more pairs of types than anyone would compare.
Result<CompatibilityVerdict> check_compatibility(const Schema& reader, const Schema& writer);

}  // namespace mseavro
