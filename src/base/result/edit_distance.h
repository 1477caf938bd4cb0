// How far apart two texts are, for "did you mean".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mseavro {

// Insertions, removals and replacements of bytes that turn `a` into `b` (Levenshtein). Takes the
// product of their sizes in steps.
size_t edit_distance(std::string_view a, std::string_view b);

// The closest known name, or "" when none is close (an error in three letters, or a beginning): for
// "did you mean". Names of more than 100 bytes are close to none.
std::string closest_name(std::string_view name, const std::vector<std::string_view>& known);

// A help line, "did you mean NAME?", or the other one when none is close.
std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& known,
                         std::string_view otherwise);

}  // namespace mseavro
