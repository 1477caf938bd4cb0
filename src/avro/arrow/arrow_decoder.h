// Decodes the records of blocks into Arrow batches.
//
//   ArrowDecoder decoder(plan, layout, limits);
//   for each block:
//     decoder.begin_block(bytes, record_count);
//     while (MSEAVRO_ASSIGN(bool is_full, decoder.fill(row_limit)), is_full) {
//       decoder.finish(&array);  // the array is the caller's
//     }
//   decoder.finish(&array);      // the rows that are left
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "avro/arrow/arrow_layout.h"
#include "avro/wire/read_plan.h"
#include "mseavro/arrow_abi.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Not thread-safe: one for each worker. Plan and layout are shared.
class ArrowDecoder {
 public:
  // A batch ends when it has this many bytes, whatever its rows.
  static constexpr int64_t kBatchBytes = 16 << 20;

  // `plan` is for whole values, its selection that of the layout.
  ArrowDecoder(std::shared_ptr<const ReadPlan> plan, std::shared_ptr<const ArrowLayout> layout,
               const Limits& limits);
  ~ArrowDecoder();
  ArrowDecoder(ArrowDecoder&&) noexcept;
  ArrowDecoder& operator=(ArrowDecoder&&) noexcept;

  // As ColumnDecoder::begin_block. Nothing in the batch points into the bytes.
  void begin_block(std::span<const uint8_t> bytes, int64_t record_count);

  // Appends the block's next records to the batch: true as soon as it is full, with `row_limit`
  // rows or kBatchBytes, false at the block's end. Errors: as ColumnDecoder::next; kLimitExceeded
  // also when the columns of one record take more than limits.datum_size_bytes; kNoArrowValue for a
  // decimal that does not fit its precision and a duration beyond 2^31 - 1 months or days, with the
  // field's name. After an error the batch is lost.
  Result<bool> fill(int64_t row_limit);

  // Of the batch that is being filled.
  int64_t row_count() const;
  int64_t size_bytes() const;

  // Hands the batch over to the caller, who releases it, and begins the next.
  void finish(ArrowArray* batch);

  // Texts so far that were not UTF-8, the only thing that Arrow takes: what was wrong in them is
  // U+FFFD in the columns. A reader schema that says bytes reads them as they are.
  int64_t replaced_text_count() const;

 private:
  class Run;
  std::unique_ptr<Run> run_;
};

}  // namespace mseavro
