// `mseavro convert`: records of files in another form: Avro, CSV or JSON lines; another schema,
// codec or block size.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/folder_output.h"
#include "avro/codec/codec.h"
#include "avro/container/salvage.h"
#include "avro/schema/schema.h"
#include "avro/wire/json_encoder.h"
#include "avro/wire/schema_inference.h"
#include "base/io/byte_sink.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

enum class RecordFormat : uint8_t { kAvro, kCsv, kJsonLines };

// "avro", "csv"; "jsonl", "ndjson" and "json" are one.
std::optional<RecordFormat> find_record_format(std::string_view name);

struct ConvertOptions {
  RecordFormat from = RecordFormat::kAvro;
  RecordFormat to = RecordFormat::kAvro;
  std::shared_ptr<const Schema> schema{};         // Of CSV and JSON lines; nullptr: inferred.
  std::shared_ptr<const Schema> reader_schema{};  // As which Avro is read; nullptr: as written.
  JsonForm form{};  // Of JSON lines, in and out; plain when there is no schema for them.
  std::optional<Codec> codec{};  // Default: that of an Avro file as far as it is written, deflate.
  int level = -1;                // As for make_compressor.
  std::optional<int64_t> block_size_bytes{};  // Default: blocks of an Avro file stay, 64 KiB.
  SalvageLog* salvage = nullptr;              // Of damaged Avro; nullptr: damage is an error.
  const FolderOptions* folder = nullptr;      // Of Avro output that is several files.
};

// What there is to say of a conversion that is done.
struct Conversion {
  int64_t record_count = -1;  // Of Avro output; below zero it was not counted.
  std::shared_ptr<const Schema> inferred_schema{};  // nullptr: it was given.
  std::vector<OddCell> odd_cells{};                 // Of the file that it was inferred from.
  std::string roles{};  // That a folder was made by, as RoleMapping::text().
  // Keys of the inputs' folders that are neither in the records nor in the names of folders now.
  std::set<std::string> left_out_keys{};
};

// The records of all files, one after the other. Avro files are read as the first one's schema if
// no other is asked for; its codec and its user metadata are kept. Those that have the schema
// already are decompressed and compressed again without their values being decoded; their bytes are
// walked all the same, so that damage is found and not handed on. Errors: those of the files, the
// values and the schemas. REQUIRES: a path; one only, where a schema is inferred;
// `out`, if there is no folder.
Result<Conversion> convert_files(const std::vector<std::string>& paths,
                                 const ConvertOptions& options, ByteSink* out,
                                 const Limits& limits);

}  // namespace mseavro
