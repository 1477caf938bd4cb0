// A target of the walk for columns of which some hold whole values as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "avro/wire/column_target.h"
#include "avro/wire/json_target.h"
#include "mseavro/limits.h"

namespace mseavro {

// Between begin_cell() and end_cell() values go to a JsonTarget, otherwise to the columns. Apart
// from ColumnTarget because every hook more costs time in the walk that decodes columns alone.
class CellTarget : public ColumnTarget {
 public:
  static constexpr bool kIsStructured = true;

  CellTarget(const ReadPlan& plan, const Limits& limits)
      : ColumnTarget(plan), json_(plan.schema(), 2 * limits.datum_size_bytes) {}

  void begin_batch(ColumnBatch& batch) {
    ColumnTarget::begin_batch(batch);
    made_size_bytes_ = 0;
  }

  // Of the texts in the batch's cells of JSON.
  int64_t made_size_bytes() const { return made_size_bytes_; }

  void begin_cell(const Step& step) {
    const bool is_avro = column_type(step) == ColumnType::kAvroJson;
    text_.clear();
    json_.begin(is_avro ? JsonStyle::kAvro : JsonStyle::kPlain, &text_);
    is_in_cell_ = true;
  }
  void end_cell(const Step& step) {
    is_in_cell_ = false;
    keep_text(step, text_);
    made_size_bytes_ += static_cast<int64_t>(text_.size());
  }
  bool exceeded() const { return is_in_cell_ && json_.exceeded(); }

  void boolean(const Step& step, bool value) {
    is_in_cell_ ? json_.boolean(step, value) : ColumnTarget::boolean(step, value);
  }
  void integer(const Step& step, int64_t value) {
    is_in_cell_ ? json_.integer(step, value) : ColumnTarget::integer(step, value);
  }
  void float32(const Step& step, float value) {
    is_in_cell_ ? json_.float32(step, value) : ColumnTarget::float32(step, value);
  }
  void float64(const Step& step, double value) {
    is_in_cell_ ? json_.float64(step, value) : ColumnTarget::float64(step, value);
  }
  void bytes(const Step& step, std::string_view value) {
    is_in_cell_ ? json_.bytes(step, value) : ColumnTarget::bytes(step, value);
  }
  void string(const Step& step, std::string_view value) {
    is_in_cell_ ? json_.string(step, value) : ColumnTarget::string(step, value);
  }
  void fixed(const Step& step, std::string_view value) {
    is_in_cell_ ? json_.fixed(step, value) : ColumnTarget::fixed(step, value);
  }
  void enumeration(const Step& step, size_t index, std::string_view symbol) {
    is_in_cell_ ? json_.enumeration(step, index, symbol)
                : ColumnTarget::enumeration(step, index, symbol);
  }

  // Structure is met in cells alone.
  void null(const Step& step) { json_.null(step); }
  void begin_record(const Step& step) { json_.begin_record(step); }
  void field(const Step& step) { json_.field(step); }
  void end_record(const Step& step) { json_.end_record(step); }
  void begin_array(const Step& step) { json_.begin_array(step); }
  void item() { json_.item(); }
  void end_array() { json_.end_array(); }
  void begin_map(const Step& step) { json_.begin_map(step); }
  void key(std::string_view key) { json_.key(key); }
  void end_map() { json_.end_map(); }
  void begin_branch(const Step& step) { json_.begin_branch(step); }
  void end_branch(const Step& step) { json_.end_branch(step); }

 private:
  JsonTarget json_;
  std::string text_;
  bool is_in_cell_ = false;
  int64_t made_size_bytes_ = 0;
};

}  // namespace mseavro
