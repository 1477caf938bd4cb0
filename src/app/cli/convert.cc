#include "app/cli/convert.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>
#include <vector>

#include "app/cli/cat.h"
#include "app/cli/datum_source.h"
#include "app/cli/record_output.h"
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

Status add_records(DatumSource& records, RecordOutput& output) {
  Encoder datum;
  while (true) {
    datum.clear();
    MSEAVRO_ASSIGN(const bool more, records.next(&datum));
    if (!more) return output.end_input();
    MSEAVRO_TRY(output.add(datum.bytes()));
  }
}

// Adds the records of blocks as the bytes that they are. They are walked, so that what is wrong in
// them is found.
class BlockCopier {
 public:
  static Result<BlockCopier> make(const SchemaPointer& schema, RecordOutput& output,
                                  const Limits& limits) {
    MSEAVRO_ASSIGN(auto plan, ReadPlan::project(schema, {}));
    return BlockCopier(std::move(plan), output, limits);
  }

  Status check(const BlockReader& blocks) {
    return walk(blocks, [] { return Status(); });
  }

  Status copy_block(const BlockReader& blocks, ContainerWriter& file) {
    MSEAVRO_TRY(check(blocks));
    file.datum().put_fixed(blocks.bytes());
    return file.end_block(blocks.block().record_count);
  }

  Status copy_records(const BlockReader& blocks) {
    return walk(blocks, [this]() -> Status {
      for (size_t row = 0; row < batch_.size; ++row) {
        MSEAVRO_TRY(output_.add({batch_.row_begins[row], batch_.row_begins[row + 1]}));
      }
      return {};
    });
  }

 private:
  static constexpr size_t kRowsPerBatch = 1024;

  BlockCopier(std::shared_ptr<const ReadPlan> plan, RecordOutput& output, const Limits& limits)
      : output_(output), decoder_(std::move(plan), limits), batch_({}, kRowsPerBatch) {}

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

  RecordOutput& output_;
  ColumnDecoder decoder_;
  ColumnBatch batch_;
};

// Blocks stay what they are if there is one file for them.
Status copy_blocks(ContainerReader& container, const ConvertOptions& options, RecordOutput& output,
                   const Limits& limits) {
  MSEAVRO_ASSIGN(BlockCopier copier, BlockCopier::make(container.header().schema, output, limits));
  ContainerWriter* const file = options.block_size_bytes ? nullptr : output.file();
  BlockReader blocks(limits);
  blocks.begin_file(container);
  while (true) {
    MSEAVRO_ASSIGN(const bool more,
                   blocks.next([&](const BlockReader& reader) { return copier.check(reader); }));
    if (!more) return output.end_input();
    MSEAVRO_TRY(file != nullptr ? copier.copy_block(blocks, *file) : copier.copy_records(blocks));
  }
}

Status in_file(const std::string& path, Status status) {
  if (!status && status.error().place.file.empty()) status.error().place.file = path;
  return status;
}

// Records that have another schema than the output are built anew.
Status add_container(ContainerReader& container, const SchemaPointer& schema,
                     const ConvertOptions& options, RecordOutput& output, const Limits& limits) {
  const Schema& written = *container.header().schema;
  const bool is_record = schema->root().type == SchemaType::kRecord;
  if (is_record && written.text() == schema->text()) {
    return copy_blocks(container, options, output, limits);
  }
  MSEAVRO_ASSIGN(auto read_plan, ReadPlan::resolve(written, schema));
  MSEAVRO_ASSIGN(auto write_plan, WritePlan::compile(schema));
  const auto datums =
      container_source(container, std::move(read_plan), std::move(write_plan), limits);
  return add_records(*datums, output);
}

// Keys of the inputs' folders that are in no record, and in no name of a folder of the output.
std::set<std::string> left_out_keys(const std::vector<std::string>& paths, const Schema& schema,
                                    const ConvertOptions& options) {
  std::set<std::string> keys;
  for (const std::string& path : paths) {
    for (const auto& [name, value] : path_keys_of(path)) {
      const bool is_kept =
          options.folder != nullptr && std::ranges::count(options.folder->order.keys, name) > 0;
      if (!is_kept && !find_node(schema, {{{name}}})) keys.insert(name);
    }
  }
  return keys;
}

// The first file says what the output is like, as far as the options do not.
Result<Conversion> convert_containers(const std::vector<std::string>& paths,
                                      const ConvertOptions& options, ByteSink* out,
                                      const Limits& limits) {
  SchemaPointer schema = options.reader_schema;
  std::unique_ptr<RecordOutput> output;
  for (const std::string& path : paths) {
    MSEAVRO_ASSIGN(const auto source, open_file(path));
    MSEAVRO_ASSIGN(const auto container,
                   ContainerReader::open(*source, limits, {.salvage = options.salvage}));
    const ContainerHeader& header = container->header();
    if (schema == nullptr) schema = header.schema;
    if (output == nullptr) {
      MSEAVRO_ASSIGN(output, make_record_output(schema, container_options(options, header), options,
                                                out, limits));
    }
    output->begin_input(path);
    MSEAVRO_TRY(in_file(path, add_container(*container, schema, options, *output, limits)));
  }
  MSEAVRO_ASSIGN(Conversion done, output->finish());
  done.left_out_keys = left_out_keys(paths, *schema, options);
  return done;
}

Result<SchemaPointer> schema_of(const std::string& path, const Limits& limits) {
  MSEAVRO_ASSIGN(const auto source, open_file(path));
  MSEAVRO_ASSIGN(const ContainerHeader header, read_header(*source, limits));
  return header.schema;
}

Result<std::unique_ptr<DatumSource>> text_source(const ByteSource& source,
                                                 std::shared_ptr<const WritePlan> plan,
                                                 const ConvertOptions& options,
                                                 const Limits& limits) {
  if (options.from == RecordFormat::kJsonLines) {
    return json_lines_source(source, std::move(plan), options.form, limits);
  }
  return csv_source(source, std::move(plan), options.form.ignores_unknown, limits);
}

Result<InferredSchema> infer_schema(const ByteSource& source, const ConvertOptions& options,
                                    const Limits& limits) {
  return options.from == RecordFormat::kCsv ? infer_csv_schema(source, limits)
                                            : infer_json_lines_schema(source, limits);
}

// REQUIRES: a schema, unless there is but one file.
Result<Conversion> convert_texts(const std::vector<std::string>& paths,
                                 const ConvertOptions& options, ByteSink* out,
                                 const Limits& limits) {
  SchemaPointer schema = options.schema;
  SchemaPointer written_schema = schema;
  std::vector<OddCell> odd_cells;
  std::shared_ptr<const WritePlan> plan;
  std::unique_ptr<RecordOutput> output;
  for (const std::string& path : paths) {
    MSEAVRO_ASSIGN(const auto source, open_file(path));
    if (schema == nullptr) {
      MSEAVRO_ASSIGN(InferredSchema inferred, infer_schema(*source, options, limits));
      MSEAVRO_ASSIGN(schema, Schema::parse(inferred.text, limits));
      MSEAVRO_ASSIGN(written_schema, Schema::parse(inferred.text_without_aliases, limits));
      odd_cells = std::move(inferred.odd_cells);
    }
    if (output == nullptr) {
      MSEAVRO_ASSIGN(plan, WritePlan::compile(schema));
      MSEAVRO_ASSIGN(output, make_record_output(written_schema, container_options(options), options,
                                                out, limits));
    }
    MSEAVRO_ASSIGN(const auto records, text_source(*source, plan, options, limits));
    output->begin_input(path);
    MSEAVRO_TRY(in_file(path, add_records(*records, *output)));
  }
  MSEAVRO_ASSIGN(Conversion done, output->finish());
  done.left_out_keys = left_out_keys(paths, *schema, options);
  if (options.schema == nullptr) done.inferred_schema = schema;
  done.odd_cells = std::move(odd_cells);
  return done;
}

}  // namespace

std::optional<RecordFormat> find_record_format(std::string_view name) {
  const auto* found =
      std::ranges::find(kFormats, name, [](const auto& entry) { return entry.first; });
  return found == std::end(kFormats) ? std::nullopt : std::optional(found->second);
}

Result<Conversion> convert_files(const std::vector<std::string>& paths,
                                 const ConvertOptions& options, ByteSink* out,
                                 const Limits& limits) {
  if (options.from != RecordFormat::kAvro) return convert_texts(paths, options, out, limits);
  if (options.to == RecordFormat::kAvro) return convert_containers(paths, options, out, limits);
  CatOptions cat;
  cat.lines = line_options(options);
  cat.salvage = options.salvage;
  // Who needs no schema does not look for it; what comes through a pipe can be read but once.
  std::error_code error;
  const bool is_alone = paths.size() == 1 && path_keys_of(paths.front()).empty();
  if (is_alone || !std::filesystem::is_regular_file(paths.front(), error)) {
    MSEAVRO_TRY(cat_files(paths, cat, *out, limits));
    return Conversion{};
  }
  MSEAVRO_ASSIGN(const SchemaPointer schema, schema_of(paths.front(), limits));
  const bool is_csv = options.to == RecordFormat::kCsv;
  if (!is_csv && paths.size() > 1 && options.reader_schema == nullptr) {
    cat.lines.reader_schema = schema;
  }
  MSEAVRO_TRY(cat_files(paths, cat, *out, limits));
  return Conversion{.left_out_keys = left_out_keys(paths, *schema, options)};
}

}  // namespace mseavro
