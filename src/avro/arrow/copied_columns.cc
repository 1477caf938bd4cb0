#include "avro/arrow/copied_columns.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/result/result.h"
#include "base/text/utf8.h"

namespace mseavro {
namespace {

constexpr uint32_t kMostBranches = 64;  // Their indexes take one byte.

bool has_nulls(const ArrowArray& array) {
  return array.null_count != 0 && array.n_buffers > 0 && array.buffers[0] != nullptr;
}

const uint8_t* buffer(const ArrowArray& array, int index) {
  return static_cast<const uint8_t*>(array.buffers[index]);
}

Copy copy_of(const ArrowBinding& column) {
  const int32_t width_bytes = column.type.width_bytes;
  switch (column.put) {
    case ArrowPut::kBoolean:
      return Copy::kBoolean;
    case ArrowPut::kInteger:
      if (column.factor != 1 || column.divisor != 1 || column.type.kind == ArrowKind::kUnsigned)
        return Copy::kNone;
      if (width_bytes == 4) return Copy::kInt;
      return width_bytes == 8 && column.least == INT64_MIN ? Copy::kLong : Copy::kNone;
    case ArrowPut::kFloat:
      return width_bytes == 4 ? Copy::kFloat : Copy::kNone;
    case ArrowPut::kDouble:
      return Copy::kDouble;
    case ArrowPut::kText:
    case ArrowPut::kBytes: {
      const ArrowKind kind = column.type.kind;
      const bool has_offsets = kind == ArrowKind::kText || kind == ArrowKind::kBinary;
      return has_offsets && width_bytes == 4 ? Copy::kText : Copy::kNone;
    }
    default:
      return Copy::kNone;
  }
}

int32_t offset_at(const CopiedColumn& column, int64_t row) {
  int32_t offset;
  std::memcpy(&offset, column.values + (column.first + row) * 4, sizeof offset);
  return offset;
}

Copy with_branch(Copy value) {
  if (value == Copy::kDouble) return Copy::kBranchDouble;
  return value == Copy::kShortText ? Copy::kBranchShortText : Copy::kBranch;
}

// Up to here texts can be read kTextSlackBytes from where they begin.
int64_t rows_before_end(const CopiedColumn& column, int64_t row_count) {
  const auto is_near_end = [&](int64_t row) {
    return column.bytes_end - text_at(column, row + column.first).from <
           static_cast<int64_t>(kTextSlackBytes);
  };
  while (row_count > 0 && is_near_end(row_count - 1)) --row_count;
  return row_count;
}

// The size of the longest text; nullopt when one has a negative size or is not UTF-8 as it should
// be. There is at least one row.
std::optional<size_t> longest_text(const CopiedColumn& column, bool is_text, int64_t row_count) {
  int32_t longest = 0;
  int32_t shortest = 0;
  int32_t begin = offset_at(column, 0);
  for (int64_t row = 1; row <= row_count; ++row) {
    const int32_t end = offset_at(column, row);
    longest = std::max(longest, end - begin);
    shortest = std::min(shortest, end - begin);
    begin = end;
  }
  if (shortest < 0) return std::nullopt;
  const std::string_view all(reinterpret_cast<const char*>(column.bytes) + offset_at(column, 0),
                             static_cast<size_t>(begin - offset_at(column, 0)));
  if (!is_text || is_ascii(all)) return static_cast<size_t>(longest);
  for (int64_t row = 0; row < row_count; ++row) {
    const TextPlace place = text_at(column, row + column.first);
    const std::string_view text(reinterpret_cast<const char*>(place.from), place.size);
    if (utf8_prefix_size(text) != text.size()) return std::nullopt;
  }
  return static_cast<size_t>(longest);
}

}  // namespace

std::optional<CopiedColumns> CopiedColumns::of(const ArrowBinding& root, int64_t row_count) {
  const bool is_record = root.put == ArrowPut::kRecord && !root.branch && !has_nulls(*root.array);
  if (!is_record || row_count == 0) return std::nullopt;
  CopiedColumns columns;
  columns.row_size_bytes_ = kTextSlackBytes;
  columns.plain_rows_ = row_count;
  columns.add_record(root, root.array->offset, row_count);
  return columns;
}

void CopiedColumns::put_rows(int64_t* row, int64_t end, size_t full_bytes, Encoder* to) const {
  MSEAVRO_DCHECK(*row < end && end <= plain_rows_);
  constexpr size_t kRunBytes = 64 << 10;
  const auto run_rows = static_cast<int64_t>(std::max<size_t>(1, kRunBytes / row_size_bytes_));
  const int64_t run_end = std::min(end, *row + run_rows);
  const size_t begin = to->size();
  const size_t left_bytes = full_bytes - std::min(full_bytes, begin);
  const size_t room_bytes = static_cast<size_t>(run_end - *row) * row_size_bytes_;
  uint8_t* next = to->room(room_bytes);
  const uint8_t* const full = next + std::min(left_bytes, room_bytes);
  int64_t at = *row;
  do {
    for (const CopiedColumn& column : columns_) next = write_copy<true>(column, at, next);
    ++at;
  } while (at < run_end && next < full);
  to->commit(next);
  *row = at;
}

void CopiedColumns::add_record(const ArrowBinding& record, int64_t first, int64_t row_count) {
  for (const ArrowBinding::Source& source : record.sources) {
    if (source.default_bytes == nullptr) {
      add(record.children[source.child], first, row_count);
      continue;
    }
    columns_.push_back({.copy = Copy::kDefault, .default_bytes = source.default_bytes});
    row_size_bytes_ += source.default_bytes->size();
  }
}

void CopiedColumns::add(const ArrowBinding& binding, int64_t binding_row, int64_t row_count) {
  const ArrowArray& array = *binding.array;
  const bool is_nullable = has_nulls(array);
  if (binding.put == ArrowPut::kRecord && !binding.branch && !is_nullable) {
    return add_record(binding, binding_row + array.offset, row_count);
  }
  CopiedColumn& column = columns_.emplace_back();
  column.binding = &binding;
  column.binding_row = binding_row;
  column.first = binding_row + array.offset;
  const uint32_t value_branch = binding.branch.value_or(0);
  const uint32_t null_branch = binding.null_branch.value_or(0);
  Copy copy = copy_of(binding);
  // Until it is known to be otherwise.
  const int64_t plain_rows = std::exchange(plain_rows_, 0);
  if (copy == Copy::kNone || (is_nullable && !binding.null_branch) ||
      std::max(value_branch, null_branch) >= kMostBranches) {
    return;
  }
  column.branch_bytes[0] = static_cast<uint8_t>(2 * null_branch);
  column.branch_bytes[1] = static_cast<uint8_t>(2 * value_branch);
  if (is_nullable) column.validity = buffer(array, 0);
  column.values = buffer(array, 1);
  size_t size_bytes = kVarintBytes;
  int64_t text_rows = row_count;
  if (copy == Copy::kText) {
    column.bytes = buffer(array, 2);
    const auto longest = longest_text(column, binding.put == ArrowPut::kText, row_count);
    if (!longest) return;
    column.bytes_end = column.bytes + offset_at(column, row_count);
    size_bytes += *longest;
    // Not when most are near the end, as in a column of nulls.
    const int64_t rows = rows_before_end(column, row_count);
    if (*longest <= kShortTextBytes && rows >= row_count / 2) {
      copy = Copy::kShortText;
      text_rows = rows;
    }
  }
  row_size_bytes_ += 1 + size_bytes;
  plain_rows_ = std::min(plain_rows, text_rows);
  column.value = copy;
  column.copy = binding.branch ? with_branch(copy) : copy;
}

}  // namespace mseavro
