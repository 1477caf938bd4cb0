#include "avro/arrow/usual_items.h"

#include "avro/wire/wire_input.h"

namespace mseavro {
namespace {

// How many items the block at `position` has, when that takes one byte; else -1.
int64_t few_items(const uint8_t* position, const uint8_t* end) {
  return position < end && (*position & kNotShort) == 0 ? *position >> 1 : -1;
}

// Behind the end of the array or map, if it is at `position`.
const uint8_t* behind_items(const uint8_t* position, const uint8_t* end) {
  return position < end && *position == 0 ? position + 1 : nullptr;
}

[[gnu::noinline]] const uint8_t* put_many(ArrowBuilder& numbers, int64_t number_bytes,
                                          const uint8_t* position, const uint8_t* end) {
  int64_t count = 0;
  if (read_long(position, end, count) != WireError::kNone || count <= 0) return nullptr;
  if (count > (end - position) / number_bytes) return nullptr;
  const uint8_t* const behind = behind_items(position + count * number_bytes, end);
  if (behind != nullptr) numbers.append_numbers(position, count);
  return behind;
}

template <class Number>
const uint8_t* put_numbers(ArrowBuilder& numbers, const uint8_t* position, const uint8_t* end) {
  constexpr int64_t kBytes = sizeof(Number);
  const int64_t count = few_items(position, end);
  if (count < 0 || end - position <= count * kBytes + ArrowBuilder::kNumbersSlack) [[unlikely]]
    return put_many(numbers, kBytes, position, end);
  if (count == 0) return position + 1;
  const uint8_t* const behind = behind_items(position + 1 + count * kBytes, end);
  if (behind == nullptr || !numbers.push_numbers<Number>(position + 1, count)) return nullptr;
  return behind;
}

[[gnu::always_inline]] inline const uint8_t* put_string(ArrowBuilder& texts,
                                                        const uint8_t* position,
                                                        const uint8_t* end) {
  if (end - position <= kShortStringSize || (*position & kNotShort) != 0) return nullptr;
  const size_t size = *position >> 1;
  return texts.push_text(position + 1, size) ? position + 1 + size : nullptr;
}

}  // namespace

const uint8_t* put_floats(ArrowBuilder& floats, const uint8_t* position, const uint8_t* end) {
  return put_numbers<float>(floats, position, end);
}

const uint8_t* put_doubles(ArrowBuilder& doubles, const uint8_t* position, const uint8_t* end) {
  return put_numbers<double>(doubles, position, end);
}

const uint8_t* put_strings(ArrowBuilder& texts, const uint8_t* position, const uint8_t* end) {
  const int64_t count = few_items(position, end);
  if (count < 0) return nullptr;
  const int64_t length = texts.length();
  const uint8_t* next = position + 1;
  for (int64_t i = 0; i < count && next != nullptr; ++i) next = put_string(texts, next, end);
  if (count != 0 && next != nullptr) next = behind_items(next, end);
  if (next == nullptr) texts.truncate(length);
  return next;
}

const uint8_t* put_entries(ArrowBuilder& entries, const uint8_t* position, const uint8_t* end) {
  const int64_t count = few_items(position, end);
  if (count < 0) return nullptr;
  const int64_t length = entries.length();
  ArrowBuilder& keys = entries.child(0);
  ArrowBuilder& values = entries.child(1);
  const uint8_t* next = position + 1;
  for (int64_t i = 0; i < count && next != nullptr; ++i) {
    next = put_string(keys, next, end);
    if (next != nullptr) next = put_string(values, next, end);
  }
  if (count != 0 && next != nullptr) next = behind_items(next, end);
  if (next != nullptr && !entries.push_structs(count)) next = nullptr;
  if (next == nullptr) entries.truncate(length);
  return next;
}

}  // namespace mseavro
