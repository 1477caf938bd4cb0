#include "quality/stats/sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace mseavro {
namespace {

constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kSmallestNormal = std::numeric_limits<double>::min();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kErrorBound = 0.016;

Sketch sketch_of(const std::vector<double>& values) {
  Sketch sketch;
  for (const double value : values) sketch.add(value);
  return sketch;
}

std::string bytes_of(const Sketch& sketch) {
  std::string bytes;
  sketch.encode(&bytes);
  return bytes;
}

Result<Sketch> decoded(const std::string& text) {
  std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  auto sketch = Sketch::decode(&bytes);
  EXPECT_TRUE(!sketch || bytes.empty());
  return sketch;
}

std::vector<double> log_normal_values(std::mt19937_64& random, size_t count) {
  std::normal_distribution<double> log(0, 3);
  std::vector<double> values(count);
  for (double& value : values) value = std::exp(log(random));
  return values;
}

// Delays: mostly positive, some negative, some zero.
std::vector<double> signed_values(std::mt19937_64& random, size_t count) {
  std::vector<double> values = log_normal_values(random, count);
  for (double& value : values) {
    if (random() % 3 == 0) value = -value;
    if (random() % 10 == 0) value = 0;
  }
  return values;
}

// Any 64 bits that are a number: all exponents, subnormals and now and then an infinity.
std::vector<double> random_bit_patterns(std::mt19937_64& random, size_t count) {
  std::vector<double> values{kInfinity, -kInfinity, 0.0, -0.0};
  while (values.size() < count) {
    const double value = std::bit_cast<double>(random());
    if (!std::isnan(value)) values.push_back(value);
  }
  return values;
}

TEST(Sketch, QuantilesAreWithinTheBoundOfTheNearestRank) {
  std::mt19937_64 random(1);
  for (const size_t count : {1, 2, 3, 10, 99, 100, 101, 5000}) {
    std::vector<double> values = signed_values(random, count);
    const Sketch sketch = sketch_of(values);
    std::sort(values.begin(), values.end());
    for (size_t percent = 1; percent <= 100; ++percent) {
      const size_t rank = (percent * count + 99) / 100;
      const double expected = values[rank - 1];
      const double actual = *sketch.quantile(static_cast<double>(percent) / 100);
      ASSERT_LE(std::abs(actual - expected), kErrorBound * std::abs(expected))
          << percent << " % of " << count;
    }
  }
}

TEST(Sketch, EveryOctaveHasTheSameErrorBound) {
  for (int exponent = -1022; exponent < 1024; ++exponent) {
    for (const double fraction : {1.0, 1.03124, 1.03125, 1.5, 1.9999999999999998}) {
      for (const double sign : {1.0, -1.0}) {
        const double value = sign * std::ldexp(fraction, exponent);
        const double middle = *sketch_of({value}).quantile(0.5);
        ASSERT_LE(std::abs(middle - value), kErrorBound * std::abs(value)) << value;
      }
    }
  }
}

TEST(Sketch, SubnormalsAreWithinTheirFixedBound) {
  for (double value = kSmallestNormal; value > 0; value /= 2) {
    for (const double near : {value, -value, std::nextafter(value, 0)}) {
      ASSERT_LE(std::abs(*sketch_of({near}).quantile(1) - near), std::ldexp(1, -1028)) << near;
    }
  }
}

TEST(Sketch, ZeroAndInfinitiesAreExact) {
  for (const double value : {0.0, kInfinity, -kInfinity}) {
    EXPECT_EQ(*sketch_of({value}).quantile(0.5), value);
  }
  EXPECT_FALSE(std::signbit(*sketch_of({-0.0}).quantile(0.5)));
  EXPECT_EQ(bytes_of(sketch_of({-0.0})), bytes_of(sketch_of({0.0})));
}

TEST(Sketch, RanksAreExact) {
  std::vector<double> values;
  for (int power = 0; power < 100; ++power) values.push_back(std::ldexp(1, power));
  const Sketch sketch = sketch_of(values);
  struct Case {
    double q;
    int rank;
  };
  // In doubles 0.07 * 100 is above 7 and 0.29 * 100 is below 29.
  for (const Case& c : {Case{0.07, 7},
                        {0.29, 29},
                        {0.5, 50},
                        {0.501, 51},
                        {0.99, 99},
                        {1, 100},
                        {1e-9, 1},
                        {1e-12, 1}}) {
    EXPECT_EQ(std::ilogb(*sketch.quantile(c.q)), c.rank - 1) << c.q;
  }
}

TEST(Sketch, OrdersNegativeValuesBelowZeroBelowPositiveOnes) {
  const Sketch sketch = sketch_of({5, -3, 0, kInfinity, -kInfinity, -700, 1e-310, -1e-310, 2});
  double last = -kInfinity;
  for (int rank = 1; rank <= 9; ++rank) {
    const double value = *sketch.quantile(rank / 9.0 - 1e-6);
    EXPECT_TRUE(rank == 1 || value > last) << rank;
    last = value;
  }
}

TEST(Sketch, AnEmptySketchHasNoQuantiles) {
  const Sketch never_used;
  Sketch emptied = sketch_of({1.5});
  emptied.remove(1.5);
  for (const Sketch& sketch : {never_used, emptied}) {
    EXPECT_EQ(sketch.count(), 0);
    EXPECT_EQ(sketch.quantile(0.5), std::nullopt);
    EXPECT_EQ(sketch.upper_bound(), std::nullopt);
    EXPECT_EQ(bytes_of(sketch), std::string(1, '\0'));
  }
}

TEST(Sketch, UpperBoundIsTheUpperEdgeOfTheHighestBucket) {
  struct Case {
    std::vector<double> values;
    double expected;
  };
  const Case cases[] = {
      {{1.0}, 1.03125},
      {{1.4, 0.2, -9}, 1.40625},
      {{1.99}, 2},
      {{0.0, -1}, 0},
      {{-1.0}, -1.0},
      {{-1.99}, -1.96875},
      {{std::numeric_limits<double>::denorm_min()}, std::ldexp(1, -1027)},
      {{kLargest}, kLargest},
      {{kInfinity, 3}, kInfinity},
      {{-kInfinity}, -kInfinity},
  };
  for (const Case& c : cases) {
    const double bound = *sketch_of(c.values).upper_bound();
    if (std::isinf(c.expected) && c.expected < 0) {
      EXPECT_EQ(bound, -kInfinity);
    } else {
      EXPECT_EQ(bound, c.expected);
    }
    EXPECT_GE(bound, *std::max_element(c.values.begin(), c.values.end()));
  }
}

TEST(Sketch, AnyOrderAndAnySplitGiveTheSameBytes) {
  std::mt19937_64 random(2);
  for (auto values : {signed_values(random, 500), random_bit_patterns(random, 500)}) {
    const std::string expected = bytes_of(sketch_of(values));
    for (int round = 0; round < 5; ++round) {
      std::shuffle(values.begin(), values.end(), random);
      const auto middle = values.begin() + static_cast<long>(random() % values.size());
      Sketch left = sketch_of({values.begin(), middle});
      left.combine(sketch_of({middle, values.end()}));
      EXPECT_EQ(bytes_of(left), expected);
    }
  }
}

TEST(Sketch, RemovingAndSubtractingAreExactInverses) {
  std::mt19937_64 random(3);
  const auto kept = random_bit_patterns(random, 100);
  const auto taken_back = signed_values(random, 100);
  Sketch one_by_one = sketch_of(kept);
  for (const double value : taken_back) one_by_one.add(value);
  for (const double value : taken_back) one_by_one.remove(value);
  EXPECT_EQ(bytes_of(one_by_one), bytes_of(sketch_of(kept)));
  Sketch together = sketch_of(kept);
  together.combine(sketch_of(taken_back));
  together.subtract(sketch_of(taken_back));
  EXPECT_EQ(bytes_of(together), bytes_of(sketch_of(kept)));
  together.subtract(together);
  EXPECT_EQ(bytes_of(together), bytes_of(Sketch()));
}

TEST(Sketch, CountsMayBeNegativeMeanwhile) {
  Sketch sketch;
  sketch.remove(3.5);
  sketch.remove(3.5);
  EXPECT_EQ(sketch.count(), -2);
  EXPECT_EQ(sketch.quantile(0.5), std::nullopt);
  const auto again = decoded(bytes_of(sketch));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->count(), -2);
  sketch.add(3.5);
  sketch.add(3.5);
  EXPECT_EQ(bytes_of(sketch), bytes_of(Sketch()));
}

TEST(Sketch, CountsGoBeyond32Bits) {
  Sketch sketch = sketch_of({1, 1, 1, 100});
  for (int doubling = 0; doubling < 32; ++doubling) sketch.combine(sketch);
  EXPECT_EQ(sketch.count(), int64_t{4} << 32);
  sketch.remove(1);
  EXPECT_EQ(sketch.count(), (int64_t{4} << 32) - 1);
  EXPECT_LT(*sketch.quantile(0.749999999), 2);
  EXPECT_GT(*sketch.quantile(0.75), 2);
  const auto again = decoded(bytes_of(sketch));
  ASSERT_TRUE(again);
  EXPECT_EQ(bytes_of(*again), bytes_of(sketch));
  sketch.add(1);
  sketch.add(7);
  EXPECT_EQ(sketch.count(), (int64_t{4} << 32) + 1);
}

TEST(Sketch, TakesAboutTwoBytesForEachNonEmptyBucket) {
  std::mt19937_64 random(4);
  const std::vector<double> values = log_normal_values(random, 5000);
  std::vector<uint64_t> buckets;
  for (const double value : values) buckets.push_back(std::bit_cast<uint64_t>(value) >> 47);
  std::sort(buckets.begin(), buckets.end());
  const auto end = std::unique(buckets.begin(), buckets.end());
  const auto bucket_count = static_cast<size_t>(end - buckets.begin());
  EXPECT_LE(bytes_of(sketch_of(values)).size(), 2 * bucket_count + 8);
}

TEST(Sketch, DecodesWhatItEncoded) {
  std::mt19937_64 random(5);
  for (const auto& values : {signed_values(random, 300), random_bit_patterns(random, 300)}) {
    const Sketch sketch = sketch_of(values);
    auto again = decoded(bytes_of(sketch));
    ASSERT_TRUE(again);
    EXPECT_EQ(bytes_of(*again), bytes_of(sketch));
    for (const double value : values) again->remove(value);
    EXPECT_EQ(again->count(), 0);
  }
}

TEST(Sketch, RefusesBytesThatItWouldNotWrite) {
  struct Case {
    const char* what;
    std::string bytes;
    const char* message;
  };
  const std::string huge_count = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
  const Case cases[] = {
      {"no bytes", "", "the state ends early"},
      {"more buckets than bytes", huge_count + "\x02\x01", "the state ends early"},
      {"a count of zero", std::string("\x01\x02\x00", 3), "a count in the state is out of range"},
      {"a count beyond 2^53", "\x01\x02\x81\x80\x80\x80\x80\x80\x80\x10",
       "a count in the state is out of range"},
      {"a bucket above infinity's", "\x01\x86\xff\x0f\x01",
       "a bucket in the state is out of range"},
      {"a step beyond all buckets", "\x01" + huge_count + "\x01",
       "a bucket in the state is out of range"},
      {"a step past the last bucket", std::string("\x02\x84\xff\x0f\x01\x00\x01", 7),
       "a bucket in the state is out of range"},
      {"a padded step", std::string("\x01\x82\x00\x01", 4), "a number in the state is padded"},
  };
  for (const Case& c : cases) {
    const auto sketch = decoded(c.bytes);
    ASSERT_FALSE(sketch) << c.what;
    EXPECT_EQ(sketch.error().code, ErrorCode::kBadState) << c.what;
    EXPECT_EQ(sketch.error().message, c.message) << c.what;
  }
  EXPECT_TRUE(decoded("\x01\x84\xff\x0f\x01"));
}

TEST(Sketch, RefusesBytesCutAnywhere) {
  std::mt19937_64 random(6);
  const std::string bytes = bytes_of(sketch_of(signed_values(random, 200)));
  for (size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decoded(bytes.substr(0, size)));
}

}  // namespace
}  // namespace mseavro
