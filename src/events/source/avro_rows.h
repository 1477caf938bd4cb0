// Batches from the blocks of an Avro file, as one of its workers reads them.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "avro/container/block_reader.h"
#include "avro/wire/column_decoder.h"
#include "base/io/byte_source.h"
#include "events/source/event_scan.h"

namespace mseavro {

// How files of one schema are read for the requested columns.
struct AvroPlan {
  std::shared_ptr<const Schema> schema;
  std::shared_ptr<const ReadPlan> plan;
  std::vector<size_t> columns;  // Column i of the plan is requested column columns[i].
};

// Errors: those of ReadPlan::project. A column that the schema does not have is left out.
Result<std::shared_ptr<const AvroPlan>> make_avro_plan(std::shared_ptr<const Schema> schema,
                                                       std::span<const RequestedColumn> columns);

// An open file; any number of workers take its pieces.
struct AvroFile {
  std::unique_ptr<ByteSource> source;
  std::unique_ptr<ContainerReader> reader;
  std::shared_ptr<const AvroPlan> plan;
};

// Reads file after file, keeping buffers and decoders, several blocks at a time: each is in a lane
// of the decoder, which takes runs of blocks of its own from the file. Lanes are bounded in memory:
// one with a large block is read alone, and gives its memory back behind it.
//
// Not thread-safe: one for each worker.
class AvroRows {
 public:
  explicit AvroRows(const ScanOptions& options);

  // Starts on `file`, which must stay open until the next begin_file().
  void begin_file(AvroFile& file);

  // Fills the columns of the plan, and row_begins, with the next rows of some block. False when no
  // piece of the file is left. Errors have place.block, record and byte as far as they are known,
  // and come when all blocks before theirs were read without one.
  Result<bool> next(ColumnBatch& batch);

  // Of the last file; nullptr before the first.
  const std::shared_ptr<const AvroPlan>& plan() const { return plan_; }

  // Of the batch's first row.
  int64_t block() const { return lent_->blocks.block().index; }
  int64_t first_record() const {
    return lent_->next_record - static_cast<int64_t>(lent_->batch.size);
  }

  // All rows of the blocks before this one have been given out, and are without an error.
  int64_t first_open_block() const;

 private:
  struct Lane {
    Lane(const ScanOptions& options, const ReadPlan& plan);
    void begin_file(AvroFile& file);
    bool is_large() const;

    BlockReader blocks;
    ColumnBatch batch;        // Columns in the plan's order.
    bool is_open = false;     // In a block.
    bool is_at_end = false;   // No block is left for it.
    bool has_rows = false;    // Those of `batch` were not given out.
    int64_t next_record = 0;  // Behind those of `batch`.
  };

  void close_lanes();
  void open_lanes();
  bool fill_lanes();
  void begin_block(size_t lane);
  Status check_block(Lane& lane);
  void note(const Error& error);
  bool is_before_error(const Lane& lane) const;
  void exchange_columns(Lane& lane, ColumnBatch& batch);

  const ScanOptions& options_;
  AvroFile* file_ = nullptr;
  std::shared_ptr<const AvroPlan> plan_;
  std::optional<ColumnDecoder> decoder_;
  size_t lane_limit_ = 1;
  std::deque<Lane> lanes_;      // Made when they are first used.
  Lane* lent_ = nullptr;        // Whose columns the caller has.
  std::optional<Error> error_;  // Of the first bad block that is known.
};

}  // namespace mseavro
