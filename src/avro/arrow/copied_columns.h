// Columns whose values need no more than to be copied: numbers as they lie or as varints, texts
// with their sizes in front, each with the index of its branch.
//
// What may be wrong in them is looked at for a whole batch before its first row, so that a row is
// written without a question: where its values lie is known, and how much room it needs at most.
// Other columns are marked as such, and put one by one by ArrowEncoder; so are those of a batch in
// which something is wrong, as that finds the row and the words.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "avro/arrow/arrow_binding.h"
#include "avro/wire/encoder.h"
#include "base/columns/arrow_buffer.h"

namespace mseavro {

enum class Copy : uint8_t {
  kNone,  // The column is put by ArrowEncoder.
  kDefault,
  kBoolean,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kText,  // Text or binary with offsets of 32 bits.
};

struct CopiedColumn {
  Copy copy = Copy::kNone;
  bool has_branch = false;
  uint8_t value_byte = 0;  // The encoded index of the branch that values take, and nulls.
  uint8_t null_byte = 0;
  const uint8_t* validity = nullptr;  // nullptr: there are no nulls.
  int64_t first = 0;                  // What row 0 of the batch has as index in the buffers.
  const uint8_t* values = nullptr;    // Of texts the offsets.
  const uint8_t* bytes = nullptr;     // Of texts; up to bytes_end it can be read.
  const uint8_t* bytes_end = nullptr;
  const std::string* default_bytes = nullptr;
  const ArrowBinding* binding = nullptr;
  int64_t binding_row = 0;  // What row 0 of the batch is for the binding.
};

class CopiedColumns {
 public:
  // The columns of `row_count` rows of a record. nullopt when the root is none, or may be null.
  static std::optional<CopiedColumns> of(const ArrowBinding& root, int64_t row_count);

  // In the order of the bytes; records within are taken apart.
  const std::vector<CopiedColumn>& columns() const { return columns_; }
  // What a row of those that are copied takes at most, and what copying may write beyond.
  size_t row_size_bytes() const { return row_size_bytes_; }

 private:
  void add_record(const ArrowBinding& record, int64_t first, int64_t row_count);
  void add(const ArrowBinding& column, int64_t binding_row, int64_t row_count);

  std::vector<CopiedColumn> columns_;
  size_t row_size_bytes_ = 0;
};

// Copies `size` bytes, of which there are `readable` and for which there is kTextSlackBytes more
// room. Nearly all texts are short, and copies of a fixed size are no calls.
inline constexpr size_t kTextSlackBytes = 64;
inline void copy_text(uint8_t* to, const uint8_t* from, size_t size, size_t readable) {
  constexpr size_t kShortBytes = 16;
  if (size <= kShortBytes && readable >= kShortBytes) [[likely]] {
    std::memcpy(to, from, kShortBytes);
  } else if (size <= kTextSlackBytes && readable >= kTextSlackBytes) {
    std::memcpy(to, from, kTextSlackBytes);
  } else if (size != 0) {
    std::memcpy(to, from, size);
  }
}

// Writes the row's value to `to` and returns its end. REQUIRES: copy is not kNone.
[[gnu::always_inline]] inline uint8_t* write_copy(const CopiedColumn& column, int64_t row,
                                                  uint8_t* to) {
  const int64_t index = row + column.first;
  if (column.has_branch) {
    const bool is_valid = column.validity == nullptr || arrow_bit(column.validity, index);
    *to++ = is_valid ? column.value_byte : column.null_byte;
    if (!is_valid) return to;
  }
  switch (column.copy) {
    case Copy::kNone:
      break;
    case Copy::kDefault:
      std::memcpy(to, column.default_bytes->data(), column.default_bytes->size());
      return to + column.default_bytes->size();
    case Copy::kBoolean:
      *to = arrow_bit(column.values, index) ? 1 : 0;
      return to + 1;
    case Copy::kInt: {
      int32_t value;
      std::memcpy(&value, column.values + index * 4, sizeof value);
      return write_long(value, to);
    }
    case Copy::kLong: {
      int64_t value;
      std::memcpy(&value, column.values + index * 8, sizeof value);
      return write_long(value, to);
    }
    case Copy::kFloat:
      std::memcpy(to, column.values + index * 4, 4);
      return to + 4;
    case Copy::kDouble:
      std::memcpy(to, column.values + index * 8, 8);
      return to + 8;
    case Copy::kText: {
      int32_t offsets[2];
      std::memcpy(offsets, column.values + index * 4, sizeof offsets);
      const auto size = static_cast<size_t>(offsets[1] - offsets[0]);
      const uint8_t* const from = column.bytes + offsets[0];
      to = write_varint(2 * size, to);
      copy_text(to, from, size, static_cast<size_t>(column.bytes_end - from));
      return to + size;
    }
  }
  return to;
}

}  // namespace mseavro
