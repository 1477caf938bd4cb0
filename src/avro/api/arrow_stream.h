// A BatchReader as an ArrowArrayStream.
#pragma once

#include "mseavro/arrow_abi.h"
#include "mseavro/reader.h"

namespace mseavro {

void export_batches(BatchReader reader, ArrowArrayStream* stream);

}  // namespace mseavro
