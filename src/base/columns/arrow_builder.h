// Building Arrow arrays value by value.
//
// A builder stands for a column and has builders for the column's children. Values are appended to
// leaves; structs, lists and unions are told when one of theirs begins or ends. finish() hands the
// rows over and leaves the builder empty, ready for the next batch.
//
//   ArrowBudget budget(64 << 20);
//   ArrowBuilder column(field, budget);
//   column.append_integer(42);
//   column.finish(&array);
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/columns/arrow_buffer.h"
#include "base/columns/arrow_field.h"
#include "mseavro/arrow_abi.h"

namespace mseavro {

// The bytes that a tree of builders may hold. Every value counts, so no offset overflows its 32
// bits; those without bytes cost as much as a long, because they take as much time.
class ArrowBudget {
 public:
  static constexpr int64_t kEmptyBytes = 8;

  // REQUIRES: limit_bytes < 2^31.
  explicit ArrowBudget(int64_t limit_bytes) : limit_bytes_(limit_bytes) {}

  bool take(int64_t size_bytes) {
    used_bytes_ += size_bytes == 0 ? kEmptyBytes : size_bytes;
    return used_bytes_ <= limit_bytes_;
  }
  // From now on nothing fits.
  void exhaust() { used_bytes_ = limit_bytes_ + 1; }
  bool is_exceeded() const { return used_bytes_ > limit_bytes_; }
  int64_t used_bytes() const { return used_bytes_; }
  void clear() { used_bytes_ = 0; }

 private:
  const int64_t limit_bytes_;
  int64_t used_bytes_ = 0;
};

// Values that exceed the budget are dropped: the builders are then of no use until clear(). Not
// thread-safe.
class ArrowBuilder {
 public:
  // Text, binary, list and map have 32-bit offsets. `field` and `budget` must outlive the builder.
  ArrowBuilder(const ArrowField& field, ArrowBudget& budget)
      : ArrowBuilder(field, budget, std::make_shared<ArrowPool>()) {}

  // What the push functions copy at once, whatever the size of a text.
  static constexpr size_t kPushBytes = 64;

  const ArrowType& type() const { return field_.type; }
  const std::string& name() const { return field_.name; }
  int64_t length() const { return length_; }
  // What all values cost, of the children too, whether or not the budget was asked.
  int64_t size_bytes() const;
  ArrowBuilder& child(size_t index) { return children_[index]; }
  size_t child_count() const { return children_.size(); }

  // A null; in a column that cannot be null, a zero that nobody looks at because a null stands
  // around it. A union gets one of its first branch.
  void append_null();

  void append_boolean(bool value);
  void append_integer(int64_t value);  // 4 or 8 bytes wide: integers, dates, times, symbols.
  void append_float(float value);
  void append_double(double value);
  // Binary and text, whose bytes must be UTF-8; fixed binary, decimal and interval, whose size must
  // be the column's.
  void append_bytes(std::string_view value);

  // A struct whose children have got, or will get, one value each.
  void append_struct();
  // A list or map that ends with the items that the child has now.
  void append_list();
  // The next value of child `branch` is the union's next value. REQUIRES: branch < 128.
  void append_branch(size_t branch);

  // The push functions put one value, or a null, into a column of just that type and do not ask
  // the budget: for callers that know what bounds the values. When 32-bit offsets end they exhaust
  // the budget and return false.
  template <class Number>
  [[gnu::always_inline]] bool push_number(Number value, bool is_valid) {
    if (!push_row(is_valid)) [[unlikely]]
      return false;
    std::memcpy(values_.mutable_data() + (length_ - 1) * static_cast<int64_t>(sizeof value), &value,
                sizeof value);
    return true;
  }
  // REQUIRES: size < kPushBytes, and kPushBytes bytes can be read.
  [[gnu::always_inline]] bool push_text(const uint8_t* bytes, size_t size, bool is_valid) {
    if (!has_room(kPushBytes) || !push_row(is_valid)) [[unlikely]]
      return false;
    // Nearly all texts are short, and copies of a fixed size are no calls.
    constexpr size_t kShortBytes = 16;
    uint8_t* const to = values_.mutable_data() + size_;
    std::memcpy(to, bytes, kShortBytes);
    if (size > kShortBytes) std::memcpy(to + kShortBytes, bytes + kShortBytes, kPushBytes - 16);
    size_ += size;
    put_offset(length_, static_cast<int64_t>(size_));
    return true;
  }
  bool push_struct() { return push_row(true); }

  // `count` doubles as they lie. They are counted.
  void append_doubles(const uint8_t* bytes, int64_t count);

  // Of texts: those from `row` on as they lie, and one of them.
  std::string_view texts_from(int64_t row) const;
  std::string_view text(int64_t row) const;
  // Puts others in the place of the texts from `row` on. They lie one behind the other in `texts`;
  // `sizes` has a size for each row.
  void replace_texts(int64_t row, std::string_view texts, std::span<const size_t> sizes);

  // Hands all rows over to the caller, who releases them.
  void finish(ArrowArray* array);
  // Drops all rows.
  void clear();

 private:
  // One pool for a tree of builders and what it handed over.
  ArrowBuilder(const ArrowField& field, ArrowBudget& budget, std::shared_ptr<ArrowPool> pool);

  void resize(ArrowBuffer& buffer, size_t capacity, size_t kept);
  // Counts a value; false when it is beyond the budget and must not be put.
  bool begin_value(int64_t size_bytes, bool is_valid);
  // The row is there but for its value.
  [[gnu::always_inline]] bool push_row(bool is_valid) {
    if (length_ == capacity_ && !grow_rows()) [[unlikely]]
      return false;
    if (has_validity_) validity_.mutable_data()[length_] = is_valid;
    ++length_;
    return true;
  }
  bool has_room(size_t size) { return size_ + size <= values_.capacity() || grow_values(size); }
  bool grow_rows();
  bool grow_values(size_t size);
  void put_offset(int64_t index, int64_t offset) {
    const auto narrow = static_cast<int32_t>(offset);
    std::memcpy(offsets_.mutable_data() + index * static_cast<int64_t>(sizeof narrow), &narrow,
                sizeof narrow);
  }
  int64_t offset_at(int64_t index) const;
  void put_branch(size_t branch);
  void begin();

  const ArrowField& field_;
  ArrowBudget& budget_;
  const bool has_validity_;
  const int32_t row_bytes_;  // Of values_ for each row; booleans are bytes until finish().
  int64_t length_ = 0;
  int64_t capacity_ = 0;  // Rows for which all buffers have room.
  size_t size_ = 0;       // Bytes of all texts or binaries.
  ArrowBuffer validity_;  // A byte for each row until finish().
  ArrowBuffer values_;    // Of fixed width; bytes of texts; type ids of a union.
  ArrowBuffer offsets_;
  // What the batch before had: most are alike.
  int64_t expected_rows_ = 0;
  size_t expected_size_ = 0;
  std::shared_ptr<ArrowPool> pool_;
  std::vector<ArrowBuilder> children_;
};

}  // namespace mseavro
