// The library by plain C, for tests in other languages (tests/e2e/test_arrow.py).
#include <mseavro/reader.h>
#include <mseavro/writer.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

thread_local std::string last_error;

int fail_with(const mseavro::Error& error) {
  last_error = error.message;
  return static_cast<int>(error.code);
}

}  // namespace

extern "C" {

const char* guest_error() { return last_error.c_str(); }

// The file's records, in batches of `row_count`. The reader schema may be empty; so may the
// columns, which are separated by spaces. Returns 0 or the code of the error.
int guest_read(const char* path, const char* reader_schema, const char* columns, int64_t row_count,
               ArrowArrayStream* stream) {
  const auto file = mseavro::AvroFile::open(path);
  if (!file) return fail_with(file.error());
  mseavro::BatchOptions options{.reader_schema = reader_schema, .row_count = row_count};
  std::istringstream names(columns);
  for (std::string name; names >> name;) options.columns.push_back(name);
  auto batches = file->read_batches(options);
  if (!batches) return fail_with(batches.error());
  std::move(*batches).export_stream(stream);
  return 0;
}

// Writes the stream, which is released, to a file under the schema; if that is empty, under the one
// that its columns ask for. Returns 0 or the code of the error.
int guest_write(const char* path, const char* schema, ArrowArrayStream* stream) {
  std::string text = schema;
  if (text.empty()) {
    ArrowSchema columns;
    stream->get_schema(stream, &columns);
    const auto derived = mseavro::avro_schema_of(columns);
    columns.release(&columns);
    if (!derived) stream->release(stream);
    if (!derived) return fail_with(derived.error());
    text = *derived;
  }
  auto writer = mseavro::AvroWriter::create(path, text);
  if (!writer) stream->release(stream);
  if (!writer) return fail_with(writer.error());
  if (const auto done = writer->write_stream(stream); !done) return fail_with(done.error());
  if (const auto done = writer->close(); !done) return fail_with(done.error());
  return 0;
}

}  // extern "C"
