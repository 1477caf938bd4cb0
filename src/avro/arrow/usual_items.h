// Items of arrays and maps of the usual form, put into the column of the items in one go: one
// block, without a size, and the end behind it; texts are short.
//
// All return where the array or map ends, or nullptr, with nothing put, when it has another form or
// the end of the bytes is near.
#pragma once

#include <cstdint>

#include "base/columns/arrow_builder.h"

namespace mseavro {

// `floats` and `doubles` are columns of them.
const uint8_t* put_floats(ArrowBuilder& floats, const uint8_t* position, const uint8_t* end);
const uint8_t* put_doubles(ArrowBuilder& doubles, const uint8_t* position, const uint8_t* end);
// `texts` is a column of texts or binaries.
const uint8_t* put_strings(ArrowBuilder& texts, const uint8_t* position, const uint8_t* end);
// `entries` is a column of structs of two of these.
const uint8_t* put_entries(ArrowBuilder& entries, const uint8_t* position, const uint8_t* end);

}  // namespace mseavro
