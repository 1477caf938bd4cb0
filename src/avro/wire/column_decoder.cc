#include "avro/wire/column_decoder.h"

#include <algorithm>
#include <string>

#include "avro/wire/block_cursor.h"
#include "avro/wire/decimal.h"
#include "avro/wire/value_text.h"
#include "avro/wire/walk.h"
#include "base/text/number_text.h"

namespace mseavro {
namespace {

// Puts values into the rows of a batch. The common types go straight from the walk into the
// columns; the hooks here serve the rest.
class ColumnTarget {
 public:
  static constexpr bool kIsColumns = true;

  explicit ColumnTarget(const ReadPlan& plan) : plan_(plan) {}

  void begin_batch(ColumnBatch& batch, const uint8_t* position) {
    batch_ = &batch;
    row_ = 0;
    batch.arena.clear();
    row_begins_ = batch.row_begins.data();
    row_begins_[0] = position;
    views_.clear();
    for (size_t slot = 0; slot < batch.columns.size(); ++slot) {
      Column& column = batch.columns[slot];
      if (const auto state = plan_.constant_states()[slot])
        std::ranges::fill(column.states, *state);
      views_.push_back(view_of(column));
    }
  }

  const ColumnView* columns() const { return views_.data(); }

  void end_datum(const uint8_t* position) { row_begins_[++row_] = position; }

  void boolean(const Step& step, bool value) {
    const ColumnView& column = views_[step.slot];
    if (column.type == ColumnType::kInteger) {
      column.integers[row_] = value ? 1 : 0;
    } else {
      column.texts[row_] = value ? "true" : "false";
    }
  }

  void integer(const Step& step, int64_t value) {
    const ColumnView& column = views_[step.slot];
    if (column.type == ColumnType::kInteger) {
      column.integers[row_] = value;
    } else if (column.type == ColumnType::kNumber) {
      column.numbers[row_] = static_cast<double>(value);
    } else {
      scratch_.clear();
      if (!append_time(node(step).logical, value, &scratch_)) append_integer(value, &scratch_);
      keep_text(column);
    }
  }

  void float32(const Step& step, float value) { floating(step, value); }
  void float64(const Step& step, double value) { floating(step, value); }

  void bytes(const Step& step, std::string_view value) {
    const LogicalType logical = node(step).logical;
    if (logical == LogicalType::kDecimal || logical == LogicalType::kBigDecimal) {
      decimal(step, value);
    } else {
      views_[step.slot].texts[row_] = value;
    }
  }

  void string(const Step& step, std::string_view value) { bytes(step, value); }

  void fixed(const Step& step, std::string_view value) {
    if (node(step).logical != LogicalType::kUuid) return bytes(step, value);
    scratch_.clear();
    append_uuid(value, &scratch_);
    keep_text(views_[step.slot]);
  }

  void enumeration(const Step& step, size_t, std::string_view symbol) {
    views_[step.slot].texts[row_] = symbol;
  }

 private:
  static ColumnView view_of(Column& column) {
    ColumnView view{};
    view.states = column.states.data();
    view.type = column.type;
    if (column.type == ColumnType::kInteger) view.integers = column.integers.data();
    if (column.type == ColumnType::kNumber) view.numbers = column.numbers.data();
    if (column.type == ColumnType::kText) view.texts = column.texts.data();
    return view;
  }

  const SchemaNode& node(const Step& step) const {
    return plan_.schema().node(static_cast<NodeIndex>(step.operand));
  }

  void keep_text(const ColumnView& column) { column.texts[row_] = batch_->arena.copy(scratch_); }

  template <class Number>
  void floating(const Step& step, Number value) {
    const ColumnView& column = views_[step.slot];
    if (column.type == ColumnType::kNumber) {
      column.numbers[row_] = value;
    } else {
      scratch_.clear();
      append_number(value, &scratch_);
      keep_text(column);
    }
  }

  void decimal(const Step& step, std::string_view value) {
    const ColumnView& column = views_[step.slot];
    const auto found = find_decimal(node(step), value);
    bool fits = found.has_value();
    if (fits && column.type == ColumnType::kNumber) {
      column.numbers[row_] = decimal_to_number(*found);
    } else if (fits) {
      scratch_.clear();
      fits = append_decimal(*found, &scratch_);
      keep_text(column);
    }
    column.states[row_] = fits ? CellState::kValue : CellState::kWrongType;
  }

  const ReadPlan& plan_;
  ColumnBatch* batch_ = nullptr;
  std::vector<ColumnView> views_;
  const uint8_t** row_begins_ = nullptr;
  size_t row_ = 0;
  std::string scratch_;
};

}  // namespace

class ColumnDecoder::Run {
 public:
  Run(std::shared_ptr<const ReadPlan> plan, const Limits& limits)
      : plan_(std::move(plan)), limits_(limits), target_(*plan_), walk_(*plan_, limits_, target_) {}

  void begin_block(std::span<const uint8_t> bytes, int64_t record_count) {
    cursor_ = BlockCursor(bytes, record_count, limits_);
  }

  Result<bool> next(ColumnBatch& batch) {
    batch.size = 0;
    target_.begin_batch(batch, cursor_.position);
    MSEAVRO_ASSIGN(const int64_t count, walk_.run(cursor_, static_cast<int64_t>(batch.capacity)));
    batch.size = static_cast<size_t>(count);
    return count > 0;
  }

 private:
  const std::shared_ptr<const ReadPlan> plan_;
  const Limits limits_;
  ColumnTarget target_;
  Walk<ColumnTarget> walk_;
  BlockCursor cursor_;
};

ColumnDecoder::ColumnDecoder(std::shared_ptr<const ReadPlan> plan, const Limits& limits)
    : run_(std::make_unique<Run>(std::move(plan), limits)) {}
ColumnDecoder::~ColumnDecoder() = default;
ColumnDecoder::ColumnDecoder(ColumnDecoder&&) noexcept = default;
ColumnDecoder& ColumnDecoder::operator=(ColumnDecoder&&) noexcept = default;

void ColumnDecoder::begin_block(std::span<const uint8_t> bytes, int64_t record_count) {
  run_->begin_block(bytes, record_count);
}

Result<bool> ColumnDecoder::next(ColumnBatch& batch) { return run_->next(batch); }

}  // namespace mseavro
