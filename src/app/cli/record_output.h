// Where the records of a conversion go: an Avro file, a folder of them, or lines of text.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "app/cli/convert.h"
#include "app/cli/record_printer.h"
#include "avro/container/container_writer.h"
#include "avro/schema/schema.h"
#include "base/io/byte_sink.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Not thread-safe.
class RecordOutput {
 public:
  virtual ~RecordOutput() = default;
  // Before the first record of an input.
  virtual void begin_input(const std::string& /*path*/) {}
  // Of a record. Errors: those of writing, and of a folder those of FolderOutput::add.
  virtual Status add(std::span<const uint8_t> datum) = 0;
  // After the last record of an input.
  virtual Status end_input() { return {}; }
  virtual Result<Conversion> finish() = 0;
  // The output if it is one Avro file, for who copies whole blocks; else nullptr.
  virtual ContainerWriter* file() { return nullptr; }
};

// The output that the options ask for; `container` is for Avro, `out` for what is no folder.
// Errors: those of the schema as lines, of ContainerWriter::create and of FolderOutput::make.
Result<std::unique_ptr<RecordOutput>> make_record_output(
    const std::shared_ptr<const Schema>& schema, ContainerOptions container,
    const ConvertOptions& options, ByteSink* out, const Limits& limits);

// How records are written as lines.
PrintOptions line_options(const ConvertOptions& options);

}  // namespace mseavro
