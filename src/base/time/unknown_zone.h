// What to tell a user whose time zone was not found.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "mseavro/error.h"

namespace mseavro {

// The error for `name`, given the names that the system knows: the closest of them as help ("did
// you mean Europe/Berlin?"), or, when there is none because no database is installed, how to get
// it.
Error unknown_zone_error(std::string_view name, std::span<const std::string> known);

}  // namespace mseavro
