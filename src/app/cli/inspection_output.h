// The two forms of an inspection. Numbers that were counted are shown as they are; those that were
// extrapolated from the first blocks are marked "about".
#pragma once

#include <string>

#include "app/cli/inspect.h"

namespace mseavro {

// For people: facts, then a table of the fields. Ends in a line feed.
std::string inspection_text(const Inspection& inspection, bool color);

// One JSON object without a line feed at its end.
std::string inspection_json(const Inspection& inspection);

}  // namespace mseavro
