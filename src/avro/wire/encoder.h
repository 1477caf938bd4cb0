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

  std::span<const uint8_t> bytes() const { return bytes_; }
  size_t size() const { return bytes_.size(); }
  void clear() { bytes_.clear(); }

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace mseavro
