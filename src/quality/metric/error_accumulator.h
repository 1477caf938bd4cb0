// The accumulator behind every metric of an answer: initialise, update, retract, combine, finalize,
// encode, decode. Batch, stream and the engines that embed this library call these and nothing
// else.
//
// It is a commutative group: states add in any order and any grouping to the same bytes, retracting
// is the exact inverse of updating, and retracting everything gives the zero state back. A value,
// safe to read from several threads while none writes.
//
//   ErrorAccumulator state({.error_quantiles = true});
//   state.update(28.7, 30.1);
//   ErrorMetrics metrics = state.finalize();   // metrics.mse == (30.1 - 28.7) * (30.1 - 28.7)
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>

#include "mseavro/error.h"
#include "quality/exact/boxed.h"
#include "quality/exact/exact_sum.h"
#include "quality/stats/sketch.h"

namespace mseavro {

struct AccumulatorOptions {
  bool error_quantiles = false;  // Keep a sketch of |residual|: about 1 KiB a group.
  bool label_delay = false;      // Keep a sketch of label delays.
  friend bool operator==(const AccumulatorOptions&, const AccumulatorOptions&) = default;
};

// A number, or the reason why there is none:
//   "no_rows"         no row was scored (or more were retracted than updated)
//   "overflow"        a term or the result is beyond the largest double
//   "not_asked"       the option that keeps it was not set, here or in a state combined with this
//   "no_label_times"  no label came with a time
struct MetricValue {
  std::optional<double> value;
  const char* reason = nullptr;  // Static text; set exactly when there is no value.
};

struct ErrorMetrics {
  int64_t count = 0;
  MetricValue mse;   // mean of (actual - prediction)^2
  MetricValue rmse;  // sqrt(mse)
  MetricValue mae;   // mean of |actual - prediction|
  MetricValue bias;  // mean of (prediction - actual): positive = predicts too high
  // Quantiles of |actual - prediction|, nearest rank, to 1.6 %; the maximum is an upper bound.
  MetricValue abs_error_p50, abs_error_p90, abs_error_p95, abs_error_p99, max_abs_error;
  // Quantiles of label time - prediction time, in seconds.
  MetricValue label_delay_p50, label_delay_p95;
};

class ErrorAccumulator {
 public:
  explicit ErrorAccumulator(AccumulatorOptions options = {});

  // Takes one scored row in. Both must be finite. The residual is actual - prediction in IEEE
  // doubles; terms that overflow are counted, and the metrics that need them are null with reason
  // "overflow" until they are retracted.
  void update(double prediction, double actual) {
    const double residual = actual - prediction;
    const double square = residual * residual;
    ++count_;
    if (square <= std::numeric_limits<double>::max()) [[likely]] {
      squares_.add_magnitude(square);
      side_of(residual).add_magnitude(residual);
    } else {
      add_overflow(residual, 1);
    }
    if (error_sketch_) error_sketch_->add(std::abs(residual));
  }
  // Takes one scored row out: the exact inverse of update.
  void retract(double prediction, double actual) {
    const double residual = actual - prediction;
    const double square = residual * residual;
    --count_;
    if (square <= std::numeric_limits<double>::max()) [[likely]] {
      squares_.subtract_magnitude(square);
      side_of(residual).subtract_magnitude(residual);
    } else {
      add_overflow(residual, -1);
    }
    if (error_sketch_) error_sketch_->remove(std::abs(residual));
  }
  // The delay of a label, in seconds; may be negative. No-ops unless options.label_delay.
  void update_label_delay(double seconds) {
    if (delay_sketch_) delay_sketch_->add(seconds);
  }
  void retract_label_delay(double seconds) {
    if (delay_sketch_) delay_sketch_->remove(seconds);
  }

  // Adds or subtracts another state. A sketch that either lacks is lacking after.
  void combine(const ErrorAccumulator& other);
  void subtract(const ErrorAccumulator& other);

  ErrorMetrics finalize() const;
  int64_t count() const { return count_; }
  // Which sketches the state has now.
  AccumulatorOptions options() const;

  // Canonical bytes: equal states give equal bytes. Layout: docs/formats/metric_state.md.
  std::string encode() const;
  // Errors: kBadState.
  static Result<ErrorAccumulator> decode(std::span<const uint8_t> bytes);

 private:
  // The sign of the residual chooses between two sums, so that both mae (their sum) and bias (their
  // difference) are exact for the price of one addition a row.
  ExactSum& side_of(double residual) { return sides_[std::signbit(residual) ? 1 : 0]; }
  void add_overflow(double residual, int64_t amount);
  bool describes_rows() const;
  void finalize_moments(ErrorMetrics* metrics) const;

  int64_t count_ = 0;
  ExactSum squares_;
  std::array<ExactSum, 2> sides_;        // Sums of |residual|: of those >= 0, of those < 0.
  int64_t residual_overflow_count_ = 0;  // Rows in none of the sums: the residual is infinite.
  int64_t square_overflow_count_ = 0;    // Rows in the sums of residuals only.
  Boxed<Sketch> error_sketch_;
  Boxed<Sketch> delay_sketch_;
};

}  // namespace mseavro
