#include "avro/arrow/copied_columns.h"

#include <algorithm>
#include <string_view>

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

std::string_view text_at(const CopiedColumn& column, int64_t row) {
  const int32_t begin = offset_at(column, row);
  return {reinterpret_cast<const char*>(column.bytes) + begin,
          static_cast<size_t>(offset_at(column, row + 1) - begin)};
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
    const std::string_view text = text_at(column, row);
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
  columns.add_record(root, root.array->offset, row_count);
  return columns;
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
  const Copy copy = copy_of(binding);
  if (copy == Copy::kNone || (is_nullable && !binding.null_branch) ||
      std::max(value_branch, null_branch) >= kMostBranches) {
    return;
  }
  column.has_branch = binding.branch.has_value();
  column.value_byte = static_cast<uint8_t>(2 * value_branch);
  column.null_byte = static_cast<uint8_t>(2 * null_branch);
  if (is_nullable) column.validity = buffer(array, 0);
  column.values = buffer(array, 1);
  size_t size_bytes = kVarintBytes;
  if (copy == Copy::kText) {
    column.bytes = buffer(array, 2);
    const auto longest = longest_text(column, binding.put == ArrowPut::kText, row_count);
    if (!longest) return;
    column.bytes_end = column.bytes + offset_at(column, row_count);
    size_bytes += *longest;
  }
  row_size_bytes_ += 1 + size_bytes;
  column.copy = copy;
}

}  // namespace mseavro
