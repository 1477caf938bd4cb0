// Rows that cannot be used, kept with their reason and place.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "avro/schema/schema.h"
#include "mseavro/error.h"

namespace mseavro {

struct DeadLetter {
  std::string reason;
  std::string source;  // The file.
  int64_t block = -1;  // Of Avro files.
  int64_t record = -1;
  int64_t line = -1;  // Of text files.
  std::string raw;    // The original bytes: an Avro datum or a CSV line.
};

// Writes them in order of their place as an Avro file (schema `mseavro.DeadLetter`), whole or not
// at all, and empty when there are none.
Status write_dead_letters(const std::string& path, std::vector<DeadLetter> letters);

// Whether a file with this schema holds dead letters, those of ingest included.
bool is_dead_letter_schema(const Schema& schema);

}  // namespace mseavro
