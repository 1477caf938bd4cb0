// A target of the walk that appends values to Arrow columns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "avro/arrow/arrow_layout.h"
#include "avro/schema/schema.h"
#include "avro/wire/step.h"
#include "base/columns/arrow_builder.h"

namespace mseavro {

// What bytes can hold and the Arrow type cannot.
enum class ArrowMisfit : uint8_t { kDecimal, kDuration };

class ArrowTarget {
 public:
  static constexpr bool kIsColumns = false;
  static constexpr bool kIsStructured = true;

  // The layout and what the builder was made for must outlive the target.
  ArrowTarget(const ArrowLayout& layout, ArrowBudget& budget, ArrowBuilder& root)
      : layout_(layout), budget_(budget), root_(root) {}

  // The next datum becomes a row.
  void begin() {
    open_.clear();
    misfit_.reset();
    next_ = &root_;
    if (!layout_.is_wrapped) return;
    root_.append_struct();
    open_.push_back(&root_);
    next_ = &root_.child(0);
  }

  bool exceeded() const { return budget_.is_exceeded() || misfit_; }
  void end_datum(const uint8_t*) {}

  std::optional<ArrowMisfit> misfit() const { return misfit_; }
  const std::string& field_name() const { return *field_name_; }
  int64_t replaced_text_count() const { return replaced_text_count_; }

  void null(const Step&) { next_->append_null(); }
  void boolean(const Step&, bool value) { next_->append_boolean(value); }
  void integer(const Step&, int64_t value) { next_->append_integer(value); }
  void float32(const Step&, float value) { next_->append_float(value); }
  void float64(const Step&, double value) { next_->append_double(value); }
  void string(const Step&, std::string_view value) { text(*next_, value); }
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
    // Only the root record leaves fields out, and it stands in nothing.
    const size_t index = open_.size() == 1 ? layout_.column_of_slot[step.slot] : step.slot;
    next_ = &open_.back()->child(index);
    field_name_ = &next_->name();
  }
  void end_record(const Step&) { open_.pop_back(); }

  void begin_array(const Step&) { open_.push_back(next_); }
  void item() { next_ = &open_.back()->child(0); }
  void end_array() { end_list(); }

  void begin_map(const Step&) { open_.push_back(next_); }
  void key(std::string_view key) {
    ArrowBuilder& entries = open_.back()->child(0);
    entries.append_struct();
    text(entries.child(0), key);
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

 private:
  void end_list() {
    open_.back()->append_list();
    open_.pop_back();
  }
  void text(ArrowBuilder& column, std::string_view value);
  void decimal(std::string_view value);
  void duration(std::string_view value);

  const ArrowLayout& layout_;
  ArrowBudget& budget_;
  ArrowBuilder& root_;
  std::vector<ArrowBuilder*> open_;  // Structs, lists and maps around the next value.
  ArrowBuilder* next_ = nullptr;     // The column of the next value.
  const std::string* field_name_ = &layout_.root.name;
  std::optional<ArrowMisfit> misfit_;
  int64_t replaced_text_count_ = 0;
  std::string scratch_;
};

}  // namespace mseavro
