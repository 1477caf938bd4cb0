// `mseavro cat`: the records of Avro files as lines of JSON or CSV.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/cli/record_printer.h"
#include "avro/container/salvage.h"
#include "base/io/byte_sink.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

struct CatOptions {
  PrintOptions lines{};
  int64_t limit = -1;             // Records to print; below zero all of them.
  SalvageLog* salvage = nullptr;  // As ReadOptions::salvage.
};

// Writes one record a line. What was read before an error is written. Memory is bounded by the
// limits, whatever the files' size. Errors: those of the files, with their place; those of
// RecordPrinter::make; kIncompatibleSchemas, when files have different columns of CSV;
// kWriteFailed.
Status cat_files(const std::vector<std::string>& paths, const CatOptions& options, ByteSink& out,
                 const Limits& limits);

}  // namespace mseavro
