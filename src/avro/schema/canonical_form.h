// The Parsing Canonical Form of a schema: what of it decides how bytes are read, in one spelling.
#pragma once

#include <string>

#include "avro/schema/schema.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// As the specification's "Transforming into Parsing Canonical Form". Schemas with equal forms read
// the same bytes as the same values, defaults, aliases and logical types apart. Errors:
// kLimitExceeded, as full names that are written out everywhere can make it longer than the
// schema's text, beyond limits.schema_size_bytes.
Result<std::string> canonical_form(const Schema& schema, const Limits& limits = {});

}  // namespace mseavro
