// Reading Avro's primitive encodings from memory, with every bound checked.
//
// All readers have one form: they move `position` past the value, or leave it at the value's first
// byte and say what is wrong. Slow paths are functions of their own that get a copy of the
// position (with_copy), so that the caller's stays in a register.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mseavro {

enum class WireError : uint8_t {
  kNone,
  kEnd,         // The bytes end before the value does.
  kLongVarint,  // More than 10 bytes.
  kWideInt,     // An int beyond 32 bits.
  kBoolean,     // Neither 0 nor 1.
  kIndex,       // No such union branch or enum symbol.
  kNegativeLength,
  kLengthPastEnd,  // A length that goes beyond the block.
  kLongValue,      // A length or a datum beyond limits.datum_size_bytes.
  kBlockCount,     // A count that has no negative.
  kBlockSize,      // A sized array or map block whose items do not fill it exactly.
  kDepth,
  kZeroSize,  // Too many elements that take no bytes.
  kOutput,    // The value made from the bytes outgrows its limit.
  kRefused,   // The reader schema has nothing for a union branch or symbol in the data.
};

static_assert(std::endian::native == std::endian::little, "Avro numbers are read as they lie");

inline constexpr size_t kVarintBytes = 10;  // The longest.

template <class T>
inline T load(const uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// What `read` returns of the position that it moves by reference.
template <class Read>
[[gnu::always_inline]] inline auto with_copy(const uint8_t*& position, const Read& read) {
  const uint8_t* copy = position;
  const auto result = read(copy);
  position = copy;
  return result;
}

inline int64_t decode_zigzag(uint64_t raw) {
  return static_cast<int64_t>(raw >> 1) ^ -static_cast<int64_t>(raw & 1);
}

// Any varint, byte by byte.
[[gnu::noinline]] inline WireError read_varint_slowly(const uint8_t*& position, const uint8_t* end,
                                                      uint64_t& raw) {
  raw = 0;
  const uint8_t* next = position;
  for (size_t shift = 0; shift < 7 * kVarintBytes; shift += 7) {
    if (next == end) return WireError::kEnd;
    const uint8_t byte = *next++;
    // Of the tenth byte one bit is left: the rest falls off as it does in Java.
    raw |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      position = next;
      return WireError::kNone;
    }
  }
  return WireError::kLongVarint;
}

// Bit 7 of a varint's byte is clear in its last one only.
inline constexpr uint64_t kVarintStops = 0x8080808080808080ull;
// Up to four bytes cannot hold more than an int can.
inline constexpr uint64_t kIntStops = 0x80808080ull;

// Of the varint that ends at the lowest of `stops`.
[[gnu::always_inline]] inline int64_t varint_size(uint64_t stops) {
  return static_cast<int64_t>(static_cast<uint64_t>(std::countr_zero(stops)) >> 3) + 1;
}

// The value of the varint that ends within the 8 bytes of `word`, whose lowest clear continuation
// bit is the lowest set bit of `stops`. Groups of 7 bits are moved together pairwise:
//   0aaaaaaa0bbbbbbb -> 00aaaaaaabbbbbbb, then in 16s, then in 32s.
// `Word` is a uint64_t or a vector of them.
template <class Word>
[[gnu::always_inline]] inline Word pack_varint(Word word, Word stops) {
  word &= (stops ^ (stops - 1)) & 0x7f7f7f7f7f7f7f7full;
  word = (word & 0x007f007f007f007full) | (word & 0x7f007f007f007f00ull) >> 1;
  word = (word & 0x00003fff00003fffull) | (word & 0x3fff00003fff0000ull) >> 2;
  return (word & 0x0fffffff) | (word & 0x0fffffff00000000ull) >> 4;
}

[[gnu::always_inline]] inline WireError read_varint(const uint8_t*& position, const uint8_t* end,
                                                    uint64_t& raw) {
  if (end - position >= 8) [[likely]] {
    const uint64_t word = load<uint64_t>(position);
    const uint64_t stops = ~word & kVarintStops;
    if (stops != 0) [[likely]] {
      raw = pack_varint(word, stops);
      position += varint_size(stops);
      return WireError::kNone;
    }
  }
  uint64_t value;
  const WireError error = with_copy(
      position, [&](const uint8_t*& copy) { return read_varint_slowly(copy, end, value); });
  raw = value;
  return error;
}

[[gnu::always_inline]] inline WireError read_long(const uint8_t*& position, const uint8_t* end,
                                                  int64_t& value) {
  uint64_t raw;
  const WireError error = read_varint(position, end, raw);
  value = decode_zigzag(raw);
  return error;
}

inline WireError read_int(const uint8_t*& position, const uint8_t* end, int64_t& value) {
  const uint8_t* next = position;
  uint64_t raw;
  const WireError error = read_varint(next, end, raw);
  if (error != WireError::kNone) return error;
  if (raw > 0xffffffffu) return WireError::kWideInt;
  value = decode_zigzag(raw);
  position = next;
  return WireError::kNone;
}

inline WireError read_boolean(const uint8_t*& position, const uint8_t* end, bool& value) {
  if (position == end) return WireError::kEnd;
  if (*position > 1) return WireError::kBoolean;
  value = *position++ != 0;
  return WireError::kNone;
}

// The index of a union branch or enum symbol.
inline WireError read_index(const uint8_t*& position, const uint8_t* end, size_t count,
                            size_t& index) {
  const uint8_t* next = position;
  uint64_t raw = 0;
  if (next != end && *next < 0x80) [[likely]] {
    raw = *next++;
  } else if (const WireError error = read_varint_slowly(next, end, raw);
             error != WireError::kNone) {
    return error;
  }
  // Negative numbers are odd before the zigzag is undone.
  if ((raw & 1) != 0 || raw >> 1 >= count) return WireError::kIndex;
  index = static_cast<size_t>(raw >> 1);
  position = next;
  return WireError::kNone;
}

// A string whose length takes one byte is no longer than this, its length included; bit 0 of that
// byte is set for negative lengths and bit 7 for longer ones.
inline constexpr int64_t kShortStringSize = 64;
inline constexpr uint8_t kNotShort = 0x81;

// As read_index, for a position that is to stay in a register.
[[gnu::always_inline]] inline WireError read_branch(const uint8_t*& position, const uint8_t* end,
                                                    size_t count, size_t& index) {
  // Bit 0 is set for negative indexes, bit 7 for longer ones.
  if (position < end && (*position & kNotShort) == 0 &&
      *position >> 1 < static_cast<int64_t>(count)) [[likely]] {
    index = *position++ >> 1;
    return WireError::kNone;
  }
  size_t found = 0;
  const WireError error = with_copy(
      position, [&](const uint8_t*& copy) { return read_index(copy, end, count, found); });
  index = found;
  return error;
}

inline WireError read_fixed(const uint8_t*& position, const uint8_t* end, int64_t size,
                            std::string_view& bytes) {
  if (size > end - position) return WireError::kEnd;
  bytes = {reinterpret_cast<const char*>(position), static_cast<size_t>(size)};
  position += size;
  return WireError::kNone;
}

template <class T>
inline WireError read_number(const uint8_t*& position, const uint8_t* end, T& value) {
  if (end - position < static_cast<int64_t>(sizeof value)) return WireError::kEnd;
  value = load<T>(position);
  position += sizeof value;
  return WireError::kNone;
}

[[gnu::noinline]] inline WireError read_bytes_slowly(const uint8_t*& position, const uint8_t* end,
                                                     int64_t limit, std::string_view& bytes) {
  const uint8_t* next = position;
  uint64_t raw;
  const WireError error = read_varint_slowly(next, end, raw);
  if (error != WireError::kNone) return error;
  const int64_t size = decode_zigzag(raw);
  if (size < 0) return WireError::kNegativeLength;
  if (size > end - next) return WireError::kLengthPastEnd;
  if (size > limit) return WireError::kLongValue;
  bytes = {reinterpret_cast<const char*>(next), static_cast<size_t>(size)};
  position = next + size;
  return WireError::kNone;
}

// A length and that many bytes. `limit` is limits.datum_size_bytes.
[[gnu::always_inline]] inline WireError read_bytes(const uint8_t*& position, const uint8_t* end,
                                                   int64_t limit, std::string_view& bytes) {
  if (end - position >= kShortStringSize && (*position & kNotShort) == 0) [[likely]] {
    const size_t size = *position >> 1;
    bytes = {reinterpret_cast<const char*>(position + 1), size};
    position += 1 + size;
    return WireError::kNone;
  }
  std::string_view found;
  const WireError error = with_copy(
      position, [&](const uint8_t*& copy) { return read_bytes_slowly(copy, end, limit, found); });
  bytes = found;
  return error;
}

}  // namespace mseavro
