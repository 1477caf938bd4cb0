// Which defaults a field's type takes. What readers of other implementations refuse is no default,
// also where ours would make something of it.
#pragma once

#include <string_view>

#include "avro/schema/schema.h"

namespace mseavro {

// Whether the JSON text is a value of the type as defaults are written: bytes as text of code
// points up to 255, numbers as numbers that are in range and without a fraction for int and long, a
// union as a value of any of its branches. Fields of a record may be missing when they have a
// default.
bool default_fits(const Schema& schema, NodeIndex type, std::string_view json);

}  // namespace mseavro
