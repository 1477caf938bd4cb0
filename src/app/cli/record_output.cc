#include "app/cli/record_output.h"

#include <utility>

#include "app/cli/line_buffer.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

class FileOutput final : public RecordOutput {
 public:
  explicit FileOutput(std::unique_ptr<ContainerWriter> writer) : writer_(std::move(writer)) {}

  Status add(std::span<const uint8_t> datum) override {
    writer_->datum().put_fixed(datum);
    return writer_->end_record();
  }
  Result<Conversion> finish() override {
    MSEAVRO_TRY(writer_->finish());
    return Conversion{.record_count = writer_->record_count()};
  }
  ContainerWriter* file() override { return writer_.get(); }

 private:
  const std::unique_ptr<ContainerWriter> writer_;
};

class FilesOutput final : public RecordOutput {
 public:
  explicit FilesOutput(std::unique_ptr<FolderOutput> files) : files_(std::move(files)) {}

  void begin_input(const std::string& path) override { files_->begin_input(path_keys_of(path)); }
  Status add(std::span<const uint8_t> datum) override { return files_->add(datum); }
  Status end_input() override { return files_->end_input(); }
  Result<Conversion> finish() override {
    MSEAVRO_ASSIGN(const int64_t record_count, files_->finish());
    return Conversion{.record_count = record_count, .roles = files_->roles()};
  }

 private:
  const std::unique_ptr<FolderOutput> files_;
};

class LinesOutput final : public RecordOutput {
 public:
  LinesOutput(std::unique_ptr<RecordPrinter> printer, ByteSink& out)
      : printer_(std::move(printer)), lines_(out) {}

  Status begin() {
    const auto head = printer_->head();
    if (!head) return {};
    lines_.line()->append(*head);
    return lines_.end_line();
  }

  Status add(std::span<const uint8_t> datum) override {
    printer_->begin_block(datum, 1);
    MSEAVRO_TRY(printer_->next(lines_.line()));
    return lines_.end_line();
  }
  Result<Conversion> finish() override {
    MSEAVRO_TRY(lines_.flush());
    return Conversion{};
  }

 private:
  const std::unique_ptr<RecordPrinter> printer_;
  LineBuffer lines_;
};

}  // namespace

Result<std::unique_ptr<RecordOutput>> make_record_output(
    const std::shared_ptr<const Schema>& schema, ContainerOptions container,
    const ConvertOptions& options, ByteSink* out, const Limits& limits) {
  if (options.to != RecordFormat::kAvro) {
    MSEAVRO_ASSIGN(auto printer, RecordPrinter::make(schema, line_options(options), limits));
    auto lines = std::make_unique<LinesOutput>(std::move(printer), *out);
    MSEAVRO_TRY(lines->begin());
    return lines;
  }
  MSEAVRO_TRY(check_level(container.codec, container.level));
  if (options.folder != nullptr) {
    MSEAVRO_ASSIGN(auto files,
                   FolderOutput::make(schema, std::move(container), *options.folder, limits));
    return std::make_unique<FilesOutput>(std::move(files));
  }
  MSEAVRO_ASSIGN(auto writer, ContainerWriter::create(*out, schema->text(), std::move(container)));
  return std::make_unique<FileOutput>(std::move(writer));
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

}  // namespace mseavro
