// Writing Avro container files, from Arrow columns or lines of JSON.
//
//   const auto schema = mseavro::avro_schema_of(type);     // or any other schema that suits
//   auto writer = mseavro::AvroWriter::create("events.avro", *schema);
//   if (!writer) return complain(writer.error());
//   if (const auto done = writer->write(type, batch); !done) return complain(done.error());
//   if (const auto done = writer->close(); !done) return complain(done.error());
//
// The file appears whole with close(), or not at all. What is equal is written as equal bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mseavro/arrow_abi.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

struct WriteOptions {
  std::string codec = "deflate";  // Or "null", "snappy", "zstandard".
  int level = -1;                 // Of deflate and zstandard; -1: their usual one.
  // A block is written when its records have this size.
  int64_t block_size_bytes = 64 << 10;
  // For the header; names must not begin with "avro.".
  std::vector<std::pair<std::string, std::string>> metadata{};
};

// Schema JSON of a record called `name` with a field for each column of a struct: the types that
// BatchReader makes such columns of, and the nearest ones of others. Nullable columns are unions
// with null. A dictionary becomes what its values are: the symbols of an enum are no part of an
// Arrow schema. Errors: E0306, with the column, for what Avro has no type for.
Result<std::string> avro_schema_of(const ArrowSchema& columns, const std::string& name = "Record");

// Used by one thread at a time. Destroyed before close(), it leaves no file.
class AvroWriter {
 public:
  // Begins a file with the schema. Errors: E0103 (not writable), E0205 (codec), E0301 to E0304 and
  // E0302 also for names that the specification does not allow, E0002 (metadata).
  static Result<AvroWriter> create(const std::string& path, const std::string& schema,
                                   const WriteOptions& options = {}, const Limits& limits = {});

  AvroWriter(AvroWriter&&) noexcept;
  AvroWriter& operator=(AvroWriter&&) noexcept;
  ~AvroWriter();

  // Writes the rows of a batch: a struct array of the type `columns` whose children are the fields
  // of the root record, by name and in any order. Fields without a column get their defaults. Both
  // stay their owner's. What is made ready for a type is made ready again in every call, so rows
  // should come by the thousand. Errors: E0306 and E0403 when the columns do not suit the schema,
  // with nothing written; E0506 for a value that does not, with the rows before it written.
  Status write(const ArrowSchema& columns, const ArrowArray& batch);

  // Writes all that the stream still has, and releases it, also when there is an error. Errors: as
  // write(); E0102 with the stream's own words when it fails.
  Status write_stream(ArrowArrayStream* stream);

  // Writes a record from the JSON that LineReader makes, plain or not. Errors: E0506 with the path,
  // and those of JSON that is none; then nothing is written.
  Status write_json(std::string_view line, bool plain = false);

  int64_t record_count() const;

  // Writes what is left and puts the file in its place. Nothing may be written afterwards. Errors:
  // E0103.
  Status close();

 private:
  struct State;
  explicit AvroWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mseavro
