// Values of logical types as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "avro/schema/schema.h"

namespace mseavro {

// Date, time or timestamp of an int or long: "2025-07-28", "12:34:56.789",
// "2025-07-28T12:34:56.789Z", local timestamps without the Z. False, with nothing appended, when
// the node has no such logical type or the value is outside the years 0 to 9999 or not within a
// day.
bool append_time(LogicalType logical, int64_t value, std::string* text);

// The value that such a text stands for, in the node's unit: what append_time wrote, and timestamps
// with another offset than Z or with a space for the T. A timestamp without an offset is in UTC; a
// local one must have none. nullopt for anything else: no such time, an offset where none may be,
// more digits than the unit holds, nanoseconds beyond the range of a long.
std::optional<int64_t> parse_time(LogicalType logical, std::string_view text);

// "123e4567-e89b-12d3-a456-426614174000" of 16 bytes.
void append_uuid(std::string_view bytes, std::string* text);

// The 16 bytes of such a text, its letters in any case; nullopt when it is another.
std::optional<std::string> parse_uuid(std::string_view text);

}  // namespace mseavro
