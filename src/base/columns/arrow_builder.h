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
#include "base/result/result.h"
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

  // What put_text copies at once, whatever the size of a text.
  static constexpr size_t kTextSlack = 64;

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

  // The functions below put one value into a column of just that type and do not ask the budget:
  // for callers that know what bounds the values. When 32-bit offsets end they exhaust the budget
  // and return false.

  // Rows for which there is room.
  int64_t capacity() const { return capacity_; }
  // Makes room for the next rows.
  bool reserve_rows(int64_t count) {
    while (capacity_ - length_ < count) {
      if (!grow_rows()) return false;
    }
    return true;
  }

  // The next value, whose row it is. REQUIRES: row == length() < capacity(). In a column that can
  // be null put_validity goes before; what is null is zero or empty.
  void put_validity(int64_t row, bool is_valid) {
    MSEAVRO_DCHECK(has_validity_ && row == length_ && row < capacity_);
    validity_.mutable_data()[row] = is_valid;
  }
  template <class Number>
  void put_number(int64_t row, Number value) {
    MSEAVRO_DCHECK(row == length_ && row < capacity_);
    std::memcpy(values_.mutable_data() + row * static_cast<int64_t>(sizeof value), &value,
                sizeof value);
    length_ = row + 1;
  }
  // Also REQUIRES: size < kTextSlack, and kTextSlack bytes can be read.
  [[gnu::always_inline]] bool put_text(int64_t row, const uint8_t* bytes, size_t size) {
    MSEAVRO_DCHECK(row == length_ && row < capacity_);
    if (!has_room(kTextSlack)) [[unlikely]]
      return false;
    // Nearly all texts are short, and copies of a fixed size are no calls.
    constexpr size_t kShortBytes = 16;
    const size_t begin = size_;
    uint8_t* const to = values_.mutable_data() + begin;
    size_ = begin + size;
    length_ = row + 1;
    put_offset(row + 1, static_cast<int64_t>(begin + size));
    std::memcpy(to, bytes, kShortBytes);
    if (size > kShortBytes) [[unlikely]]
      std::memcpy(to + kShortBytes, bytes + kShortBytes, kTextSlack - kShortBytes);
    return true;
  }
  // As put_text, of a column that cannot be null.
  bool push_text(const uint8_t* bytes, size_t size) {
    MSEAVRO_DCHECK(!has_validity_);
    return reserve_rows(1) && put_text(length_, bytes, size);
  }
  // The list or map of that row ends with the items that the child has now. As put_number.
  void put_list(int64_t row) {
    MSEAVRO_DCHECK(row == length_ && row < capacity_);
    put_offset(row + 1, children_[0].length());
    length_ = row + 1;
  }
  // Structs whose children have got, or will get, one value each. As push_text.
  bool push_structs(int64_t count) {
    MSEAVRO_DCHECK(!has_validity_);
    if (!reserve_rows(count)) return false;
    length_ += count;
    return true;
  }
  // `count` numbers as they lie. REQUIRES: kNumbersSlack bytes behind them can be read.
  static constexpr int64_t kNumbersSlack = 64;
  template <class Number>
  bool push_numbers(const uint8_t* bytes, int64_t count) {
    MSEAVRO_DCHECK(!has_validity_);
    constexpr int64_t kBytes = sizeof(Number);
    if (!reserve_rows(count + kNumbersSlack / kBytes)) return false;
    uint8_t* const to = values_.mutable_data() + length_ * kBytes;
    for (int64_t i = 0; i < count * kBytes; i += kNumbersSlack) {
      std::memcpy(to + i, bytes + i, kNumbersSlack);
    }
    length_ += count;
    return true;
  }
  // Takes back the rows from `length` on, of texts or of structs of texts.
  void truncate(int64_t length);

  // `count` numbers as they lie. They are counted.
  void append_numbers(const uint8_t* bytes, int64_t count);

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
  template <class Number>
  void append_number(Number value);
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
