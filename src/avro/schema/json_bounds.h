// A look at JSON text before a library builds values from it.
#pragma once

#include <cstdint>
#include <string_view>

#include "mseavro/error.h"

namespace mseavro {

// What the JSON library costs: memory for each value (dozens of times its bytes), stack for each
// level, and time that grows with the square of the members of one object.
struct JsonBounds {
  int64_t depth;
  int64_t value_count;
  int64_t member_count;  // Of one object.
};

// Checks text that need not be valid JSON; what is valid never needs more than what is counted
// here. Errors: kLimitExceeded, with place.byte, the offset in the text.
Status check_json_bounds(std::string_view text, const JsonBounds& bounds);

}  // namespace mseavro
