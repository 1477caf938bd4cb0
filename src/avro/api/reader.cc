#include "mseavro/reader.h"

#include <optional>
#include <span>
#include <utility>

#include "avro/api/arrow_stream.h"
#include "avro/api/file_blocks.h"
#include "avro/arrow/arrow_decoder.h"
#include "avro/container/container_header.h"
#include "avro/schema/canonical_form.h"
#include "avro/schema/fingerprint.h"
#include "avro/wire/datum_reader.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"

namespace mseavro {

struct AvroFile::State {
  std::unique_ptr<ByteSource> source;
  Limits limits;
  ContainerHeader header;

  static Result<AvroFile> open(std::unique_ptr<ByteSource> source, const Limits& limits) {
    MSEAVRO_ASSIGN(ContainerHeader header, read_header(*source, limits));
    return AvroFile(
        std::make_shared<const State>(State{std::move(source), limits, std::move(header)}));
  }

  // The reader schema of that text; the writer's when it is empty.
  Result<std::shared_ptr<const Schema>> schema_of(const std::string& text) const {
    if (text.empty()) return header.schema;
    return Schema::parse(text, limits);
  }

  Result<std::shared_ptr<const ReadPlan>> plan(const std::shared_ptr<const Schema>& reader,
                                               const FieldSelection& selection = {}) const {
    if (reader == header.schema) return ReadPlan::whole(reader, selection);
    auto plan = ReadPlan::resolve(*header.schema, reader, selection);
    if (!plan) plan.error().place.file = source->name();
    return plan;
  }

  Result<FileBlocks> blocks() const { return FileBlocks::open(*source, limits, header.schema); }
};

// ---- AvroFile ----

AvroFile::AvroFile(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Result<AvroFile> AvroFile::open(const std::string& path, const Limits& limits) {
  MSEAVRO_ASSIGN(auto source, open_file(path));
  return State::open(std::move(source), limits);
}

Result<AvroFile> AvroFile::open_memory(std::string_view bytes, const Limits& limits) {
  return State::open(memory_source({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}),
                     limits);
}

const std::string& AvroFile::schema() const { return state_->header.schema->text(); }

Result<std::string> AvroFile::canonical_schema() const {
  return canonical_form(*state_->header.schema, state_->limits);
}

Result<uint64_t> AvroFile::fingerprint() const {
  MSEAVRO_ASSIGN(const std::string form, canonical_schema());
  return crc64_avro(form);
}

std::string_view AvroFile::codec() const { return codec_name(state_->header.codec); }

std::vector<std::pair<std::string, std::string>> AvroFile::metadata() const {
  return state_->header.user_metadata();
}

Result<BatchReader> AvroFile::read_batches(const BatchOptions& options) const {
  if (options.row_count <= 0) {
    return fail(ErrorCode::kBadOptionValue, "a batch has at least one row", "raise row_count",
                std::to_string(options.row_count));
  }
  MSEAVRO_ASSIGN(const auto schema, state_->schema_of(options.reader_schema));
  MSEAVRO_ASSIGN(auto layout, ArrowLayout::of(*schema, options.columns, state_->limits));
  MSEAVRO_ASSIGN(auto plan, state_->plan(schema, layout->selection));
  MSEAVRO_ASSIGN(auto blocks, state_->blocks());
  return BatchReader(std::make_unique<BatchReader::State>(
      state_, std::move(plan), std::move(layout), std::move(blocks), options.row_count));
}

Result<LineReader> AvroFile::read_lines(const LineOptions& options) const {
  MSEAVRO_ASSIGN(const auto schema, state_->schema_of(options.reader_schema));
  MSEAVRO_ASSIGN(auto plan, state_->plan(schema));
  MSEAVRO_ASSIGN(auto blocks, state_->blocks());
  return LineReader(
      std::make_unique<LineReader::State>(state_, std::move(plan), std::move(blocks),
                                          options.plain ? JsonStyle::kPlain : JsonStyle::kAvro));
}

// ---- BatchReader ----

struct BatchReader::State {
  State(std::shared_ptr<const AvroFile::State> open_file, std::shared_ptr<const ReadPlan> plan,
        std::shared_ptr<const ArrowLayout> columns, FileBlocks file_blocks, int64_t rows)
      : file(std::move(open_file)),
        layout(std::move(columns)),
        blocks(std::move(file_blocks)),
        decoder(std::move(plan), layout, file->limits),
        row_count(rows) {}

  // Decodes until the batch is full or the file ends.
  Status fill() {
    while (!has_ended) {
      const auto is_full = decoder.fill(row_count);
      if (!is_full) return blocks.error(is_full.error());
      if (*is_full) break;
      MSEAVRO_ASSIGN(const bool has_block, blocks.next());
      if (has_block) decoder.begin_block(blocks.bytes(), blocks.record_count());
      has_ended = !has_block;
    }
    return decoder.row_count() == 0 ? Status() : blocks.count_output(decoder.size_bytes());
  }

  const std::shared_ptr<const AvroFile::State> file;
  const std::shared_ptr<const ArrowLayout> layout;
  FileBlocks blocks;
  ArrowDecoder decoder;
  const int64_t row_count;
  bool has_ended = false;
  std::optional<Error> error;
};

BatchReader::BatchReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
BatchReader::BatchReader(BatchReader&&) noexcept = default;
BatchReader& BatchReader::operator=(BatchReader&&) noexcept = default;
BatchReader::~BatchReader() = default;

void BatchReader::schema(ArrowSchema* schema) const { export_field(state_->layout->root, schema); }

Result<bool> BatchReader::next(ArrowArray* batch) {
  if (!state_->error) {
    if (Status status = state_->fill(); !status) state_->error = std::move(status.error());
  }
  if (state_->error) return tl::unexpected(*state_->error);
  if (state_->decoder.row_count() == 0) return false;
  state_->decoder.finish(batch);
  return true;
}

int64_t BatchReader::replaced_text_count() const { return state_->decoder.replaced_text_count(); }

void BatchReader::export_stream(ArrowArrayStream* stream) && {
  export_batches(std::move(*this), stream);
}

// ---- LineReader ----

struct LineReader::State {
  State(std::shared_ptr<const AvroFile::State> open_file, std::shared_ptr<const ReadPlan> plan,
        FileBlocks file_blocks, JsonStyle json_style)
      : file(std::move(open_file)),
        blocks(std::move(file_blocks)),
        reader(std::move(plan), file->limits),
        style(json_style) {}

  Result<bool> next(std::string* line) {
    while (true) {
      const auto has_line = reader.next_json(style, line);
      if (!has_line) return blocks.error(has_line.error());
      if (*has_line) break;
      MSEAVRO_ASSIGN(const bool has_block, blocks.next());
      if (!has_block) return false;
      reader.begin_block(blocks.bytes(), blocks.record_count());
    }
    MSEAVRO_TRY(blocks.count_output(static_cast<int64_t>(line->size())));
    return true;
  }

  const std::shared_ptr<const AvroFile::State> file;
  FileBlocks blocks;
  DatumReader reader;
  const JsonStyle style;
  std::optional<Error> error;
};

LineReader::LineReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
LineReader::LineReader(LineReader&&) noexcept = default;
LineReader& LineReader::operator=(LineReader&&) noexcept = default;
LineReader::~LineReader() = default;

Result<bool> LineReader::next(std::string* line) {
  line->clear();
  if (state_->error) return tl::unexpected(*state_->error);
  auto has_line = state_->next(line);
  if (!has_line) state_->error = has_line.error();
  return has_line;
}

}  // namespace mseavro
