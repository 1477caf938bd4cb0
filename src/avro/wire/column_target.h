// A target of the walk that puts values into the rows of a batch. The common types go straight from
// the walk into the columns; the hooks here serve the rest.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "avro/wire/decimal.h"
#include "avro/wire/read_plan.h"
#include "avro/wire/value_text.h"
#include "avro/wire/walk.h"
#include "base/columns/column.h"
#include "base/text/number_text.h"

namespace mseavro {

class ColumnTarget {
 public:
  static constexpr bool kIsColumns = true;
  static constexpr bool kIsStructured = false;

  explicit ColumnTarget(const ReadPlan& plan) : plan_(plan) {}

  void begin_batch(ColumnBatch& batch) {
    batch_ = &batch;
    batch.arena.clear();
    for (size_t slot = 0; slot < batch.columns.size(); ++slot) {
      if (const auto state = plan_.constant_states()[slot])
        std::ranges::fill(batch.columns[slot].states, *state);
    }
  }

  // The datums that follow are the batch's rows from `first_row` on; the first begins at
  // `position`.
  void begin_rows(size_t first_row, const uint8_t* position) {
    row_ = 0;
    row_begins_ = batch_->row_begins.data() + first_row;
    row_begins_[0] = position;
    views_.clear();
    for (Column& column : batch_->columns) views_.push_back(view_of(column, first_row));
  }

  const ColumnView* columns() const { return views_.data(); }
  size_t column_count() const { return views_.size(); }
  // Where the rows begin, from the first on, and where the last one ends.
  const uint8_t** row_begins() const { return row_begins_; }

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
      keep_text(step, scratch_);
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
    keep_text(step, scratch_);
  }

  void enumeration(const Step& step, size_t, std::string_view symbol) {
    views_[step.slot].texts[row_] = symbol;
  }

 protected:
  // The text that was made for a row's cell.
  void keep_text(const Step& step, std::string_view text) {
    views_[step.slot].texts[row_] = batch_->arena.copy(text);
  }
  ColumnType column_type(const Step& step) const { return views_[step.slot].type; }

 private:
  static ColumnView view_of(Column& column, size_t first_row) {
    ColumnView view{};
    view.states = column.states.data() + first_row;
    view.type = column.type;
    if (column.type == ColumnType::kInteger) {
      view.integers = column.integers.data() + first_row;
    } else if (column.type == ColumnType::kNumber) {
      view.numbers = column.numbers.data() + first_row;
    } else {
      view.texts = column.texts.data() + first_row;
    }
    return view;
  }

  const SchemaNode& node(const Step& step) const {
    return plan_.schema().node(static_cast<NodeIndex>(step.operand));
  }

  template <class Number>
  void floating(const Step& step, Number value) {
    const ColumnView& column = views_[step.slot];
    if (column.type == ColumnType::kNumber) {
      column.numbers[row_] = value;
    } else {
      scratch_.clear();
      append_number(value, &scratch_);
      keep_text(step, scratch_);
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
      keep_text(step, scratch_);
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

}  // namespace mseavro
