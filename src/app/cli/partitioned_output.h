// Records to a folder of files: parted by fields or by date, bounded in size, sorted by time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/datum_source.h"
#include "avro/container/partitioned_writer.h"
#include "avro/schema/schema.h"
#include "events/role/role.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

struct FolderOptions {
  std::string folder;
  std::string name;  // Of the files, or of the folder of the partitions.
  // Fields, roles (model_version), or `date`: the day of the event's time in UTC.
  std::vector<std::string> keys{};
  // A field, or `time` for the event's. Files are sorted each by itself: what comes after so much
  // that it does not fit into memory goes to further files.
  std::string sort_by{};
  int64_t file_size_bytes_max = 0;
  bool adds_to_files = false;
  RoleQuestion roles{};  // How the event's time and version are found, where they are asked for.
  int64_t memory_bytes = 64 << 20;  // Of records that wait to be sorted.
};

// Writes all records of the source, which have the schema. How many there were. Errors: those of
// the source, of roles and of PartitionedWriter; kFieldMissing for a key that is none;
// kWrongRoleType for one that is no scalar.
Result<int64_t> write_folder(DatumSource& source, std::shared_ptr<const Schema> schema,
                             ContainerOptions container, const FolderOptions& options,
                             const Limits& limits);

}  // namespace mseavro
