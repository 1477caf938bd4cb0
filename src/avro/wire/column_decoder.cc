#include "avro/wire/column_decoder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "avro/wire/block_cursor.h"
#include "avro/wire/cell_target.h"
#include "avro/wire/column_target.h"
#include "avro/wire/walk.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// A batch ends early once the JSON in it has this size, so that its memory is that of a few values.
constexpr int64_t kMadeSizeBytes = 1 << 20;

}  // namespace

class ColumnDecoder::Run {
 public:
  explicit Run(const Limits& limits) : limits_(limits) {}
  virtual ~Run() = default;

  void begin_block(std::span<const uint8_t> bytes, int64_t record_count) {
    cursor_ = BlockCursor(bytes, record_count, limits_);
    error_.reset();
  }

  Result<bool> next(ColumnBatch& batch) {
    batch.size = 0;
    if (!error_) {
      const int64_t first_record = cursor_.next_record;
      Status status = fill(batch);
      batch.size = static_cast<size_t>(cursor_.next_record - first_record);
      if (!status) error_ = std::move(status.error());
    }
    // The rows before it come first.
    if (!error_ || batch.size > 0) return batch.size > 0;
    Error error = std::move(*error_);
    error_.reset();
    return tl::unexpected(std::move(error));
  }

 protected:
  virtual Status fill(ColumnBatch& batch) = 0;

  const Limits limits_;
  BlockCursor cursor_;

 private:
  std::optional<Error> error_;  // That ended the block and was not returned yet.
};

// All columns that are not JSON.
class ColumnDecoder::ColumnRun final : public Run {
 public:
  ColumnRun(std::shared_ptr<const ReadPlan> plan, const Limits& limits)
      : Run(limits), plan_(std::move(plan)), target_(*plan_), walk_(*plan_, limits_, target_) {}

 private:
  Status fill(ColumnBatch& batch) override {
    target_.begin_batch(batch);
    target_.begin_rows(0, cursor_.position);
    MSEAVRO_TRY(walk_.run(cursor_, static_cast<int64_t>(batch.capacity)));
    return {};
  }

  const std::shared_ptr<const ReadPlan> plan_;
  ColumnTarget target_;
  Walk<ColumnTarget> walk_;
};

class ColumnDecoder::CellRun final : public Run {
 public:
  CellRun(std::shared_ptr<const ReadPlan> plan, const Limits& limits)
      : Run(limits),
        plan_(std::move(plan)),
        target_(*plan_, limits),
        walk_(*plan_, limits_, target_) {}

 private:
  Status fill(ColumnBatch& batch) override {
    target_.begin_batch(batch);
    for (size_t row = 0; row < batch.capacity; ++row) {
      if (target_.made_size_bytes() >= kMadeSizeBytes) break;
      target_.begin_rows(row, cursor_.position);
      MSEAVRO_ASSIGN(const int64_t count, walk_.run(cursor_, 1));
      if (count == 0) break;
    }
    return {};
  }

  const std::shared_ptr<const ReadPlan> plan_;
  CellTarget target_;
  Walk<CellTarget> walk_;
};

ColumnDecoder::ColumnDecoder(std::shared_ptr<const ReadPlan> plan, const Limits& limits) {
  if (std::ranges::any_of(plan->column_types(), is_json)) {
    run_ = std::make_unique<CellRun>(std::move(plan), limits);
  } else {
    run_ = std::make_unique<ColumnRun>(std::move(plan), limits);
  }
}
ColumnDecoder::~ColumnDecoder() = default;
ColumnDecoder::ColumnDecoder(ColumnDecoder&&) noexcept = default;
ColumnDecoder& ColumnDecoder::operator=(ColumnDecoder&&) noexcept = default;

void ColumnDecoder::begin_block(std::span<const uint8_t> bytes, int64_t record_count) {
  run_->begin_block(bytes, record_count);
}

Result<bool> ColumnDecoder::next(ColumnBatch& batch) { return run_->next(batch); }

}  // namespace mseavro
