#include "avro/wire/encoder.h"

#include <bit>

namespace mseavro {

static_assert(std::endian::native == std::endian::little,
              "floats are copied as they stand in memory");

namespace {

template <class T>
std::span<const uint8_t> bytes_of(const T& value) {
  return {reinterpret_cast<const uint8_t*>(&value), sizeof value};
}

}  // namespace

void Encoder::put_long(int64_t value) {
  // Zigzag: numbers of small magnitude, of either sign, become small unsigned ones.
  uint64_t rest = (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
  while (rest >= 0x80) {
    bytes_.push_back(static_cast<uint8_t>(rest) | 0x80);
    rest >>= 7;
  }
  bytes_.push_back(static_cast<uint8_t>(rest));
}

void Encoder::put_float(float value) { put_fixed(bytes_of(value)); }

void Encoder::put_double(double value) { put_fixed(bytes_of(value)); }

void Encoder::put_bytes(std::string_view bytes) {
  put_long(static_cast<int64_t>(bytes.size()));
  put_raw(bytes);
}

void Encoder::put_raw(std::string_view bytes) {
  put_fixed({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

void Encoder::put_fixed(std::span<const uint8_t> bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

}  // namespace mseavro
