// `mseavro cat`: the records of an Avro file as lines of JSON.
#pragma once

#include <cstdint>
#include <string>

#include "base/io/byte_sink.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

struct CatOptions {
  bool plain = false;  // For people, instead of the specification's JSON encoding.
  int64_t limit = -1;  // Records to print; below zero all of them.
};

// Writes one record a line. What was read before an error is written. Memory is bounded by the
// limits, whatever the file's size. Errors: those of the file, with their place; kWriteFailed.
Status cat_file(const std::string& path, const CatOptions& options, ByteSink& out,
                const Limits& limits);

}  // namespace mseavro
