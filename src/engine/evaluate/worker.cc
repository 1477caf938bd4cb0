#include "engine/evaluate/worker.h"

#include <cmath>

namespace mseavro {
namespace {

// Relative; DESIGN section 4.
constexpr double kSquaredErrorTolerance = 1e-9;

Outcome outcome_of(RowState state) {
  switch (state) {
    case RowState::kFiltered:
      return Outcome::kFiltered;
    case RowState::kAfterAsOf:
      return Outcome::kAfterAsOf;
    default:
      return Outcome::kRejected;
  }
}

}  // namespace

Worker::Worker(const Spec& spec, std::shared_ptr<const TimeZone> zone, AccumulatorOptions options,
               bool joins, bool keeps_dead_letters)
    : spec_(spec),
      has_windows_(spec.window.kind != WindowKind::kNone),
      keeps_dead_letters_(keeps_dead_letters),
      keys_(spec.by.size()),
      panes_(spec, std::move(zone), options),
      join_buffer_(joins ? std::make_unique<JoinBuffer>() : nullptr) {}

void Worker::take(const ColumnBatch& batch, PredictionReader& reader,
                  const EventScan::Worker& rows) {
  reader.read(batch);
  accounting_.prediction_rows += static_cast<int64_t>(batch.size);
  const Column* version = reader.version(batch);
  const std::vector<const Column*> slices = reader.slices(batch);
  key_codes_.resize(batch.size);
  keys_.code_rows(spec_.mix_versions ? nullptr : version, slices, batch.size, key_codes_.data());
  predictions_ = reader.prediction(batch).numbers.data();
  actuals_ = reader.actual(batch) == nullptr ? nullptr : reader.actual(batch)->numbers.data();
  check_squared_errors(batch, reader);
  // Rows that wait in the join get their panes when they are settled.
  if (join_buffer_ == nullptr) code_panes(reader, batch.size);
  if (join_buffer_ != nullptr) {
    version_codes_.assign(batch.size, ValueTable::kNullCode);
    if (version != nullptr) {
      versions_.code_column(*version, batch.size, version_codes_.data());
    }
  }
  for (size_t row = 0; row < batch.size; ++row) {
    const RowState state = reader.states[row];
    if (join_buffer_ != nullptr && (state == RowState::kUsable || state == RowState::kFiltered)) {
      join_row(batch, reader, row);
    } else if (state == RowState::kUsable) [[likely]] {
      score_row(reader, row);
    } else {
      leave_out_row(reader, rows, row);
    }
  }
}

void Worker::code_panes(const PredictionReader& reader, size_t row_count) {
  pane_codes_.resize(row_count);
  for (size_t row = 0; row < row_count; ++row) {
    const Instant time = has_windows_ ? reader.times[row] : 0;
    pane_codes_[row] = panes_.windows().code(time);
  }
  for (size_t row = 0; row < row_count; ++row) {
    pane_codes_[row] = panes_.code(key_codes_[row], pane_codes_[row]);
  }
}

void Worker::score_row(const PredictionReader& reader, size_t row) {
  Pane& pane = panes_.pane(pane_codes_[row]);
  if (!reader.has_actual[row] || !is_admitted(reader, row)) {
    ++pane.outcomes[Outcome::kUnlabelled];
    ++accounting_.predictions[Outcome::kUnlabelled];
    return;
  }
  ++pane.outcomes[Outcome::kScored];
  ++accounting_.predictions[Outcome::kScored];
  pane.errors.update(predictions_[row], actuals_[row]);
  class_guard_.see(predictions_[row], actuals_[row]);
  if (reader.label_times.empty()) return;
  if (reader.label_times[row] == kNoInstant || reader.times[row] == kNoInstant) return;
  pane.errors.update_label_delay(delay_seconds(reader.times[row], reader.label_times[row]));
}

// Whether an inline label counts: known at the as-of instant, and not too late.
bool Worker::is_admitted(const PredictionReader& reader, size_t row) const {
  if (reader.label_times.empty() || reader.label_times[row] == kNoInstant) return true;
  if (spec_.as_of && reader.label_times[row] > *spec_.as_of) return false;
  return is_in_time(reader.times[row], reader.label_times[row], spec_.max_label_delay_micros);
}

void Worker::join_row(const ColumnBatch& batch, const PredictionReader& reader, size_t row) {
  JoinPrediction prediction;
  prediction.id = reader.id(batch)->texts[row];
  prediction.time = reader.times[row];
  prediction.prediction = predictions_[row];
  prediction.key = key_codes_[row];
  prediction.version = version_codes_[row];
  prediction.is_filtered = reader.states[row] == RowState::kFiltered;
  prediction.has_label = reader.has_actual[row] != 0;
  if (prediction.has_label) {
    prediction.label.actual = actuals_[row];
    if (!reader.label_times.empty()) prediction.label.time = reader.label_times[row];
  }
  join_buffer_->add(prediction);
}

void Worker::leave_out_row(const PredictionReader& reader, const EventScan::Worker& rows,
                           size_t row) {
  const Outcome outcome = outcome_of(reader.states[row]);
  ++accounting_.predictions[outcome];
  if (outcome == Outcome::kRejected) {
    ++accounting_.rejected_predictions[static_cast<size_t>(reader.reasons[row])];
    keep_dead_letter(reader.reasons[row], rows, row);
  }
  // A row without a time has no window, and counts in the run's totals only.
  if (has_windows_ && reader.times[row] == kNoInstant) return;
  const Instant time = has_windows_ ? reader.times[row] : 0;
  ++panes_.pane(key_codes_[row], panes_.windows().code(time)).outcomes[outcome];
}

void Worker::take(const ColumnBatch& batch, LabelReader& reader, const EventScan::Worker& rows) {
  reader.read(batch);
  accounting_.label_rows += static_cast<int64_t>(batch.size);
  for (size_t row = 0; row < batch.size; ++row) {
    if (reader.states[row] == RowState::kUsable) {
      join_buffer_->add(reader.labels[row]);
      continue;
    }
    ++accounting_.labels[static_cast<size_t>(LabelOutcome::kRejected)];
    ++accounting_.rejected_labels[static_cast<size_t>(reader.reasons[row])];
    keep_dead_letter(reader.reasons[row], rows, row);
  }
}

void Worker::keep_dead_letter(RejectReason reason, const EventScan::Worker& rows, size_t row) {
  if (!keeps_dead_letters_) return;
  const BatchPlace place = rows.place();
  DeadLetter letter;
  letter.reason = reject_reason_name(reason);
  letter.source = place.file->path;
  if (place.file->format == FileFormat::kAvro) {
    letter.block = place.block;
    letter.record = place.first_record + static_cast<int64_t>(row);
  } else {
    letter.line = rows.line(row);
  }
  letter.raw = rows.row_bytes(row);
  dead_letters_.push_back(std::move(letter));
}

void Worker::check_squared_errors(const ColumnBatch& batch, const PredictionReader& reader) {
  const Column* logged = reader.squared_error(batch);
  if (logged == nullptr || actuals_ == nullptr) return;
  for (size_t row = 0; row < batch.size; ++row) {
    if (!logged->has_value(row) || !reader.has_actual[row]) continue;
    const double residual = actuals_[row] - predictions_[row];
    const double expected = residual * residual;
    const double difference = std::abs(logged->numbers[row] - expected);
    // Two errors that overflow are equal, and no other is near them.
    const bool agrees =
        logged->numbers[row] == expected ||
        (std::isfinite(expected) && difference <= kSquaredErrorTolerance * expected);
    // Rows that are rejected for their numbers are no defect of the logged error.
    accounting_.squared_error_defects += !agrees && reader.states[row] != RowState::kRejected;
  }
}

}  // namespace mseavro
