// Fingerprints of bytes, by which schemas are named. The specification takes them of the Parsing
// Canonical Form.
//
//   MSEAVRO_ASSIGN(const std::string form, canonical_form(*schema));
//   const uint64_t fingerprint = crc64_avro(form);
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mseavro {

// CRC-64-AVRO, the specification's 64-bit Rabin fingerprint. Messages hold it lowest byte first.
uint64_t crc64_avro(std::string_view bytes);

std::array<uint8_t, 16> md5(std::string_view bytes);
std::array<uint8_t, 32> sha256(std::string_view bytes);

}  // namespace mseavro
