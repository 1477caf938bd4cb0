#include "quality/metric/error_accumulator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "quality/exact/testing/bit_sum.h"

namespace mseavro {
namespace {

constexpr double kLargest = std::numeric_limits<double>::max();
constexpr AccumulatorOptions kEverything{.error_quantiles = true, .label_delay = true};

struct Row {
  double prediction;
  double actual;
};

ErrorAccumulator state_of(const std::vector<Row>& rows, AccumulatorOptions options = {}) {
  ErrorAccumulator state(options);
  for (const Row& row : rows) state.update(row.prediction, row.actual);
  return state;
}

Result<ErrorAccumulator> decoded(const std::string& text) {
  return ErrorAccumulator::decode({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

// Residuals as a regression model has them.
std::vector<Row> ordinary_rows(std::mt19937_64& random, size_t count) {
  std::normal_distribution<double> normal;
  std::vector<Row> rows(count);
  for (Row& row : rows) row = {20 + 5 * normal(random), 20 + 5 * normal(random)};
  return rows;
}

// Every kind of row: ordinary, exact, tiny, huge, with overflowing squares and residuals.
std::vector<Row> extreme_rows(std::mt19937_64& random, size_t count) {
  std::vector<Row> rows = ordinary_rows(random, count);
  for (Row& row : rows) {
    switch (random() % 6) {
      case 0:
        row.actual = row.prediction;
        break;
      case 1:
        row = {1e-200 * row.prediction, -1e-170};
        break;
      case 2:
        row = {1e120 * row.prediction, -1e140};
        break;
      case 3:
        row = {1e200, row.actual};
        break;
      case 4:
        row = {-kLargest, kLargest};
        break;
      default:
        break;
    }
  }
  return rows;
}

std::vector<MetricValue> values_of(const ErrorMetrics& metrics) {
  return {metrics.mse,
          metrics.rmse,
          metrics.mae,
          metrics.bias,
          metrics.abs_error_p50,
          metrics.abs_error_p90,
          metrics.abs_error_p95,
          metrics.abs_error_p99,
          metrics.max_abs_error,
          metrics.label_delay_p50,
          metrics.label_delay_p95};
}

void expect_null(const MetricValue& metric, const char* reason) {
  EXPECT_EQ(metric.value, std::nullopt);
  EXPECT_STREQ(metric.reason, reason);
}

void expect_number(const MetricValue& metric, double expected) {
  ASSERT_TRUE(metric.value) << metric.reason;
  EXPECT_EQ(metric.reason, nullptr);
  EXPECT_EQ(std::bit_cast<uint64_t>(*metric.value), std::bit_cast<uint64_t>(expected))
      << *metric.value << " is not " << expected;
}

TEST(ErrorAccumulator, MeasuresOneRow) {
  const ErrorMetrics metrics = state_of({{28.7, 30.1}}).finalize();
  const double residual = 30.1 - 28.7;
  EXPECT_EQ(metrics.count, 1);
  expect_number(metrics.mse, residual * residual);
  expect_number(metrics.rmse, std::sqrt(residual * residual));
  expect_number(metrics.mae, residual);
  expect_number(metrics.bias, -residual);
}

TEST(ErrorAccumulator, BiasIsPositiveWhenPredictionsAreTooHigh) {
  const ErrorMetrics metrics = state_of({{5, 1}, {1, 2}}).finalize();
  expect_number(metrics.bias, 1.5);
  expect_number(metrics.mae, 2.5);
  expect_number(metrics.mse, 8.5);
}

TEST(ErrorAccumulator, ExactPredictionsHaveZeroErrorOfPositiveSign) {
  const ErrorMetrics metrics =
      state_of({{0.0, -0.0}, {-0.0, -0.0}, {7, 7}}, kEverything).finalize();
  for (const MetricValue& metric : {metrics.mse, metrics.rmse, metrics.mae, metrics.bias,
                                    metrics.abs_error_p50, metrics.max_abs_error}) {
    expect_number(metric, 0.0);
  }
}

TEST(ErrorAccumulator, EveryMeanIsAnExactSumRoundedOnceAndDivided) {
  std::mt19937_64 random(1);
  for (const size_t count : {1, 2, 10, 1000}) {
    const std::vector<Row> rows = ordinary_rows(random, count);
    testing::BitSum squares, magnitudes, excess;
    for (const Row& row : rows) {
      const double residual = row.actual - row.prediction;
      squares.add(residual * residual);
      magnitudes.add(std::abs(residual));
      excess.add(-residual);
    }
    const ErrorMetrics metrics = state_of(rows).finalize();
    const double n = static_cast<double>(count);
    expect_number(metrics.mse, squares.value() / n);
    expect_number(metrics.rmse, std::sqrt(squares.value() / n));
    expect_number(metrics.mae, magnitudes.value() / n);
    expect_number(metrics.bias, excess.value() / n);
  }
}

TEST(ErrorAccumulator, QuantilesAreThoseOfTheAbsoluteResidual) {
  std::vector<Row> rows;
  for (int error = 1; error <= 100; ++error) rows.push_back({error % 2 ? 1.0 * error : -error, 0});
  const ErrorMetrics metrics = state_of(rows, {.error_quantiles = true}).finalize();
  EXPECT_NEAR(*metrics.abs_error_p50.value, 50, 50 * 0.016);
  EXPECT_NEAR(*metrics.abs_error_p90.value, 90, 90 * 0.016);
  EXPECT_NEAR(*metrics.abs_error_p95.value, 95, 95 * 0.016);
  EXPECT_NEAR(*metrics.abs_error_p99.value, 99, 99 * 0.016);
  expect_number(metrics.max_abs_error, 102);
}

TEST(ErrorAccumulator, LabelDelaysMayBeNegativeAndCanBeRetracted) {
  ErrorAccumulator state = state_of({{1, 2}, {3, 4}}, kEverything);
  state.update_label_delay(-60);
  state.update_label_delay(3600);
  state.update_label_delay(1e9);
  state.retract_label_delay(1e9);
  const ErrorMetrics metrics = state.finalize();
  EXPECT_NEAR(*metrics.label_delay_p50.value, -60, 60 * 0.016);
  EXPECT_NEAR(*metrics.label_delay_p95.value, 3600, 3600 * 0.016);
}

TEST(ErrorAccumulator, NullsCarryTheirReason) {
  const ErrorMetrics empty = ErrorAccumulator(kEverything).finalize();
  EXPECT_EQ(empty.count, 0);
  for (const MetricValue& metric : values_of(empty)) expect_null(metric, "no_rows");

  const ErrorMetrics plain = state_of({{1, 2}}).finalize();
  for (const MetricValue& metric :
       {plain.abs_error_p50, plain.abs_error_p90, plain.abs_error_p95, plain.abs_error_p99,
        plain.max_abs_error, plain.label_delay_p50, plain.label_delay_p95}) {
    expect_null(metric, "not_asked");
  }

  const ErrorMetrics timeless = state_of({{1, 2}}, kEverything).finalize();
  expect_null(timeless.label_delay_p50, "no_label_times");
  expect_null(timeless.label_delay_p95, "no_label_times");
}

TEST(ErrorAccumulator, DelaysThatWereNotAskedForAreNotKept) {
  ErrorAccumulator state = state_of({{1, 2}});
  state.update_label_delay(5);
  EXPECT_EQ(state.encode(), state_of({{1, 2}}).encode());
}

TEST(ErrorAccumulator, AnInfiniteSquareTakesOnlyTheMetricsOfSquaresUntilRetracted) {
  ErrorAccumulator state = state_of({{1, 2}}, kEverything);
  const std::string before = state.encode();
  state.update(-1e200, 0);
  ErrorMetrics metrics = state.finalize();
  EXPECT_EQ(metrics.count, 2);
  expect_null(metrics.mse, "overflow");
  expect_null(metrics.rmse, "overflow");
  expect_number(metrics.mae, 1e200 / 2);
  expect_number(metrics.bias, -1e200 / 2);
  EXPECT_NEAR(*metrics.abs_error_p99.value / 1e200, 1, 0.016);

  state.retract(-1e200, 0);
  EXPECT_EQ(state.encode(), before);
  expect_number(state.finalize().mse, 1);
}

TEST(ErrorAccumulator, AnInfiniteResidualTakesEveryMeanUntilRetracted) {
  ErrorAccumulator state = state_of({{1, 2}, {1, 2}, {1, 2}}, kEverything);
  const std::string before = state.encode();
  state.update(kLargest, -kLargest);
  ErrorMetrics metrics = state.finalize();
  EXPECT_EQ(metrics.count, 4);
  for (const MetricValue& metric : {metrics.mse, metrics.rmse, metrics.mae, metrics.bias,
                                    metrics.abs_error_p99, metrics.max_abs_error}) {
    expect_null(metric, "overflow");
  }
  EXPECT_NEAR(*metrics.abs_error_p50.value, 1, 0.016);

  state.retract(kLargest, -kLargest);
  EXPECT_EQ(state.encode(), before);
  expect_number(state.finalize().mae, 1);
}

TEST(ErrorAccumulator, ASumBeyondTheLargestDoubleIsNullUntilRetracted) {
  ErrorAccumulator state = state_of({{0, 1.3e154}, {0, 1.3e154}});
  expect_null(state.finalize().mse, "overflow");
  expect_null(state.finalize().rmse, "overflow");
  expect_number(state.finalize().mae, 1.3e154);
  state.retract(0, 1.3e154);
  expect_number(state.finalize().mse, 1.3e154 * 1.3e154);

  ErrorAccumulator opposed = state_of({{0, kLargest}, {0, -kLargest}});
  expect_null(opposed.finalize().mae, "overflow");
  expect_number(opposed.finalize().bias, 0.0);
}

TEST(ErrorAccumulator, AnyOrderAndAnyMergeTreeGiveTheSameBytes) {
  std::mt19937_64 random(2);
  for (auto rows : {ordinary_rows(random, 300), extreme_rows(random, 300)}) {
    const std::string expected = state_of(rows, kEverything).encode();
    for (int round = 0; round < 10; ++round) {
      std::shuffle(rows.begin(), rows.end(), random);
      std::vector<ErrorAccumulator> states(1 + random() % 20, ErrorAccumulator(kEverything));
      for (const Row& row : rows) {
        states[random() % states.size()].update(row.prediction, row.actual);
      }
      while (states.size() > 1) {
        std::swap(states[random() % states.size()], states.back());
        const std::string last = states.back().encode();
        states.pop_back();
        states[random() % states.size()].combine(*decoded(last));
      }
      EXPECT_EQ(states.front().encode(), expected);
    }
  }
}

TEST(ErrorAccumulator, RetractingHalfAndAddingItAgainGivesTheSameBytes) {
  std::mt19937_64 random(3);
  for (const auto& rows : {ordinary_rows(random, 200), extreme_rows(random, 200)}) {
    ErrorAccumulator state = state_of(rows, kEverything);
    const std::string expected = state.encode();
    for (size_t index = 0; index < rows.size(); index += 2) {
      state.retract(rows[index].prediction, rows[index].actual);
    }
    EXPECT_NE(state.encode(), expected);
    for (size_t index = 0; index < rows.size(); index += 2) {
      state.update(rows[index].prediction, rows[index].actual);
    }
    EXPECT_EQ(state.encode(), expected);
  }
}

TEST(ErrorAccumulator, RetractingEverythingGivesTheZeroState) {
  std::mt19937_64 random(4);
  for (auto rows : {ordinary_rows(random, 200), extreme_rows(random, 200)}) {
    for (const AccumulatorOptions options : {AccumulatorOptions{}, kEverything}) {
      ErrorAccumulator state = state_of(rows, options);
      std::shuffle(rows.begin(), rows.end(), random);
      for (const Row& row : rows) state.retract(row.prediction, row.actual);
      EXPECT_EQ(state.encode(), ErrorAccumulator(options).encode());
    }
  }
}

TEST(ErrorAccumulator, SubtractingIsTheInverseOfCombining) {
  std::mt19937_64 random(5);
  ErrorAccumulator state = state_of(ordinary_rows(random, 50), kEverything);
  ErrorAccumulator other = state_of(extreme_rows(random, 50), kEverything);
  other.update_label_delay(77);
  const std::string expected = state.encode();
  state.combine(other);
  state.subtract(other);
  EXPECT_EQ(state.encode(), expected);
  state.subtract(state);
  EXPECT_EQ(state.encode(), ErrorAccumulator(kEverything).encode());
}

TEST(ErrorAccumulator, ADifferenceIsAStateButHasNoMetrics) {
  ErrorAccumulator difference = state_of({{0, 1}}, kEverything);
  difference.subtract(state_of({{0, 2}, {0, kLargest}, {-kLargest, kLargest}}, kEverything));
  EXPECT_EQ(difference.count(), -2);
  auto again = decoded(difference.encode());
  ASSERT_TRUE(again);
  for (const MetricValue& metric : values_of(again->finalize())) expect_null(metric, "no_rows");
  again->combine(state_of({{0, 2}, {0, kLargest}, {-kLargest, kLargest}}, kEverything));
  EXPECT_EQ(again->encode(), state_of({{0, 1}}, kEverything).encode());

  // As many rows as in an honest state, but less error than none.
  ErrorAccumulator negative = state_of({{0, 1}, {0, 1}});
  negative.retract(0, 2);
  expect_null(negative.finalize().rmse, "no_rows");
}

TEST(ErrorAccumulator, ASketchThatEitherStateLacksIsLackingAfter) {
  const ErrorAccumulator both = state_of({{1, 2}}, kEverything);
  const ErrorAccumulator errors_only = state_of({{3, 5}}, {.error_quantiles = true});
  for (const bool reversed : {false, true}) {
    ErrorAccumulator sum = reversed ? errors_only : both;
    sum.combine(reversed ? both : errors_only);
    EXPECT_EQ(sum.options(), errors_only.options());
    EXPECT_EQ(sum.encode(), state_of({{1, 2}, {3, 5}}, {.error_quantiles = true}).encode());
    sum.subtract(ErrorAccumulator());
    EXPECT_EQ(sum.options(), AccumulatorOptions{});
  }
}

TEST(ErrorAccumulator, ACopyIsIndependent) {
  std::mt19937_64 random(6);
  const ErrorAccumulator original = state_of(extreme_rows(random, 50), kEverything);
  const std::string expected = original.encode();
  ErrorAccumulator copy = original;
  for (const Row& row : extreme_rows(random, 50)) copy.update(row.prediction, row.actual);
  EXPECT_EQ(original.encode(), expected);
  EXPECT_NE(copy.encode(), expected);
}

TEST(ErrorAccumulator, IsSmallInMemoryAndOnDisk) {
  EXPECT_LE(sizeof(ErrorAccumulator), 320u);
  std::mt19937_64 random(7);
  EXPECT_LE(state_of(ordinary_rows(random, 10000)).encode().size(), 80u);
  std::vector<Row> wide;
  for (int power = -30; power <= 30; ++power) {
    wide.push_back({0, std::ldexp(1.1, power)});
    wide.push_back({0, -std::ldexp(1.3, power)});
  }
  EXPECT_LE(state_of(wide).encode().size(), 300u);
}

// The worked example of docs/formats/metric_state.md.
TEST(ErrorAccumulator, WritesItsDocumentedBytes) {
  const unsigned char example[] = {0x01, 0x01, 0x02,                                //
                                   0x06, 0x1f,                                      //
                                   0x00, 0x00, 0x00, 0x80, 0xbb, 0x47, 0xe1, 0x7a,  //
                                   0x14, 0xae, 0x0f, 0x00,                          //
                                   0x04, 0x20,                                      //
                                   0x38, 0x33, 0x33, 0x33, 0x33, 0x33, 0x0b, 0x00,  //
                                   0x00,                                            //
                                   0x01, 0x9c, 0xff, 0x0b, 0x01};
  const std::string bytes(std::begin(example), std::end(example));
  EXPECT_EQ(state_of({{28.7, 30.1}}, {.error_quantiles = true}).encode(), bytes);
  EXPECT_EQ(ErrorAccumulator().encode(), std::string("\x01\0\0\0\0\0", 6));
}

TEST(ErrorAccumulator, DecodesWhatItEncodedAndGoesOnFromThere) {
  std::mt19937_64 random(8);
  const std::vector<Row> rows = extreme_rows(random, 200);
  for (const AccumulatorOptions options :
       {AccumulatorOptions{}, {.error_quantiles = true}, {.label_delay = true}, kEverything}) {
    ErrorAccumulator state = state_of(rows, options);
    state.update_label_delay(-1.5);
    auto again = decoded(state.encode());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->options(), options);
    EXPECT_EQ(again->count(), 200);
    EXPECT_EQ(again->encode(), state.encode());
    again->retract_label_delay(-1.5);
    for (const Row& row : rows) again->retract(row.prediction, row.actual);
    EXPECT_EQ(again->encode(), ErrorAccumulator(options).encode());
  }
}

TEST(ErrorAccumulator, RefusesBytesThatItWouldNotWrite) {
  struct Case {
    const char* what;
    std::string bytes;
    const char* message;
  };
  const Case cases[] = {
      {"nothing", "", "the state ends early"},
      {"version 0", std::string("\0\0\0\0\0\0", 6),
       "the state has version 0, which this program does not know"},
      {"version 2", std::string("\x02\0\0\0\0\0", 6),
       "the state has version 2, which this program does not know"},
      {"unknown flag", std::string("\x01\x08\0\0\0\0", 6), "the state has unknown flags"},
      {"bytes left over", std::string("\x01\0\0\0\0\0\0", 7), "the state has bytes left over"},
      {"padded count", std::string("\x01\0\x80\0\0\0\0", 7), "a number in the state is padded"},
      {"count beyond 2^53", std::string("\x01\0\x82\x80\x80\x80\x80\x80\x80\x20\0\0\0", 13),
       "a count in the state is out of range"},
      {"overflow flag without overflows", std::string("\x01\x04\0\0\0\0\0\0", 8),
       "the state lists overflows but has none"},
      {"missing sketch", std::string("\x01\x01\0\0\0\0", 6), "the state ends early"},
  };
  for (const Case& c : cases) {
    const auto state = decoded(c.bytes);
    ASSERT_FALSE(state) << c.what;
    EXPECT_EQ(state.error().code, ErrorCode::kBadState) << c.what;
    EXPECT_EQ(state.error().message, c.message) << c.what;
  }
  EXPECT_TRUE(decoded(std::string("\x01\0\x80\x80\x80\x80\x80\x80\x80\x20\0\0\0", 13)));
}

TEST(ErrorAccumulator, RefusesBytesCutAnywhere) {
  std::mt19937_64 random(9);
  const std::string bytes = state_of(extreme_rows(random, 100), kEverything).encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto state = decoded(bytes.substr(0, size));
    ASSERT_FALSE(state) << size;
    EXPECT_EQ(state.error().code, ErrorCode::kBadState);
  }
}

// A flipped bit may give another valid state, but never one with two spellings, and never a metric
// that is not a number.
TEST(ErrorAccumulator, AFlippedBitIsRefusedOrIsAnotherCanonicalState) {
  std::mt19937_64 random(10);
  const std::string bytes = state_of(extreme_rows(random, 30), kEverything).encode();
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto state = decoded(flipped);
    if (!state) {
      EXPECT_EQ(state.error().code, ErrorCode::kBadState);
      continue;
    }
    EXPECT_EQ(state->encode(), flipped);
    for (const MetricValue& metric : values_of(state->finalize())) {
      EXPECT_TRUE(metric.value ? std::isfinite(*metric.value) : metric.reason != nullptr);
    }
  }
}

}  // namespace
}  // namespace mseavro
