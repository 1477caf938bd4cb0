// Quantiles from counts in log-linear buckets, in the manner of HdrHistogram and DDSketch.
//
// The bucket of a value is taken from the bits of the double: sign, exponent and the five highest
// bits of the fraction, so 32 buckets an octave, and a bucket's midpoint is at most 1.6 % from any
// value in it. No logarithm is taken, so every machine agrees. Counts are integers: values can be
// removed again, and sketches add and subtract.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "mseavro/error.h"

namespace mseavro {

class Sketch {
 public:
  // REQUIRES: `value` is not NaN. Negative values, zero and infinities have buckets of their own.
  void add(double value);
  void remove(double value);
  void combine(const Sketch& other);
  void subtract(const Sketch& other);

  int64_t count() const;

  // The value of nearest rank ceil(q * count), 0 < q <= 1, as the midpoint of its bucket (zero is
  // exact); nullopt when empty.
  std::optional<double> quantile(double q) const;
  // The upper edge (away from zero for positive values) of the highest non-empty bucket; nullopt
  // when empty.
  std::optional<double> upper_bound() const;

  // Canonical and sparse: about two bytes for each non-empty bucket. See
  // docs/formats/metric_state.md.
  void encode(std::string* out) const;
  // Errors: kBadState.
  static Result<Sketch> decode(std::span<const uint8_t>* bytes);
};

}  // namespace mseavro
