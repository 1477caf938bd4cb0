// Which logical type an annotated type really has, and what it is called.
#pragma once

#include <cstdint>
#include <string_view>

#include "avro/schema/schema.h"

namespace mseavro {

// The attributes of a type that decide, as far as they are what they should be.
struct LogicalAttributes {
  std::string_view name;   // logicalType
  int64_t precision = -1;  // -1: absent or no integer.
  int64_t scale = 0;       // -1: no integer. Absent means 0.
};

// kNone when the name is unknown, or the type or the attributes do not suit it: the specification
// asks readers to go on with the underlying type. `fixed_size` counts for kFixed only.
LogicalType find_logical_type(const LogicalAttributes& attributes, SchemaType type,
                              int64_t fixed_size);

// The specification's name, as in "timestamp-millis"; empty for kNone.
std::string_view logical_type_name(LogicalType logical);

// Whether the specification has a logical type of this name.
bool is_logical_type_name(std::string_view name);

// Sets the node's logical type when its properties make a valid one; those of an invalid one stay.
void apply_logical_type(SchemaNode& node);

}  // namespace mseavro
