#include "quality/metric/error_accumulator.h"

#include "base/result/result.h"
#include "quality/exact/canonical_bytes.h"

namespace mseavro {
namespace {

// Do not renumber: in files.
constexpr uint8_t kVersion = 1;
constexpr uint8_t kErrorSketchFlag = 1;
constexpr uint8_t kDelaySketchFlag = 2;
constexpr uint8_t kOverflowFlag = 4;
constexpr uint8_t kKnownFlags = kErrorSketchFlag | kDelaySketchFlag | kOverflowFlag;

MetricValue null_because(const char* reason) { return {std::nullopt, reason}; }

MetricValue number(double value) {
  return std::isfinite(value) ? MetricValue{value, nullptr} : null_because("overflow");
}

MetricValue number_or(const std::optional<double>& value, const char* reason) {
  return value ? number(*value) : null_because(reason);
}

// Counts of decoded states are bounded so that no real use comes near the ends of int64_t; defined
// at them all the same.
int64_t wrapping_sum(int64_t left, int64_t right) {
  return static_cast<int64_t>(static_cast<uint64_t>(left) + static_cast<uint64_t>(right));
}

int64_t wrapping_difference(int64_t left, int64_t right) {
  return static_cast<int64_t>(static_cast<uint64_t>(left) - static_cast<uint64_t>(right));
}

void combine_sketch(Boxed<Sketch>* mine, const Boxed<Sketch>& other) {
  if (!other) mine->reset();
  if (*mine) (*mine)->combine(*other);
}

void subtract_sketch(Boxed<Sketch>* mine, const Boxed<Sketch>& other) {
  if (!other) mine->reset();
  if (*mine) (*mine)->subtract(*other);
}

}  // namespace

ErrorAccumulator::ErrorAccumulator(AccumulatorOptions options) {
  if (options.error_quantiles) error_sketch_.emplace();
  if (options.label_delay) delay_sketch_.emplace();
}

AccumulatorOptions ErrorAccumulator::options() const {
  return {.error_quantiles = static_cast<bool>(error_sketch_),
          .label_delay = static_cast<bool>(delay_sketch_)};
}

void ErrorAccumulator::add_overflow(double residual, int64_t amount) {
  if (std::isinf(residual)) {
    residual_overflow_count_ += amount;
    return;
  }
  square_overflow_count_ += amount;
  side_of(residual).add(amount > 0 ? std::abs(residual) : -std::abs(residual));
}

void ErrorAccumulator::combine(const ErrorAccumulator& other) {
  count_ = wrapping_sum(count_, other.count_);
  residual_overflow_count_ = wrapping_sum(residual_overflow_count_, other.residual_overflow_count_);
  square_overflow_count_ = wrapping_sum(square_overflow_count_, other.square_overflow_count_);
  squares_.combine(other.squares_);
  sides_[0].combine(other.sides_[0]);
  sides_[1].combine(other.sides_[1]);
  combine_sketch(&error_sketch_, other.error_sketch_);
  combine_sketch(&delay_sketch_, other.delay_sketch_);
}

void ErrorAccumulator::subtract(const ErrorAccumulator& other) {
  count_ = wrapping_difference(count_, other.count_);
  residual_overflow_count_ =
      wrapping_difference(residual_overflow_count_, other.residual_overflow_count_);
  square_overflow_count_ =
      wrapping_difference(square_overflow_count_, other.square_overflow_count_);
  squares_.remove(other.squares_);
  sides_[0].remove(other.sides_[0]);
  sides_[1].remove(other.sides_[1]);
  subtract_sketch(&error_sketch_, other.error_sketch_);
  subtract_sketch(&delay_sketch_, other.delay_sketch_);
}

// False for differences of states, and for forged ones, of which no mean can be taken.
bool ErrorAccumulator::describes_rows() const {
  return count_ > 0 && residual_overflow_count_ >= 0 && square_overflow_count_ >= 0 &&
         squares_.value() >= 0 && sides_[0].value() >= 0 && sides_[1].value() >= 0;
}

void ErrorAccumulator::finalize_moments(ErrorMetrics* metrics) const {
  const double count = static_cast<double>(count_);
  metrics->mse = metrics->rmse = metrics->mae = metrics->bias = null_because("overflow");
  if (residual_overflow_count_ > 0) return;
  ExactSum magnitude = sides_[0];
  magnitude.combine(sides_[1]);
  ExactSum excess = sides_[1];
  excess.remove(sides_[0]);
  metrics->mae = number(magnitude.value() / count);
  metrics->bias = number(excess.value() / count);
  if (square_overflow_count_ > 0) return;
  metrics->mse = number(squares_.value() / count);
  metrics->rmse = number(std::sqrt(squares_.value() / count));
}

ErrorMetrics ErrorAccumulator::finalize() const {
  ErrorMetrics metrics;
  metrics.count = count_;
  const bool has_rows = describes_rows();
  metrics.mse = metrics.rmse = metrics.mae = metrics.bias = null_because("no_rows");
  if (has_rows) finalize_moments(&metrics);

  const auto quantile = [&](const Boxed<Sketch>& sketch, double q, const char* reason) {
    if (!sketch) return null_because("not_asked");
    if (!has_rows) return null_because("no_rows");
    return number_or(sketch->quantile(q), reason);
  };
  metrics.abs_error_p50 = quantile(error_sketch_, 0.50, "no_rows");
  metrics.abs_error_p90 = quantile(error_sketch_, 0.90, "no_rows");
  metrics.abs_error_p95 = quantile(error_sketch_, 0.95, "no_rows");
  metrics.abs_error_p99 = quantile(error_sketch_, 0.99, "no_rows");
  metrics.max_abs_error = quantile(error_sketch_, 1.0, "no_rows");
  if (metrics.max_abs_error.value) metrics.max_abs_error = number(*error_sketch_->upper_bound());
  metrics.label_delay_p50 = quantile(delay_sketch_, 0.50, "no_label_times");
  metrics.label_delay_p95 = quantile(delay_sketch_, 0.95, "no_label_times");
  return metrics;
}

std::string ErrorAccumulator::encode() const {
  const bool overflowed = residual_overflow_count_ != 0 || square_overflow_count_ != 0;
  std::string out;
  append_byte(kVersion, &out);
  append_byte(static_cast<uint8_t>((error_sketch_ ? kErrorSketchFlag : 0) |
                                   (delay_sketch_ ? kDelaySketchFlag : 0) |
                                   (overflowed ? kOverflowFlag : 0)),
              &out);
  append_count(count_, &out);
  if (overflowed) {
    append_count(residual_overflow_count_, &out);
    append_count(square_overflow_count_, &out);
  }
  squares_.encode(&out);
  sides_[0].encode(&out);
  sides_[1].encode(&out);
  if (error_sketch_) error_sketch_->encode(&out);
  if (delay_sketch_) delay_sketch_->encode(&out);
  return out;
}

Result<ErrorAccumulator> ErrorAccumulator::decode(std::span<const uint8_t> bytes) {
  MSEAVRO_ASSIGN(const uint8_t version, take_byte(&bytes));
  if (version != kVersion) {
    return bad_state("the state has version " + std::to_string(version) +
                     ", which this program does not know");
  }
  MSEAVRO_ASSIGN(const uint8_t flags, take_byte(&bytes));
  if ((flags & ~kKnownFlags) != 0) return bad_state("the state has unknown flags");
  ErrorAccumulator state;
  MSEAVRO_ASSIGN(state.count_, take_count(&bytes));
  if ((flags & kOverflowFlag) != 0) {
    MSEAVRO_ASSIGN(state.residual_overflow_count_, take_count(&bytes));
    MSEAVRO_ASSIGN(state.square_overflow_count_, take_count(&bytes));
    if (state.residual_overflow_count_ == 0 && state.square_overflow_count_ == 0) {
      return bad_state("the state lists overflows but has none");
    }
  }
  MSEAVRO_ASSIGN(state.squares_, ExactSum::decode(&bytes));
  MSEAVRO_ASSIGN(state.sides_[0], ExactSum::decode(&bytes));
  MSEAVRO_ASSIGN(state.sides_[1], ExactSum::decode(&bytes));
  if ((flags & kErrorSketchFlag) != 0) {
    MSEAVRO_ASSIGN(state.error_sketch_.emplace(), Sketch::decode(&bytes));
  }
  if ((flags & kDelaySketchFlag) != 0) {
    MSEAVRO_ASSIGN(state.delay_sketch_.emplace(), Sketch::decode(&bytes));
  }
  if (!bytes.empty()) return bad_state("the state has bytes left over");
  return state;
}

}  // namespace mseavro
