// What one thread does with the rows it reads: score them at once, or deal them to the join.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/evaluate/accounting.h"
#include "engine/evaluate/class_guard.h"
#include "engine/evaluate/dead_letters.h"
#include "engine/evaluate/row_reader.h"
#include "engine/join/label_join.h"
#include "engine/state/key_table.h"
#include "engine/state/pane_table.h"

namespace mseavro {

// Rows of a batch, gathered without a branch on which ones.
class RowList {
 public:
  // Starts anew, with room for `row_count` rows.
  void begin(size_t row_count) {
    if (rows_.size() <= row_count) rows_.resize(row_count + 1);
    size_ = 0;
  }
  void add_if(bool is_member, uint32_t row) {
    rows_[size_] = row;
    size_ += is_member;
  }
  std::span<const uint32_t> rows() const { return {rows_.data(), size_}; }

 private:
  std::vector<uint32_t> rows_;
  size_t size_ = 0;
};

class Worker {
 public:
  // `joins`: usable rows wait in joins() instead of being scored.
  Worker(const Spec& spec, std::shared_ptr<const TimeZone> zone, AccumulatorOptions options,
         bool joins, bool keeps_dead_letters);

  // Takes the rows of a batch. `rows` says where they are from.
  void take(const ColumnBatch& batch, PredictionReader& reader, const EventScan::Worker& rows);
  void take(const ColumnBatch& batch, LabelReader& reader, const EventScan::Worker& rows);

  const KeyTable& keys() const { return keys_; }
  const ValueTable& versions() const { return versions_; }
  const PaneTable& panes() const { return panes_; }
  JoinBuffer& joins() { return *join_buffer_; }
  const Accounting& accounting() const { return accounting_; }
  const ClassGuard& class_guard() const { return class_guard_; }
  std::vector<DeadLetter>& dead_letters() { return dead_letters_; }

 private:
  // Writes pane_codes_ of all rows that have a place: those with a time, or all without windows.
  void code_panes(const PredictionReader& reader, size_t row_count);
  void score_rows(const PredictionReader& reader);
  void sort_rows(const PredictionReader& reader);
  void join_rows(const ColumnBatch& batch, const PredictionReader& reader);
  void join_row(const ColumnBatch& batch, const PredictionReader& reader, size_t row);
  void leave_out_row(const PredictionReader& reader, const EventScan::Worker& rows, size_t row);
  void keep_dead_letter(RejectReason reason, const EventScan::Worker& rows, size_t row);
  void check_squared_errors(const ColumnBatch& batch, const PredictionReader& reader);
  bool is_admitted(const PredictionReader& reader, size_t row) const;

  Spec spec_;
  bool has_windows_;
  bool keeps_dead_letters_;
  KeyTable keys_;
  ValueTable versions_;  // For the join only.
  PaneTable panes_;
  std::unique_ptr<JoinBuffer> join_buffer_;
  Accounting accounting_;
  ClassGuard class_guard_;
  std::vector<DeadLetter> dead_letters_;

  // Of the batch at hand; kept for their memory.
  std::vector<uint32_t> key_codes_;
  std::vector<uint32_t> version_codes_;
  std::vector<uint32_t> pane_codes_;
  RowList labelled_rows_;
  RowList unlabelled_rows_;
  RowList left_out_rows_;
  const double* predictions_ = nullptr;
  const double* actuals_ = nullptr;
};

}  // namespace mseavro
