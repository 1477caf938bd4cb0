// Container files of one schema in a folder: one, several one after the other, or some for each
// partition.
//
//   kOne          DIR/events.avro
//   kNumbered     DIR/events-00001.avro, DIR/events-00002.avro
//   kPartitioned  DIR/events/date=2026-02-14/part-00001.avro
//
//   MSEAVRO_ASSIGN(auto writer, PartitionedWriter::make(schema_text, "out", "events", options));
//   MSEAVRO_TRY(writer->add_records("date=2026-02-14", 1, datum));
//   MSEAVRO_TRY(writer->finish());
//   MSEAVRO_TRY(writer->commit());
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "avro/container/container_writer.h"
#include "mseavro/error.h"

namespace mseavro {

enum class FileLayout : uint8_t { kOne, kNumbered, kPartitioned };

struct PartitionedOptions {
  FileLayout layout = FileLayout::kOne;
  ContainerOptions container{};
  // A file is ended before it gets larger than this, unless a single block is; 0: no bound. Not of
  // kOne.
  int64_t file_size_bytes_max = 0;
  // Files of partitions that are open at once. The one that was not written to for longest is
  // ended; what comes for it later goes to another file.
  size_t open_file_count_max = 32;
  // Whether files of the same name may be there already. They stay: numbers go on behind them, and
  // kOne is kNumbered.
  bool adds_to_files = false;
  // Files but that of kOne appear as they are ended, for a run that has no end; else with commit().
  bool shows_ended_files = false;
  Durability durability = Durability::kSynced;
};

// Each file appears whole or not at all. A writer that is destroyed without commit() leaves no file
// that did not appear yet, and no folder that it made for nothing. Not thread-safe.
class PartitionedWriter {
 public:
  // Makes the folder. Blocks are made so small that a few fit into a file. Files of an earlier run
  // that would be read with the new ones are an error, unless they are to be added to; kOne
  // replaces its file. Partitions and other files of a name are never mixed. Errors: kWriteFailed,
  // kConflictingOptions, those of ContainerWriter::create.
  static Result<std::unique_ptr<PartitionedWriter>> make(std::string schema_text,
                                                         std::string folder, std::string name,
                                                         PartitionedOptions options);
  ~PartitionedWriter();

  // Appends `count` records whose datums are `datums` to the partition: a path such as
  // "model_version=a/date=2026-02-14", empty for other layouts.
  Status add_records(std::string_view partition, int64_t count, std::span<const uint8_t> datums);
  // Appends a block that is compressed already, by the codec of the options.
  Status add_block(std::string_view partition, int64_t count, std::span<const uint8_t> compressed);
  // Ends all open files but that of kOne; what comes later goes to others.
  Status end_files();

  // Writes what is left. A writer that got no records leaves an empty file, unless it has
  // partitions or adds to files that are there.
  Status finish();
  Status commit();

  int64_t record_count() const { return record_count_; }
  int64_t file_count() const { return file_count_; }
  // Whether the file of kOne takes the place of one that was there.
  bool replaces_file() const;
  // Where the files are: the path of kOne, else what they have in common.
  std::string place() const;

 private:
  struct File;
  // Folders that this writer made, removed again as far as they are empty in the end.
  class MadeFolders {
   public:
    ~MadeFolders();
    Status make(const std::filesystem::path& folder);

   private:
    std::vector<std::filesystem::path> made_;
  };

  PartitionedWriter(std::string schema_text, std::string folder, std::string name,
                    PartitionedOptions options);
  Status check_folder();
  Result<File*> file_for(std::string_view partition, size_t size);
  Status open_file_for(std::string_view partition);
  Status end_file(const std::string& partition);
  Status end_oldest_file();
  std::string next_path(const std::string& partition);

  const std::string schema_text_;
  const std::string folder_;
  const std::string name_;
  const PartitionedOptions options_;
  bool has_earlier_files_ = false;
  MadeFolders folders_;
  std::map<std::string, std::unique_ptr<File>, std::less<>> open_files_;  // By partition.
  std::vector<std::unique_ptr<ByteSink>> ended_files_;   // Those that do not appear yet.
  std::map<std::string, int64_t, std::less<>> numbers_;  // The last one, by partition's folder.
  int64_t clock_ = 0;  // Counts calls, to know which file was written to when.
  int64_t record_count_ = 0;
  int64_t file_count_ = 0;
};

// The size of blocks with which files end before they get larger than `file_size_bytes_max`.
int64_t block_size_within(int64_t block_size_bytes, int64_t file_size_bytes_max);

// `name` as a partition writes it: "model_version=v%2F1". Bytes that folders or readers of
// partitions take for their own are percent-encoded; no value is __HIVE_DEFAULT_PARTITION__.
std::string partition_part(std::string_view key, std::string_view value);
std::string null_partition_part(std::string_view key);

}  // namespace mseavro
