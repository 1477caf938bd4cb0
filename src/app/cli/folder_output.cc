#include "app/cli/folder_output.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "app/cli/spec_options.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr size_t kMemoryBytes = 64 << 20;  // Of records that wait to be sorted.
constexpr size_t kBytesToSort = 256 << 10;

constexpr std::string_view kFileSuffixes[] = {"avro", "csv", "json", "jsonl", "ndjson"};

}  // namespace

bool wants_folder(const OptionValues& values) {
  return values.has("partition-by") || values.has("max-file-size") || values.has("sort-by");
}

Result<FolderOptions> read_folder_options(const OptionValues& values, std::string name) {
  FolderOptions options;
  options.name = std::move(name);
  if (!values.has("output")) {
    return fail(ErrorCode::kUsage, "the folder for the files is missing", "give it: -o DIR");
  }
  options.folder = values.text("output");
  if (std::ranges::find(kFileSuffixes, suffix_of(options.folder)) != std::end(kFileSuffixes)) {
    return values.bad_value("output", "this is the name of a file, and there may be several",
                            "name a folder for them: -o DIR");
  }
  options.order.keys = values.list("partition-by");
  options.order.sort_by = values.text("sort-by");
  if (values.has("max-file-size")) {
    MSEAVRO_ASSIGN(options.file_size_bytes_max, read_size(values, "max-file-size"));
  }
  options.adds_to_files = values.flag("append");
  return options;
}

Result<std::unique_ptr<FolderOutput>> FolderOutput::make(std::shared_ptr<const Schema> schema,
                                                         ContainerOptions container,
                                                         const FolderOptions& options,
                                                         const Limits& limits) {
  MSEAVRO_ASSIGN(auto order, RecordOrder::make(schema, options.order));
  PartitionedOptions files;
  files.container = std::move(container);
  files.layout = options.order.keys.empty() ? FileLayout::kNumbered : FileLayout::kPartitioned;
  files.file_size_bytes_max = options.file_size_bytes_max;
  files.adds_to_files = options.adds_to_files;
  if (options.file_size_bytes_max > 0) {
    // Files end between blocks, so a few blocks must fit.
    files.container.block_size_bytes = std::min(
        files.container.block_size_bytes, std::max<int64_t>(1, options.file_size_bytes_max / 4));
  }
  MSEAVRO_ASSIGN(auto writer, PartitionedWriter::make(schema->text(), options.folder, options.name,
                                                      std::move(files)));
  return std::unique_ptr<FolderOutput>(
      new FolderOutput(std::move(order), std::move(writer), limits));
}

FolderOutput::FolderOutput(std::shared_ptr<const RecordOrder> order,
                           std::unique_ptr<PartitionedWriter> files, const Limits& limits)
    : files_(std::move(files)), sorter_(std::move(order), *files_, kMemoryBytes, limits) {}

Status FolderOutput::add(std::span<const uint8_t> datums, int64_t count,
                         std::span<const Instant> times) {
  datums_.put_fixed(datums);
  count_ += count;
  times_.insert(times_.end(), times.begin(), times.end());
  return datums_.size() < kBytesToSort ? Status() : sort_collected();
}

Status FolderOutput::sort_collected() {
  MSEAVRO_TRY(sorter_.add(datums_.bytes(), count_, times_));
  datums_.clear();
  count_ = 0;
  times_.clear();
  return {};
}

Result<int64_t> FolderOutput::finish() {
  MSEAVRO_TRY(sort_collected());
  MSEAVRO_TRY(sorter_.flush());
  MSEAVRO_TRY(files_->finish());
  MSEAVRO_TRY(files_->commit());
  return files_->record_count();
}

}  // namespace mseavro
