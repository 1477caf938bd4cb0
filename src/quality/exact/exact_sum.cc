#include "quality/exact/exact_sum.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/result/result.h"
#include "quality/exact/canonical_bytes.h"

namespace mseavro {
namespace {

constexpr int64_t kDigitMask = 0xffffffff;
constexpr int kDigitBits = 32;
constexpr uint32_t kEncodedDigitLimit = 68;
// Terms of chunk 0, where zeros and subnormals are, and of chunk 63 are never in a window, so that
// the fast path need not tell them from the others.
constexpr uint32_t kFirstWindowIndex = 1;
constexpr uint32_t kLastWindowIndex = 62;

}  // namespace

// The sum in its one normal form: sign, and magnitude without zero digits at either end.
struct ExactSum::Digits {
  bool negative = false;
  uint32_t begin = 0;  // Digits [begin, end) are kept; begin == end for zero.
  uint32_t end = 0;
  std::array<uint32_t, kChunkCount> digit{};

  bool bit(int64_t position) const {
    return (digit[position / kDigitBits] >> (position % kDigitBits) & 1) != 0;
  }

  // REQUIRES: the sum is not zero.
  bool any_below(int64_t position) const {
    return int64_t{begin} * kDigitBits + std::countr_zero(digit[begin]) < position;
  }
};

void ExactSum::accumulate_outside(uint64_t magnitude_bits, int64_t sign) {
  if (magnitude_bits == 0) return;
  const uint32_t field = static_cast<uint32_t>(magnitude_bits >> 52);
  MSEAVRO_DCHECK(field < 0x7ff);
  const uint32_t exponent = std::max(field, 1u);
  const uint32_t index = exponent / kDigitBits;
  if (first_ == kUnplaced && index >= kFirstWindowIndex && index <= kLastWindowIndex) {
    place(index);
    return accumulate(magnitude_bits, sign);
  }
  const uint64_t mantissa = (magnitude_bits & (kHiddenBit - 1)) | (field > 0 ? kHiddenBit : 0);
  if (add_mantissa(&wide()[index], mantissa, exponent % kDigitBits, sign)) carry();
}

// Puts the window where terms near chunk `middle` fall into it.
void ExactSum::place(uint32_t middle) {
  constexpr uint32_t kChunksBelow = 4;
  constexpr uint32_t kHighestPlace = kLastWindowIndex - (kWindowSize - 2);
  first_ = std::clamp(middle, kFirstWindowIndex + kChunksBelow, kHighestPlace + kChunksBelow) -
           kChunksBelow;
}

// Moves what exceeds a digit to the chunk above. What overflows the window goes to the heap.
void ExactSum::carry() {
  for (uint32_t offset = 0; offset + 1 < kWindowSize; ++offset) {
    window_[offset + 1] += window_[offset] >> kDigitBits;
    window_[offset] &= kDigitMask;
  }
  int64_t& top = window_[kWindowSize - 1];
  if (near_limit(top)) {
    wide()[first_ + kWindowSize] += top >> kDigitBits;
    top &= kDigitMask;
  }
  if (!wide_) return;
  for (uint32_t index = 0; index + 1 < kChunkCount; ++index) {
    (*wide_)[index + 1] += (*wide_)[index] >> kDigitBits;
    (*wide_)[index] &= kDigitMask;
  }
}

void ExactSum::add_chunk(uint32_t index, int64_t amount) {
  if (amount == 0) return;
  const uint32_t offset = index - first_;
  int64_t& chunk = offset < kWindowSize ? window_[offset] : wide()[index];
  chunk += amount;
  if (near_limit(chunk)) carry();
}

void ExactSum::accumulate_sum(const ExactSum& other, int64_t sign) {
  if (&other == this) return accumulate_sum(ExactSum(other), sign);
  if (first_ == kUnplaced) first_ = other.first_;
  for (uint32_t offset = 0; offset < kWindowSize; ++offset) {
    add_chunk(other.first_ + offset, (other.window_[offset] ^ sign) - sign);
  }
  if (!other.wide_) return;
  for (uint32_t index = 0; index < kChunkCount; ++index) {
    add_chunk(index, ((*other.wide_)[index] ^ sign) - sign);
  }
}

void ExactSum::combine(const ExactSum& other) { accumulate_sum(other, 0); }

void ExactSum::remove(const ExactSum& other) { accumulate_sum(other, -1); }

void ExactSum::negate() {
  ExactSum negated;
  negated.remove(*this);
  *this = std::move(negated);
}

ExactSum::Digits ExactSum::digits() const {
  Chunks chunks = wide_ ? *wide_ : Chunks{};
  for (uint32_t offset = 0; offset < kWindowSize && first_ != kUnplaced; ++offset) {
    chunks[first_ + offset] += window_[offset];
  }
  const auto normalise = [&chunks] {
    for (uint32_t index = 0; index + 1 < kChunkCount; ++index) {
      chunks[index + 1] += chunks[index] >> kDigitBits;
      chunks[index] &= kDigitMask;
    }
  };
  normalise();
  Digits digits;
  digits.negative = chunks.back() < 0;
  if (digits.negative) {
    for (int64_t& chunk : chunks) chunk = -chunk;
    normalise();
  }
  for (uint32_t index = 0; index < kChunkCount; ++index) {
    digits.digit[index] = static_cast<uint32_t>(chunks[index]);
    if (chunks[index] != 0) digits.end = index + 1;
  }
  while (digits.begin < digits.end && digits.digit[digits.begin] == 0) ++digits.begin;
  return digits;
}

double ExactSum::value() const {
  const Digits sum = digits();
  if (sum.end == 0) return 0.0;
  const int64_t top = int64_t{sum.end} * kDigitBits - 1 - std::countl_zero(sum.digit[sum.end - 1]);
  // Bit 0 is never set: the lowest bit that a double can hold is bit 1, 2^-1074.
  const int64_t lowest = std::max<int64_t>(top - 52, 1);
  uint64_t mantissa = 0;
  for (int64_t position = top; position >= lowest; --position) {
    mantissa = mantissa << 1 | static_cast<uint64_t>(sum.bit(position));
  }
  const bool half = sum.bit(lowest - 1);
  if (half && ((mantissa & 1) != 0 || sum.any_below(lowest - 1))) ++mantissa;
  const double magnitude =
      std::ldexp(static_cast<double>(mantissa), static_cast<int>(lowest - 1075));
  return sum.negative ? -magnitude : magnitude;
}

bool ExactSum::is_zero() const { return digits().end == 0; }

void ExactSum::encode(std::string* out) const {
  const Digits sum = digits();
  const uint32_t count = sum.end - sum.begin;
  append_byte(static_cast<uint8_t>(count << 1 | uint32_t{sum.negative}), out);
  if (count == 0) return;
  append_byte(static_cast<uint8_t>(sum.begin), out);
  for (uint32_t index = sum.begin; index < sum.end; ++index) {
    for (int shift = 0; shift < kDigitBits; shift += 8) {
      append_byte(static_cast<uint8_t>(sum.digit[index] >> shift), out);
    }
  }
}

Result<ExactSum> ExactSum::decode(std::span<const uint8_t>* bytes) {
  MSEAVRO_ASSIGN(const uint8_t shape, take_byte(bytes));
  ExactSum sum;
  if (shape == 0) return sum;
  const uint32_t count = shape >> 1;
  MSEAVRO_ASSIGN(const uint8_t begin, take_byte(bytes));
  if (count == 0 || begin + count > kEncodedDigitLimit) {
    return bad_state("a sum in the state is out of range");
  }
  std::array<uint32_t, kEncodedDigitLimit> digit;
  for (uint32_t rank = 0; rank < count; ++rank) {
    digit[rank] = 0;
    for (int shift = 0; shift < kDigitBits; shift += 8) {
      MSEAVRO_ASSIGN(const uint8_t byte, take_byte(bytes));
      digit[rank] |= uint32_t{byte} << shift;
    }
  }
  const bool odd = begin == 0 && (digit[0] & 1) != 0;
  if (digit[0] == 0 || digit[count - 1] == 0 || odd) {
    return bad_state("a sum in the state is not in its normal form");
  }
  sum.place(begin + (count - 1) / 2);
  for (uint32_t rank = 0; rank < count; ++rank) sum.add_chunk(begin + rank, digit[rank]);
  if ((shape & 1) != 0) sum.negate();
  return sum;
}

}  // namespace mseavro
