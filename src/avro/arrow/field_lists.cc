#include "avro/arrow/field_lists.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "avro/arrow/usual_items.h"
#include "avro/wire/wire_input.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr int64_t kNumberBytes = 8;

// A varint within the 8 bytes of a word, if it ends there.
class ShortVarint {
 public:
  explicit ShortVarint(uint64_t word) : word_(word), stops_(~word & kVarintStops) {}

  bool is_long() const { return stops_ != 0; }
  bool is_int() const { return is_long() && raw() <= std::numeric_limits<uint32_t>::max(); }
  int64_t value() const { return decode_zigzag(raw()); }
  size_t size() const { return static_cast<size_t>(std::countr_zero(stops_) >> 3) + 1; }

 private:
  uint64_t raw() const { return pack_varint(word_, stops_); }

  uint64_t word_;
  uint64_t stops_;
};

// Whether a byte is the index of a branch of a union of two.
bool is_branch(uint8_t byte) { return (byte & ~2) == 0; }

// 1 when that branch is not null, else 0.
uint64_t has_value(uint8_t branch, uint8_t null_byte) {
  return static_cast<uint64_t>((branch ^ null_byte) >> 1);
}

uint64_t mask_of(uint64_t has_value) { return 0 - has_value; }

// A reader may have an int as a long.
void put_int(ArrowBuilder& column, int64_t row, int64_t value) {
  if (column.type().width_bytes == sizeof value) {
    column.put_number(row, value);
  } else {
    column.put_number(row, static_cast<int32_t>(value));
  }
}

// What is looked at, at most; it may be of the next value.
int64_t usual_bytes(FieldKind kind) {
  constexpr int64_t kTextBytes = 1 + kShortStringSize;
  switch (kind) {
    case FieldKind::kBoolean:
    case FieldKind::kEnum:
      return 1;
    case FieldKind::kFloat:
      return sizeof(float);
    case FieldKind::kInt:
    case FieldKind::kLong:
    case FieldKind::kDouble:
      return kNumberBytes;
    case FieldKind::kString:
      return kTextBytes;
    case FieldKind::kNullableInt:
    case FieldKind::kNullableLong:
    case FieldKind::kNullableDouble:
      return 1 + kNumberBytes;
    case FieldKind::kNullableString:
      return 1 + kTextBytes;
    case FieldKind::kFloatArray:
    case FieldKind::kDoubleArray:
    case FieldKind::kStringArray:
    case FieldKind::kStringMap:
    case FieldKind::kEnd:
      return 0;  // They look for themselves.
  }
  MSEAVRO_CHECK(false);
}

bool has_items(FieldKind kind) {
  return kind == FieldKind::kFloatArray || kind == FieldKind::kDoubleArray ||
         kind == FieldKind::kStringArray || kind == FieldKind::kStringMap;
}

const uint8_t* put_items(const FieldLists::Field& field, const uint8_t* position,
                         const uint8_t* end) {
  ArrowBuilder& items = field.column->child(0);
  switch (field.kind) {
    case FieldKind::kFloatArray:
      return put_floats(items, position, end);
    case FieldKind::kDoubleArray:
      return put_doubles(items, position, end);
    case FieldKind::kStringArray:
      return put_strings(items, position, end);
    default:
      return put_entries(items, position, end);
  }
}

// The column that values of the next step go to.
class ColumnFinder {
 public:
  ColumnFinder(const ArrowLayout& layout, ArrowBuilder& root) : layout_(layout), next_(&root) {
    if (!layout.is_wrapped) return;
    around_.push_back(&root);
    next_ = &root.child(0);
  }

  ArrowBuilder* next() const { return next_; }

  void pass(const Step& step) {
    switch (step.op) {
      case Op::kBeginRecord:
      case Op::kBeginArray:
      case Op::kBeginMap:
        return around_.push_back(next_);
      case Op::kField:
        next_ = &around_.back()->child(layout_.child_index(step.slot, around_.size()));
        return;
      case Op::kItem:
        next_ = &around_.back()->child(0);
        return;
      case Op::kKey:
      case Op::kLiteralKey:
        next_ = &around_.back()->child(0).child(1);
        return;
      case Op::kBeginBranch:
        around_.push_back(next_);
        if (next_->type().kind == ArrowKind::kDenseUnion) next_ = &next_->child(step.slot);
        return;
      case Op::kEndRecord:
      case Op::kEndArray:
      case Op::kEndMap:
      case Op::kEndBranch:
        // Another branch of the writer's may begin at the same column.
        next_ = around_.back();
        return around_.pop_back();
      default:
        return;
    }
  }

 private:
  const ArrowLayout& layout_;
  std::vector<ArrowBuilder*> around_;
  ArrowBuilder* next_;
};

}  // namespace

FieldLists::FieldLists(const StepProgram& program, std::span<const FieldForm> forms,
                       const ArrowLayout& layout, ArrowBuilder& root) {
  ColumnFinder finder(layout, root);
  uint32_t step = 0;
  for (const FieldForm& form : forms) {
    if (form.kind == FieldKind::kEnd) {
      fields_.push_back({.kind = form.kind, .index = 0, .next_step = form.step});
      close_list();
      continue;
    }
    while (step <= form.step) finder.pass(program.steps[step++]);
    fields_.push_back({.kind = form.kind,
                       .index = form.index,
                       .next_step = step,
                       .column = finder.next(),
                       .list = lists_.size()});
  }
}

// The last field is the end of one.
void FieldLists::close_list() {
  int64_t bytes = 0;
  size_t first = fields_.size() - 1;
  for (; first > 0 && fields_[first - 1].kind != FieldKind::kEnd; --first) {
    Field& field = fields_[first - 1];
    bytes = has_items(field.kind) ? 0 : bytes + usual_bytes(field.kind);
    field.usual_bytes = bytes;
  }
  lists_.push_back({.first = first});
}

void FieldLists::begin_batch() {
  for (List& list : lists_) list.row_limit = 0;
}

// Makes room for the row that the list's columns are at.
bool FieldLists::reserve_row(List& list) {
  int64_t row_limit = std::numeric_limits<int64_t>::max();
  for (size_t i = list.first; fields_[i].kind != FieldKind::kEnd; ++i) {
    ArrowBuilder& column = *fields_[i].column;
    if (!column.reserve_rows(1)) return false;
    row_limit = std::min(row_limit, column.capacity());
  }
  list.row_limit = row_limit;
  return true;
}

template <bool kHasBytes>
[[gnu::always_inline]] inline FieldLists::End FieldLists::put_usual(const Field* field, int64_t row,
                                                                    const uint8_t* position,
                                                                    const uint8_t* end) {
  for (;; ++field) {
    if (!kHasBytes && end - position < usual_bytes(field->kind)) return {position, field};
    ArrowBuilder* const column = field->column;
    if (field->kind > FieldKind::kEnd) __builtin_unreachable();  // Spares the jump table's check.
    switch (field->kind) {
      case FieldKind::kBoolean: {
        const uint8_t value = *position;
        if (value > 1) return {position, field};
        column->put_number(row, value);
        ++position;
        break;
      }

      case FieldKind::kEnum: {
        const int32_t index = *position;
        if ((index & 1) != 0 || index >= field->index) return {position, field};
        column->put_number(row, index >> 1);
        ++position;
        break;
      }

      case FieldKind::kFloat:
        column->put_number(row, load<uint32_t>(position));
        position += sizeof(float);
        break;

      case FieldKind::kLong: {
        const ShortVarint varint(load<uint64_t>(position));
        if (!varint.is_long()) return {position, field};
        column->put_number(row, varint.value());
        position += varint.size();
        break;
      }

      case FieldKind::kInt: {
        const ShortVarint varint(load<uint64_t>(position));
        if (!varint.is_int()) return {position, field};
        put_int(*column, row, varint.value());
        position += varint.size();
        break;
      }

      case FieldKind::kDouble:
        column->put_number(row, load<uint64_t>(position));
        position += kNumberBytes;
        break;

      case FieldKind::kString: {
        const size_t length = *position;
        if ((length & kNotShort) != 0) return {position, field};
        if (!column->put_text(row, position + 1, length >> 1)) return {position, field};
        position += 1 + (length >> 1);
        break;
      }

      // A null is put as a value of no bytes or, of a number, of one that is not there.
      case FieldKind::kNullableLong: {
        if (!is_branch(*position)) return {position, field};
        const uint64_t is_valid = has_value(*position, field->index);
        const ShortVarint varint(load<uint64_t>(position + 1) & mask_of(is_valid));
        if (!varint.is_long()) return {position, field};
        column->put_validity(row, is_valid != 0);
        column->put_number(row, varint.value());
        position += is_valid + varint.size();
        break;
      }

      case FieldKind::kNullableInt: {
        if (!is_branch(*position)) return {position, field};
        const uint64_t is_valid = has_value(*position, field->index);
        const ShortVarint varint(load<uint64_t>(position + 1) & mask_of(is_valid));
        if (!varint.is_int()) return {position, field};
        column->put_validity(row, is_valid != 0);
        put_int(*column, row, varint.value());
        position += is_valid + varint.size();
        break;
      }

      case FieldKind::kNullableDouble: {
        if (!is_branch(*position)) return {position, field};
        const uint64_t is_valid = has_value(*position, field->index);
        column->put_validity(row, is_valid != 0);
        column->put_number(row, load<uint64_t>(position + 1) & mask_of(is_valid));
        position += 1 + is_valid * kNumberBytes;
        break;
      }

      case FieldKind::kNullableString: {
        if (!is_branch(*position)) return {position, field};
        const uint64_t is_valid = has_value(*position, field->index);
        const uint64_t length = position[1] & mask_of(is_valid);
        if ((length & kNotShort) != 0) return {position, field};
        column->put_validity(row, is_valid != 0);
        if (!column->put_text(row, position + 2, length >> 1)) return {position, field};
        position += 1 + is_valid + (length >> 1);
        break;
      }

      case FieldKind::kFloatArray:
      case FieldKind::kDoubleArray:
      case FieldKind::kStringArray:
      case FieldKind::kStringMap: {
        const uint8_t* const next = put_items(*field, position, end);
        if (next == nullptr) return {position, field};
        column->put_list(row);
        position = next;
        if (kHasBytes && end - position < field[1].usual_bytes) [[unlikely]]
          return put_near_end(field + 1, row, position, end);
        break;
      }

      case FieldKind::kEnd:
        return {position, field};
    }
  }
}

FieldLists::End FieldLists::put_near_end(const Field* field, int64_t row, const uint8_t* position,
                                         const uint8_t* end) {
  return put_usual<false>(field, row, position, end);
}

FieldLists::End FieldLists::put(size_t first, const uint8_t* position, const uint8_t* end) {
  const Field* const field = &fields_[first];
  const int64_t row = field->column->length();
  List& list = lists_[field->list];
  if (row >= list.row_limit && !reserve_row(list)) [[unlikely]]
    return {position, field};
  return end - position >= field->usual_bytes ? put_usual<true>(field, row, position, end)
                                              : put_near_end(field, row, position, end);
}

}  // namespace mseavro
