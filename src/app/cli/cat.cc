#include "app/cli/cat.h"

#include <memory>

#include "avro/codec/codec.h"
#include "avro/container/container_reader.h"
#include "avro/wire/datum_reader.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"
#include "events/source/avro_rows.h"

namespace mseavro {
namespace {

constexpr size_t kBufferBytes = 64 << 10;

// Lines on their way out.
class LineBuffer {
 public:
  explicit LineBuffer(ByteSink& out) : out_(out) {}

  std::string* line() { return &text_; }  // Where the next line is appended.
  Status end_line() {
    text_.push_back('\n');
    return text_.size() < kBufferBytes ? Status() : flush();
  }
  Status flush() {
    MSEAVRO_TRY(out_.write_text(text_));
    text_.clear();
    return {};
  }

 private:
  ByteSink& out_;
  std::string text_;
};

Result<std::shared_ptr<const ReadPlan>> make_plan(const std::shared_ptr<const Schema>& writer,
                                                  const CatOptions& options) {
  if (options.reader_schema == nullptr) return ReadPlan::whole(writer);
  return ReadPlan::resolve(*writer, options.reader_schema);
}

Status write_records(const std::string& path, const CatOptions& options, const Limits& limits,
                     LineBuffer& lines) {
  MSEAVRO_ASSIGN(const auto source, open_file(path));
  MSEAVRO_ASSIGN(const auto container, ContainerReader::open(*source, limits));
  const ContainerHeader& header = container->header();
  const auto at = [&](const Error& unplaced, const Block& block) {
    Error error = place_in_file(unplaced, block, header.codec);
    error.place.file = path;
    return tl::unexpected<Error>(std::move(error));
  };
  const JsonStyle style = options.plain ? JsonStyle::kPlain : JsonStyle::kAvro;
  const auto decompressor = make_decompressor(header.codec, limits);
  auto plan = make_plan(header.schema, options);
  if (!plan) {
    plan.error().place.file = path;
    return tl::unexpected<Error>(std::move(plan.error()));
  }
  DatumReader reader(*plan, limits);
  Piece piece;
  int64_t records_left = options.limit < 0 ? INT64_MAX : options.limit;
  while (records_left > 0) {
    MSEAVRO_ASSIGN(const bool has_piece, container->next(piece));
    if (!has_piece) break;
    for (const Block& block : piece.blocks) {
      const auto bytes = decompressor->decompress(block.bytes);
      if (!bytes) return at(bytes.error(), block);
      reader.begin_block(*bytes, block.record_count);
      for (; records_left > 0; --records_left) {
        const auto more = reader.next_json(style, lines.line());
        if (!more) return at(more.error(), block);
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
