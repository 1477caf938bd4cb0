// Rows of a file whose values are text: a CSV file or JSON lines. Not thread-safe: one reader for
// each worker and file.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "events/source/event_scan.h"

namespace mseavro {

class TextRows {
 public:
  virtual ~TextRows() = default;

  // The requested columns that the rows fill; the others are the file's constants.
  const std::vector<size_t>& columns() const { return columns_; }

  // Fills those columns with the next rows. False at the end.
  Result<bool> next(ColumnBatch& batch);

  // Of the rows of the batch.
  int64_t first_record() const { return first_record_; }
  std::string_view row_bytes(size_t row) const { return row_bytes_[row]; }
  int64_t line(size_t row) const { return lines_[row]; }
  // Rows whose records are malformed. All cells that they would fill are null.
  std::span<const uint32_t> malformed_rows() const { return malformed_rows_; }

 protected:
  // To the next record; false at the end.
  virtual Result<bool> read_record() = 0;
  // Whether that record cannot be taken apart: it is counted then, and the next one is read.
  virtual bool is_malformed() const = 0;
  // The text of that record, and the line that it begins on.
  virtual std::string_view record_text() const = 0;
  virtual int64_t record_line() const = 0;
  // Fills a row with it. `kept` is record_text() with the life of the batch.
  virtual void put_row(ColumnBatch& batch, size_t row, std::string_view kept) = 0;

  std::vector<size_t> columns_;

 private:
  std::vector<std::string_view> row_bytes_;
  std::vector<int64_t> lines_;
  std::vector<uint32_t> malformed_rows_;
  int64_t first_record_ = 0;
  int64_t next_record_ = 0;
};

}  // namespace mseavro
