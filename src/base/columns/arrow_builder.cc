#include "base/columns/arrow_builder.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/result/result.h"

namespace mseavro {
namespace {

// What an exported array points to. Its children lie in it, and each can be moved out.
struct ArrayParts {
  ArrowBuffer validity;
  ArrowBuffer offsets;
  ArrowBuffer values;
  std::shared_ptr<ArrowPool> pool;
  std::shared_ptr<const ArrowTexts> symbols;
  std::array<const void*, 3> buffers{};
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> child_pointers;
  ArrowArray dictionary{};
};

void release_if_owned(ArrowArray* array) {
  if (array->release != nullptr) array->release(array);
}

void release_array(ArrowArray* array) {
  const std::unique_ptr<ArrayParts> parts(static_cast<ArrayParts*>(array->private_data));
  for (ArrowArray& child : parts->children) release_if_owned(&child);
  release_if_owned(&parts->dictionary);
  if (parts->pool != nullptr) {
    for (ArrowBuffer* buffer : {&parts->validity, &parts->offsets, &parts->values}) {
      parts->pool->give(std::move(*buffer));
    }
  }
  array->release = nullptr;
}

// Makes `*array` own `parts`, whose buffers it lays out by `kind`.
void hand_over(std::unique_ptr<ArrayParts> parts, ArrowKind kind, ArrowArray* array) {
  std::array<const void*, 3>& buffers = parts->buffers;
  if (array->null_count != 0 && kind != ArrowKind::kNull) buffers[0] = parts->validity.data();
  switch (kind) {
    case ArrowKind::kNull:
      array->n_buffers = 0;
      break;
    case ArrowKind::kBinary:
    case ArrowKind::kText:
      array->n_buffers = 3;
      buffers[1] = parts->offsets.data();
      buffers[2] = parts->values.data();
      break;
    case ArrowKind::kList:
    case ArrowKind::kMap:
      array->n_buffers = 2;
      buffers[1] = parts->offsets.data();
      break;
    case ArrowKind::kStruct:
      array->n_buffers = 1;
      break;
    case ArrowKind::kDenseUnion:
      array->n_buffers = 2;
      buffers[0] = parts->values.data();
      buffers[1] = parts->offsets.data();
      break;
    default:
      array->n_buffers = 2;
      buffers[1] = parts->values.data();
  }
  array->offset = 0;
  array->n_children = static_cast<int64_t>(parts->children.size());
  array->buffers = buffers.data();
  array->children = parts->child_pointers.data();
  array->dictionary = parts->dictionary.release == nullptr ? nullptr : &parts->dictionary;
  array->release = release_array;
  array->private_data = parts.release();
}

// The texts stay where they are: the array keeps them alive.
void export_texts(const std::shared_ptr<const ArrowTexts>& texts, ArrowArray* array) {
  auto parts = std::make_unique<ArrayParts>();
  parts->symbols = texts;
  ArrayParts& kept = *parts;
  array->length = texts->count();
  array->null_count = 0;
  hand_over(std::move(parts), ArrowKind::kText, array);
  kept.buffers[1] = texts->offsets.data();
  kept.buffers[2] = texts->bytes.data();
}

bool has_leading_offset(ArrowKind kind) {
  return kind == ArrowKind::kBinary || kind == ArrowKind::kText || kind == ArrowKind::kList ||
         kind == ArrowKind::kMap;
}

bool has_offsets(ArrowKind kind) {
  return has_leading_offset(kind) || kind == ArrowKind::kDenseUnion;
}

bool has_validity(const ArrowField& field) {
  return field.is_nullable && field.type.kind != ArrowKind::kNull &&
         field.type.kind != ArrowKind::kDenseUnion;
}

int32_t row_bytes(const ArrowType& type) {
  if (type.kind == ArrowKind::kBoolean || type.kind == ArrowKind::kDenseUnion) return 1;
  return has_leading_offset(type.kind) ? 0 : type.width_bytes;
}

// As the functions that append ask the budget.
int64_t cost_bytes(const ArrowType& type) {
  switch (type.kind) {
    case ArrowKind::kBoolean:
      return 1;
    case ArrowKind::kDenseUnion:
      return sizeof(int8_t) + sizeof(int32_t);
    default:
      return type.width_bytes == 0 ? ArrowBudget::kEmptyBytes : type.width_bytes;
  }
}

}  // namespace

ArrowBuilder::ArrowBuilder(const ArrowField& field, ArrowBudget& budget,
                           std::shared_ptr<ArrowPool> pool)
    : field_(field),
      budget_(budget),
      has_validity_(has_validity(field)),
      row_bytes_(row_bytes(field.type)),
      pool_(std::move(pool)) {
  children_.reserve(field.children.size());
  for (const ArrowField& child : field.children) {
    children_.push_back(ArrowBuilder(child, budget, pool_));
  }
}

void ArrowBuilder::resize(ArrowBuffer& buffer, size_t capacity, size_t kept) {
  ArrowBuffer larger = pool_->take(capacity);
  if (kept != 0) std::memcpy(larger.mutable_data(), buffer.data(), kept);
  std::swap(buffer, larger);
  pool_->give(std::move(larger));
}

int64_t ArrowBuilder::size_bytes() const {
  int64_t size_bytes = length_ * cost_bytes(type()) + static_cast<int64_t>(size_);
  for (const ArrowBuilder& child : children_) size_bytes += child.size_bytes();
  return size_bytes;
}

bool ArrowBuilder::begin_value(int64_t size_bytes, bool is_valid) {
  return budget_.take(size_bytes) && push_row(is_valid);
}

bool ArrowBuilder::grow_rows() {
  constexpr int64_t kMostRows = std::numeric_limits<int32_t>::max() - 1;
  constexpr int64_t kFirstBytes = 512;
  if (length_ >= kMostRows) {
    budget_.exhaust();
    return false;
  }
  // Of wide values few, for there may be just one.
  const int64_t first_rows = kFirstBytes / std::clamp<int64_t>(row_bytes_, 8, kFirstBytes);
  const int64_t capacity =
      std::min(kMostRows, std::max({2 * capacity_, expected_rows_, first_rows}));
  const auto resize_rows = [&](ArrowBuffer& buffer, int64_t size, int64_t kept) {
    resize(buffer, static_cast<size_t>(size), static_cast<size_t>(kept));
  };
  // Room for pack_bits.
  const int64_t byte_capacity = (capacity + 7) & ~int64_t{7};
  if (has_validity_) resize_rows(validity_, byte_capacity, length_);
  if (type().kind == ArrowKind::kBoolean) {
    resize_rows(values_, byte_capacity, length_);
  } else if (row_bytes_ != 0) {
    resize_rows(values_, capacity * row_bytes_, length_ * row_bytes_);
  }
  if (has_offsets(type().kind)) {
    constexpr int64_t kOffsetBytes = sizeof(int32_t);
    const bool is_new = capacity_ == 0;
    resize_rows(offsets_, (capacity + 1) * kOffsetBytes, is_new ? 0 : (length_ + 1) * kOffsetBytes);
    if (is_new) put_offset(0, 0);
  }
  capacity_ = capacity;
  return true;
}

// Makes room for `size` bytes of text and for what put_text copies beyond.
bool ArrowBuilder::grow_values(size_t size) {
  constexpr size_t kMostBytes = std::numeric_limits<int32_t>::max();
  if (size > kMostBytes - size_) {
    budget_.exhaust();
    return false;
  }
  resize(values_, std::max({2 * values_.capacity(), size_ + size + kTextSlack, expected_size_}),
         size_);
  return true;
}

void ArrowBuilder::append_null() {
  const ArrowKind kind = type().kind;
  const int64_t size_bytes = kind == ArrowKind::kBoolean ? 1 : type().width_bytes;
  if (!begin_value(size_bytes, !has_validity_)) return;
  switch (kind) {
    case ArrowKind::kNull:
      return;
    case ArrowKind::kBinary:
    case ArrowKind::kText:
      return put_offset(length_, static_cast<int64_t>(size_));
    case ArrowKind::kList:
    case ArrowKind::kMap:
      return put_offset(length_, children_[0].length());
    case ArrowKind::kStruct:
      for (ArrowBuilder& child : children_) child.append_null();
      return;
    case ArrowKind::kDenseUnion:
      if (children_.empty()) return;
      put_branch(0);
      return children_[0].append_null();
    default:
      if (row_bytes_ == 0) return;
      std::memset(values_.mutable_data() + (length_ - 1) * row_bytes_, 0,
                  static_cast<size_t>(row_bytes_));
  }
}

template <class Number>
void ArrowBuilder::append_number(Number value) {
  if (!budget_.take(sizeof value) || !reserve_rows(1)) return;
  if (has_validity_) put_validity(length_, true);
  put_number(length_, value);
}

void ArrowBuilder::append_boolean(bool value) { append_number(value); }

void ArrowBuilder::append_integer(int64_t value) {
  if (type().width_bytes == sizeof(int32_t)) {
    append_number(static_cast<int32_t>(value));
  } else {
    append_number(value);
  }
}

void ArrowBuilder::append_float(float value) { append_number(value); }

void ArrowBuilder::append_double(double value) { append_number(value); }

void ArrowBuilder::append_numbers(const uint8_t* bytes, int64_t count) {
  const int64_t size_bytes = count * row_bytes_;
  if (count == 0 || !budget_.take(size_bytes) || !reserve_rows(count)) return;
  std::memcpy(values_.mutable_data() + length_ * row_bytes_, bytes,
              static_cast<size_t>(size_bytes));
  if (has_validity_) {
    std::memset(validity_.mutable_data() + length_, 1, static_cast<size_t>(count));
  }
  length_ += count;
}

void ArrowBuilder::append_bytes(std::string_view value) {
  const bool has_offset = has_leading_offset(type().kind);
  const int64_t offset_size = has_offset ? type().width_bytes : 0;
  const auto size_bytes = static_cast<int64_t>(value.size());
  if (!budget_.take(size_bytes + offset_size)) return;
  if (has_offset && !has_room(value.size())) return;
  if (!push_row(true)) return;
  const auto begin = has_offset ? static_cast<int64_t>(size_) : (length_ - 1) * row_bytes_;
  if (!value.empty()) std::memcpy(values_.mutable_data() + begin, value.data(), value.size());
  if (!has_offset) return;
  size_ += value.size();
  put_offset(length_, static_cast<int64_t>(size_));
}

void ArrowBuilder::truncate(int64_t length) {
  length_ = length;
  if (has_leading_offset(type().kind))
    size_ = capacity_ == 0 ? 0 : static_cast<size_t>(offset_at(length));
  for (ArrowBuilder& child : children_) child.truncate(length);
}

void ArrowBuilder::append_struct() { begin_value(0, true); }

void ArrowBuilder::append_list() {
  if (begin_value(type().width_bytes, true)) put_offset(length_, children_[0].length());
}

void ArrowBuilder::append_branch(size_t branch) {
  if (begin_value(sizeof(int8_t) + sizeof(int32_t), true)) put_branch(branch);
}

void ArrowBuilder::put_branch(size_t branch) {
  values_.mutable_data()[length_ - 1] = static_cast<uint8_t>(branch);
  put_offset(length_ - 1, children_[branch].length());
}

int64_t ArrowBuilder::offset_at(int64_t index) const {
  int32_t offset;
  std::memcpy(&offset, offsets_.data() + index * static_cast<int64_t>(sizeof offset),
              sizeof offset);
  return offset;
}

std::string_view ArrowBuilder::texts_from(int64_t row) const {
  const auto begin = static_cast<size_t>(offset_at(row));
  return {reinterpret_cast<const char*>(values_.data()) + begin, size_ - begin};
}

std::string_view ArrowBuilder::text(int64_t row) const {
  const int64_t begin = offset_at(row);
  return {reinterpret_cast<const char*>(values_.data()) + begin,
          static_cast<size_t>(offset_at(row + 1) - begin)};
}

void ArrowBuilder::replace_texts(int64_t row, std::string_view texts,
                                 std::span<const size_t> sizes) {
  size_ = static_cast<size_t>(offset_at(row));
  if (!has_room(texts.size())) return;
  if (!texts.empty()) std::memcpy(values_.mutable_data() + size_, texts.data(), texts.size());
  for (const size_t size : sizes) {
    size_ += size;
    put_offset(++row, static_cast<int64_t>(size_));
  }
}

void ArrowBuilder::finish(ArrowArray* array) {
  auto parts = std::make_unique<ArrayParts>();
  parts->children.resize(children_.size());
  for (size_t i = 0; i < children_.size(); ++i) {
    children_[i].finish(&parts->children[i]);
    parts->child_pointers.push_back(&parts->children[i]);
  }
  if (field_.symbols != nullptr) export_texts(field_.symbols, &parts->dictionary);
  array->length = length_;
  array->null_count = type().kind == ArrowKind::kNull ? length_ : 0;
  if (has_validity_ && length_ != 0) {
    array->null_count = length_ - pack_bits(validity_.mutable_data(), length_);
  }
  if (type().kind == ArrowKind::kBoolean && length_ != 0)
    pack_bits(values_.mutable_data(), length_);
  parts->validity = std::move(validity_);
  parts->offsets = std::move(offsets_);
  parts->values = std::move(values_);
  parts->pool = pool_;
  hand_over(std::move(parts), type().kind, array);
  // Sizes vary a little.
  expected_rows_ = length_ + length_ / 16;
  expected_size_ = size_ + size_ / 16;
  begin();
}

void ArrowBuilder::clear() {
  for (ArrowBuilder& child : children_) child.clear();
  begin();
}

void ArrowBuilder::begin() {
  length_ = 0;
  capacity_ = 0;
  size_ = 0;
  validity_ = {};
  values_ = {};
  offsets_ = {};
}

}  // namespace mseavro
