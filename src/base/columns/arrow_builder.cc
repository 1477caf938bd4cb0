#include "base/columns/arrow_builder.h"

#include <array>
#include <utility>

#include "base/result/result.h"

namespace mseavro {
namespace {

// What an exported array points to. Its children lie in it, and each can be moved out.
struct ArrayParts {
  ArrowBits validity;
  ArrowBits bits;
  ArrowBuffer offsets;
  ArrowBuffer values;
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
    case ArrowKind::kBoolean:
      array->n_buffers = 2;
      buffers[1] = parts->bits.data();
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

}  // namespace

ArrowBuilder::ArrowBuilder(const ArrowField& field, ArrowBudget& budget)
    : field_(field), budget_(budget) {
  children_.reserve(field.children.size());
  for (const ArrowField& child : field.children) children_.emplace_back(child, budget);
  begin();
}

bool ArrowBuilder::begin_value(int64_t size_bytes, bool is_valid) {
  if (!budget_.take(size_bytes)) return false;
  if (!is_valid && null_count_++ == 0) validity_.append_ones(length_);
  if (null_count_ != 0) validity_.append(is_valid);
  ++length_;
  return true;
}

void ArrowBuilder::append_null() {
  const ArrowKind kind = type().kind;
  const bool has_validity = kind != ArrowKind::kNull && kind != ArrowKind::kDenseUnion;
  const int64_t size_bytes = kind == ArrowKind::kBoolean ? 1 : type().width_bytes;
  if (!begin_value(size_bytes, !field_.is_nullable || !has_validity)) return;
  switch (kind) {
    case ArrowKind::kNull:
      return;
    case ArrowKind::kBoolean:
      return bits_.append(false);
    case ArrowKind::kBinary:
    case ArrowKind::kText:
      return append_offset(static_cast<int64_t>(values_.size()));
    case ArrowKind::kList:
    case ArrowKind::kMap:
      return append_offset(children_[0].length());
    case ArrowKind::kStruct:
      for (ArrowBuilder& child : children_) child.append_null();
      return;
    case ArrowKind::kDenseUnion:
      if (children_.empty()) return;
      put_branch(0);
      return children_[0].append_null();
    default:
      return values_.append_zeros(static_cast<size_t>(type().width_bytes));
  }
}

void ArrowBuilder::append_boolean(bool value) {
  if (begin_value(1, true)) bits_.append(value);
}

void ArrowBuilder::append_integer(int64_t value) {
  if (!begin_value(type().width_bytes, true)) return;
  if (type().width_bytes == sizeof(int32_t)) return values_.append(static_cast<int32_t>(value));
  values_.append(value);
}

void ArrowBuilder::append_float(float value) {
  if (begin_value(sizeof value, true)) values_.append(value);
}

void ArrowBuilder::append_double(double value) {
  if (begin_value(sizeof value, true)) values_.append(value);
}

void ArrowBuilder::append_bytes(std::string_view value) {
  const bool has_offset = type().kind == ArrowKind::kText || type().kind == ArrowKind::kBinary;
  const int64_t offset_size = has_offset ? type().width_bytes : 0;
  if (!begin_value(static_cast<int64_t>(value.size()) + offset_size, true)) return;
  values_.append(value);
  if (has_offset) append_offset(static_cast<int64_t>(values_.size()));
}

void ArrowBuilder::append_struct() { begin_value(0, true); }

void ArrowBuilder::append_list() {
  if (begin_value(type().width_bytes, true)) append_offset(children_[0].length());
}

void ArrowBuilder::append_branch(size_t branch) {
  if (begin_value(sizeof(int8_t) + sizeof(int32_t), true)) put_branch(branch);
}

void ArrowBuilder::append_offset(int64_t offset) { offsets_.append(static_cast<int32_t>(offset)); }

void ArrowBuilder::put_branch(size_t branch) {
  values_.append(static_cast<int8_t>(branch));
  append_offset(children_[branch].length());
}

void ArrowBuilder::finish(ArrowArray* array) {
  auto parts = std::make_unique<ArrayParts>();
  parts->children.resize(children_.size());
  for (size_t i = 0; i < children_.size(); ++i) {
    children_[i].finish(&parts->children[i]);
    parts->child_pointers.push_back(&parts->children[i]);
  }
  if (field_.symbols != nullptr) export_texts(field_.symbols, &parts->dictionary);
  parts->validity = std::move(validity_);
  parts->bits = std::move(bits_);
  parts->offsets = std::move(offsets_);
  parts->values = std::move(values_);
  array->length = length_;
  array->null_count = type().kind == ArrowKind::kNull ? length_ : null_count_;
  hand_over(std::move(parts), type().kind, array);
  begin();
}

void ArrowBuilder::clear() {
  for (ArrowBuilder& child : children_) child.clear();
  begin();
}

void ArrowBuilder::begin() {
  length_ = 0;
  null_count_ = 0;
  validity_ = {};
  bits_ = {};
  values_ = {};
  offsets_ = {};
  if (has_leading_offset(type().kind)) append_offset(0);
}

}  // namespace mseavro
