#include "events/source/distinct_counter.h"

#include <gtest/gtest.h>

#include <string>

#include "base/result/hash.h"

namespace mseavro {
namespace {

constexpr auto kExact = static_cast<int64_t>(DistinctCounter::kExactCountMax);

// Counts the numbers from 0, each several times and in another order.
DistinctCounter::Count count(int64_t distinct, int64_t step = 1, int64_t repeats = 1) {
  DistinctCounter counter;
  for (int64_t round = 0; round < repeats; ++round) {
    for (int64_t i = 0; i < distinct; ++i) {
      counter.add(hash_bytes(std::to_string(i * step % distinct)));
    }
  }
  return counter.count();
}

TEST(DistinctCounter, IsExactUpToItsBound) {
  for (const int64_t distinct : {int64_t{0}, int64_t{1}, int64_t{1000}, kExact - 1, kExact}) {
    EXPECT_EQ(count(distinct).value, distinct);
    EXPECT_FALSE(count(distinct, 1, 4).is_estimate) << distinct;
    EXPECT_EQ(count(distinct, 1, 4).value, distinct);
  }
}

TEST(DistinctCounter, EstimatesBeyondIt) {
  for (const int64_t distinct : {kExact + 1, 2 * kExact, int64_t{200'000}}) {
    const auto [value, is_estimate] = count(distinct);
    EXPECT_TRUE(is_estimate);
    EXPECT_NEAR(static_cast<double>(value), static_cast<double>(distinct), 0.025 * distinct);
  }
}

TEST(DistinctCounter, DoesNotDependOnOrderOrRepeats) {
  // 7 has no divisor in common with the count.
  EXPECT_EQ(count(100'000).value, count(100'000, 7).value);
  EXPECT_EQ(count(100'000).value, count(100'000, 1, 3).value);
}

}  // namespace
}  // namespace mseavro
