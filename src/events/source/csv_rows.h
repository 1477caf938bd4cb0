// Batches from a CSV file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/io/byte_source.h"
#include "base/text/csv_reader.h"
#include "events/source/event_scan.h"

namespace mseavro {

// An open CSV file behind its header.
class CsvFile {
 public:
  // Errors: those of open_file and CsvReader, kBadCsv (no header), with place.file set.
  static Result<std::unique_ptr<CsvFile>> open(const std::string& path, const ScanOptions& options);

  const std::vector<std::string>& names() const { return names_; }

  // The next record; false at the end. Errors: those of CsvReader; kBadCsv when it has more or
  // fewer fields than the header.
  Result<bool> next();
  // Of that record, valid until the next one is read.
  const std::vector<std::string_view>& fields() const { return fields_; }
  std::string_view line_text() const { return reader_.raw(); }
  int64_t line() const { return reader_.line(); }
  // An empty field with quotes is an empty text, one without is no value.
  bool is_null(size_t field) const;

 private:
  CsvFile(std::unique_ptr<ByteSource> source, const ScanOptions& options);

  std::unique_ptr<ByteSource> source_;
  CsvReader reader_;
  std::vector<std::string> names_;
  std::vector<std::string_view> fields_;
};

// Reads file after file. Not thread-safe: one for each worker.
class CsvRows {
 public:
  // Starts on a file. Errors: kBadCsv when the header has a requested name twice.
  Status begin_file(std::unique_ptr<CsvFile> file, std::span<const RequestedColumn> columns);

  // The requested columns that the file has.
  const std::vector<size_t>& columns() const { return columns_; }

  // Fills those columns with the next rows. False at the end.
  Result<bool> next(ColumnBatch& batch);

  // Of the rows of the batch.
  int64_t first_record() const { return first_record_; }
  std::string_view row_bytes(size_t row) const { return row_bytes_[row]; }
  int64_t line(size_t row) const { return lines_[row]; }

 private:
  void put_row(ColumnBatch& batch, size_t row);

  std::unique_ptr<CsvFile> file_;
  std::vector<size_t> columns_;  // Requested column columns_[i] is field fields_[i].
  std::vector<size_t> fields_;
  std::vector<std::string_view> row_bytes_;
  std::vector<int64_t> lines_;
  int64_t first_record_ = 0;
  int64_t next_record_ = 0;
};

}  // namespace mseavro
