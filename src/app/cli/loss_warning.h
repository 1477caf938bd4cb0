// Says aloud what salvage passed over.
#pragma once

#include "app/cli/terminal.h"
#include "avro/container/salvage.h"

namespace mseavro {

// A warning for each lost block, of the first ones, and one for all of them. Nothing when nothing
// was lost.
void warn_of_losses(const Terminal& terminal, const Losses& losses);

}  // namespace mseavro
