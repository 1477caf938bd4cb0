#include "quality/exact/canonical_bytes.h"

#include <utility>

#include "base/result/result.h"

namespace mseavro {

tl::unexpected<Error> bad_state(std::string what) {
  return fail(ErrorCode::kBadState, std::move(what),
              "make the metrics file again with `mseavro eval`");
}

void append_byte(uint8_t byte, std::string* out) { out->push_back(static_cast<char>(byte)); }

void append_varint(uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) append_byte(static_cast<uint8_t>(value | 0x80), out);
  append_byte(static_cast<uint8_t>(value), out);
}

void append_count(int64_t count, std::string* out) {
  append_varint(static_cast<uint64_t>(count) << 1 ^ static_cast<uint64_t>(count >> 63), out);
}

Result<uint8_t> take_byte(std::span<const uint8_t>* bytes) {
  if (bytes->empty()) return bad_state("the state ends early");
  const uint8_t byte = bytes->front();
  *bytes = bytes->subspan(1);
  return byte;
}

Result<uint64_t> take_varint(std::span<const uint8_t>* bytes) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    MSEAVRO_ASSIGN(const uint8_t byte, take_byte(bytes));
    if (shift == 63 && byte > 1) break;
    value |= uint64_t{byte & 0x7fu} << shift;
    if (byte >= 0x80) continue;
    if (byte == 0 && shift > 0) return bad_state("a number in the state is padded");
    return value;
  }
  return bad_state("a number in the state is longer than 64 bits");
}

Result<int64_t> take_count(std::span<const uint8_t>* bytes) {
  MSEAVRO_ASSIGN(const uint64_t folded, take_varint(bytes));
  const int64_t count = static_cast<int64_t>(folded >> 1) ^ -static_cast<int64_t>(folded & 1);
  if (count > kCountLimit || count < -kCountLimit) {
    return bad_state("a count in the state is out of range");
  }
  return count;
}

}  // namespace mseavro
