// A target of the walk that appends values to Arrow columns.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "avro/arrow/arrow_layout.h"
#include "avro/schema/schema.h"
#include "avro/wire/step.h"
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
    next_ = &column_of(step);
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
  // arrays ask the budget.
  const uint8_t* long_field(const Step& step, const uint8_t* position, const uint8_t* end) {
    return put_long(column_of(step), position, end, true);
  }
  const uint8_t* int_field(const Step& step, const uint8_t* position, const uint8_t* end) {
    return put_int(column_of(step), position, end, true);
  }
  const uint8_t* double_field(const Step& step, const uint8_t* position, const uint8_t* end) {
    if (end - position < kNumberBytes) return nullptr;
    return column_of(step).push_number(load<double>(position), true) ? position + kNumberBytes
                                                                     : nullptr;
  }
  const uint8_t* string_field(const Step& step, const uint8_t* position, const uint8_t* end) {
    return put_string(column_of(step), position, end);
  }
  const uint8_t* nullable_long_field(const Step& step, const uint8_t* position,
                                     const uint8_t* end) {
    if (position == end || (*position & ~2) != 0) return nullptr;
    return put_long(column_of(step), position + 1, end, is_value(step, *position));
  }
  const uint8_t* nullable_int_field(const Step& step, const uint8_t* position, const uint8_t* end) {
    if (position == end || (*position & ~2) != 0) return nullptr;
    return put_int(column_of(step), position + 1, end, is_value(step, *position));
  }
  // Without branches on what is null: processors guess it badly.
  const uint8_t* nullable_double_field(const Step& step, const uint8_t* position,
                                       const uint8_t* end) {
    if (end - position <= kNumberBytes || (*position & ~2) != 0) return nullptr;
    const bool is_valid = is_value(step, *position);
    const uint64_t bits = load<uint64_t>(position + 1) & (uint64_t{0} - (is_valid ? 1 : 0));
    if (!column_of(step).push_number(bits, is_valid)) return nullptr;
    return position + 1 + (is_valid ? kNumberBytes : 0);
  }
  const uint8_t* nullable_string_field(const Step& step, const uint8_t* position,
                                       const uint8_t* end) {
    if (end - position < kShortStringSize + 2 || (*position & ~2) != 0) return nullptr;
    const bool is_valid = is_value(step, *position);
    const auto length = static_cast<uint8_t>(is_valid ? position[1] : 0);
    if ((length & kNotShort) != 0) return nullptr;
    const size_t size = length >> 1;
    if (!column_of(step).push_text(position + 2, size, is_valid)) return nullptr;
    return position + 1 + (is_valid ? 1 + size : 0);
  }
  const uint8_t* string_item(const uint8_t* position, const uint8_t* end) {
    return put_string(open_.back()->child(0), position, end);
  }
  const uint8_t* string_entry(const uint8_t* position, const uint8_t* end) {
    // With room for both, nothing is put and then left to the plain steps.
    if (end - position < 2 * kShortStringSize + 1 || (*position & kNotShort) != 0) return nullptr;
    if ((position[1 + (*position >> 1)] & kNotShort) != 0) return nullptr;
    ArrowBuilder& entries = open_.back()->child(0);
    const uint8_t* const value = put_string(entries.child(0), position, end);
    if (value == nullptr || !entries.push_struct()) return nullptr;
    return put_string(entries.child(1), value, end);
  }
  // One block with an end behind it.
  const uint8_t* double_items(const uint8_t* position, const uint8_t* end) {
    int64_t count = 0;
    if (read_long(position, end, count) != WireError::kNone || count < 0) return nullptr;
    if (count > (end - position) / kNumberBytes) return nullptr;
    const uint8_t* const behind = position + count * kNumberBytes;
    if (count != 0 && (behind == end || *behind != 0)) return nullptr;
    next_->child(0).append_doubles(position, count);
    next_->append_list();
    return count == 0 ? position : behind + 1;
  }

 private:
  struct TextColumn {
    ArrowBuilder* builder;
    int64_t settled_count = 0;
  };

  static constexpr int64_t kNumberBytes = 8;

  static bool is_value(const Step& step, uint8_t branch) { return branch != 2 * step.flags; }

  void begin_datum() {
    next_ = &root_;
    if (!layout_.is_wrapped) return;
    open_.assign(1, &root_);
    next_ = &root_.child(0);
  }

  ArrowBuilder& column_of(const Step& step) {
    // Only the root record leaves fields out, and it stands in nothing.
    const size_t index = open_.size() == 1 ? layout_.column_of_slot[step.slot] : step.slot;
    return open_.back()->child(index);
  }

  // A long of 8 bytes at most at `position`, or a null there.
  [[gnu::always_inline]] static const uint8_t* put_long(ArrowBuilder& column,
                                                        const uint8_t* position, const uint8_t* end,
                                                        bool is_valid) {
    if (!is_valid) return column.push_number(int64_t{0}, false) ? position : nullptr;
    if (end - position < kNumberBytes) return nullptr;
    const uint64_t word = load<uint64_t>(position);
    const uint64_t stops = ~word & 0x8080808080808080ull;
    if (stops == 0 || !column.push_number(decode_zigzag(pack_varint(word, stops)), true))
      return nullptr;
    return position + (std::countr_zero(stops) >> 3) + 1;
  }
  // The same of an int; what the reader has as a long has 8 bytes.
  static const uint8_t* put_int(ArrowBuilder& column, const uint8_t* position, const uint8_t* end,
                                bool is_valid) {
    if (column.type().width_bytes == kNumberBytes && !is_valid)
      return put_long(column, position, end, false);
    int64_t value = 0;
    if (is_valid && read_int(position, end, value) != WireError::kNone) return nullptr;
    const bool is_put = column.type().width_bytes == kNumberBytes
                            ? column.push_number(value, is_valid)
                            : column.push_number(static_cast<int32_t>(value), is_valid);
    return is_put ? position : nullptr;
  }
  [[gnu::always_inline]] static const uint8_t* put_string(ArrowBuilder& column,
                                                          const uint8_t* position,
                                                          const uint8_t* end) {
    if (end - position <= kShortStringSize || (*position & kNotShort) != 0) return nullptr;
    const size_t size = *position >> 1;
    return column.push_text(position + 1, size, true) ? position + 1 + size : nullptr;
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
  std::vector<ArrowBuilder*> open_;  // Structs, lists and maps around the next value.
  ArrowBuilder* next_ = nullptr;     // The column of the next value.
  const std::string* field_name_ = &layout_.root.name;
  std::optional<ArrowMisfit> misfit_;
  int64_t replaced_text_count_ = 0;
};

}  // namespace mseavro
