#include "engine/evaluate/worker.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/result/kernel.h"

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
  reader.read(batch, rows.malformed_rows());
  accounting_.prediction_rows += static_cast<int64_t>(batch.size);
  const Column* version = reader.version(batch);
  const std::vector<const Column*> slices = reader.slices(batch);
  key_codes_.resize(batch.size);
  keys_.code_rows(spec_.mix_versions ? nullptr : version, slices, batch.size, key_codes_.data());
  predictions_ = reader.prediction(batch).numbers.data();
  actuals_ = reader.actual(batch) == nullptr ? nullptr : reader.actual(batch)->numbers.data();
  check_squared_errors(batch, reader);
  if (join_buffer_ != nullptr) {
    version_codes_.assign(batch.size, ValueTable::kNullCode);
    if (version != nullptr) versions_.code_column(*version, batch.size, version_codes_.data());
    join_rows(batch, reader);  // They get their panes when they are settled.
  } else {
    code_panes(reader, batch.size);
    score_rows(reader);
  }
  for (const uint32_t row : left_out_rows_.rows()) leave_out_row(reader, rows, row);
}

MSEAVRO_KERNEL void Worker::code_panes(const PredictionReader& reader, size_t row_count) {
  pane_codes_.resize(row_count);
  WindowTable& windows = panes_.windows();
  if (has_windows_) {
    for (size_t row = 0; row < row_count; ++row) pane_codes_[row] = windows.code(reader.times[row]);
  } else {
    std::ranges::fill(pane_codes_, windows.code(0));
  }
  panes_.code_rows(key_codes_, pane_codes_);
}

MSEAVRO_KERNEL void Worker::score_rows(const PredictionReader& reader) {
  sort_rows(reader);
  for (const uint32_t row : unlabelled_rows_.rows()) {
    ++panes_.pane(pane_codes_[row]).outcomes[Outcome::kUnlabelled];
  }
  for (const uint32_t row : labelled_rows_.rows()) {
    Pane& pane = panes_.pane(pane_codes_[row]);
    ++pane.outcomes[Outcome::kScored];
    pane.errors.update(predictions_[row], actuals_[row]);
  }
  accounting_.predictions[Outcome::kUnlabelled] +=
      static_cast<int64_t>(unlabelled_rows_.rows().size());
  accounting_.predictions[Outcome::kScored] += static_cast<int64_t>(labelled_rows_.rows().size());
  for (const uint32_t row : labelled_rows_.rows()) {
    if (!class_guard_.looks_binary()) break;
    class_guard_.see(predictions_[row], actuals_[row]);
  }
  if (reader.label_times.empty()) return;
  for (const uint32_t row : labelled_rows_.rows()) {
    if (reader.label_times[row] == kNoInstant || reader.times[row] == kNoInstant) continue;
    panes_.pane(pane_codes_[row])
        .errors.update_label_delay(delay_seconds(reader.times[row], reader.label_times[row]));
  }
}

// Sorts the rows by what becomes of them, without a branch on any: whether a row has a label is
// what predictors miss.
MSEAVRO_KERNEL void Worker::sort_rows(const PredictionReader& reader) {
  const auto row_count = static_cast<uint32_t>(reader.states.size());
  for (RowList* list : {&labelled_rows_, &unlabelled_rows_, &left_out_rows_}) {
    list->begin(row_count);
  }
  const bool may_refuse = !reader.label_times.empty();
  for (uint32_t row = 0; row < row_count; ++row) {
    const bool is_usable = reader.states[row] == RowState::kUsable;
    bool is_labelled = reader.has_actual[row] != 0;
    if (may_refuse) is_labelled = is_labelled && is_admitted(reader, row);
    labelled_rows_.add_if(is_usable & is_labelled, row);
    unlabelled_rows_.add_if(is_usable & !is_labelled, row);
  }
  if (labelled_rows_.rows().size() + unlabelled_rows_.rows().size() == row_count) return;
  for (uint32_t row = 0; row < row_count; ++row) {
    left_out_rows_.add_if(reader.states[row] != RowState::kUsable, row);
  }
}

// Whether an inline label counts: known at the as-of instant, and not too late.
bool Worker::is_admitted(const PredictionReader& reader, size_t row) const {
  if (reader.label_times[row] == kNoInstant) return true;
  if (spec_.as_of && reader.label_times[row] > *spec_.as_of) return false;
  return is_in_time(reader.times[row], reader.label_times[row], spec_.max_label_delay_micros);
}

void Worker::join_rows(const ColumnBatch& batch, const PredictionReader& reader) {
  left_out_rows_.begin(batch.size);
  for (uint32_t row = 0; row < batch.size; ++row) {
    const RowState state = reader.states[row];
    const bool is_joined = state == RowState::kUsable || state == RowState::kFiltered;
    left_out_rows_.add_if(!is_joined, row);
    if (is_joined) join_row(batch, reader, row);
  }
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
  // A row without a time has no window, one that is malformed no version, and it counts in the
  // run's totals only.
  const bool is_malformed =
      outcome == Outcome::kRejected && reader.reasons[row] == RejectReason::kMalformedRow;
  if (is_malformed) return;
  if (has_windows_ && reader.times[row] == kNoInstant) return;
  const Instant time = has_windows_ ? reader.times[row] : 0;
  ++panes_.pane(key_codes_[row], panes_.windows().code(time)).outcomes[outcome];
}

void Worker::take(const ColumnBatch& batch, LabelReader& reader, const EventScan::Worker& rows) {
  reader.read(batch, rows.malformed_rows());
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

MSEAVRO_KERNEL void Worker::check_squared_errors(const ColumnBatch& batch,
                                                 const PredictionReader& reader) {
  const Column* logged = reader.squared_error(batch);
  if (logged == nullptr || actuals_ == nullptr) return;
  int64_t defect_count = 0;
  for (size_t row = 0; row < batch.size; ++row) {
    const double residual = actuals_[row] - predictions_[row];
    const double expected = residual * residual;
    const double difference = std::abs(logged->numbers[row] - expected);
    // Two errors that overflow are equal, and no other is near them.
    const bool agrees =
        (logged->numbers[row] == expected) | ((expected <= std::numeric_limits<double>::max()) &
                                              (difference <= kSquaredErrorTolerance * expected));
    // Rows that are rejected for their numbers are no defect of the logged error.
    const bool is_compared = logged->has_value(row) & (reader.has_actual[row] != 0) &
                             (reader.states[row] != RowState::kRejected);
    defect_count += is_compared & !agrees;
  }
  accounting_.squared_error_defects += defect_count;
}

}  // namespace mseavro
