// From column batches to rows with a meaning: roles read, times converted, bad rows told apart.
//
// A reader is made once for a source from its mapping (it says which columns the scan must decode)
// and then turns each batch into parallel arrays. Everything is columnwise: one loop a role.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/evaluate/accounting.h"
#include "engine/question/filter.h"
#include "engine/question/spec.h"
#include "events/role/role.h"
#include "events/source/event_scan.h"

namespace mseavro {

// What happens to a row before labels are looked at.
enum class RowState : uint8_t { kUsable, kFiltered, kAfterAsOf, kRejected };

inline constexpr size_t kNoColumn = SIZE_MAX;

// The columns of a source, each asked for once.
class ColumnList {
 public:
  // The index of the column, a new one when it was not asked for before.
  size_t add(const FieldPath& path, ColumnType type);
  const std::vector<RequestedColumn>& columns() const { return columns_; }

 private:
  std::vector<RequestedColumn> columns_;
};

// What a source must be read for, beyond what its mapping offers.
struct ReadNeeds {
  bool id = false;
  bool time = false;  // Rows without a timestamp cannot be used.
};

// The column of a number role. Numbers that are kept as text are parsed, when the user allowed it.
class NumberColumn {
 public:
  // Adds the column that `bound` needs; nothing when it is nullptr.
  void bind(const BoundRole* bound, ColumnList& columns);
  // Parses the batch's texts, if numbers are texts here.
  void read(const ColumnBatch& batch);
  // The numbers of the batch last read; nullptr when the role is not mapped.
  const Column* get(const ColumnBatch& batch) const {
    if (column_ == kNoColumn) return nullptr;
    return parsed_ ? &*parsed_ : &batch.columns[column_];
  }

 private:
  size_t column_ = kNoColumn;
  std::optional<Column> parsed_;
};

// The column of ids. The parts of a composite key are written one behind the other, so that no
// other parts give the same text; a part that is missing or wrong makes the key so.
class IdColumn {
 public:
  // Adds the columns that `bound` needs; nothing when it is nullptr.
  void bind(const BoundRole* bound, ColumnList& columns);
  // Writes the batch's keys, if they have several parts.
  void read(const ColumnBatch& batch);
  // The ids of the batch last read; nullptr when the role is not mapped.
  const Column* get(const ColumnBatch& batch) const {
    if (parts_.empty()) return nullptr;
    return parts_.size() == 1 ? &batch.columns[parts_.front()] : &keys_;
  }

 private:
  void write_key(const ColumnBatch& batch, size_t row);

  std::vector<size_t> parts_;  // Columns.
  Column keys_{ColumnType::kText, 0};
  std::string bytes_;  // Of the batch's keys, one behind the other.
  std::vector<size_t> key_begins_;
};

class PredictionReader {
 public:
  PredictionReader(const Spec& spec, const RoleMapping& mapping,
                   const std::optional<Filter>& filter, std::shared_ptr<const TimeZone> zone,
                   ReadNeeds needs);

  const std::vector<RequestedColumn>& columns() const { return columns_.columns(); }

  // Fills the arrays below for the rows of the batch, of which those in `malformed_rows` have no
  // values.
  void read(const ColumnBatch& batch, std::span<const uint32_t> malformed_rows = {});

  // Of the last batch, valid until the next read(). Index = row.
  std::vector<RowState> states;
  std::vector<RejectReason> reasons;  // Where the state is kRejected.
  std::vector<Instant> times;         // kNoInstant when there is none.
  std::vector<uint8_t> has_actual;    // 1 where the event carries its actual.
  std::vector<Instant> label_times;   // Of inline labels; empty when the role is not mapped.

  const Column& prediction(const ColumnBatch& batch) const { return *prediction_.get(batch); }
  // nullptr when the role is not mapped.
  const Column* actual(const ColumnBatch& batch) const { return actual_.get(batch); }
  const Column* id(const ColumnBatch& batch) const { return id_.get(batch); }
  const Column* version(const ColumnBatch& batch) const { return at(batch, version_column_); }
  const Column* squared_error(const ColumnBatch& batch) const { return squared_error_.get(batch); }
  std::vector<const Column*> slices(const ColumnBatch& batch) const;

 private:
  static const Column* at(const ColumnBatch& batch, size_t column) {
    return column == kNoColumn ? nullptr : &batch.columns[column];
  }
  void read_numbers(const ColumnBatch& batch);
  void reject_predictions(const Column& predictions);
  void reject_actuals(const Column& actuals);
  void read_ids(const ColumnBatch& batch);
  void read_times(const ColumnBatch& batch);
  bool read_plain_times(const Column& column);
  void read_label_times(const ColumnBatch& batch);
  void apply_filter(const ColumnBatch& batch);
  void apply_time_range(size_t row_count);

  Spec spec_;
  std::optional<Filter> filter_;
  std::shared_ptr<const TimeZone> zone_;
  ReadNeeds needs_;
  ColumnList columns_;
  NumberColumn prediction_;
  NumberColumn actual_;
  NumberColumn squared_error_;
  IdColumn id_;
  size_t version_column_ = kNoColumn;
  size_t time_column_ = kNoColumn;
  size_t label_time_column_ = kNoColumn;
  std::vector<size_t> slice_columns_;
  std::vector<size_t> filter_columns_;
  TimeReading time_reading_;
  TimeReading label_time_reading_;
};

class LabelReader {
 public:
  LabelReader(const RoleMapping& mapping, std::shared_ptr<const TimeZone> zone, ReadNeeds needs);

  const std::vector<RequestedColumn>& columns() const { return columns_.columns(); }

  // As PredictionReader::read.
  void read(const ColumnBatch& batch, std::span<const uint32_t> malformed_rows = {});

  std::vector<RowState> states;  // kUsable or kRejected.
  std::vector<RejectReason> reasons;
  std::vector<JoinLabel> labels;  // Ids are views into the batch or the reader.

 private:
  ColumnList columns_;
  std::shared_ptr<const TimeZone> zone_;
  ReadNeeds needs_;
  NumberColumn actual_;
  IdColumn id_;
  size_t time_column_ = kNoColumn;
  size_t deleted_column_ = kNoColumn;
  TimeReading time_reading_;
};

}  // namespace mseavro
