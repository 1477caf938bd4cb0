#include "avro/container/partitioned_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "base/result/result.h"
#include "base/text/number_text.h"

namespace mseavro {
namespace {

namespace fs = std::filesystem;

// What stands around a block in its file: count, size and sync marker.
constexpr size_t kFrameBytesMax = 40;
constexpr std::string_view kNull = "__HIVE_DEFAULT_PARTITION__";

class CountingSink final : public ByteSink {
 public:
  explicit CountingSink(std::unique_ptr<ByteSink> sink) : sink_(std::move(sink)) {}

  Status write(std::span<const uint8_t> bytes) override {
    size_ += bytes.size();
    return sink_->write(bytes);
  }
  Status finish() override { return sink_->finish(); }
  Status commit() override { return sink_->commit(); }

  size_t size() const { return size_; }

 private:
  std::unique_ptr<ByteSink> sink_;
  size_t size_ = 0;
};

bool holds_files(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (!entry.is_directory(error)) return true;
  }
  return false;
}

std::string numbered_file(std::string_view name, int64_t number) {
  return fmt::format("{}-{:05}.avro", name, number);
}

// Whether numbered_file() makes that of `name`.
bool is_numbered_file(std::string_view file, std::string_view name) {
  if (!file.starts_with(name) || file.size() < numbered_file(name, 0).size()) return false;
  const std::optional<int64_t> number =
      parse_integer(file.substr(name.size() + 1, file.find('.', name.size()) - name.size() - 1));
  return number && file == numbered_file(name, *number);
}

}  // namespace

struct PartitionedWriter::File {
  std::unique_ptr<CountingSink> sink;
  std::unique_ptr<ContainerWriter> writer;
  int64_t last_use = 0;

  size_t size() const { return sink->size() + writer->datum().size() + kFrameBytesMax; }
};

Status PartitionedWriter::MadeFolders::make(const fs::path& folder) {
  std::error_code error;
  if (folder.empty() || fs::is_directory(folder, error)) return {};
  MSEAVRO_TRY(make(folder.parent_path()));
  if (fs::create_directory(folder, error)) made_.push_back(folder);
  if (!error) return {};
  return fail(ErrorCode::kWriteFailed, fmt::format("cannot make the folder: {}", error.message()),
              {}, {}, {.file = folder.string()});
}

PartitionedWriter::MadeFolders::~MadeFolders() {
  std::error_code error;
  for (auto folder = made_.rbegin(); folder != made_.rend(); ++folder) fs::remove(*folder, error);
}

PartitionedWriter::PartitionedWriter(std::string schema_text, std::string folder, std::string name,
                                     PartitionedOptions options)
    : schema_text_(std::move(schema_text)),
      folder_(std::move(folder)),
      name_(std::move(name)),
      options_(std::move(options)) {}

PartitionedWriter::~PartitionedWriter() = default;

Result<std::unique_ptr<PartitionedWriter>> PartitionedWriter::make(std::string schema_text,
                                                                   std::string folder,
                                                                   std::string name,
                                                                   PartitionedOptions options) {
  if (options.adds_to_files && options.layout == FileLayout::kOne) {
    options.layout = FileLayout::kNumbered;
  }
  options.container.block_size_bytes =
      block_size_within(options.container.block_size_bytes, options.file_size_bytes_max);
  std::unique_ptr<PartitionedWriter> writer(new PartitionedWriter(
      std::move(schema_text), std::move(folder), std::move(name), std::move(options)));
  MSEAVRO_TRY(writer->folders_.make(writer->folder_));
  MSEAVRO_TRY(writer->check_folder());
  // Opened at once, so that what cannot be written is known before anything is read.
  if (writer->options_.layout != FileLayout::kPartitioned) MSEAVRO_TRY(writer->open_file_for(""));
  return writer;
}

std::string PartitionedWriter::place() const {
  const fs::path base = fs::path(folder_) / name_;
  switch (options_.layout) {
    case FileLayout::kOne:
      return base.string() + ".avro";
    case FileLayout::kNumbered:
      return base.string() + "-*.avro";
    case FileLayout::kPartitioned:
      return base.string() + "/";
  }
  return {};
}

bool PartitionedWriter::replaces_file() const {
  return options_.layout == FileLayout::kOne && has_earlier_files_;
}

// Files of an earlier run beside those of this one would be read with them, so that their events
// counted twice.
Status PartitionedWriter::check_folder() {
  const bool has_partitions = options_.layout == FileLayout::kPartitioned;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const std::string other = entry.path().filename().string();
    const bool is_folder = other == name_;
    const bool is_one = other == name_ + ".avro";
    const bool is_numbered = is_numbered_file(other, name_);
    if (!is_folder && !is_one && !is_numbered) continue;
    if (is_folder && !holds_files(entry.path())) continue;
    has_earlier_files_ = true;
    const Place place{.file = entry.path().string()};
    if (is_folder != has_partitions) {
      return fail(ErrorCode::kConflictingOptions,
                  fmt::format("there are files of an earlier run {} partitions, with which the new "
                              "ones would be read",
                              is_folder ? "with" : "without"),
                  fmt::format("write with{} --partition-by, remove them or choose another folder",
                              is_folder ? "" : "out"),
                  {}, place);
    }
    if (options_.adds_to_files || (is_one && options_.layout == FileLayout::kOne)) continue;
    return fail(ErrorCode::kConflictingOptions,
                "there are files of an earlier run, with which the new ones would be read",
                "to add to them: --append; else remove them or choose another folder", {}, place);
  }
  return {};
}

std::string PartitionedWriter::next_path(const std::string& partition) {
  const fs::path folder(folder_);
  if (options_.layout == FileLayout::kOne) return (folder / (name_ + ".avro")).string();
  const bool is_partitioned = options_.layout == FileLayout::kPartitioned;
  const fs::path inner = is_partitioned ? folder / name_ / partition : folder;
  while (true) {
    const std::string file = numbered_file(is_partitioned ? "part" : name_, ++numbers_[partition]);
    const std::string path = (inner / file).string();
    std::error_code error;
    if (!fs::exists(path, error)) return path;
  }
}

Status PartitionedWriter::open_file_for(std::string_view partition) {
  if (open_files_.size() >= options_.open_file_count_max) MSEAVRO_TRY(end_oldest_file());
  const std::string path = next_path(std::string(partition));
  MSEAVRO_TRY(folders_.make(fs::path(path).parent_path()));
  auto file = std::make_unique<File>();
  MSEAVRO_ASSIGN(auto sink, create_file(path, options_.durability));
  file->sink = std::make_unique<CountingSink>(std::move(sink));
  MSEAVRO_ASSIGN(file->writer,
                 ContainerWriter::create(*file->sink, schema_text_, options_.container));
  open_files_.emplace(partition, std::move(file));
  ++file_count_;
  return {};
}

Result<PartitionedWriter::File*> PartitionedWriter::file_for(std::string_view partition,
                                                             size_t size) {
  auto found = open_files_.find(partition);
  if (found != open_files_.end() && options_.layout != FileLayout::kOne &&
      options_.file_size_bytes_max > 0) {
    const File& file = *found->second;
    const bool has_records = file.writer->record_count() > 0;
    const size_t size_after = file.size() + size + kFrameBytesMax;
    if (has_records && size_after > static_cast<size_t>(options_.file_size_bytes_max)) {
      MSEAVRO_TRY(end_file(found->first));
      found = open_files_.end();
    }
  }
  if (found == open_files_.end()) {
    MSEAVRO_TRY(open_file_for(partition));
    found = open_files_.find(partition);
  }
  found->second->last_use = ++clock_;
  return found->second.get();
}

Status PartitionedWriter::add_records(std::string_view partition, int64_t count,
                                      std::span<const uint8_t> datums) {
  MSEAVRO_ASSIGN(File* const file, file_for(partition, datums.size()));
  record_count_ += count;
  file->writer->datum().put_fixed(datums);
  return file->writer->end_records(count);
}

Status PartitionedWriter::add_block(std::string_view partition, int64_t count,
                                    std::span<const uint8_t> compressed) {
  MSEAVRO_ASSIGN(File* const file, file_for(partition, compressed.size()));
  record_count_ += count;
  return file->writer->add_block(count, compressed);
}

Status PartitionedWriter::end_file(const std::string& partition) {
  const auto found = open_files_.find(partition);
  const auto file = std::move(found->second);
  open_files_.erase(found);
  MSEAVRO_TRY(file->writer->finish());
  if (options_.shows_ended_files) return file->sink->commit();
  MSEAVRO_TRY(file->sink->finish());
  ended_files_.push_back(std::move(file->sink));
  return {};
}

Status PartitionedWriter::end_oldest_file() {
  const auto oldest = std::ranges::min_element(
      open_files_, {}, [](const auto& entry) { return entry.second->last_use; });
  return end_file(std::string(oldest->first));
}

Status PartitionedWriter::end_files() {
  if (options_.layout == FileLayout::kOne) return {};
  for (auto file = open_files_.begin(); file != open_files_.end();) {
    const std::string partition = file->first;
    const bool has_records = file->second->writer->record_count() > 0;
    ++file;
    if (has_records) MSEAVRO_TRY(end_file(partition));
  }
  return {};
}

Status PartitionedWriter::finish() {
  for (const auto& [partition, file] : open_files_) MSEAVRO_TRY(file->writer->finish());
  return {};
}

Status PartitionedWriter::commit() {
  for (const auto& file : ended_files_) MSEAVRO_TRY(file->commit());
  ended_files_.clear();
  for (const auto& [partition, file] : open_files_) {
    // A further file of a row is left out when nothing came for it.
    const bool is_further = file_count_ > 1 || (options_.adds_to_files && has_earlier_files_);
    const bool is_spare = is_further && file->writer->record_count() == 0;
    if (!is_spare) MSEAVRO_TRY(file->sink->commit());
  }
  open_files_.clear();
  return {};
}

int64_t block_size_within(int64_t block_size_bytes, int64_t file_size_bytes_max) {
  constexpr int64_t kBlocksPerFile = 4;
  if (file_size_bytes_max == 0) return block_size_bytes;
  return std::min(block_size_bytes, std::max<int64_t>(1, file_size_bytes_max / kBlocksPerFile));
}

std::string partition_part(std::string_view key, std::string_view value) {
  // What Hive escapes in the names of partitions; spaces stay.
  constexpr std::string_view kEscaped = "\"#%'*/:=?\\\x7f{[]^<>|";
  std::string part = std::string(key) + "=";
  for (const char byte : value) {
    const auto number = static_cast<unsigned char>(byte);
    const bool is_plain = number >= 0x20 && kEscaped.find(byte) == std::string_view::npos;
    part += is_plain ? std::string(1, byte) : fmt::format("%{:02X}", number);
  }
  return value.empty() ? null_partition_part(key) : part;
}

std::string null_partition_part(std::string_view key) { return fmt::format("{}={}", key, kNull); }

}  // namespace mseavro
