// The blocks that arrays and maps are written in: a count, the block's size when the count is
// negative, and so many items; a count of 0 ends them. Also how those of simple items are skipped.
#pragma once

#include <cstdint>
#include <string_view>

#include "avro/wire/wire_input.h"

namespace mseavro {

struct ItemBlock {
  int64_t count = 0;
  const uint8_t* end = nullptr;  // When the block is sized.
};

// Moves `position` to the block's first item, or leaves it at what is wrong.
inline WireError read_item_block(const uint8_t*& position, const uint8_t* end, ItemBlock& block) {
  const uint8_t* next = position;
  if (const WireError error = read_long(next, end, block.count); error != WireError::kNone)
    return error;
  block.end = nullptr;
  if (block.count < 0) {
    if (block.count == INT64_MIN) return WireError::kBlockCount;
    block.count = -block.count;
    int64_t size = 0;
    const uint8_t* size_position = next;
    WireError error = read_long(next, end, size);
    if (error == WireError::kNone && size < 0) error = WireError::kNegativeLength;
    if (error == WireError::kNone && size > end - next) error = WireError::kLengthPastEnd;
    if (error != WireError::kNone) {
      position = size_position;
      return error;
    }
    block.end = next + size;
  }
  position = next;
  return WireError::kNone;
}

// As above, for items that are skipped: sized blocks are jumped over.
inline WireError read_unsized_item_block(const uint8_t*& position, const uint8_t* end,
                                         ItemBlock& block) {
  do {
    if (const WireError error = read_item_block(position, end, block); error != WireError::kNone)
      return error;
    if (block.end != nullptr) position = block.end;
  } while (block.end != nullptr);
  return WireError::kNone;
}

[[gnu::always_inline]] inline WireError skip_strings(const uint8_t*& position, const uint8_t* end,
                                                     int64_t count, int64_t limit) {
  const uint8_t* next = position;
  WireError error = WireError::kNone;
  if (end - next >= count * kShortStringSize) [[likely]] {
    do {
      const uint8_t length = *next;
      if ((length & kNotShort) != 0) break;
      next += 1 + (length >> 1);
    } while (--count > 0);
  }
  std::string_view skipped;
  for (; count > 0; --count) {
    const uint8_t* slow = next;
    error = read_bytes_slowly(slow, end, limit, skipped);
    next = slow;
    if (error != WireError::kNone) break;
  }
  position = next;
  return error;
}

// An array of items of `size` bytes each. REQUIRES: size > 0.
[[gnu::noinline]] inline WireError skip_fixed_items(const uint8_t*& position, const uint8_t* end,
                                                    int64_t size) {
  // Nearly all arrays are one block of few items, and its end.
  const uint8_t* next = position;
  while (next < end && (*next & kNotShort) == 0) [[likely]] {
    const int64_t bytes = (*next >> 1) * size;
    if (bytes >= end - next) break;
    next += 1 + bytes;
    position = next;
    if (bytes == 0) return WireError::kNone;
  }
  ItemBlock block;
  do {
    const uint8_t* begin = position;
    if (const WireError error = read_item_block(position, end, block); error != WireError::kNone)
      return error;
    WireError error = WireError::kNone;
    int64_t bytes = 0;
    if (__builtin_mul_overflow(block.count, size, &bytes) || bytes > end - position)
      error = WireError::kEnd;
    if (block.end != nullptr && error == WireError::kNone && bytes != block.end - position)
      error = WireError::kBlockSize;
    if (error != WireError::kNone) {
      position = begin;
      return error;
    }
    position += bytes;
  } while (block.count != 0);
  return WireError::kNone;
}

// An array or map of items that are `strings_per_item` strings each.
[[gnu::noinline]] inline WireError skip_string_items(const uint8_t*& position, const uint8_t* end,
                                                     int64_t strings_per_item, int64_t limit) {
  // As above; a block in which not all strings are short is left to what follows.
  const uint8_t* next = position;
  while (next < end && (*next & kNotShort) == 0) [[likely]] {
    int64_t count = (*next++ >> 1) * strings_per_item;
    if (count == 0) {
      position = next;
      return WireError::kNone;
    }
    if (end - next < count * kShortStringSize) break;
    for (; count > 0 && (*next & kNotShort) == 0; --count) next += 1 + (*next >> 1);
    if (count > 0) break;
    position = next;
  }
  ItemBlock block;
  for (;;) {
    if (const WireError error = read_unsized_item_block(position, end, block);
        error != WireError::kNone)
      return error;
    if (block.count == 0) return WireError::kNone;
    for (int64_t i = 0; i < block.count; ++i) {
      if (const WireError error = skip_strings(position, end, strings_per_item, limit);
          error != WireError::kNone)
        return error;
    }
  }
}

}  // namespace mseavro
