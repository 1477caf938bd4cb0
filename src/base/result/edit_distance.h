// How far apart two texts are, for "did you mean".
#pragma once

#include <cstddef>
#include <string_view>

namespace mseavro {

// Insertions, removals and replacements of bytes that turn `a` into `b` (Levenshtein). Takes the
// product of their sizes in steps.
size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace mseavro
