// The error of a file that the system does not open or read.
#pragma once

#include <string>

#include "mseavro/error.h"

namespace mseavro {

// kNotFound when there is no such file, else kUnreadable; `error_number` is errno.
tl::unexpected<Error> unreadable(const std::string& path, int error_number);

// kUnreadable of a file that somebody cut after it was opened.
tl::unexpected<Error> became_shorter(const std::string& path);

}  // namespace mseavro
