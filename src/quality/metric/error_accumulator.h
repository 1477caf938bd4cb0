// The accumulator behind every metric of an answer: initialise, update, retract, combine, finalize,
// encode, decode. Batch, stream and the engines that embed this library call these and nothing else.
//
// It is a commutative group: states add in any order and any grouping to the same bytes, retracting
// is the exact inverse of updating, and retracting everything gives the zero state back.
//
//   ErrorAccumulator state({.error_quantiles = true});
//   state.update(28.7, 30.1);
//   ErrorMetrics metrics = state.finalize();   // metrics.mse == (30.1 - 28.7) * (30.1 - 28.7)
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "mseavro/error.h"
#include "quality/exact/exact_sum.h"
#include "quality/stats/sketch.h"

namespace mseavro {

struct AccumulatorOptions {
  bool error_quantiles = false;  // Keep a sketch of |residual|: about 1 KiB a group.
  bool label_delay = false;      // Keep a sketch of label delays.
  friend bool operator==(const AccumulatorOptions&, const AccumulatorOptions&) = default;
};

// A number, or the reason why there is none ("no_rows", "overflow", "not_asked", "no_label_times").
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
  void update(double prediction, double actual);
  // Takes one scored row out: the exact inverse of update.
  void retract(double prediction, double actual);
  // The delay of a label, in seconds; may be negative. No-ops unless options.label_delay.
  void update_label_delay(double seconds);
  void retract_label_delay(double seconds);

  // Adds or subtracts another state. A sketch that either lacks is lacking after.
  void combine(const ErrorAccumulator& other);
  void subtract(const ErrorAccumulator& other);

  ErrorMetrics finalize() const;
  int64_t count() const;
  const AccumulatorOptions& options() const;

  // Canonical bytes: equal states give equal bytes. Layout: docs/formats/metric_state.md.
  std::string encode() const;
  // Errors: kBadState.
  static Result<ErrorAccumulator> decode(std::span<const uint8_t> bytes);
};

}  // namespace mseavro
