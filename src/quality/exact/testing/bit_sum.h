// The oracle of ExactSum: obviously right, and slow. One counter for each bit that a double can
// have, binary carries at the end, rounding by the textbook.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace mseavro::testing {

class BitSum {
 public:
  // REQUIRES: `term` is finite.
  void add(double term) {
    int exponent = 0;
    double fraction = std::frexp(term, &exponent);  // term == fraction * 2^exponent
    const int sign = fraction < 0 ? -1 : 1;
    fraction = std::abs(fraction);
    for (int power = exponent - 1; fraction != 0; --power) {
      fraction *= 2;
      if (fraction < 1) continue;
      fraction -= 1;
      counter_[static_cast<size_t>(power - kLowestPower)] += sign;
    }
  }

  // The sum rounded to nearest, ties to even.
  double value() const {
    std::vector<int64_t> bits = normalised(counter_);
    const bool negative = bits.back() < 0;
    if (negative) {
      for (int64_t& bit : bits) bit = -bit;
      bits = normalised(bits);
    }
    size_t end = bits.size();
    while (end > 0 && bits[end - 1] == 0) --end;
    const size_t begin = end > 53 ? end - 53 : 0;
    double magnitude = 0;
    for (size_t index = begin; index < end; ++index) {
      magnitude += std::ldexp(static_cast<double>(bits[index]), static_cast<int>(index - begin));
    }
    if (begin > 0 && bits[begin - 1] == 1) {
      bool beyond_half = false;
      for (size_t index = 0; index + 1 < begin; ++index) beyond_half |= bits[index] == 1;
      if (beyond_half || bits[begin] == 1) magnitude += 1;
    }
    magnitude = std::ldexp(magnitude, static_cast<int>(begin) + kLowestPower);
    return negative ? -magnitude : magnitude;
  }

 private:
  static constexpr int kLowestPower = -1074;
  static constexpr size_t kPowers = 1074 + 1024 + 64;

  static std::vector<int64_t> normalised(std::vector<int64_t> bits) {
    for (size_t index = 0; index + 1 < bits.size(); ++index) {
      bits[index + 1] += bits[index] >> 1;
      bits[index] &= 1;
    }
    return bits;
  }

  std::vector<int64_t> counter_ = std::vector<int64_t>(kPowers);
};

}  // namespace mseavro::testing
