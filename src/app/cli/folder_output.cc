#include "app/cli/folder_output.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "app/cli/spec_options.h"
#include "base/result/result.h"
#include "events/source/event_scan.h"

namespace mseavro {
namespace {

constexpr size_t kMemoryBytes = 64 << 20;  // Of records that wait to be sorted.
constexpr size_t kBytesToSort = 256 << 10;
constexpr int64_t kRecordsToSort = 16 << 10;  // Records may have no bytes at all.

constexpr std::string_view kFolderOptions[] = {"partition-by", "max-file-size", "sort-by"};
constexpr std::string_view kFileSuffixes[] = {"avro", "csv",    "json", "jsonl",
                                              "md",   "ndjson", "txt"};

bool is_called_like_file(const std::string& path) {
  return std::ranges::find(kFileSuffixes, suffix_of(path)) != std::end(kFileSuffixes);
}

}  // namespace

bool wants_folder(const OptionValues& values) {
  const auto was_typed = [&](std::string_view option) { return values.was_typed(option); };
  const auto has = [&](std::string_view option) { return values.has(option); };
  if (std::ranges::any_of(kFolderOptions, was_typed)) return true;
  return std::ranges::any_of(kFolderOptions, has) && values.has("output") &&
         !is_called_like_file(values.text("output")) && values.text("format", "avro") == "avro";
}

Status check_folder_use(const OptionValues& values) {
  if (!values.was_typed("append") || wants_folder(values)) return {};
  return fail(ErrorCode::kConflictingOptions, "--append adds files to a folder of files",
              "add --partition-by, --sort-by or --max-file-size, or leave it out");
}

Result<FolderOptions> read_folder_options(const OptionValues& values, std::string name) {
  FolderOptions options;
  options.name = std::move(name);
  if (!values.has("output")) {
    return fail(ErrorCode::kUsage, "the folder for the files is missing", "give it: -o DIR");
  }
  options.folder = values.text("output");
  if (is_called_like_file(options.folder)) {
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
  PartitionedOptions files;
  files.container = std::move(container);
  files.layout = options.order.keys.empty() ? FileLayout::kNumbered : FileLayout::kPartitioned;
  files.file_size_bytes_max = options.file_size_bytes_max;
  files.adds_to_files = options.adds_to_files;
  std::unique_ptr<FolderOutput> output(new FolderOutput(schema, options.order, limits));
  MSEAVRO_ASSIGN(output->files_, PartitionedWriter::make(schema->text(), options.folder,
                                                         options.name, std::move(files)));
  if (options.order.has_times) MSEAVRO_TRY(output->make_sorter());
  return output;
}

Status FolderOutput::make_sorter() {
  for (const auto& [name, value] : path_keys_) order_.path_keys.push_back(name);
  MSEAVRO_ASSIGN(const FieldCatalog catalog,
                 read_catalog(schema_, datums_.bytes(), count_, limits_));
  MSEAVRO_ASSIGN(const auto order, RecordOrder::make(schema_, catalog, order_));
  roles_ = order->roles().text();
  sorter_.emplace(order, *files_, kMemoryBytes, limits_);
  return {};
}

Status FolderOutput::add(std::span<const uint8_t> datum, Instant time) {
  if (!order_.is_asked()) return files_->add_records({}, 1, datum);
  datums_.put_fixed(datum);
  ++count_;
  if (order_.has_times) times_.push_back(time);
  return datums_.size() < kBytesToSort && count_ < kRecordsToSort ? Status() : end_input();
}

Status FolderOutput::end_input() {
  if (count_ == 0) return {};
  if (!sorter_) MSEAVRO_TRY(make_sorter());
  MSEAVRO_TRY(sorter_->add(datums_.bytes(), count_, times_, path_keys_));
  datums_.clear();
  count_ = 0;
  times_.clear();
  return {};
}

Result<int64_t> FolderOutput::finish() {
  MSEAVRO_TRY(end_input());
  if (sorter_) MSEAVRO_TRY(sorter_->flush());
  MSEAVRO_TRY(files_->finish());
  MSEAVRO_TRY(files_->commit());
  return files_->record_count();
}

}  // namespace mseavro
