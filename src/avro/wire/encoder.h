// Appending Avro binary values to a buffer.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace mseavro {

class Encoder {
 public:
  void put_boolean(bool value) { bytes_.push_back(value ? 1 : 0); }
  void put_long(int64_t value);  // Zigzag varint; also int, and the index of an enum or union.
  void put_int(int32_t value) { put_long(value); }
  void put_float(float value);
  void put_double(double value);
  void put_bytes(std::string_view bytes);  // Length, then bytes; also string.
  void put_fixed(std::span<const uint8_t> bytes);
  void put_raw(std::string_view bytes);  // As put_fixed.

  std::span<const uint8_t> bytes() const { return bytes_; }
  std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }
  size_t size() const { return bytes_.size(); }
  void clear() { bytes_.clear(); }
  // Takes back what was put behind the first `size` bytes.
  void truncate(size_t size) { bytes_.resize(size); }

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace mseavro
