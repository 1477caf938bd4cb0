// Values of logical types as people write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "avro/schema/schema.h"

namespace mseavro {

// Date, time or timestamp of an int or long: "2025-07-28", "12:34:56.789",
// "2025-07-28T12:34:56.789Z", local timestamps without the Z. False, with nothing appended, when
// the node has no such logical type or the value is outside the years 0 to 9999 or not within a
// day.
bool append_time(LogicalType logical, int64_t value, std::string* text);

// "123e4567-e89b-12d3-a456-426614174000" of 16 bytes.
void append_uuid(std::string_view bytes, std::string* text);

}  // namespace mseavro
