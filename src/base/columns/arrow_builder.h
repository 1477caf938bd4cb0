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
  ArrowBuilder(const ArrowField& field, ArrowBudget& budget);

  const ArrowType& type() const { return field_.type; }
  const std::string& name() const { return field_.name; }
  int64_t length() const { return length_; }
  ArrowBuilder& child(size_t index) { return children_[index]; }

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

  // Hands all rows over to the caller, who releases them.
  void finish(ArrowArray* array);
  // Drops all rows.
  void clear();

 private:
  // Counts a value; false when it is beyond the budget and must not be put.
  bool begin_value(int64_t size_bytes, bool is_valid);
  void append_offset(int64_t offset);
  void put_branch(size_t branch);
  void begin();

  const ArrowField& field_;
  ArrowBudget& budget_;
  int64_t length_ = 0;
  int64_t null_count_ = 0;
  ArrowBits validity_;  // Empty as long as there is no null.
  ArrowBits bits_;      // Of booleans.
  ArrowBuffer values_;  // Of fixed width; bytes of texts; type ids of a union.
  ArrowBuffer offsets_;
  std::vector<ArrowBuilder> children_;
};

}  // namespace mseavro
