// Records on their way to files: put into partitions and into the order of time.
//
//   RecordSorter sorter(order, *files, memory_bytes, limits);
//   MSEAVRO_TRY(sorter.add(datums, count, {}, {}));
//   MSEAVRO_TRY(sorter.flush());
//   MSEAVRO_TRY(files->finish());
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "avro/container/partitioned_writer.h"
#include "avro/wire/column_decoder.h"
#include "base/columns/column.h"
#include "base/time/time.h"
#include "events/sink/record_order.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Collects records up to `memory_bytes`, a lot, and writes each lot partition by partition. Records
// of the same partition and time stay in the order in which they came. Where records are sorted by
// time, every file is, by itself: a lot goes to files of its own, since its records may be older
// than those of the lot before. Which records are a lot depends on them alone. Not thread-safe.
class RecordSorter {
 public:
  // `files` must outlive the sorter, and have a layout that can begin further files.
  RecordSorter(std::shared_ptr<const RecordOrder> order, PartitionedWriter& files,
               size_t memory_bytes, const Limits& limits);

  // Adds `count` records whose datums stand behind each other, as many as a block or a chunk has:
  // a lot ends between calls. `times` has one for each record (kFirstInstant: none) if the order
  // has times, else nothing; `path_keys` are those of all these records. Errors: those of decoding,
  // of RecordOrder, of writing; nothing may be added after one.
  Status add(std::span<const uint8_t> datums, int64_t count, std::span<const Instant> times,
             const PathKeys& path_keys);

  // Writes what was collected. What is added later is another lot.
  Status flush();

 private:
  struct Row {
    int64_t rank;
    const uint8_t* datum;
    size_t size;
    size_t partition;
  };

  Result<size_t> find_partition(size_t row, Instant time, const PathKeys& path_keys);

  const std::shared_ptr<const RecordOrder> order_;
  PartitionedWriter& files_;
  const size_t memory_bytes_;
  ColumnDecoder decoder_;
  ColumnBatch batch_;
  // The lot: its datums, which stay where they are, and its records.
  std::vector<std::vector<uint8_t>> datums_;
  std::vector<Row> rows_;
  size_t datum_bytes_ = 0;
  bool has_earlier_lot_ = false;
  std::map<std::string, size_t> partitions_;
  std::vector<const std::string*> partition_names_;
};

}  // namespace mseavro
