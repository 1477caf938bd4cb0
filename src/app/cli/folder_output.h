// A folder of Avro files as the output of a command: parted by fields or by date, bounded in size,
// sorted by time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/cli/option_values.h"
#include "avro/container/partitioned_writer.h"
#include "avro/schema/schema.h"
#include "avro/wire/encoder.h"
#include "events/sink/record_sorter.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

struct FolderOptions {
  std::string folder;
  std::string name;  // Of the files, or of the folder of the partitions.
  OrderOptions order{};
  int64_t file_size_bytes_max = 0;  // 0: no bound.
  bool adds_to_files = false;
};

// Whether the options ask for a folder.
bool wants_folder(const OptionValues& values);
// --output, --partition-by, --sort-by, --max-file-size and --append. Errors: kUsage without an
// output; kBadOptionValue, also for an output that is called like a file.
Result<FolderOptions> read_folder_options(const OptionValues& values, std::string name);

// Not thread-safe.
class FolderOutput {
 public:
  // Errors: those of RecordOrder::make and PartitionedWriter::make.
  static Result<std::unique_ptr<FolderOutput>> make(std::shared_ptr<const Schema> schema,
                                                    ContainerOptions container,
                                                    const FolderOptions& options,
                                                    const Limits& limits);

  // Adds `count` records whose datums stand behind each other, and when each was if the order has
  // times. Errors: those of RecordSorter::add, also for records that were added before.
  Status add(std::span<const uint8_t> datums, int64_t count, std::span<const Instant> times = {});
  // Writes what is left, and puts all files in place. How many records there were.
  Result<int64_t> finish();

 private:
  FolderOutput(std::shared_ptr<const RecordOrder> order, std::unique_ptr<PartitionedWriter> files,
               const Limits& limits);
  Status sort_collected();

  std::unique_ptr<PartitionedWriter> files_;
  RecordSorter sorter_;
  // What was added and the sorter does not have yet: it wants more than a record at a time.
  Encoder datums_;
  int64_t count_ = 0;
  std::vector<Instant> times_;
};

}  // namespace mseavro
