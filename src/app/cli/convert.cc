#include "app/cli/convert.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "app/cli/cat.h"
#include "app/cli/datum_source.h"
#include "app/cli/line_buffer.h"
#include "app/cli/record_printer.h"
#include "avro/container/block_reader.h"
#include "avro/container/container_writer.h"
#include "avro/wire/column_decoder.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

using SchemaPointer = std::shared_ptr<const Schema>;

constexpr std::pair<std::string_view, RecordFormat> kFormats[] = {
    {"avro", RecordFormat::kAvro},
    {"csv", RecordFormat::kCsv},
    {"jsonl", RecordFormat::kJsonLines},
    {"json", RecordFormat::kJsonLines},
    {"ndjson", RecordFormat::kJsonLines}};

ContainerOptions container_options(const ConvertOptions& options) {
  ContainerOptions made;
  made.codec = options.codec.value_or(Codec::kDeflate);
  made.level = options.level;
  made.block_size_bytes = options.block_size_bytes.value_or(made.block_size_bytes);
  return made;
}

ContainerOptions container_options(const ConvertOptions& options, const ContainerHeader& header) {
  ContainerOptions made = container_options(options);
  if (!options.codec && find_codec_to_write(codec_name(header.codec))) made.codec = header.codec;
  made.metadata = header.user_metadata();
  return made;
}

Result<Conversion> write_container(DatumSource& source, const SchemaPointer& schema,
                                   ContainerOptions container, const ConvertOptions& options,
                                   ByteSink& out, const Limits& limits) {
  MSEAVRO_TRY(check_level(container.codec, container.level));
  if (options.folder != nullptr) {
    MSEAVRO_ASSIGN(const int64_t record_count,
                   write_folder(source, schema, std::move(container), *options.folder, limits));
    return Conversion{.record_count = record_count};
  }
  MSEAVRO_ASSIGN(const auto writer,
                 ContainerWriter::create(out, schema->text(), std::move(container)));
  while (true) {
    MSEAVRO_ASSIGN(const bool more, source.next(&writer->datum()));
    if (!more) break;
    MSEAVRO_TRY(writer->end_record());
  }
  MSEAVRO_TRY(writer->finish());
  return Conversion{.record_count = writer->record_count()};
}

PrintOptions line_options(const ConvertOptions& options) {
  PrintOptions lines;
  lines.reader_schema = options.reader_schema;
  if (options.to == RecordFormat::kCsv) {
    lines.form = LineForm::kCsv;
  } else if (options.form.style == JsonStyle::kPlain) {
    lines.form = LineForm::kPlainJson;
  }
  return lines;
}

Result<Conversion> write_lines(DatumSource& source, const SchemaPointer& schema,
                               const ConvertOptions& options, ByteSink& out, const Limits& limits) {
  MSEAVRO_ASSIGN(const auto printer, RecordPrinter::make(schema, line_options(options), limits));
  LineBuffer lines(out);
  if (const auto head = printer->head()) {
    lines.line()->append(*head);
    MSEAVRO_TRY(lines.end_line());
  }
  Encoder datum;
  while (true) {
    datum.clear();
    MSEAVRO_ASSIGN(const bool more, source.next(&datum));
    if (!more) break;
    printer->begin_block(datum.bytes(), 1);
    MSEAVRO_TRY(printer->next(lines.line()));
    MSEAVRO_TRY(lines.end_line());
  }
  MSEAVRO_TRY(lines.flush());
  return Conversion{};
}

Result<Conversion> convert_text(const ByteSource& source, const ConvertOptions& options,
                                ByteSink& out, const Limits& limits) {
  const bool is_csv = options.from == RecordFormat::kCsv;
  SchemaPointer schema = options.schema;
  JsonForm form = options.form;
  const bool is_inferred = schema == nullptr;
  if (is_inferred) {
    MSEAVRO_ASSIGN(const std::string text, is_csv ? infer_csv_schema(source, limits)
                                                  : infer_json_lines_schema(source, limits));
    MSEAVRO_ASSIGN(schema, Schema::parse(text, limits));
  }
  MSEAVRO_ASSIGN(const auto plan, WritePlan::compile(schema));
  std::unique_ptr<DatumSource> datums;
  if (is_csv) {
    MSEAVRO_ASSIGN(datums, csv_source(source, plan, form.ignores_unknown, limits));
  } else {
    datums = json_lines_source(source, plan, form, limits);
  }
  auto done =
      options.to == RecordFormat::kAvro
          ? write_container(*datums, schema, container_options(options), options, out, limits)
          : write_lines(*datums, schema, options, out, limits);
  if (done && is_inferred) done->inferred_schema = schema;
  return done;
}

// Copies the records of blocks as the bytes that they are. They are walked, so that what is wrong
// in them is found.
class BlockCopier {
 public:
  static Result<BlockCopier> make(const SchemaPointer& schema, ContainerWriter& writer,
                                  const Limits& limits) {
    MSEAVRO_ASSIGN(auto plan, ReadPlan::project(schema, {}));
    return BlockCopier(std::move(plan), writer, limits);
  }

  Status check(const BlockReader& blocks) {
    return walk(blocks, [] { return Status(); });
  }

  Status copy_block(const BlockReader& blocks) {
    MSEAVRO_TRY(check(blocks));
    writer_.datum().put_fixed(blocks.bytes());
    return writer_.end_block(blocks.block().record_count);
  }

  // Into blocks of the writer's size.
  Status copy_records(const BlockReader& blocks) {
    return walk(blocks, [this]() -> Status {
      for (size_t row = 0; row < batch_.size; ++row) {
        writer_.datum().put_fixed({batch_.row_begins[row], batch_.row_begins[row + 1]});
        MSEAVRO_TRY(writer_.end_record());
      }
      return {};
    });
  }

 private:
  static constexpr size_t kRowsPerBatch = 1024;

  BlockCopier(std::shared_ptr<const ReadPlan> plan, ContainerWriter& writer, const Limits& limits)
      : writer_(writer), decoder_(std::move(plan), limits), batch_({}, kRowsPerBatch) {}

  template <class TakeBatch>
  Status walk(const BlockReader& blocks, const TakeBatch& take_batch) {
    decoder_.begin_block(blocks.bytes(), blocks.block().record_count);
    while (true) {
      auto more = decoder_.next(batch_);
      if (!more) return blocks.error(std::move(more.error()));
      if (!*more) return {};
      MSEAVRO_TRY(take_batch());
    }
  }

  ContainerWriter& writer_;
  ColumnDecoder decoder_;
  ColumnBatch batch_;
};

Result<Conversion> copy_blocks(ContainerReader& container, const ConvertOptions& options,
                               ByteSink& out, const Limits& limits) {
  const ContainerHeader& header = container.header();
  ContainerOptions made = container_options(options, header);
  MSEAVRO_TRY(check_level(made.codec, made.level));
  MSEAVRO_ASSIGN(const auto writer,
                 ContainerWriter::create(out, header.schema->text(), std::move(made)));
  MSEAVRO_ASSIGN(BlockCopier copier, BlockCopier::make(header.schema, *writer, limits));
  BlockReader blocks(limits);
  blocks.begin_file(container);
  while (true) {
    MSEAVRO_ASSIGN(const bool more,
                   blocks.next([&](const BlockReader& reader) { return copier.check(reader); }));
    if (!more) break;
    MSEAVRO_TRY(options.block_size_bytes ? copier.copy_records(blocks) : copier.copy_block(blocks));
  }
  MSEAVRO_TRY(writer->finish());
  return Conversion{.record_count = writer->record_count()};
}

Result<Conversion> convert_container(const ByteSource& source, const ConvertOptions& options,
                                     ByteSink& out, const Limits& limits) {
  MSEAVRO_ASSIGN(const auto container,
                 ContainerReader::open(source, limits, {.salvage = options.salvage}));
  const ContainerHeader& header = container->header();
  const bool is_record = header.schema->root().type == SchemaType::kRecord;
  if (options.reader_schema == nullptr && options.folder == nullptr && is_record) {
    return copy_blocks(*container, options, out, limits);
  }
  const SchemaPointer schema = options.reader_schema ? options.reader_schema : header.schema;
  MSEAVRO_ASSIGN(auto read_plan, ReadPlan::resolve(*header.schema, schema));
  MSEAVRO_ASSIGN(auto write_plan, WritePlan::compile(schema));
  const auto datums =
      container_source(*container, std::move(read_plan), std::move(write_plan), limits);
  return write_container(*datums, schema, container_options(options, header), options, out, limits);
}

}  // namespace

std::optional<RecordFormat> find_record_format(std::string_view name) {
  const auto* found =
      std::ranges::find(kFormats, name, [](const auto& entry) { return entry.first; });
  return found == std::end(kFormats) ? std::nullopt : std::optional(found->second);
}

Result<Conversion> convert_file(const std::string& path, const ConvertOptions& options,
                                ByteSink& out, const Limits& limits) {
  if (options.from == RecordFormat::kAvro && options.to != RecordFormat::kAvro) {
    CatOptions cat;
    cat.lines = line_options(options);
    cat.salvage = options.salvage;
    MSEAVRO_TRY(cat_files({path}, cat, out, limits));
    return Conversion{};
  }
  MSEAVRO_ASSIGN(const auto source, open_file(path));
  auto done = options.from == RecordFormat::kAvro ? convert_container(*source, options, out, limits)
                                                  : convert_text(*source, options, out, limits);
  if (!done && done.error().place.file.empty()) done.error().place.file = path;
  return done;
}

}  // namespace mseavro
