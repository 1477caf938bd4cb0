#include "avro/wire/column_decoder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "avro/wire/block_cursor.h"
#include "avro/wire/cell_target.h"
#include "avro/wire/column_target.h"
#include "avro/wire/lane_walk.h"
#include "avro/wire/walk.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// A batch ends early once the JSON in it has this size, so that its memory is that of a few values.
constexpr int64_t kMadeSizeBytes = 1 << 20;

// Blocks are read together until one of them has fewer rows left, for which there may be no room to
// look ahead.
constexpr int64_t kLastRows = 8;
// Then those with fewer rows left are read to their ends, too, so that the next blocks begin
// together.
constexpr int64_t kFewRows = 64;

// How a block that is being read ends, if not well.
class BlockEnd {
 public:
  void begin_block() { error_.reset(); }

  bool is_bad() const { return error_.has_value(); }

  // Notes what reading came to. The rows before an error are given out first.
  void note(const Result<int64_t>& read) {
    if (!read) error_ = read.error();
  }

  Result<bool> has_more(BlockCursor& cursor) {
    if (error_) {
      Error error = std::move(*error_);
      error_.reset();
      return tl::unexpected(std::move(error));
    }
    if (cursor.records_left() > 0) return true;
    MSEAVRO_TRY(cursor.finish());
    return false;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace

class ColumnDecoder::Run {
 public:
  virtual ~Run() = default;
  virtual size_t lane_count() const = 0;
  virtual void begin_block(std::span<const uint8_t> bytes, int64_t record_count, size_t lane) = 0;
  virtual void fill(const LaneBatches& batches) = 0;
  virtual Result<bool> has_more(size_t lane) = 0;
};

// All columns that are not JSON.
class ColumnDecoder::ColumnRun final : public Run {
 public:
  ColumnRun(std::shared_ptr<const ReadPlan> plan, const Limits& limits)
      : limits_(limits), plan_(std::move(plan)), lane_walk_(plan_->lane_program()) {}

  size_t lane_count() const override { return plan_->lane_program().is_empty() ? 1 : kLaneCount; }

  void begin_block(std::span<const uint8_t> bytes, int64_t record_count, size_t index) override {
    auto& lane = lanes_[index];
    if (lane == nullptr) lane = std::make_unique<OpenLane>(*plan_, limits_);
    lane->cursor = BlockCursor(bytes, record_count, limits_);
    lane->end.begin_block();
  }

  void fill(const LaneBatches& batches) override {
    for (size_t i = 0; i < kLaneCount; ++i) {
      if (batches[i] == nullptr) continue;
      batches[i]->size = 0;
      lanes_[i]->target.begin_batch(*batches[i]);
    }
    const bool is_together = may_fill_together(batches);
    if (is_together) fill_together(batches);
    for (size_t i = 0; i < kLaneCount; ++i) {
      if (batches[i] == nullptr || lanes_[i]->end.is_bad()) continue;
      if (is_together && lanes_[i]->cursor.records_left() >= kFewRows) continue;
      fill_alone(*lanes_[i], *batches[i], batches[i]->capacity);
    }
  }

  Result<bool> has_more(size_t lane) override {
    return lanes_[lane]->end.has_more(lanes_[lane]->cursor);
  }

 private:
  struct OpenLane : Lane {
    using Lane::Lane;
    BlockEnd end;
  };

  bool may_fill_together(const LaneBatches& batches) const {
    // So deep they go without looking at the limit.
    if (limits_.datum_depth < static_cast<int32_t>(kSkipLevels)) return false;
    for (size_t i = 0; i < kLaneCount; ++i) {
      if (batches[i] == nullptr || lanes_[i]->end.is_bad()) return false;
      // No datum of it can be larger than the block.
      const BlockCursor& cursor = lanes_[i]->cursor;
      if (cursor.end - cursor.begin > limits_.datum_size_bytes) return false;
    }
    return true;
  }

  void fill_together(const LaneBatches& batches) {
    LaneWalk::Lanes lanes;
    for (size_t i = 0; i < kLaneCount; ++i) lanes[i] = lanes_[i].get();
    while (true) {
      int64_t rows_left = INT64_MAX;
      for (const Lane* lane : lanes) rows_left = std::min(rows_left, lane->cursor.records_left());
      const auto room = static_cast<int64_t>(batches[0]->capacity - batches[0]->size);
      if (rows_left < kLastRows || room == 0) return;
      const int64_t count = std::min(rows_left, room);
      for (size_t i = 0; i < kLaneCount; ++i) {
        lanes[i]->target.begin_rows(batches[i]->size, lanes[i]->cursor.position);
      }
      const int64_t read_count = lane_walk_.run(lanes, count);
      bool is_bad = false;
      for (size_t i = 0; i < kLaneCount; ++i) {
        batches[i]->size += static_cast<size_t>(read_count);
        if (read_count == count) continue;
        fill_alone(*lanes_[i], *batches[i], batches[i]->size + 1);
        is_bad |= lanes_[i]->end.is_bad();
      }
      if (is_bad) return;
    }
  }

  // Up to `size` rows altogether.
  static void fill_alone(OpenLane& lane, ColumnBatch& batch, size_t size) {
    if (lane.cursor.records_left() == 0 || batch.size == size) return;
    const int64_t first_record = lane.cursor.next_record;
    lane.target.begin_rows(batch.size, lane.cursor.position);
    lane.end.note(lane.walk.run(lane.cursor, static_cast<int64_t>(size - batch.size)));
    batch.size += static_cast<size_t>(lane.cursor.next_record - first_record);
  }

  const Limits limits_;
  const std::shared_ptr<const ReadPlan> plan_;
  std::array<std::unique_ptr<OpenLane>, kLaneCount> lanes_;  // Made when they are first used.
  LaneWalk lane_walk_;
};

class ColumnDecoder::CellRun final : public Run {
 public:
  CellRun(std::shared_ptr<const ReadPlan> plan, const Limits& limits)
      : limits_(limits),
        plan_(std::move(plan)),
        target_(*plan_, limits),
        walk_(*plan_, limits_, target_) {}

  size_t lane_count() const override { return 1; }

  void begin_block(std::span<const uint8_t> bytes, int64_t record_count, size_t) override {
    cursor_ = BlockCursor(bytes, record_count, limits_);
    end_.begin_block();
  }

  void fill(const LaneBatches& batches) override {
    ColumnBatch& batch = *batches[0];
    batch.size = 0;
    target_.begin_batch(batch);
    while (!end_.is_bad() && batch.size < batch.capacity && cursor_.records_left() > 0 &&
           target_.made_size_bytes() < kMadeSizeBytes) {
      target_.begin_rows(batch.size, cursor_.position);
      const auto read = walk_.run(cursor_, 1);
      end_.note(read);
      if (read) ++batch.size;
    }
  }

  Result<bool> has_more(size_t) override { return end_.has_more(cursor_); }

 private:
  const Limits limits_;
  const std::shared_ptr<const ReadPlan> plan_;
  CellTarget target_;
  Walk<CellTarget> walk_;
  BlockCursor cursor_;
  BlockEnd end_;
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

size_t ColumnDecoder::lane_count() const { return run_->lane_count(); }

void ColumnDecoder::begin_block(std::span<const uint8_t> bytes, int64_t record_count, size_t lane) {
  run_->begin_block(bytes, record_count, lane);
}

void ColumnDecoder::fill(const LaneBatches& batches) { run_->fill(batches); }

Result<bool> ColumnDecoder::has_more(size_t lane) { return run_->has_more(lane); }

Result<bool> ColumnDecoder::next(ColumnBatch& batch) {
  run_->fill({&batch});
  if (batch.size > 0) return true;
  MSEAVRO_ASSIGN(const bool more, run_->has_more(0));
  MSEAVRO_CHECK(!more);
  return false;
}

}  // namespace mseavro
