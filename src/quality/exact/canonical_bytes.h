// The integers of docs/formats/metric_state.md, written and read in the only form allowed.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "mseavro/error.h"

namespace mseavro {

// Counts beyond this are refused. A double holds every count up to it, so that the division of a
// mean rounds once.
inline constexpr int64_t kCountLimit = int64_t{1} << 53;

// The error of every decoder of states. `what` says what is wrong, as in "the state ends early".
tl::unexpected<Error> bad_state(std::string what);

void append_byte(uint8_t byte, std::string* out);
void append_varint(uint64_t value, std::string* out);
// A count of either sign.
void append_count(int64_t count, std::string* out);

// Each reads from the front of `*bytes` and advances it past what it read. Errors: kBadState.
Result<uint8_t> take_byte(std::span<const uint8_t>* bytes);
Result<uint64_t> take_varint(std::span<const uint8_t>* bytes);
// A count of either sign within kCountLimit.
Result<int64_t> take_count(std::span<const uint8_t>* bytes);

}  // namespace mseavro
