// Appending Avro binary values to a buffer.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "avro/wire/wire_input.h"

namespace mseavro {

// Zigzag: numbers of small magnitude, of either sign, become small unsigned ones.
inline uint64_t encode_zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}

// Writes the varint to `to`, where there is room for kVarintBytes, and returns its end.
inline uint8_t* write_varint(uint64_t raw, uint8_t* to) {
  if (raw < 0x80) [[likely]] {
    *to = static_cast<uint8_t>(raw);
    return to + 1;
  }
  if (raw >> 56 != 0) {
    for (; raw >= 0x80; raw >>= 7) *to++ = static_cast<uint8_t>(raw) | 0x80;
    *to = static_cast<uint8_t>(raw);
    return to + 1;
  }
  // Groups of 7 bits move apart pairwise, as in pack_varint the other way.
  const size_t size = (9 * static_cast<size_t>(std::bit_width(raw)) + 64) / 64;  // A bit's 1/7, up.
  uint64_t word = (raw & 0x0fffffff) | (raw & 0x00fffffff0000000ull) << 4;
  word = (word & 0x00003fff00003fffull) | (word & 0x0fffc0000fffc000ull) << 2;
  word = (word & 0x007f007f007f007full) | (word & 0x3f803f803f803f80ull) << 1;
  word |= 0x8080808080808080ull & ((uint64_t{1} << (8 * size - 8)) - 1);
  std::memcpy(to, &word, sizeof word);
  return to + size;
}

inline uint8_t* write_long(int64_t value, uint8_t* to) {
  return write_varint(encode_zigzag(value), to);
}

class Encoder {
 public:
  void put_boolean(bool value) {
    *room(1) = value ? 1 : 0;
    ++size_;
  }
  // Zigzag varint; also int, and the index of an enum or union.
  void put_long(int64_t value) { commit(write_long(value, room(kVarintBytes))); }
  void put_int(int32_t value) { put_long(value); }
  void put_float(float value) { put_number(value); }
  void put_double(double value) { put_number(value); }
  // Length, then bytes; also string.
  void put_bytes(std::string_view bytes) {
    uint8_t* const to =
        write_long(static_cast<int64_t>(bytes.size()), room(kVarintBytes + bytes.size()));
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
    commit(to + bytes.size());
  }
  void put_raw(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  void put_fixed(std::span<const uint8_t> bytes) {  // As put_raw.
    put_raw({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  // Where the next `size` bytes may be written; commit() says how far they were.
  uint8_t* room(size_t size) {
    if (size > bytes_.size() - size_) [[unlikely]]
      bytes_.resize(std::max(2 * bytes_.size(), size_ + size));
    return bytes_.data() + size_;
  }
  void commit(const uint8_t* end) { size_ = static_cast<size_t>(end - bytes_.data()); }

  std::span<const uint8_t> bytes() const { return {bytes_.data(), size_}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.data()), size_}; }
  size_t size() const { return size_; }
  void clear() { size_ = 0; }
  // Takes back what was put behind the first `size` bytes. REQUIRES: size <= size().
  void truncate(size_t size) { size_ = size; }

 private:
  template <class Number>
  void put_number(Number value) {
    std::memcpy(room(sizeof value), &value, sizeof value);
    size_ += sizeof value;
  }

  std::vector<uint8_t> bytes_;  // All of it is room.
  size_t size_ = 0;
};

}  // namespace mseavro
