// Bounds on everything that input controls.
//
// One value travels from the command line to every parser. The defaults keep the cost of a hostile
// file under 256 MiB and 2 s; each can be raised by an option.
#pragma once

#include <cstdint>

namespace mseavro {

struct Limits {
  int64_t block_size_bytes = 64 << 20;          // A block as stored in the file.
  int64_t decoded_block_size_bytes = 64 << 20;  // The same block after decompression.
  int64_t datum_size_bytes = 64 << 20;          // One record, and any bytes or string in it.
  // What a file's blocks may become all together, decompressed or as JSON: this size, and
  // expansion_ratio times theirs. It is what stops a small file of many bombs, none of them large.
  int64_t expansion_size_bytes = 256 << 20;
  int64_t expansion_ratio = 256;
  int64_t metadata_size_bytes = 16 << 20;  // The header of a container file.
  int64_t schema_size_bytes = 16 << 20;    // The text of a schema.
  int64_t name_size_bytes = 64 << 10;      // A name or symbol in a schema.
  int32_t schema_depth = 128;              // Nesting of types in a schema.
  int32_t datum_depth = 4096;              // Nesting of values of a recursive type.
  int64_t zero_size_elements = 1 << 20;    // Elements of one block that take no bytes (nulls, empty
                                           // records), which a count of a few bytes can declare.
  int64_t column_count = 1 << 17;          // Arrow columns of a schema, nested ones included.
  // A JSON text that is encoded; reading it takes 20 times as much.
  int64_t json_size_bytes = 8 << 20;
  int64_t csv_line_size_bytes = 16 << 20;
  int64_t csv_field_count = 1 << 16;  // Fields of one CSV record.
};

}  // namespace mseavro
