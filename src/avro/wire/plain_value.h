// Readers of plain values for lanes (lane_program.h): there is room, so nothing is checked but the
// values themselves. They move `position` past the value, or return false. What is rare is a
// function of its own that gets a copy of the position.
//
// A mask says in all its bits whether there is a value: without one, nothing is wrong and the
// position stays. In arithmetic, as which values are there is what processors guess wrong.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "avro/wire/wire_input.h"

namespace mseavro {

using Mask = uint64_t;

inline constexpr Mask kAlways = ~Mask{0};

// By how much a position moves over `size` bytes.
[[gnu::always_inline]] inline int64_t masked(Mask mask, int64_t size) {
  return size & static_cast<int64_t>(mask);
}

[[gnu::always_inline]] inline int64_t one_if(Mask mask) { return -static_cast<int64_t>(mask); }

// Of a varint that ends at the lowest of `stops`, which is bit 7 when it is masked.
[[gnu::always_inline]] inline int64_t varint_size_if(Mask mask, uint64_t stops) {
  return varint_size(stops) - 1 + one_if(mask);
}

[[gnu::noinline]] inline bool read_long_slowly(const uint8_t*& position, const uint8_t* end,
                                               int64_t& value) {
  return read_long(position, end, value) == WireError::kNone;
}

[[gnu::always_inline]] inline bool read_long_with_copy(const uint8_t*& position, const uint8_t* end,
                                                       int64_t& value) {
  return with_copy(position,
                   [&](const uint8_t*& copy) { return read_long_slowly(copy, end, value); });
}

// Nothing that is masked looks like a varint without an end.
[[gnu::always_inline]] inline bool read_plain_long(Mask mask, const uint8_t*& position,
                                                   const uint8_t* end, int64_t& value) {
  const uint64_t word = load<uint64_t>(position) & mask;
  const uint64_t stops = ~word & kVarintStops;
  if (stops == 0) [[unlikely]]
    return read_long_with_copy(position, end, value);
  value = decode_zigzag(pack_varint(word, stops));
  position += varint_size_if(mask, stops);
  return true;
}

[[gnu::always_inline]] inline bool skip_plain_long(Mask mask, const uint8_t*& position,
                                                   const uint8_t* end) {
  const uint64_t stops = ~(load<uint64_t>(position) & mask) & kVarintStops;
  if (stops == 0) [[unlikely]] {
    int64_t skipped;
    return read_long_with_copy(position, end, skipped);
  }
  position += varint_size_if(mask, stops);
  return true;
}

[[gnu::noinline]] inline bool skip_int_slowly(const uint8_t*& position, const uint8_t* end) {
  int64_t skipped;
  return read_int(position, end, skipped) == WireError::kNone;
}

[[gnu::always_inline]] inline bool skip_plain_int(Mask mask, const uint8_t*& position,
                                                  const uint8_t* end) {
  const uint64_t stops = ~(load<uint32_t>(position) & mask) & kIntStops;
  if (stops == 0) [[unlikely]]
    return with_copy(position, [&](const uint8_t*& copy) { return skip_int_slowly(copy, end); });
  position += varint_size_if(mask, stops);
  return true;
}

[[gnu::always_inline]] inline bool skip_plain_boolean(Mask mask, const uint8_t*& position) {
  const uint64_t value = *position & mask;
  position += one_if(mask);
  return value <= 1;
}

[[gnu::noinline]] inline bool read_index_slowly(const uint8_t*& position, const uint8_t* end,
                                                int64_t count, int64_t& index) {
  size_t found = 0;
  const WireError error = read_index(position, end, static_cast<size_t>(count), found);
  index = static_cast<int64_t>(found);
  return error == WireError::kNone;
}

// The index of a branch or a symbol, of which there are `count`; 0 when it is masked.
[[gnu::always_inline]] inline bool read_plain_index(Mask mask, const uint8_t*& position,
                                                    const uint8_t* end, int64_t count,
                                                    int64_t& index) {
  const uint64_t byte = *position & mask;
  index = static_cast<int64_t>(byte >> 1);
  if ((byte & kNotShort) != 0 || index >= count) [[unlikely]] {
    if (mask == 0) return true;  // Of no symbols.
    int64_t found;
    const bool is_good = with_copy(
        position, [&](const uint8_t*& copy) { return read_index_slowly(copy, end, count, found); });
    index = found;
    return is_good;
  }
  position += one_if(mask);
  return true;
}

// Behind a string of any length there must be room again.
[[gnu::noinline]] inline bool read_text_slowly(const uint8_t*& position, const uint8_t* end,
                                               int64_t room, std::string_view& text) {
  const WireError error = read_bytes_slowly(position, end, INT64_MAX, text);
  return error == WireError::kNone && end - position >= room;
}

[[gnu::always_inline]] inline bool read_plain_text(Mask mask, const uint8_t*& position,
                                                   const uint8_t* end, int64_t room,
                                                   std::string_view& text) {
  const uint64_t length = *position & mask;
  if ((length & kNotShort) != 0) [[unlikely]] {
    std::string_view found;
    const bool is_good = with_copy(
        position, [&](const uint8_t*& copy) { return read_text_slowly(copy, end, room, found); });
    text = found;
    return is_good;
  }
  text = {reinterpret_cast<const char*>(position + 1), static_cast<size_t>(length >> 1)};
  position += static_cast<int64_t>(length >> 1) + one_if(mask);
  return true;
}

// The branch of a union of null and one other; `value_mask` is whether it is the other.
[[gnu::always_inline]] inline bool read_plain_branch(Mask mask, const uint8_t*& position,
                                                     uint8_t null_branch, Mask& value_mask) {
  const uint64_t index = *position & mask;
  position += one_if(mask);
  value_mask = -static_cast<Mask>(index >> 1 ^ null_branch) & mask;
  return (index & ~uint64_t{2}) == 0;
}

[[gnu::always_inline]] inline bool skip_plain_text(Mask mask, const uint8_t*& position,
                                                   const uint8_t* end, int64_t room) {
  std::string_view skipped;
  return read_plain_text(mask, position, end, room, skipped);
}

// A union of null and a value of `size` bytes.
[[gnu::always_inline]] inline bool skip_plain_nullable_fixed(Mask mask, const uint8_t*& position,
                                                             uint8_t null_branch, int64_t size) {
  Mask value_mask;
  const bool is_branch = read_plain_branch(mask, position, null_branch, value_mask);
  position += masked(value_mask, size);
  return is_branch;
}

// A union of null and a string.
[[gnu::always_inline]] inline bool skip_plain_nullable_text(Mask mask, const uint8_t*& position,
                                                            const uint8_t* end, int64_t room,
                                                            uint8_t null_branch) {
  Mask value_mask;
  return read_plain_branch(mask, position, null_branch, value_mask) &&
         skip_plain_text(value_mask, position, end, room);
}

}  // namespace mseavro
