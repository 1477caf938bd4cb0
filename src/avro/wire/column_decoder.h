// Decodes the records of a block into column batches.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "avro/wire/read_plan.h"
#include "base/columns/column.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Not thread-safe: one for each worker. The plan is shared.
class ColumnDecoder {
 public:
  ColumnDecoder(std::shared_ptr<const ReadPlan> plan, const Limits& limits);
  ~ColumnDecoder();
  ColumnDecoder(ColumnDecoder&&) noexcept;
  ColumnDecoder& operator=(ColumnDecoder&&) noexcept;

  // Starts a block of `record_count` records in `bytes` (decompressed). The bytes must stay valid
  // until the block ends. Texts in batches point into them.
  void begin_block(std::span<const uint8_t> bytes, int64_t record_count);

  // Fills `batch` (made with plan->column_types()) with up to batch.capacity next records, fewer
  // where their JSON is long, and batch.row_begins. False, with an empty batch, at the block's end.
  // Rows before an error come first; the error ends the block.
  // Errors, with place.record and place.byte (offset in the block) set: kBadVarint, kBadBoolean,
  // kBadIndex, kBadLength, kBadBlockCount (records left when the bytes end), kTrailingBytes (bytes
  // left when the records end), kTooDeep, kLimitExceeded.
  Result<bool> next(ColumnBatch& batch);

 private:
  class Run;
  class ColumnRun;
  class CellRun;
  std::unique_ptr<Run> run_;
};

}  // namespace mseavro
