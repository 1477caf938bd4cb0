// Batches from the blocks of an Avro file, as one of its workers reads them.
#pragma once

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

// Reads file after file, keeping buffers and decoders. Not thread-safe: one for each worker.
class AvroRows {
 public:
  explicit AvroRows(const ScanOptions& options);

  // Starts on `file`, which must stay open until the next begin_file().
  void begin_file(AvroFile& file);

  // Fills the columns of the plan, and row_begins, with the next rows. False when no piece of the
  // file is left. Errors have place.block, record and byte as far as they are known.
  Result<bool> next(ColumnBatch& batch);

  // Of the last file; nullptr before the first.
  const std::shared_ptr<const AvroPlan>& plan() const { return plan_; }

  // Of the batch's first row.
  int64_t block() const { return blocks_.block().index; }
  int64_t first_record() const { return first_record_; }

 private:
  void begin_block(const BlockReader& blocks);
  Status check_block(const BlockReader& blocks);
  void exchange_columns(ColumnBatch& batch);

  const ScanOptions& options_;
  BlockReader blocks_;
  std::shared_ptr<const AvroPlan> plan_;
  std::optional<ColumnDecoder> decoder_;
  std::optional<ColumnBatch> decoded_;  // Columns in the plan's order.

  bool is_in_block_ = false;
  int64_t first_record_ = 0;
  int64_t next_record_ = 0;
};

}  // namespace mseavro
