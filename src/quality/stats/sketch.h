// Quantiles from counts in log-linear buckets, in the manner of HdrHistogram and DDSketch.
//
// The bucket of a value is taken from the bits of the double: sign, exponent and the five highest
// bits of the fraction, so 32 buckets an octave, and a bucket's midpoint is at most 1.6 % from any
// value in it (below 2^-1022, where doubles have no octaves, at most 2^-1028). No logarithm is
// taken, so every machine agrees. Counts are integers: values can be removed again, and sketches
// add and subtract. A count may be negative meanwhile; only quantiles need a sketch of real values.
//
// Counts are stored in pages of an octave each, found through a directory of the octaves in use:
// 128 bytes an octave, 1 MiB at the very most. A value, safe to read from several threads while
// none writes.
//
//   Sketch delays;
//   for (double seconds : {30.0, 45.0, 3600.0}) delays.add(seconds);
//   delays.quantile(0.5);  // 45.5, the midpoint of [45, 46)
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mseavro/error.h"

namespace mseavro {

class Sketch {
 public:
  // REQUIRES: `value` is not NaN. Negative values, zero and infinities have buckets of their own.
  void add(double value) {
    const uint32_t slot = slot_of(bucket_of(value));
    if (++low_[slot] == 0) [[unlikely]]
      add_high(slot, 1);
  }
  // The exact inverse of add.
  void remove(double value) {
    const uint32_t slot = slot_of(bucket_of(value));
    if (low_[slot]-- == 0) [[unlikely]]
      add_high(slot, -1);
  }
  void combine(const Sketch& other);
  // The exact inverse of combine.
  void subtract(const Sketch& other);

  int64_t count() const;

  // The value of nearest rank ceil(q * count), 0 < q <= 1, as the midpoint of its bucket (zero and
  // infinities are exact); nullopt when empty. q is taken to nine decimals, so that the rank is
  // exact: 0.07 of 100 values is the 7th.
  // REQUIRES: nothing was removed that had not been added (otherwise some value, or nullopt).
  std::optional<double> quantile(double q) const;
  // The upper edge (away from zero for positive values) of the highest non-empty bucket, the
  // largest double for the last finite bucket; nullopt when empty.
  std::optional<double> upper_bound() const;

  // Canonical and sparse: about two bytes for each non-empty bucket. See
  // docs/formats/metric_state.md.
  void encode(std::string* out) const;
  // Reads what encode wrote from the front of `*bytes` and advances it. Errors: kBadState, also for
  // bytes that are not canonical.
  static Result<Sketch> decode(std::span<const uint8_t>* bytes);

 private:
  static constexpr uint32_t kPageSize = 32;
  static constexpr uint32_t kZeroBucket = 65505;
  static constexpr uint32_t kBucketCount = 2 * kZeroBucket + 1;

  static uint32_t bucket_of(double value) {
    const uint64_t bits = std::bit_cast<uint64_t>(value);
    const uint64_t magnitude = bits & ~(uint64_t{1} << 63);
    const uint32_t distance = static_cast<uint32_t>(magnitude >> 47) + (magnitude != 0 ? 1 : 0);
    return bits >> 63 != 0 ? kZeroBucket - distance : kZeroBucket + distance;
  }
  static double midpoint(uint32_t bucket);
  static double upper_edge(uint32_t bucket);

  // Index of a bucket's count, made when it is not there yet.
  uint32_t slot_of(uint32_t bucket) {
    const uint32_t page = bucket / kPageSize - first_page_;
    if (page >= directory_.size() || directory_[page] == 0) [[unlikely]]
      add_page(bucket);
    return (directory_[bucket / kPageSize - first_page_] - 1) * kPageSize + bucket % kPageSize;
  }
  void add_page(uint32_t bucket);
  void add_high(uint32_t slot, int32_t amount);
  void add_count(uint32_t bucket, uint64_t amount);
  int64_t count_at(uint32_t slot) const;
  // Calls take(bucket, count) for each bucket whose count is not 0, in rising order, until it
  // returns false.
  template <class Take>
  void visit(Take take) const;

  uint32_t first_page_ = 0;
  std::vector<uint16_t> directory_;  // Page less first_page_ -> 1 + its rank in low_; 0 = none.
  // A count is a 64-bit number in two halves. The high ones are absent until one is not zero.
  std::vector<uint32_t> low_;
  std::vector<int32_t> high_;
};

}  // namespace mseavro
