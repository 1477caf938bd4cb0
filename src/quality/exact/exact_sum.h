// Exact sums of doubles.
//
// A small superaccumulator (Radford M. Neal, "Fast exact summation using small and large
// superaccumulators", arXiv:1505.05571): the sum is kept as a wide fixed-point number in 32-bit
// digits, each in a signed 64-bit chunk, so that adding is two or three integer additions and
// nothing is ever rounded. Adding, subtracting and combining commute, so any order and any grouping
// gives the same digits; value() rounds once, to nearest even, as Python's math.fsum does.
//
// Typical sums span few digits, so only a window of chunks around the digits in use is stored and
// it grows when a term falls outside: a sum costs tens of bytes, not 536.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "mseavro/error.h"

namespace mseavro {

class ExactSum {
 public:
  // REQUIRES: `term` is finite.
  void add(double term);
  // The exact inverse of add. REQUIRES: `term` is finite.
  void subtract(double term);
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
};

}  // namespace mseavro
