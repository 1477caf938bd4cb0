#include "app/cli/cat.h"

#include <fmt/format.h>

#include <memory>

#include "avro/codec/codec.h"
#include "avro/container/container_reader.h"
#include "avro/wire/datum_reader.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr size_t kBufferBytes = 64 << 10;
// A line of any size in place: a text that grows by moving would stand in memory twice. What is not
// used of it takes no memory.
constexpr size_t kReservedBytes = 65 << 20;

// Lines on their way out.
class LineBuffer {
 public:
  explicit LineBuffer(ByteSink& out) : out_(out) { text_.reserve(kReservedBytes); }

  std::string* line() { return &text_; }  // Where the next line is appended.
  Status end_line() {
    text_.push_back('\n');
    return text_.size() < kBufferBytes ? Status() : flush();
  }
  Status flush() {
    MSEAVRO_TRY(out_.write_text(text_));
    flushed_size_bytes_ += static_cast<int64_t>(text_.size());
    text_.clear();
    return {};
  }
  int64_t size_bytes() const { return flushed_size_bytes_ + static_cast<int64_t>(text_.size()); }

 private:
  ByteSink& out_;
  std::string text_;
  int64_t flushed_size_bytes_ = 0;
};

Result<std::shared_ptr<const ReadPlan>> make_plan(const std::shared_ptr<const Schema>& writer,
                                                  const CatOptions& options) {
  if (options.reader_schema == nullptr) return ReadPlan::whole(writer);
  return ReadPlan::resolve(*writer, options.reader_schema);
}

Error too_much_written(int64_t limit_bytes) {
  return {ErrorCode::kLimitExceeded,
          fmt::format("the file's records take more than {} bytes when they are written out",
                      limit_bytes),
          {},
          {},
          {}};
}

Status write_records(const std::string& path, const CatOptions& options, const Limits& limits,
                     LineBuffer& lines) {
  MSEAVRO_ASSIGN(const auto source, open_file(path));
  MSEAVRO_ASSIGN(const auto container, ContainerReader::open(*source, limits));
  const ContainerHeader& header = container->header();
  const JsonStyle style = options.plain ? JsonStyle::kPlain : JsonStyle::kAvro;
  const auto decompressor = make_decompressor(header.codec, limits);
  auto plan = make_plan(header.schema, options);
  if (!plan) {
    plan.error().place.file = path;
    return tl::unexpected<Error>(std::move(plan.error()));
  }
  DatumReader reader(*plan, limits);
  const int64_t size_limit_bytes = container->expansion_limit_bytes();
  Piece piece;
  int64_t records_left = options.limit < 0 ? INT64_MAX : options.limit;
  while (records_left > 0) {
    MSEAVRO_ASSIGN(const bool has_piece, container->next(piece));
    if (!has_piece) break;
    for (const Block& block : piece.blocks) {
      MSEAVRO_ASSIGN(const auto bytes, container->decompress(block, *decompressor));
      reader.begin_block(bytes, block.record_count);
      for (; records_left > 0; --records_left) {
        if (lines.size_bytes() > size_limit_bytes) {
          return container->error_in(too_much_written(size_limit_bytes), block);
        }
        const auto more = reader.next_json(style, lines.line());
        if (!more) return container->error_in(more.error(), block);
        if (!*more) break;
        MSEAVRO_TRY(lines.end_line());
      }
    }
  }
  return {};
}

}  // namespace

Status cat_file(const std::string& path, const CatOptions& options, ByteSink& out,
                const Limits& limits) {
  LineBuffer lines(out);
  Status status = write_records(path, options, limits, lines);
  MSEAVRO_TRY(lines.flush());
  return status;
}

}  // namespace mseavro
