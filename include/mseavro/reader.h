// Reading Avro container files: columns for programs that compute, JSON lines for those that look.
//
//   auto file = mseavro::AvroFile::open("events.avro");
//   if (!file) return complain(file.error());
//   auto batches = file->read_batches({.columns = {"prediction", "actual"}});
//   if (!batches) return complain(batches.error());
//   ArrowArray batch;
//   while (true) {
//     const auto more = batches->next(&batch);
//     if (!more) return complain(more.error());
//     if (!*more) break;
//     ...                     // batch.children[0] holds the predictions of batch.length records
//     batch.release(&batch);
//   }
//
// Any program that speaks Arrow takes the whole reading as a stream:
//
//   ArrowArrayStream stream;
//   std::move(*batches).export_stream(&stream);
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

struct BatchOptions {
  // Schema JSON. Records are read as this schema has them, with its defaults, aliases and
  // promotions; empty: as they were written.
  std::string reader_schema{};
  // Fields of the root record (the reader schema's, if there is one) that become columns, in this
  // order. The others are skipped in the bytes. Empty: all.
  std::vector<std::string> columns{};
  // Rows of a batch. One ends earlier when it has some 16 MiB.
  int64_t row_count = 8 << 10;
};

struct LineOptions {
  std::string reader_schema{};  // As above.
  // The JSON encoding of the Avro specification; or JSON for people, with unions unwrapped and
  // dates, times, decimals and uuids written out.
  bool plain = false;
};

class BatchReader;
class LineReader;

// An open file: what its header says, and readers of its records. Immutable; copies are cheap and
// may be used by any threads at once.
class AvroFile {
 public:
  // Opens a file and reads its header. A pipe is read whole first, up to 4 GiB. Errors: E0101,
  // E0102 (no such file, unreadable), E0201 to E0205 (no container file, damaged header, unknown
  // codec), E0209 (beyond `limits`), E0301 to E0304 (a schema that is none), with the place.
  static Result<AvroFile> open(const std::string& path, const Limits& limits = {});
  // The same of a file in memory, which the caller keeps there, unchanged, while this file or any
  // of its readers exists.
  static Result<AvroFile> open_memory(std::string_view bytes, const Limits& limits = {});

  // The writer schema's text as it stands in the header.
  const std::string& schema() const;
  // Its Parsing Canonical Form, and the CRC-64-AVRO fingerprint of that. Errors: E0209.
  Result<std::string> canonical_schema() const;
  Result<uint64_t> fingerprint() const;
  // "null", "deflate", "snappy", "zstandard", "bzip2" or "xz".
  std::string_view codec() const;
  // What the writer added to the header: all but the keys that begin with "avro.".
  std::vector<std::pair<std::string, std::string>> metadata() const;

  // Readers begin at the first record; any number of them may be open. They keep the file open.
  // Errors: those of the reader schema (E0301 to E0305); E0403 for a column that is no field; E0306
  // for a type that Arrow does not have, such as one that contains itself.
  Result<BatchReader> read_batches(const BatchOptions& options = {}) const;
  Result<LineReader> read_lines(const LineOptions& options = {}) const;

 private:
  friend class BatchReader;
  friend class LineReader;
  struct State;
  explicit AvroFile(std::shared_ptr<const State> state);
  std::shared_ptr<const State> state_;
};

// Records as Arrow columns. The table of types is in docs/adr/0007-arrow-mapping.md. Used by one
// thread at a time; batches belong to whoever got them and outlive the reader.
class BatchReader {
 public:
  BatchReader(BatchReader&&) noexcept;
  BatchReader& operator=(BatchReader&&) noexcept;
  ~BatchReader();

  // The type of every batch: a struct with a child for each column. `*schema` is the caller's to
  // release.
  void schema(ArrowSchema* schema) const;

  // Fills `*batch`, which is then the caller's to release, and returns true; false, with nothing to
  // release, when the file is at its end. Errors: what is wrong with the data (E0203 to E0215,
  // E0305, E0307), with the place. Records before the fault that no batch brought yet are not
  // brought any more, and every further call returns the same error.
  Result<bool> next(ArrowArray* batch);

  // Texts so far that were not UTF-8. Columns of text have U+FFFD in the places that were wrong; to
  // read such a field as it is, say "bytes" in a reader schema.
  int64_t replaced_text_count() const;

  // Hands the reader over to a stream, which is then the caller's to release. Its errors carry the
  // text that the command prints. The reader can only be destroyed or assigned to afterwards.
  void export_stream(ArrowArrayStream* stream) &&;

 private:
  friend class AvroFile;
  struct State;
  explicit BatchReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Records as lines of JSON. Used by one thread at a time.
class LineReader {
 public:
  LineReader(LineReader&&) noexcept;
  LineReader& operator=(LineReader&&) noexcept;
  ~LineReader();

  // Replaces `*line` by the next record, without a line feed; false at the file's end. Errors: as
  // BatchReader::next.
  Result<bool> next(std::string* line);

 private:
  friend class AvroFile;
  struct State;
  explicit LineReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mseavro
