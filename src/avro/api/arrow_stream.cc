#include "avro/api/arrow_stream.h"

#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "base/result/error_catalog.h"

namespace mseavro {
namespace {

struct Stream {
  BatchReader reader;
  std::string error{};
};

Stream& stream_of(ArrowArrayStream* stream) { return *static_cast<Stream*>(stream->private_data); }

int get_schema(ArrowArrayStream* stream, ArrowSchema* schema) {
  stream_of(stream).reader.schema(schema);
  return 0;
}

int error_number(ErrorCode code) { return code == ErrorCode::kUnreadable ? EIO : EINVAL; }

int get_next(ArrowArrayStream* stream, ArrowArray* batch) {
  auto& [reader, error] = stream_of(stream);
  batch->release = nullptr;  // What marks the end.
  const auto more = reader.next(batch);
  if (more) return 0;
  error = format_error(more.error());
  return error_number(more.error().code);
}

const char* get_last_error(ArrowArrayStream* stream) {
  const std::string& error = stream_of(stream).error;
  return error.empty() ? nullptr : error.c_str();
}

void release(ArrowArrayStream* stream) {
  delete &stream_of(stream);
  stream->release = nullptr;
}

}  // namespace

void export_batches(BatchReader reader, ArrowArrayStream* stream) {
  auto state = std::make_unique<Stream>(Stream{std::move(reader)});
  *stream = {
      .get_schema = get_schema,
      .get_next = get_next,
      .get_last_error = get_last_error,
      .release = release,
      .private_data = state.release(),
  };
}

}  // namespace mseavro
