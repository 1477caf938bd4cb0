// `mseavro inspect`: what a file is, from its header and its first blocks, so that a huge file
// answers at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "avro/container/container_reader.h"
#include "events/role/field_catalog.h"
#include "events/source/input_files.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

struct InspectOptions {
  bool count_all = false;  // Go through the whole file instead of its first few megabytes.
  Limits limits;
};

struct Inspection {
  InputFile file;
  int64_t size_bytes = 0;

  std::optional<ContainerHeader> header;  // Of an Avro file.

  // Blocks with records, and their records, of the first `counted_size_bytes` of the file. For CSV
  // there are no blocks. `counted_all`: that is all of it.
  int64_t block_count = 0;
  int64_t record_count = 0;
  int64_t counted_size_bytes = 0;
  bool counted_all = false;

  // Fields with evidence; for role inference (infer_roles), too. Empty when the root of the schema
  // is no record.
  FieldCatalog catalog;

  // What was wrong behind the header, if anything was met. Everything else still holds.
  std::optional<Error> damage;
};

// Errors: those of opening the file and reading its header.
Result<Inspection> inspect_file(const InputFile& file, const InspectOptions& options);

}  // namespace mseavro
