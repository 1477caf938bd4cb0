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
  bool salvage = false;    // Go on behind damaged blocks.
  Limits limits;
};

// Of blocks with records.
struct BlockCounts {
  int64_t block_count = 0;
  int64_t record_count = 0;
  int64_t stored_size_bytes = 0;   // Of their data.
  int64_t decoded_size_bytes = 0;  // The same, decompressed.
  // The block that is the largest one when it is decompressed.
  int64_t largest_block = -1;
  int64_t largest_decoded_size_bytes = 0;
};

struct Inspection {
  InputFile file;
  int64_t size_bytes = 0;

  std::optional<ContainerHeader> header;  // Of an Avro file.

  // What the first `counted_size_bytes` of the file hold; of CSV records only. `counted_all`: that
  // is all of it.
  BlockCounts counts;
  int64_t counted_size_bytes = 0;
  bool counted_all = false;

  // Fields as role inference sees them (infer_roles). Empty when the root of the schema is no
  // record.
  FieldCatalog catalog;
  // The same fields with what the counted records show of them; of CSV as in the catalog.
  std::vector<CandidateField> fields;

  // What was wrong behind the header, if anything was met. Everything else still holds.
  std::optional<Error> damage;
  Losses losses;  // With salvage.
};

// Errors: those of opening the file and reading its header.
Result<Inspection> inspect_file(const InputFile& file, const InspectOptions& options);

}  // namespace mseavro
