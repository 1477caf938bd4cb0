// Decodes the records of blocks into column batches.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "avro/wire/lane_program.h"
#include "avro/wire/read_plan.h"
#include "base/columns/column.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Several blocks may be open, each in a lane of its own: filled together they take half the time
// that they take one by one (lane_program.h). Lanes are numbered from 0.
//
// Not thread-safe: one for each worker. The plan is shared.
class ColumnDecoder {
 public:
  // By lane; nullptr where there is nothing to fill.
  using LaneBatches = std::array<ColumnBatch*, kLaneCount>;

  ColumnDecoder(std::shared_ptr<const ReadPlan> plan, const Limits& limits);
  ~ColumnDecoder();
  ColumnDecoder(ColumnDecoder&&) noexcept;
  ColumnDecoder& operator=(ColumnDecoder&&) noexcept;

  // How many lanes there are: kLaneCount, or 1 where more do not pay.
  size_t lane_count() const;

  // Starts a block of `record_count` records in `bytes` (decompressed). The bytes must stay valid
  // until the block ends. Texts in batches point into them.
  void begin_block(std::span<const uint8_t> bytes, int64_t record_count, size_t lane = 0);

  // Fills each batch (made with plan->column_types()) with up to batch.capacity next records of its
  // lane's block, and batch.row_begins. How many there are in one call is up to the decoder: also
  // none before the block's end, where other lanes have more to do.
  void fill(const LaneBatches& batches);

  // Whether the lane's block may have more rows behind those of its last batch. Errors, once all
  // rows before them were given out: see next().
  Result<bool> has_more(size_t lane);

  // Fills `batch` alone from lane 0. False, with an empty batch, at the block's end. Rows before an
  // error come first; the error ends the block.
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
