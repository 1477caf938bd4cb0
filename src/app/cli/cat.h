// `mseavro cat`: the records of an Avro file as lines of JSON.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "avro/schema/schema.h"
#include "base/io/byte_sink.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

struct CatOptions {
  bool plain = false;  // For people, instead of the specification's JSON encoding.
  int64_t limit = -1;  // Records to print; below zero all of them.
  std::shared_ptr<const Schema> reader_schema{};  // nullptr: records as they were written.
};

// Writes one record a line. What was read before an error is written. Memory is bounded by the
// limits, whatever the file's size. Errors: those of the file, with their place; those of
// ReadPlan::resolve; kWriteFailed.
Status cat_file(const std::string& path, const CatOptions& options, ByteSink& out,
                const Limits& limits);

}  // namespace mseavro
