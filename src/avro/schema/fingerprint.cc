#include "avro/schema/fingerprint.h"

#include <md5.h>
#include <sha2.h>

namespace mseavro {
namespace {

// The fingerprint of no bytes, and the polynomial as well.
constexpr uint64_t kEmpty = 0xc15d213aa4d7a795;

// What shifting each byte value out of the register does to it.
constexpr std::array<uint64_t, 256> make_table() {
  std::array<uint64_t, 256> table{};
  for (uint64_t byte = 0; byte < table.size(); ++byte) {
    uint64_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ (kEmpty & -(value & 1));
    table[byte] = value;
  }
  return table;
}

constexpr std::array<uint64_t, 256> kTable = make_table();

const uint8_t* data_of(std::string_view bytes) {
  return reinterpret_cast<const uint8_t*>(bytes.data());
}

}  // namespace

uint64_t crc64_avro(std::string_view bytes) {
  uint64_t value = kEmpty;
  for (const char c : bytes)
    value = (value >> 8) ^ kTable[(value ^ static_cast<uint8_t>(c)) & 0xff];
  return value;
}

std::array<uint8_t, 16> md5(std::string_view bytes) {
  MD5_CTX context;
  MD5Init(&context);
  MD5Update(&context, data_of(bytes), bytes.size());
  std::array<uint8_t, 16> digest;
  MD5Final(digest.data(), &context);
  return digest;
}

std::array<uint8_t, 32> sha256(std::string_view bytes) {
  SHA2_CTX context;
  SHA256Init(&context);
  SHA256Update(&context, data_of(bytes), bytes.size());
  std::array<uint8_t, 32> digest;
  SHA256Final(digest.data(), &context);
  return digest;
}

}  // namespace mseavro
