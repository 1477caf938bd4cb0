#include "quality/exact/exact_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "quality/exact/testing/bit_sum.h"

namespace mseavro {
namespace {

constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kTiny = std::numeric_limits<double>::denorm_min();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

ExactSum sum_of(const std::vector<double>& terms) {
  ExactSum sum;
  for (const double term : terms) sum.add(term);
  return sum;
}

std::string bytes_of(const ExactSum& sum) {
  std::string bytes;
  sum.encode(&bytes);
  return bytes;
}

Result<ExactSum> decoded(const std::string& text) {
  std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  auto sum = ExactSum::decode(&bytes);
  EXPECT_TRUE(!sum || bytes.empty());
  return sum;
}

void expect_same_bits(double actual, double expected) {
  EXPECT_EQ(std::bit_cast<uint64_t>(actual), std::bit_cast<uint64_t>(expected))
      << actual << " is not " << expected;
}

// Terms of both signs around 1, `spread` octaves up and down.
std::vector<double> random_terms(std::mt19937_64& random, int spread, size_t count) {
  std::uniform_real_distribution<double> fraction(-1, 1);
  std::uniform_int_distribution<int> exponent(-spread, spread);
  std::vector<double> terms(count);
  for (double& term : terms) term = std::ldexp(fraction(random), exponent(random));
  return terms;
}

// Any 64 bits that are a finite double: all exponents, subnormals included.
std::vector<double> random_bit_patterns(std::mt19937_64& random, size_t count) {
  std::vector<double> terms;
  while (terms.size() < count) {
    const double term = std::bit_cast<double>(random());
    if (std::isfinite(term)) terms.push_back(term);
  }
  return terms;
}

std::vector<std::vector<double>> vectors_to_add() {
  std::mt19937_64 random(20250728);
  std::vector<std::vector<double>> vectors;
  for (const int spread : {0, 3, 30, 90, 200, 1000}) {
    for (const size_t count : {1, 2, 7, 100}) {
      vectors.push_back(random_terms(random, spread, count));
    }
  }
  for (const size_t count : {2, 20, 200}) {
    vectors.push_back(random_bit_patterns(random, count));
  }
  return vectors;
}

TEST(ExactSum, EqualsFsumOfPythonOnHardCases) {
  std::ifstream file(MSEAVRO_TESTDATA "/exact/fsum_cases.txt");
  ASSERT_TRUE(file);
  int case_count = 0;
  for (std::string line; std::getline(file, line); ++case_count) {
    std::istringstream words(line);
    std::string name, expected, term;
    words >> name >> expected;
    ExactSum sum;
    while (words >> term) sum.add(std::strtod(term.c_str(), nullptr));
    SCOPED_TRACE(name);
    expect_same_bits(sum.value(), std::strtod(expected.c_str(), nullptr));
  }
  EXPECT_GE(case_count, 60);
}

TEST(ExactSum, EqualsTheOracleAfterEveryTerm) {
  for (const auto& terms : vectors_to_add()) {
    ExactSum sum;
    testing::BitSum oracle;
    for (const double term : terms) {
      sum.add(term);
      oracle.add(term);
      expect_same_bits(sum.value(), oracle.value());
    }
  }
}

TEST(ExactSum, EqualsTheOracleWhenTermsCancel) {
  for (const auto& terms : vectors_to_add()) {
    ExactSum sum = sum_of(terms);
    testing::BitSum oracle;
    for (const double term : terms) oracle.add(term);
    for (const double term : terms) {
      sum.subtract(term);
      oracle.add(-term);
      expect_same_bits(sum.value(), oracle.value());
    }
  }
}

TEST(ExactSum, RoundsTiesToEven) {
  const double big = 9007199254740992;  // 2^53, where doubles are 2 apart.
  struct Case {
    std::vector<double> terms;
    double expected;
  };
  const Case cases[] = {
      {{big, 1}, big},
      {{big + 2, 1}, big + 4},
      {{big, 1, kTiny}, big + 2},
      {{big + 2, 1, -kTiny}, big + 2},
      {{-big, -1}, -big},
      {{-big - 2, -1}, -big - 4},
      {{2 * big - 2, 1}, 2 * big},
      {{kLargest, std::ldexp(1, 969)}, kLargest},
  };
  for (const Case& c : cases) expect_same_bits(sum_of(c.terms).value(), c.expected);
}

TEST(ExactSum, SumsBeyondTheLargestDoubleAreInfiniteUntilTakenBack) {
  ExactSum sum = sum_of({kLargest, kLargest, 1.5});
  expect_same_bits(sum.value(), kInfinity);
  sum.subtract(kLargest);
  expect_same_bits(sum.value(), kLargest);
  sum.subtract(kLargest);
  expect_same_bits(sum.value(), 1.5);
  expect_same_bits(sum_of({-kLargest, -kLargest}).value(), -kInfinity);
  // The exact border: half a unit in the last place above the largest double.
  expect_same_bits(sum_of({kLargest, std::ldexp(1, 970)}).value(), kInfinity);
}

TEST(ExactSum, ZeroIsPositiveHoweverItCameAbout) {
  for (const auto& terms : {std::vector<double>{}, {0.0}, {-0.0}, {1.5, -1.5}, {kTiny, -kTiny}}) {
    const ExactSum sum = sum_of(terms);
    expect_same_bits(sum.value(), 0.0);
    EXPECT_TRUE(sum.is_zero());
    EXPECT_EQ(bytes_of(sum), std::string(1, '\0'));
  }
  EXPECT_FALSE(sum_of({kTiny}).is_zero());
}

TEST(ExactSum, MagnitudesIgnoreTheSign) {
  ExactSum sum;
  sum.add_magnitude(-2.5);
  sum.add_magnitude(1.0);
  expect_same_bits(sum.value(), 3.5);
  sum.subtract_magnitude(-1.0);
  expect_same_bits(sum.value(), 2.5);
}

TEST(ExactSum, AnyOrderAndAnyMergeTreeGiveTheSameBytes) {
  std::mt19937_64 random(7);
  for (auto terms : vectors_to_add()) {
    const std::string expected = bytes_of(sum_of(terms));
    for (int round = 0; round < 5; ++round) {
      std::shuffle(terms.begin(), terms.end(), random);
      std::vector<ExactSum> sums;
      for (const double term : terms) {
        if (sums.empty() || random() % 3 == 0) sums.emplace_back();
        sums.back().add(term);
      }
      while (sums.size() > 1) {
        std::swap(sums[random() % sums.size()], sums.back());
        const ExactSum last = sums.back();
        sums.pop_back();
        sums[random() % sums.size()].combine(last);
      }
      EXPECT_EQ(bytes_of(sums.front()), expected);
    }
  }
}

TEST(ExactSum, RemovingIsTheInverseOfCombining) {
  std::mt19937_64 random(8);
  for (const auto& terms : vectors_to_add()) {
    const ExactSum other = sum_of(random_bit_patterns(random, 5));
    ExactSum sum = sum_of(terms);
    sum.combine(other);
    sum.remove(other);
    EXPECT_EQ(bytes_of(sum), bytes_of(sum_of(terms)));
    sum.remove(ExactSum(sum));
    EXPECT_TRUE(sum.is_zero());
  }
}

TEST(ExactSum, TakesItselfAsAnOperand) {
  for (const auto& terms : vectors_to_add()) {
    ExactSum sum = sum_of(terms);
    ExactSum twice = sum;
    for (const double term : terms) twice.add(term);
    sum.combine(sum);
    EXPECT_EQ(bytes_of(sum), bytes_of(twice));
    sum.remove(sum);
    EXPECT_TRUE(sum.is_zero());
  }
}

TEST(ExactSum, NegatesToTheSumOfNegatedTerms) {
  for (const auto& terms : vectors_to_add()) {
    ExactSum sum = sum_of(terms);
    sum.negate();
    ExactSum expected;
    for (const double term : terms) expected.subtract(term);
    EXPECT_EQ(bytes_of(sum), bytes_of(expected));
  }
}

// More terms than could be added one by one: doubling brings every chunk to its limit many times.
// The sums that start with 1 have their other term at the upper end of the window.
TEST(ExactSum, CarriesBeforeAChunkOverflows) {
  const std::vector<double> starts[] = {
      {1.9999999999999998}, {-1.9999999999999998}, {-1e-300}, {kTiny}, {1e300},
      {1, 0x1.8p96},        {1, -0x1.8p96}};
  for (const auto& terms : starts) {
    ExactSum sum = sum_of(terms);
    double expected = sum.value();
    for (int doubling = 1; doubling <= 60; ++doubling) {
      sum.combine(sum);
      expected *= 2;
      expect_same_bits(sum.value(), expected);
      // Single additions go on working from whatever the chunks hold now.
      ExactSum more = sum;
      for (int repeat = 0; repeat < 3000; ++repeat) more.add(terms.back());
      for (int repeat = 0; repeat < 3000; ++repeat) more.subtract(terms.back());
      ASSERT_EQ(bytes_of(more), bytes_of(sum));
    }
  }
}

TEST(ExactSum, ManyAdditionsToOneChunkCarryOnTheWay) {
  // The exponent field is 33 * 32 + 31, so 2^52 - 1 goes to the upper chunk: 1024 of them fill it.
  const double term = std::ldexp(9007199254740991, 12);
  for (const double sign : {1.0, -1.0}) {
    ExactSum sum;
    for (int repeat = 0; repeat < (1 << 16); ++repeat) sum.add(sign * term);
    EXPECT_EQ(bytes_of(sum), bytes_of(sum_of({sign * term * (1 << 16)})));
  }
}

TEST(ExactSum, HoldsTheLargestDoubleTwoToThe62Times) {
  ExactSum sum = sum_of({kLargest});
  for (int doubling = 0; doubling < 62; ++doubling) sum.combine(sum);
  ASSERT_TRUE(decoded(bytes_of(sum)));
  ExactSum half = *decoded(bytes_of(sum));
  expect_same_bits(half.value(), kInfinity);
  half.remove(sum);
  EXPECT_TRUE(half.is_zero());
}

TEST(ExactSum, DecodesWhatItEncodedAndGoesOnFromThere) {
  for (const auto& terms : vectors_to_add()) {
    const ExactSum sum = sum_of(terms);
    auto again = decoded(bytes_of(sum));
    ASSERT_TRUE(again);
    expect_same_bits(again->value(), sum.value());
    EXPECT_EQ(bytes_of(*again), bytes_of(sum));
    for (const double term : terms) again->subtract(term);
    EXPECT_TRUE(again->is_zero());
  }
}

TEST(ExactSum, WritesItsDocumentedBytes) {
  struct Case {
    double term;
    std::string bytes;
  };
  const Case cases[] = {
      // 1.0 is bit 1075 = 33 * 32 + 19.
      {1.0, std::string("\x02\x21\x00\x00\x08\x00", 6)},
      {-1.0, std::string("\x03\x21\x00\x00\x08\x00", 6)},
      {kTiny, std::string("\x02\x00\x02\x00\x00\x00", 6)},
      // The largest double ends at bit 2098 = 65 * 32 + 18, and starts 52 bits below.
      {kLargest, std::string("\x06\x3f\x00\x00\x00\xc0\xff\xff\xff\xff\xff\xff\x07\x00", 14)},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(bytes_of(sum_of({c.term})), c.bytes) << c.term;
    ASSERT_TRUE(decoded(c.bytes)) << c.term;
    expect_same_bits(decoded(c.bytes)->value(), c.term);
  }
}

TEST(ExactSum, RefusesBytesThatItWouldNotWrite) {
  const std::string one("\x00\x00\x08\x00", 4);
  const std::string zero(4, '\0');
  struct Case {
    const char* what;
    std::string bytes;
    const char* message;
  };
  const Case cases[] = {
      {"negative zero", std::string("\x01\x00", 2), "a sum in the state is out of range"},
      {"lowest digit zero", std::string("\x04\x21") + zero + one,
       "a sum in the state is not in its normal form"},
      {"highest digit zero", std::string("\x04\x21") + one + zero,
       "a sum in the state is not in its normal form"},
      {"half of the smallest double", std::string("\x02\x00\x01\x00\x00\x00", 6),
       "a sum in the state is not in its normal form"},
      {"position out of range", std::string("\x02\x44") + one,
       "a sum in the state is out of range"},
      {"last digit out of range", std::string("\x04\x43") + one + one,
       "a sum in the state is out of range"},
      {"too many digits", std::string("\x8a\x00", 2) + std::string(69 * 4, '\x7f'),
       "a sum in the state is out of range"},
  };
  for (const Case& c : cases) {
    auto sum = decoded(c.bytes);
    ASSERT_FALSE(sum) << c.what;
    EXPECT_EQ(sum.error().code, ErrorCode::kBadState) << c.what;
    EXPECT_EQ(sum.error().message, c.message) << c.what;
  }
  EXPECT_TRUE(decoded(std::string("\x88\x00\x7e", 3) + std::string(68 * 4 - 1, '\x7f')));
}

TEST(ExactSum, RefusesBytesCutAnywhere) {
  for (const auto& terms : vectors_to_add()) {
    const std::string bytes = bytes_of(sum_of(terms));
    for (size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(decoded(bytes.substr(0, size)));
    }
  }
}

}  // namespace
}  // namespace mseavro
