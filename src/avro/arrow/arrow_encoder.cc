#include "avro/arrow/arrow_encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <utility>

#include "avro/arrow/arrow_binding.h"
#include "avro/arrow/copied_columns.h"
#include "base/columns/arrow_buffer.h"
#include "base/result/result.h"
#include "base/text/utf8.h"

namespace mseavro {
namespace {

Status refuse(const ArrowBinding& column, std::string message, const char* help = "",
              std::string value = {}) {
  return fail(ErrorCode::kBadValue, std::move(message), help, std::move(value),
              {.field = column.path});
}

template <class Number>
Number number_at(const ArrowArray& array, int buffer, int64_t index) {
  Number value;
  std::memcpy(&value, static_cast<const char*>(array.buffers[buffer]) + index * sizeof value,
              sizeof value);
  return value;
}

std::string_view fixed_at(const ArrowArray& array, int64_t index, int32_t width) {
  return {static_cast<const char*>(array.buffers[1]) + index * width, static_cast<size_t>(width)};
}

int64_t offset_at(const ArrowArray& array, int32_t width, int64_t index) {
  return width == 4 ? number_at<int32_t>(array, 1, index) : number_at<int64_t>(array, 1, index);
}

bool is_union(ArrowKind kind) {
  return kind == ArrowKind::kDenseUnion || kind == ArrowKind::kSparseUnion;
}

// What is too great for 64 bits is the greatest that is not: no type of Avro's takes that either.
int64_t integer_at(const ArrowType& type, const ArrowArray& array, int64_t index) {
  const bool is_unsigned = type.kind == ArrowKind::kUnsigned;
  switch (type.width_bytes) {
    case 1:
      return is_unsigned ? number_at<uint8_t>(array, 1, index) : number_at<int8_t>(array, 1, index);
    case 2:
      return is_unsigned ? number_at<uint16_t>(array, 1, index)
                         : number_at<int16_t>(array, 1, index);
    case 4:
      return is_unsigned ? int64_t{number_at<uint32_t>(array, 1, index)}
                         : number_at<int32_t>(array, 1, index);
    default:
      return number_at<int64_t>(array, 1, index);
  }
}

// A view is its size, then the bytes when they are 12 at most; else their first four, the buffer
// and the offset in it.
std::string_view view_at(const ArrowArray& array, int64_t index) {
  constexpr int32_t kInlineBytes = 12;
  const char* const view = static_cast<const char*>(array.buffers[1]) + index * 16;
  int32_t size = 0;
  std::memcpy(&size, view, sizeof size);
  if (size <= kInlineBytes) return {view + 4, static_cast<size_t>(size)};
  int32_t place[2];
  std::memcpy(place, view + 8, sizeof place);
  return {static_cast<const char*>(array.buffers[2 + place[0]]) + place[1],
          static_cast<size_t>(size)};
}

std::string_view bytes_at(const ArrowType& type, const ArrowArray& array, int64_t index) {
  switch (type.kind) {
    case ArrowKind::kFixedBinary:
      return fixed_at(array, index, type.width_bytes);
    case ArrowKind::kTextView:
    case ArrowKind::kBinaryView:
      return view_at(array, index);
    default: {
      const int64_t begin = offset_at(array, type.width_bytes, index);
      const int64_t end = offset_at(array, type.width_bytes, index + 1);
      if (end <= begin) return {};
      return {static_cast<const char*>(array.buffers[2]) + begin, static_cast<size_t>(end - begin)};
    }
  }
}

bool is_null(const ArrowBinding& column, int64_t row) {
  if (column.type.kind == ArrowKind::kNull) return true;
  if (is_union(column.type.kind)) return false;
  const ArrowArray& array = *column.array;
  const int64_t index = row + array.offset;
  const void* const validity = array.buffers[0];
  if (array.null_count != 0 && validity != nullptr && !arrow_bit(validity, index)) return true;
  if (column.put != ArrowPut::kDictionary) return false;
  // The texts of a dictionary may have a null among them.
  const ArrowBinding& values = column.children[0];
  const int64_t value = integer_at(column.type, array, index);
  return value >= 0 && value < values.array->length && is_null(values, value);
}

// Puts the values of one row; all that a run needs to know is in the bindings.
class RowWriter {
 public:
  RowWriter(const WritePlan& plan, Encoder* to) : plan_(plan), to_(*to) {}

  Status put(const ArrowBinding& column, int64_t row) {
    if (is_null(column, row)) return put_null(column);
    if (column.branch) to_.put_long(*column.branch);
    const ArrowArray& array = *column.array;
    const int64_t index = row + array.offset;
    switch (column.put) {
      case ArrowPut::kNull:
        return {};
      case ArrowPut::kBoolean:
        to_.put_boolean(arrow_bit(array.buffers[1], index));
        return {};
      case ArrowPut::kInteger:
        return put_integer(column, index);
      case ArrowPut::kIntegerAsFloat:
        to_.put_float(static_cast<float>(integer_at(column.type, array, index)));
        return {};
      case ArrowPut::kIntegerAsDouble:
        to_.put_double(static_cast<double>(integer_at(column.type, array, index)));
        return {};
      case ArrowPut::kFloat:
        to_.put_float(number_at<float>(array, 1, index));
        return {};
      case ArrowPut::kFloatAsDouble:
        to_.put_double(number_at<float>(array, 1, index));
        return {};
      case ArrowPut::kDouble:
        to_.put_double(number_at<double>(array, 1, index));
        return {};
      case ArrowPut::kBytes:
        to_.put_bytes(bytes_at(column.type, array, index));
        return {};
      case ArrowPut::kText:
        return put_text(column, index);
      case ArrowPut::kSymbol:
        return put_symbol(column, index);
      case ArrowPut::kFixed:
        to_.put_raw(bytes_at(column.type, array, index));
        return {};
      case ArrowPut::kDecimal:
        return put_decimal(column, index);
      case ArrowPut::kDuration:
        return put_duration(column, index);
      case ArrowPut::kArray:
      case ArrowPut::kMap:
        return put_items(column, index);
      case ArrowPut::kRecord:
        return put_record(column, index);
      case ArrowPut::kUnion:
        return put_union(column, index);
      case ArrowPut::kDictionary:
        return put_dictionary(column, index);
    }
    MSEAVRO_CHECK(false);
  }

 private:
  Status put_null(const ArrowBinding& column) {
    if (column.null_branch) {
      to_.put_long(*column.null_branch);
      return {};
    }
    if (column.put == ArrowPut::kNull) {
      if (column.branch) to_.put_long(*column.branch);
      return {};
    }
    return refuse(column, "a null stands in a column whose Avro type has none",
                  "make the field's type a union with null, or fill the nulls");
  }

  Status put_integer(const ArrowBinding& column, int64_t index) {
    int64_t value = integer_at(column.type, *column.array, index);
    const bool wraps =
        column.type.kind == ArrowKind::kUnsigned && column.type.width_bytes == 8 && value < 0;
    const bool is_whole = value % column.divisor == 0;
    if (wraps || !is_whole || __builtin_mul_overflow(value, column.factor, &value) ||
        value / column.divisor < column.least || value / column.divisor > column.most) {
      return refuse(column, "a number does not fit in the Avro type", "",
                    wraps ? std::to_string(static_cast<uint64_t>(value)) : std::to_string(value));
    }
    to_.put_long(value / column.divisor);
    return {};
  }

  Status put_text(const ArrowBinding& column, int64_t index) {
    const std::string_view text = bytes_at(column.type, *column.array, index);
    if (utf8_prefix_size(text) != text.size()) return refuse(column, "a text is not UTF-8");
    to_.put_bytes(text);
    return {};
  }

  Status put_symbol(const ArrowBinding& column, int64_t index) {
    const std::string_view text = bytes_at(column.type, *column.array, index);
    const auto symbol = plan_.find(column.node, text);
    if (!symbol) {
      return refuse(column, "a text is no symbol of the enum", "", std::string(text));
    }
    to_.put_long(*symbol);
    return {};
  }

  // Arrow has the lowest byte first, Avro the highest and no more than it takes, or as many as the
  // fixed type has.
  Status put_decimal(const ArrowBinding& column, int64_t index) {
    std::array<char, 32> number{};
    const auto width = static_cast<size_t>(column.type.width_bytes);
    const std::string_view value = fixed_at(*column.array, index, column.type.width_bytes);
    std::ranges::reverse_copy(value, number.begin());
    std::string_view digits(number.data(), width);
    const char sign = (digits[0] & 0x80) != 0 ? '\xff' : '\0';
    while (digits.size() > 1 && digits[0] == sign && ((digits[1] ^ sign) & 0x80) == 0) {
      digits.remove_prefix(1);
    }
    const SchemaNode& node = plan_.schema().node(column.node);
    if (node.type == SchemaType::kBytes) {
      to_.put_bytes(digits);
      return {};
    }
    const auto size = static_cast<size_t>(node.size);
    if (digits.size() > size) return refuse(column, "a decimal does not fit in the fixed type");
    to_.put_raw(std::string(size - digits.size(), sign));
    to_.put_raw(digits);
    return {};
  }

  Status put_duration(const ArrowBinding& column, int64_t index) {
    constexpr int64_t kNanosPerMilli = 1'000'000;
    const std::string_view interval = fixed_at(*column.array, index, column.type.width_bytes);
    std::array<int32_t, 2> months_and_days{};
    int64_t nanos = 0;
    std::memcpy(months_and_days.data(), interval.data(), sizeof months_and_days);
    std::memcpy(&nanos, interval.data() + sizeof months_and_days, sizeof nanos);
    const int64_t millis = nanos / kNanosPerMilli;
    if (months_and_days[0] < 0 || months_and_days[1] < 0 || nanos < 0 ||
        nanos % kNanosPerMilli != 0 || millis > std::numeric_limits<uint32_t>::max()) {
      return refuse(column,
                    "an interval is no duration: that has no negative part and whole "
                    "milliseconds");
    }
    const auto part = static_cast<uint32_t>(millis);
    to_.put_raw(interval.substr(0, sizeof months_and_days));
    to_.put_raw({reinterpret_cast<const char*>(&part), sizeof part});
    return {};
  }

  Status put_items(const ArrowBinding& column, int64_t index) {
    const bool is_map = column.put == ArrowPut::kMap;
    const ArrowArray& array = *column.array;
    int64_t begin = index * column.type.width_bytes;
    int64_t end = begin + column.type.width_bytes;
    if (column.type.kind != ArrowKind::kFixedList) {
      begin = offset_at(array, column.type.width_bytes, index);
      end = offset_at(array, column.type.width_bytes, index + 1);
    }
    if (begin < 0 || end > array.children[0]->length) {
      return refuse(column, "a list goes beyond its items");
    }
    // A map's entries are a struct, whose offset its keys and values do not have.
    const int64_t entries_offset = is_map ? array.children[0]->offset : 0;
    if (end > begin) to_.put_long(end - begin);
    for (int64_t item = begin; item < end; ++item) {
      for (const ArrowBinding& part : column.children) {
        MSEAVRO_TRY(put(part, item + entries_offset));
      }
    }
    to_.put_long(0);
    return {};
  }

  Status put_record(const ArrowBinding& column, int64_t index) {
    for (const ArrowBinding::Source& source : column.sources) {
      if (source.default_bytes != nullptr) {
        to_.put_raw(*source.default_bytes);
      } else {
        MSEAVRO_TRY(put(column.children[source.child], index));
      }
    }
    return {};
  }

  Status put_union(const ArrowBinding& column, int64_t index) {
    const auto branch = number_at<int8_t>(*column.array, 0, index);
    if (branch < 0 || static_cast<size_t>(branch) >= column.children.size()) {
      return refuse(column, "a union's type id is none of its branches");
    }
    const bool is_dense = column.type.kind == ArrowKind::kDenseUnion;
    const int64_t row = is_dense ? number_at<int32_t>(*column.array, 1, index) : index;
    const ArrowBinding& child = column.children[static_cast<size_t>(branch)];
    if (row < 0 || row >= child.array->length) {
      return refuse(column, "a union goes beyond the values of a branch");
    }
    return put(child, row);
  }

  Status put_dictionary(const ArrowBinding& column, int64_t index) {
    const int64_t row = integer_at(column.type, *column.array, index);
    const ArrowBinding& values = column.children[0];
    if (row < 0 || row >= values.array->length) {
      return refuse(column, "an index is beyond the dictionary", "", std::to_string(row));
    }
    return put(values, row);
  }

  const WritePlan& plan_;
  Encoder& to_;
};

// Appends the row; false, with nothing appended, when something is wrong in it.
bool put_copied(const CopiedColumns& copied, const WritePlan& plan, int64_t row, Encoder* to) {
  const size_t begin = to->size();
  uint8_t* next = to->room(copied.row_size_bytes());
  for (const CopiedColumn& column : copied.columns()) {
    if (column.copy != Copy::kNone) [[likely]] {
      next = write_copy<false>(column, row, next);
      continue;
    }
    to->commit(next);
    if (!RowWriter(plan, to).put(*column.binding, row + column.binding_row)) {
      to->truncate(begin);
      return false;
    }
    next = to->room(copied.row_size_bytes());
  }
  to->commit(next);
  return true;
}

// Gives the bindings the arrays of a batch, when these have the shape that was bound.
Status attach(ArrowBinding& column, const ArrowArray* array, int64_t least_length);

Status attach_children(ArrowBinding& column) {
  const ArrowArray& array = *column.array;
  const auto shape_error = [&] {
    return refuse(column, "a batch has another shape than its type");
  };
  if (column.put == ArrowPut::kDictionary) {
    if (array.dictionary == nullptr) return shape_error();
    return attach(column.children[0], array.dictionary, 0);
  }
  // A map has its key and value one level deeper.
  const ArrowArray* parent = &array;
  if (column.put == ArrowPut::kMap) {
    if (array.n_children != 1) return shape_error();
    parent = array.children[0];
  }
  if (parent->n_children != static_cast<int64_t>(column.children.size())) return shape_error();
  const bool is_aligned =
      column.put == ArrowPut::kRecord || column.type.kind == ArrowKind::kSparseUnion;
  for (size_t i = 0; i < column.children.size(); ++i) {
    MSEAVRO_TRY(attach(column.children[i], parent->children[i],
                       is_aligned ? array.offset + array.length : 0));
  }
  return {};
}

int64_t least_buffers(const ArrowType& type) {
  switch (type.kind) {
    case ArrowKind::kNull:
      return 0;
    case ArrowKind::kStruct:
    case ArrowKind::kFixedList:
    case ArrowKind::kSparseUnion:
      return 1;
    case ArrowKind::kBinary:
    case ArrowKind::kText:
      return 3;
    default:
      return 2;
  }
}

Status attach(ArrowBinding& column, const ArrowArray* array, int64_t least_length) {
  if (array->n_buffers < least_buffers(column.type) || array->length < least_length) {
    return refuse(column, "a batch has another shape than its type");
  }
  column.array = array;
  return attach_children(column);
}

}  // namespace

ArrowEncoder::ArrowEncoder(std::shared_ptr<const WritePlan> plan,
                           std::unique_ptr<ArrowBinding> root)
    : plan_(std::move(plan)), root_(std::move(root)) {}
ArrowEncoder::ArrowEncoder(ArrowEncoder&&) noexcept = default;
ArrowEncoder& ArrowEncoder::operator=(ArrowEncoder&&) noexcept = default;
ArrowEncoder::~ArrowEncoder() = default;

Result<ArrowEncoder> ArrowEncoder::bind(std::shared_ptr<const WritePlan> plan,
                                        const ArrowField& type) {
  MSEAVRO_ASSIGN(ArrowBinding root, bind_column(*plan, plan->schema().root_index(), type));
  return ArrowEncoder(std::move(plan), std::make_unique<ArrowBinding>(std::move(root)));
}

Status ArrowEncoder::begin_batch(const ArrowArray& batch) {
  copied_.reset();
  MSEAVRO_TRY(attach(*root_, &batch, 0));
  if (auto copied = CopiedColumns::of(*root_, batch.length)) {
    copied_ = std::make_unique<const CopiedColumns>(std::move(*copied));
  }
  return {};
}

Status ArrowEncoder::put(int64_t row, Encoder* to) {
  const size_t size = to->size();
  Status status = RowWriter(*plan_, to).put(*root_, row);
  if (!status) to->truncate(size);
  return status;
}

Status ArrowEncoder::put_rows(int64_t* row, int64_t end, size_t full_bytes, Encoder* to) {
  const int64_t plain_rows = copied_ == nullptr ? 0 : std::min(end, copied_->plain_rows());
  do {
    if (*row < plain_rows) {
      copied_->put_rows(row, plain_rows, full_bytes, to);
      continue;
    }
    // What is wrong, and with which words, put() finds again.
    if (copied_ == nullptr || !put_copied(*copied_, *plan_, *row, to)) {
      MSEAVRO_TRY(put(*row, to));
    }
    ++*row;
  } while (*row < end && to->size() < full_bytes);
  return {};
}

}  // namespace mseavro
