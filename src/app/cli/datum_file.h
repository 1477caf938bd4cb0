// `mseavro encode` and `decode`: datums by themselves, without a container file around them.
#pragma once

#include <memory>
#include <string>

#include "avro/schema/schema.h"
#include "avro/wire/json_encoder.h"
#include "base/io/byte_sink.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

struct DatumFileOptions {
  std::shared_ptr<const Schema> schema;
  std::shared_ptr<const Schema> reader_schema{};  // To decode; nullptr: as written.
  JsonForm form{};
  bool is_single_object = false;
  bool is_hex = false;  // A line of hexadecimal digits for each datum, instead of the bytes.
};

// Encodes each line of JSON; the datums follow each other without anything between them. Errors:
// those of DatumWriter::write_json, with file and line.
Status encode_file(const std::string& path, const DatumFileOptions& options, ByteSink& out,
                   const Limits& limits);

// Writes a line of JSON for each datum, at least one; the file is held in memory. Lines before an
// error are written. Errors: those of DatumReader::next_json and SingleObjectReader, with file and
// byte (with hex: line); kTrailingBytes when datums take no bytes but there are some;
// kLimitExceeded beyond limits.decoded_block_size_bytes; kBadValue for what is no hexadecimal.
Status decode_file(const std::string& path, const DatumFileOptions& options, ByteSink& out,
                   const Limits& limits);

}  // namespace mseavro
