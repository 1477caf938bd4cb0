// A folder of Avro files as the output of a command: parted by fields or by date, bounded in size,
// sorted by time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
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

// Whether the options ask for a folder: those that were typed do; those of a configuration file do
// where the output can be one.
bool wants_folder(const OptionValues& values);
// Errors: kConflictingOptions, for what was typed and is of use for folders only.
Status check_folder_use(const OptionValues& values);
// --output, --partition-by, --sort-by, --max-file-size and --append. Errors: kUsage without an
// output; kBadOptionValue, also for an output that is called like a file.
Result<FolderOptions> read_folder_options(const OptionValues& values, std::string name);

// All files appear together, or none does. Not thread-safe.
class FolderOutput {
 public:
  // Errors: those of PartitionedWriter::make and, if the order has times, of RecordOrder::make.
  static Result<std::unique_ptr<FolderOutput>> make(std::shared_ptr<const Schema> schema,
                                                    ContainerOptions container,
                                                    const FolderOptions& options,
                                                    const Limits& limits);

  // Before the first record of an input: the keys of its folders. Keys that the first one does not
  // have are none.
  void begin_input(PathKeys path_keys) { path_keys_ = std::move(path_keys); }
  // Adds a record, and when it was (kFirstInstant: nobody knows) if the order has times. Errors:
  // those of RecordSorter::add, also for a record that was added before, and of RecordOrder::make,
  // for which the first records are looked at.
  Status add(std::span<const uint8_t> datum, Instant time = kFirstInstant);
  // After the last record of an input: what is wrong with it is known now.
  Status end_input();
  // Puts all files in place. How many records there were.
  Result<int64_t> finish();
  // As RoleMapping::text(), of RecordOrder::roles().
  const std::string& roles() const { return roles_; }

 private:
  FolderOutput(std::shared_ptr<const Schema> schema, OrderOptions order, const Limits& limits)
      : schema_(std::move(schema)), order_(std::move(order)), limits_(limits) {}
  Status make_sorter();

  const std::shared_ptr<const Schema> schema_;
  OrderOptions order_;
  const Limits limits_;
  std::unique_ptr<PartitionedWriter> files_;
  std::optional<RecordSorter> sorter_;  // Where there is an order, once it is known.
  std::string roles_;
  // What was added and the sorter does not have yet: it wants more than a record at a time.
  Encoder datums_;
  int64_t count_ = 0;
  std::vector<Instant> times_;
  PathKeys path_keys_;
};

}  // namespace mseavro
