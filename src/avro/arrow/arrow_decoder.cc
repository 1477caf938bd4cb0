#include "avro/arrow/arrow_decoder.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "avro/arrow/arrow_target.h"
#include "avro/wire/block_cursor.h"
#include "avro/wire/walk.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// What is in a batch before it is full, and a record beyond that.
int64_t budget_bytes(const Limits& limits) {
  constexpr int64_t kLargest = std::numeric_limits<int32_t>::max() - ArrowDecoder::kBatchBytes;
  return std::min(limits.datum_size_bytes, kLargest) + ArrowDecoder::kBatchBytes;
}

// The walk knows only that the target gave up; the target knows why.
Error explain(ArrowMisfit misfit, std::string field, Error error) {
  const bool is_decimal = misfit == ArrowMisfit::kDecimal;
  error.code = ErrorCode::kNoArrowValue;
  error.message = is_decimal ? "a decimal has more digits than its type's precision allows"
                             : "a duration has more months or days than 31 bits hold";
  error.help = "read the field as bytes: leave logicalType out in a reader schema";
  error.place.field = std::move(field);
  return error;
}

}  // namespace

class ArrowDecoder::Run {
 public:
  Run(std::shared_ptr<const ReadPlan> plan, std::shared_ptr<const ArrowLayout> layout,
      const Limits& limits)
      : plan_(std::move(plan)),
        layout_(std::move(layout)),
        limits_(limits),
        budget_(budget_bytes(limits)),
        batch_(layout_->root, budget_),
        target_(*layout_, budget_, batch_, kBatchBytes),
        walk_(*plan_, limits_, target_) {}

  void begin_block(std::span<const uint8_t> bytes, int64_t record_count) {
    cursor_ = BlockCursor(bytes, record_count, limits_);
  }

  // In runs of records so short that a batch is not much larger than it should be.
  Result<bool> fill(int64_t row_limit) {
    constexpr int64_t kRunRecords = 256;
    while (batch_.length() < row_limit && batch_.size_bytes() < kBatchBytes) {
      target_.begin();
      auto count = walk_.run(cursor_, std::min(kRunRecords, row_limit - batch_.length()));
      if (!count) return refuse(std::move(count.error()));
      if (*count == 0) return false;
      target_.settle_texts();
      if (target_.exceeded()) return refuse(cursor_.describe(WireError::kOutput));
    }
    return true;
  }

  void finish(ArrowArray* batch) {
    batch_.finish(batch);
    begin_batch();
  }

  const ArrowBuilder& batch() const { return batch_; }
  const ArrowTarget& target() const { return target_; }

 private:
  void begin_batch() {
    budget_.clear();
    target_.begin_batch();
  }

  tl::unexpected<Error> refuse(Error error) {
    batch_.clear();
    begin_batch();
    if (const auto misfit = target_.misfit()) {
      return tl::unexpected(explain(*misfit, target_.field_name(), std::move(error)));
    }
    return tl::unexpected(std::move(error));
  }

  const std::shared_ptr<const ReadPlan> plan_;
  const std::shared_ptr<const ArrowLayout> layout_;
  const Limits limits_;
  ArrowBudget budget_;
  ArrowBuilder batch_;
  ArrowTarget target_;
  Walk<ArrowTarget> walk_;
  BlockCursor cursor_;
};

ArrowDecoder::ArrowDecoder(std::shared_ptr<const ReadPlan> plan,
                           std::shared_ptr<const ArrowLayout> layout, const Limits& limits)
    : run_(std::make_unique<Run>(std::move(plan), std::move(layout), limits)) {}
ArrowDecoder::~ArrowDecoder() = default;
ArrowDecoder::ArrowDecoder(ArrowDecoder&&) noexcept = default;
ArrowDecoder& ArrowDecoder::operator=(ArrowDecoder&&) noexcept = default;

void ArrowDecoder::begin_block(std::span<const uint8_t> bytes, int64_t record_count) {
  run_->begin_block(bytes, record_count);
}

Result<bool> ArrowDecoder::fill(int64_t row_limit) { return run_->fill(row_limit); }

int64_t ArrowDecoder::row_count() const { return run_->batch().length(); }

int64_t ArrowDecoder::size_bytes() const { return run_->batch().size_bytes(); }

void ArrowDecoder::finish(ArrowArray* batch) { run_->finish(batch); }

int64_t ArrowDecoder::replaced_text_count() const { return run_->target().replaced_text_count(); }

}  // namespace mseavro
