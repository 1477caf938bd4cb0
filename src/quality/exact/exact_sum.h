// Exact sums of doubles.
//
// A small superaccumulator (Radford M. Neal, "Fast exact summation using small and large
// superaccumulators", arXiv:1505.05571): the sum is kept as a wide fixed-point number in 32-bit
// digits, each in a signed 64-bit chunk, so that adding is two integer additions and nothing is
// ever rounded. Adding, subtracting and combining commute, so any order and any grouping gives the
// same digits; value() rounds once, to nearest even, as Python's math.fsum does.
//
// Bit 0 of chunk 0 counts 2^-1075. A double with exponent field e is m << e of these, m its 53-bit
// mantissa, so m belongs at bit e % 32 of chunk e / 32:
//
//            chunk e/32 + 1           chunk e/32
//     ....|................mm|mmmmmmmmmmmmmmm.........|....      m = high:low at the digit border
//                  high (< 2^52)      low (< 2^32)
//
// Typical sums span few digits, so nine chunks around the first term are stored in place: the
// window. Residuals of values near A are at least the spacing of doubles there, 2^-53 A, so their
// squares span some 106 octaves; the window reaches 128 octaves below its first term and 96 above.
// Terms outside it, and all below 2^-991 or from 2^993 on, go to a full set of chunks on the heap,
// made when first needed: they cost 560 bytes once and a slower addition. The sum is the window
// plus the heap.
//
// A value, safe to read from several threads while none writes.
//
//   ExactSum sum;
//   for (double term : {1e308, 1e308, -1e308, 1e-300, -1e308}) sum.add(term);
//   sum.value();  // 1e-300
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>

#include "mseavro/error.h"
#include "quality/exact/boxed.h"

namespace mseavro {

class ExactSum {
 public:
  // REQUIRES: `term` is finite.
  void add(double term) {
    const uint64_t bits = std::bit_cast<uint64_t>(term);
    accumulate(bits & ~kSignBit, static_cast<int64_t>(bits) >> 63);
  }
  // The exact inverse of add. REQUIRES: `term` is finite.
  void subtract(double term) { add(-term); }
  // Add or subtract |term|, without the cost of a sign. REQUIRES: `term` is finite.
  void add_magnitude(double term) { accumulate(std::bit_cast<uint64_t>(term) & ~kSignBit, 0); }
  void subtract_magnitude(double term) {
    accumulate(std::bit_cast<uint64_t>(term) & ~kSignBit, -1);
  }

  void combine(const ExactSum& other);
  // *this -= other.
  void remove(const ExactSum& other);
  void negate();

  // The sum rounded once to double, ties to even; infinity (with its sign) when it is beyond the
  // largest double. +0.0 when the sum is exactly zero.
  double value() const;
  bool is_zero() const;

  // Canonical bytes, appended to `*out`: equal sums give equal bytes, however they came about.
  // See docs/formats/metric_state.md.
  void encode(std::string* out) const;
  // Reads what encode wrote from the front of `*bytes` and advances it. Errors: kBadState, also for
  // bytes that are not canonical.
  static Result<ExactSum> decode(std::span<const uint8_t>* bytes);

 private:
  struct Digits;

  static constexpr uint64_t kSignBit = uint64_t{1} << 63;
  static constexpr uint64_t kHiddenBit = uint64_t{1} << 52;
  static constexpr uint32_t kWindowSize = 9;
  // 2^63 terms of the largest double stay below bit 2046 + 53 + 63 of 70 * 32.
  static constexpr uint32_t kChunkCount = 70;
  static constexpr uint32_t kUnplaced = kChunkCount;
  using Chunks = std::array<int64_t, kChunkCount>;

  // `sign` is 0 to add and -1 to subtract the double with these bits.
  void accumulate(uint64_t magnitude_bits, int64_t sign) {
    const uint32_t exponent = static_cast<uint32_t>(magnitude_bits >> 52);
    const uint32_t offset = (exponent >> 5) - first_;
    // Also true for zeros and subnormals, and while there is no window: place() sees to that.
    if (offset > kWindowSize - 2) [[unlikely]]
      return accumulate_outside(magnitude_bits, sign);
    const uint64_t mantissa = (magnitude_bits & (kHiddenBit - 1)) | kHiddenBit;
    if (add_mantissa(&window_[offset], mantissa, exponent & 31, sign)) [[unlikely]]
      carry();
  }

  // Adds to two neighbouring chunks; true when one has come near its limit. Between calls every
  // chunk is below 2^62 in magnitude, and a mantissa adds less than 2^53, so nothing overflows
  // whatever the number of terms: no counting of additions is needed.
  static bool add_mantissa(int64_t* chunk, uint64_t mantissa, uint32_t shift, int64_t sign) {
    const int64_t low = static_cast<int64_t>((mantissa << shift) & 0xffffffffu);
    const int64_t high = static_cast<int64_t>(mantissa >> (32 - shift));
    chunk[0] += (low ^ sign) - sign;
    chunk[1] += (high ^ sign) - sign;
    return ((biased(chunk[0]) | biased(chunk[1])) & kSignBit) != 0;
  }
  static bool near_limit(int64_t chunk) { return (biased(chunk) & kSignBit) != 0; }
  // Has the highest bit set when the chunk is outside [-2^62, 2^62).
  static uint64_t biased(int64_t chunk) {
    return static_cast<uint64_t>(chunk) + (uint64_t{1} << 62);
  }

  void accumulate_outside(uint64_t magnitude_bits, int64_t sign);
  void accumulate_sum(const ExactSum& other, int64_t sign);
  void add_chunk(uint32_t index, int64_t amount);
  void place(uint32_t middle);
  void carry();
  Chunks& wide() { return wide_ ? *wide_ : wide_.emplace(); }
  Digits digits() const;

  std::array<int64_t, kWindowSize> window_{};
  Boxed<Chunks> wide_;
  uint32_t first_ = kUnplaced;  // Index of the chunk at window_[0].
};

}  // namespace mseavro
