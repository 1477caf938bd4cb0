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
#include "base/result/result.h"

namespace mseavro {

enum class Copy : uint8_t {
  kNone,  // The column is put by ArrowEncoder.
  kDefault,
  kBoolean,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kText,       // Text or binary with offsets of 32 bits.
  kShortText,  // None longer than kShortTextBytes.
  // With the index of a branch; these two without a branch on what is null, which processors guess
  // badly.
  kBranchDouble,
  kBranchShortText,
  kBranch,  // Of all others.
};

struct CopiedColumn {
  Copy copy = Copy::kNone;
  Copy value = Copy::kNone;      // Of kBranch, behind the index.
  uint8_t branch_bytes[2] = {};  // The encoded index of the branch that nulls take, and values.
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
  // Up to here rows can be put by put_rows: there is no kNone, and all texts may be read beyond
  // their ends.
  int64_t plain_rows() const { return plain_rows_; }
  // Appends rows from `*row` on, at least one, until `to` has `full_bytes` or row `end` is reached,
  // and moves `*row`. REQUIRES: *row < end <= plain_rows().
  void put_rows(int64_t* row, int64_t end, size_t full_bytes, Encoder* to) const;
  // What a row of those that are copied takes at most, and what copying may write beyond.
  size_t row_size_bytes() const { return row_size_bytes_; }

 private:
  void add_record(const ArrowBinding& record, int64_t first, int64_t row_count);
  void add(const ArrowBinding& column, int64_t binding_row, int64_t row_count);

  std::vector<CopiedColumn> columns_;
  size_t row_size_bytes_ = 0;
  int64_t plain_rows_ = 0;
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

// Of a short text that can be read up to kTextSlackBytes.
inline constexpr size_t kShortTextBytes = kTextSlackBytes - 1;  // Its size takes one byte.
[[gnu::always_inline]] inline uint8_t* write_short_text(uint8_t* to, const uint8_t* from,
                                                        size_t size) {
  constexpr size_t kFirstBytes = 16;
  *to++ = static_cast<uint8_t>(2 * size);
  std::memcpy(to, from, kFirstBytes);
  if (size > kFirstBytes) [[unlikely]]
    std::memcpy(to + kFirstBytes, from + kFirstBytes, kTextSlackBytes - kFirstBytes);
  return to + size;
}

struct TextPlace {
  const uint8_t* from;
  size_t size;
};
[[gnu::always_inline]] inline TextPlace text_at(const CopiedColumn& column, int64_t index) {
  int32_t offsets[2];
  std::memcpy(offsets, column.values + index * 4, sizeof offsets);
  return {column.bytes + offsets[0], static_cast<size_t>(offsets[1] - offsets[0])};
}

// Writes the value at `index` of the buffers to `to` and returns its end; `copy` is one without a
// branch. Unless kIsPlain texts are not read beyond their ends.
template <bool kIsPlain>
[[gnu::always_inline]] inline uint8_t* write_value(const CopiedColumn& column, Copy copy,
                                                   int64_t index, uint8_t* to) {
  switch (copy) {
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
    case Copy::kShortText:
      if constexpr (kIsPlain) {
        const TextPlace text = text_at(column, index);
        return write_short_text(to, text.from, text.size);
      }
      [[fallthrough]];
    case Copy::kText: {
      const TextPlace text = text_at(column, index);
      to = write_varint(2 * text.size, to);
      copy_text(to, text.from, text.size, static_cast<size_t>(column.bytes_end - text.from));
      return to + text.size;
    }
    default:
      MSEAVRO_CHECK(false);
  }
}

// The same of a row. REQUIRES: copy is not kNone.
template <bool kIsPlain>
[[gnu::always_inline]] inline uint8_t* write_copy(const CopiedColumn& column, int64_t row,
                                                  uint8_t* to) {
  const int64_t index = row + column.first;
  if (column.copy < Copy::kBranchDouble)
    return write_value<kIsPlain>(column, column.copy, index, to);
  size_t is_valid = 1;
  if (column.validity != nullptr) is_valid = arrow_bit(column.validity, index) ? 1 : 0;
  *to++ = column.branch_bytes[is_valid];
  if (column.copy == Copy::kBranchDouble) {
    std::memcpy(to, column.values + index * 8, 8);
    return to + 8 * is_valid;
  }
  if (kIsPlain && column.copy == Copy::kBranchShortText) {
    const TextPlace text = text_at(column, index);
    write_short_text(to, text.from, text.size);
    return to + (1 + text.size) * is_valid;
  }
  return is_valid != 0 ? write_value<kIsPlain>(column, column.value, index, to) : to;
}

}  // namespace mseavro
