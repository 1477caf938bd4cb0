// Where a command's data go when they must not be held in memory.
#pragma once

#include <memory>

#include "app/cli/option_values.h"
#include "base/io/byte_sink.h"
#include "mseavro/error.h"

namespace mseavro {

// --output, written whole or not at all, else standard output. Errors: as create_file.
Result<std::unique_ptr<ByteSink>> open_output(const OptionValues& values);

// Refuses to write bytes that are no text to a terminal. Errors: kUsage.
Status check_binary_output(const OptionValues& values);

}  // namespace mseavro
