// A target of the walk that appends values to Arrow columns.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "avro/arrow/arrow_layout.h"
#include "avro/arrow/field_lists.h"
#include "avro/arrow/usual_items.h"
#include "avro/schema/schema.h"
#include "avro/wire/step.h"
#include "avro/wire/value_forms.h"
#include "avro/wire/wire_input.h"
#include "base/columns/arrow_builder.h"

namespace mseavro {

// What bytes can hold and the Arrow type cannot.
enum class ArrowMisfit : uint8_t { kDecimal, kDuration };

class ArrowTarget {
 public:
  static constexpr bool kIsColumns = false;
  static constexpr bool kIsStructured = true;
  static constexpr bool kHasForms = true;

  // The layout and what the builder was made for must outlive the target. It is full as soon as the
  // values that ask the budget have `full_bytes`.
  ArrowTarget(const ArrowLayout& layout, ArrowBudget& budget, ArrowBuilder& root,
              int64_t full_bytes);

  // The next datums become rows.
  void begin() {
    open_.clear();
    misfit_.reset();
    begin_datum();
  }

  // Texts are put as they are. This looks at those put since the last call, and makes UTF-8 of what
  // is none.
  void settle_texts();
  // The builder has no rows any more.
  void begin_batch();

  bool exceeded() const { return budget_.is_exceeded(); }
  bool is_full() const { return budget_.used_bytes() >= full_bytes_; }
  void end_datum(const uint8_t*) {
    if (layout_.is_wrapped) root_.append_struct();
    begin_datum();
  }

  std::optional<ArrowMisfit> misfit() const { return misfit_; }
  const std::string& field_name() const { return *field_name_; }
  int64_t replaced_text_count() const { return replaced_text_count_; }

  void null(const Step&) { next_->append_null(); }
  void boolean(const Step&, bool value) { next_->append_boolean(value); }
  void integer(const Step&, int64_t value) { next_->append_integer(value); }
  void float32(const Step&, float value) { next_->append_float(value); }
  void float64(const Step&, double value) { next_->append_double(value); }
  void string(const Step&, std::string_view value) { next_->append_bytes(value); }
  void bytes(const Step&, std::string_view value) {
    if (next_->type().kind == ArrowKind::kDecimal) return decimal(value);
    next_->append_bytes(value);
  }
  void fixed(const Step& step, std::string_view value) {
    if (next_->type().kind == ArrowKind::kInterval) return duration(value);
    bytes(step, value);
  }
  void enumeration(const Step&, size_t index, std::string_view) {
    next_->append_integer(static_cast<int64_t>(index));
  }

  void begin_record(const Step&) {
    next_->append_struct();
    open_.push_back(next_);
  }
  void field(const Step& step) {
    set_next(open_.back()->child(layout_.child_index(step.slot, open_.size())));
  }
  void end_record(const Step&) { open_.pop_back(); }

  void begin_array(const Step&) { open_.push_back(next_); }
  void item() { next_ = &open_.back()->child(0); }
  void end_array() { end_list(); }

  void begin_map(const Step&) { open_.push_back(next_); }
  void key(std::string_view key) {
    ArrowBuilder& entries = open_.back()->child(0);
    entries.append_struct();
    entries.child(0).append_bytes(key);
    next_ = &entries.child(1);
  }
  void end_map() { end_list(); }

  // A union of null and one other is the column of that other.
  void begin_branch(const Step& step) {
    if (next_->type().kind != ArrowKind::kDenseUnion) return;
    next_->append_branch(step.slot);
    next_ = &next_->child(step.slot);
  }
  void end_branch(const Step&) {}

  // Forms (walk.h). What they put is bounded by the bytes that it stands in, so that none but long
  // arrays, and lists themselves, ask the budget.
  void bind(const StepProgram& program, std::span<const FieldForm> fields) {
    field_lists_ = FieldLists(program, fields, layout_, root_);
  }
  FieldsEnd fields(size_t first, const uint8_t* position, const uint8_t* end) {
    const auto [behind, field] = field_lists_.put(first, position, end);
    if (field->column != nullptr) set_next(*field->column);
    return {behind, field->next_step};
  }
  const uint8_t* float_items(const uint8_t* position, const uint8_t* end) {
    return end_items(put_floats(next_->child(0), position, end));
  }
  const uint8_t* double_items(const uint8_t* position, const uint8_t* end) {
    return end_items(put_doubles(next_->child(0), position, end));
  }
  const uint8_t* string_items(const uint8_t* position, const uint8_t* end) {
    return end_items(put_strings(next_->child(0), position, end));
  }
  const uint8_t* string_entries(const uint8_t* position, const uint8_t* end) {
    return end_items(put_entries(next_->child(0), position, end));
  }

 private:
  struct TextColumn {
    ArrowBuilder* builder;
    int64_t settled_count = 0;
  };

  void begin_datum() {
    next_ = &root_;
    if (!layout_.is_wrapped) return;
    open_.assign(1, &root_);
    next_ = &root_.child(0);
  }

  void set_next(ArrowBuilder& column) {
    next_ = &column;
    field_name_ = &column.name();
  }

  // Of a form; nullptr: there was none.
  const uint8_t* end_items(const uint8_t* end) {
    if (end != nullptr) next_->append_list();
    return end;
  }
  void find_texts(ArrowBuilder& column);
  void settle(TextColumn& column);
  void repair(ArrowBuilder& column, int64_t first);

  void end_list() {
    open_.back()->append_list();
    open_.pop_back();
  }
  void refuse(ArrowMisfit misfit) {
    misfit_ = misfit;
    budget_.exhaust();
  }
  void decimal(std::string_view value);
  void duration(std::string_view value);

  const ArrowLayout& layout_;
  ArrowBudget& budget_;
  ArrowBuilder& root_;
  const int64_t full_bytes_;
  std::vector<TextColumn> texts_;
  FieldLists field_lists_;
  std::vector<ArrowBuilder*> open_;  // Structs, lists and maps around the next value.
  ArrowBuilder* next_ = nullptr;     // The column of the next value.
  const std::string* field_name_ = &layout_.root.name;
  std::optional<ArrowMisfit> misfit_;
  int64_t replaced_text_count_ = 0;
};

}  // namespace mseavro
