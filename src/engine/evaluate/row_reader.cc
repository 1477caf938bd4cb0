#include "engine/evaluate/row_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "base/result/ascii.h"
#include "base/result/kernel.h"
#include "base/result/result.h"
#include "base/text/number_text.h"
#include "engine/evaluate/source.h"

namespace mseavro {
namespace {

// Counts that may have decimals are read from their text.
bool is_time_read_from_text(const BoundRole& bound) {
  return bound.time.form == TimeReading::Form::kText || bound.kind == FieldKind::kText ||
         bound.kind == FieldKind::kNumber;
}

size_t add_role(ColumnList& columns, const BoundRole* bound, ColumnType type) {
  return bound == nullptr ? kNoColumn : columns.add(bound->path, type);
}

size_t add_time_role(ColumnList& columns, const BoundRole* bound, TimeReading* reading) {
  if (bound == nullptr) return kNoColumn;
  *reading = bound->time;
  return columns.add(bound->path,
                     is_time_read_from_text(*bound) ? ColumnType::kText : ColumnType::kInteger);
}

// The instant in a row of a time column; kNoInstant where there is none that can be read. The one
// instant that is kNoInstant itself, 290,308 years ago, cannot be told from none.
Instant instant_at(const Column& column, size_t row, const TimeReading& reading,
                   const TimeZone& zone) {
  if (!column.has_value(row)) return kNoInstant;
  const auto instant = column.type == ColumnType::kText
                           ? read_instant(reading, column.texts[row], zone)
                           : read_instant(reading, column.integers[row], zone);
  return instant.value_or(kNoInstant);
}

// What a `deleted` column holds, in any case of letters: Avro booleans and what CSV writers make of
// them.
std::optional<bool> read_flag(std::string_view text) {
  const std::string lower = to_lower(text);
  if (lower == "true" || lower == "t" || lower == "1") return true;
  if (lower == "false" || lower == "f" || lower == "0") return false;
  return std::nullopt;
}

// Without a branch on any number: x - x is 0, or NaN when x is not finite.
MSEAVRO_KERNEL bool all_finite(std::span<const double> numbers) {
  constexpr size_t kStride = 8;
  std::array<double, kStride> sums{};
  size_t i = 0;
  for (; i + kStride <= numbers.size(); i += kStride) {
    for (size_t j = 0; j < kStride; ++j) sums[j] += numbers[i + j] - numbers[i + j];
  }
  for (; i < numbers.size(); ++i) sums[0] += numbers[i] - numbers[i];
  return std::ranges::none_of(sums, [](double sum) { return std::isnan(sum); });
}

MSEAVRO_KERNEL bool all_in(std::span<const CellState> states, CellState greatest) {
  uint8_t found = 0;
  for (const CellState state : states) found = std::max(found, static_cast<uint8_t>(state));
  return found <= static_cast<uint8_t>(greatest);
}

}  // namespace

size_t ColumnList::add(const FieldPath& path, ColumnType type) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].path == path && columns_[i].type == type) return i;
  }
  columns_.push_back({path, type});
  return columns_.size() - 1;
}

void NumberColumn::bind(const BoundRole* bound, ColumnList& columns) {
  if (bound == nullptr) return;
  column_ = columns.add(bound->path, bound->parses_texts ? ColumnType::kText : ColumnType::kNumber);
  if (bound->parses_texts) parsed_.emplace(ColumnType::kNumber, 0);
}

void NumberColumn::read(const ColumnBatch& batch) {
  if (!parsed_) return;
  const Column& texts = batch.columns[column_];
  parsed_->states = texts.states;
  parsed_->numbers.resize(batch.size);
  for (size_t row = 0; row < batch.size; ++row) {
    if (!texts.has_value(row)) continue;
    const std::string_view text = texts.texts[row];
    const auto number = parse_number(text);
    parsed_->numbers[row] = number.value_or(0);
    if (number) continue;
    parsed_->states[row] = is_null_word(text) ? CellState::kNull : CellState::kWrongType;
  }
}

void IdColumn::bind(const BoundRole* bound, ColumnList& columns) {
  if (bound == nullptr) return;
  parts_.push_back(columns.add(bound->path, ColumnType::kText));
  for (const FieldPath& path : bound->further_paths) {
    parts_.push_back(columns.add(path, ColumnType::kText));
  }
}

void IdColumn::read(const ColumnBatch& batch) {
  if (parts_.size() < 2) return;
  keys_.states.assign(batch.size, CellState::kValue);
  keys_.texts.resize(batch.size);
  bytes_.clear();
  key_begins_.assign(1, 0);
  for (size_t row = 0; row < batch.size; ++row) {
    write_key(batch, row);
    key_begins_.push_back(bytes_.size());
  }
  for (size_t row = 0; row < batch.size; ++row) {
    keys_.texts[row] =
        std::string_view(bytes_).substr(key_begins_[row], key_begins_[row + 1] - key_begins_[row]);
  }
}

// Each part stands behind its size, so that "a,b" and "c" are not "a" and "b,c".
void IdColumn::write_key(const ColumnBatch& batch, size_t row) {
  for (const size_t part : parts_) {
    const Column& column = batch.columns[part];
    if (!column.has_value(row)) {
      keys_.states[row] = column.states[row];
      return;
    }
    const uint64_t size = column.texts[row].size();
    bytes_.append(reinterpret_cast<const char*>(&size), sizeof(size));
    bytes_ += column.texts[row];
  }
}

PredictionReader::PredictionReader(const Spec& spec, const RoleMapping& mapping,
                                   const std::optional<Filter>& filter,
                                   std::shared_ptr<const TimeZone> zone, ReadNeeds needs)
    : spec_(spec), filter_(filter), zone_(std::move(zone)), needs_(needs) {
  prediction_.bind(mapping.find(Role::kPrediction), columns_);
  actual_.bind(mapping.find(Role::kActual), columns_);
  version_column_ = add_role(columns_, mapping.find(Role::kModelVersion), ColumnType::kText);
  time_column_ = add_time_role(columns_, mapping.find(Role::kTimestamp), &time_reading_);
  label_time_column_ =
      add_time_role(columns_, mapping.find(Role::kLabelTimestamp), &label_time_reading_);
  squared_error_.bind(mapping.find(Role::kSquaredError), columns_);
  if (needs_.id) id_.bind(mapping.find(Role::kPredictionId), columns_);
  for (const FieldPath& path : spec_.by) {
    slice_columns_.push_back(columns_.add(column_path(path, mapping), ColumnType::kText));
  }
  if (!filter_) return;
  for (const FilterColumn& column : filter_->columns()) {
    filter_columns_.push_back(columns_.add(column_path(column.path, mapping), column.type));
  }
}

std::vector<const Column*> PredictionReader::slices(const ColumnBatch& batch) const {
  std::vector<const Column*> columns;
  for (size_t column : slice_columns_) columns.push_back(&batch.columns[column]);
  return columns;
}

void PredictionReader::read(const ColumnBatch& batch, std::span<const uint32_t> malformed_rows) {
  prediction_.read(batch);
  actual_.read(batch);
  squared_error_.read(batch);
  states.resize(batch.size);
  reasons.resize(batch.size);
  has_actual.resize(batch.size);
  read_numbers(batch);
  for (const uint32_t row : malformed_rows) {
    states[row] = RowState::kRejected;
    reasons[row] = RejectReason::kMalformedRow;
  }
  if (needs_.id) {
    id_.read(batch);
    read_ids(batch);
  }
  read_times(batch);
  read_label_times(batch);
  apply_time_range(batch.size);
  if (filter_) apply_filter(batch);
}

void PredictionReader::read_numbers(const ColumnBatch& batch) {
  const Column& predictions = prediction(batch);
  std::ranges::fill(states, RowState::kUsable);
  if (!all_in(std::span(predictions.states).first(batch.size), CellState::kValue) ||
      !all_finite(std::span(predictions.numbers).first(batch.size))) {
    reject_predictions(predictions);
  }
  const Column* actuals = actual(batch);
  if (actuals == nullptr) {
    std::ranges::fill(has_actual, 0);
    return;
  }
  for (size_t row = 0; row < batch.size; ++row) has_actual[row] = actuals->has_value(row);
  // What stands in the cells of nulls is not known: if it is not finite the rows are looked at.
  if (!all_in(std::span(actuals->states).first(batch.size), CellState::kNull) ||
      !all_finite(std::span(actuals->numbers).first(batch.size))) {
    reject_actuals(*actuals);
  }
}

void PredictionReader::reject_predictions(const Column& predictions) {
  for (size_t row = 0; row < states.size(); ++row) {
    if (predictions.has_value(row) && std::isfinite(predictions.numbers[row])) continue;
    states[row] = RowState::kRejected;
    reasons[row] = predictions.states[row] == CellState::kNull ? RejectReason::kMissingPrediction
                   : predictions.has_value(row)                ? RejectReason::kPredictionNotFinite
                                                               : RejectReason::kPredictionWrongType;
  }
}

void PredictionReader::reject_actuals(const Column& actuals) {
  for (size_t row = 0; row < states.size(); ++row) {
    const CellState state = actuals.states[row];
    const bool is_good = state == CellState::kNull ||
                         (state == CellState::kValue && std::isfinite(actuals.numbers[row]));
    if (is_good || states[row] == RowState::kRejected) continue;
    states[row] = RowState::kRejected;
    reasons[row] = state == CellState::kWrongType ? RejectReason::kActualWrongType
                                                  : RejectReason::kActualNotFinite;
  }
}

void PredictionReader::read_ids(const ColumnBatch& batch) {
  const Column& ids = *id_.get(batch);
  for (size_t row = 0; row < batch.size; ++row) {
    if (ids.has_value(row) || states[row] == RowState::kRejected) [[likely]]
      continue;
    states[row] = RowState::kRejected;
    reasons[row] =
        ids.states[row] == CellState::kNull ? RejectReason::kMissingId : RejectReason::kIdWrongType;
  }
}

void PredictionReader::read_times(const ColumnBatch& batch) {
  times.resize(batch.size);
  if (time_column_ == kNoColumn) {
    std::fill(times.begin(), times.end(), kNoInstant);
    return;
  }
  const Column& column = batch.columns[time_column_];
  if (read_plain_times(column)) return;
  for (size_t row = 0; row < batch.size; ++row) {
    times[row] = instant_at(column, row, time_reading_, *zone_);
    if (times[row] != kNoInstant || !needs_.time || states[row] == RowState::kRejected) continue;
    states[row] = RowState::kRejected;
    reasons[row] = column.states[row] == CellState::kNull ? RejectReason::kMissingTimestamp
                                                          : RejectReason::kBadTimestamp;
  }
}

// The commonest form, when all rows of the batch have it.
MSEAVRO_KERNEL bool PredictionReader::read_plain_times(const Column& column) {
  const auto micros = micros_per_count(time_reading_);
  if (!micros || column.type != ColumnType::kInteger ||
      !all_in(std::span(column.states).first(times.size()), CellState::kValue)) {
    return false;
  }
  uint64_t sizes = 0;
  for (size_t row = 0; row < times.size(); ++row) {
    const int64_t count = column.integers[row];
    sizes |= static_cast<uint64_t>(count ^ (count >> 63));
    times[row] =
        static_cast<int64_t>(static_cast<uint64_t>(count) * static_cast<uint64_t>(*micros));
  }
  // No product has wrapped, and none is kNoInstant.
  return sizes < static_cast<uint64_t>(INT64_MAX / *micros);
}

void PredictionReader::read_label_times(const ColumnBatch& batch) {
  const Column* column = at(batch, label_time_column_);
  if (column == nullptr && !spec_.as_of) return;
  if (column != nullptr) label_times.resize(batch.size);
  for (size_t row = 0; row < batch.size; ++row) {
    if (column != nullptr) {
      label_times[row] = instant_at(*column, row, label_time_reading_, *zone_);
      if (label_times[row] != kNoInstant) continue;
    }
    if (!has_actual[row] || states[row] == RowState::kRejected) continue;
    const bool is_null = column == nullptr || column->states[row] == CellState::kNull;
    // Nobody can say whether such a label was known at the as-of instant.
    if (is_null && !spec_.as_of) continue;
    states[row] = RowState::kRejected;
    reasons[row] =
        is_null ? RejectReason::kMissingLabelTimestamp : RejectReason::kBadLabelTimestamp;
  }
}

void PredictionReader::apply_time_range(size_t row_count) {
  if (!spec_.from && !spec_.to && !spec_.as_of) return;
  const Instant from = spec_.from.value_or(INT64_MIN);
  const Instant to = spec_.to.value_or(INT64_MAX);
  const Instant as_of = spec_.as_of.value_or(INT64_MAX);
  for (size_t row = 0; row < row_count; ++row) {
    if (states[row] != RowState::kUsable) continue;
    if (times[row] > as_of) {
      states[row] = RowState::kAfterAsOf;
    } else if (times[row] < from || times[row] >= to) {
      states[row] = RowState::kFiltered;
    }
  }
}

void PredictionReader::apply_filter(const ColumnBatch& batch) {
  for (size_t row = 0; row < batch.size; ++row) {
    if (states[row] != RowState::kUsable) continue;
    if (!filter_->keeps(batch, filter_columns_, row)) states[row] = RowState::kFiltered;
  }
}

LabelReader::LabelReader(const RoleMapping& mapping, std::shared_ptr<const TimeZone> zone,
                         ReadNeeds needs)
    : zone_(std::move(zone)), needs_(needs) {
  id_.bind(mapping.find(Role::kPredictionId), columns_);
  actual_.bind(mapping.find(Role::kActual), columns_);
  time_column_ = add_time_role(columns_, mapping.find(Role::kLabelTimestamp), &time_reading_);
  deleted_column_ = add_role(columns_, mapping.find(Role::kDeleted), ColumnType::kText);
}

void LabelReader::read(const ColumnBatch& batch, std::span<const uint32_t> malformed_rows) {
  actual_.read(batch);
  id_.read(batch);
  states.resize(batch.size);
  reasons.resize(batch.size);
  labels.resize(batch.size);
  const Column& ids = *id_.get(batch);
  const Column& actuals = *actual_.get(batch);
  const auto reject = [&](size_t row, RejectReason reason) {
    states[row] = RowState::kRejected;
    reasons[row] = reason;
  };
  for (size_t row = 0; row < batch.size; ++row) {
    states[row] = RowState::kUsable;
    JoinLabel& label = labels[row];
    label = {};
    if (!ids.has_value(row)) {
      reject(row, ids.states[row] == CellState::kNull ? RejectReason::kMissingId
                                                      : RejectReason::kIdWrongType);
      continue;
    }
    label.id = ids.texts[row];
    if (deleted_column_ != kNoColumn &&
        batch.columns[deleted_column_].states[row] != CellState::kNull) {
      const Column& column = batch.columns[deleted_column_];
      const auto deleted = column.has_value(row) ? read_flag(column.texts[row]) : std::nullopt;
      if (!deleted) {
        reject(row, RejectReason::kBadDeleted);
        continue;
      }
      label.is_deleted = *deleted;
    }
    if (!label.is_deleted) {
      if (actuals.states[row] == CellState::kNull) {
        reject(row, RejectReason::kMissingActual);
        continue;
      }
      if (actuals.states[row] == CellState::kWrongType) {
        reject(row, RejectReason::kActualWrongType);
        continue;
      }
      if (!std::isfinite(actuals.numbers[row])) {
        reject(row, RejectReason::kActualNotFinite);
        continue;
      }
      label.actual = actuals.numbers[row];
    }
    if (time_column_ == kNoColumn) continue;
    const Column& times = batch.columns[time_column_];
    if (times.states[row] == CellState::kNull) {
      if (needs_.time) reject(row, RejectReason::kMissingLabelTimestamp);
      continue;
    }
    label.time = instant_at(times, row, time_reading_, *zone_);
    if (label.time == kNoInstant) reject(row, RejectReason::kBadLabelTimestamp);
  }
  for (const uint32_t row : malformed_rows) reject(row, RejectReason::kMalformedRow);
}

}  // namespace mseavro
