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
#include "events/source/text_rows.h"

namespace mseavro {

// An open CSV file behind its header, plain or compressed (avro/codec/decompressed_stream.h).
class CsvFile {
 public:
  // Errors: those of open_file and CsvReader, kBadCsv (no header), with place.file set.
  static Result<std::unique_ptr<CsvFile>> open(const std::string& path, const ScanOptions& options);

  const std::vector<std::string>& names() const { return names_; }

  // The next record; false at the end. Errors: those of CsvReader.
  Result<bool> next() { return reader_.next(&fields_); }
  // Whether it has more or fewer fields than the header.
  bool is_malformed() const { return fields_.size() != names_.size(); }
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

class CsvRows final : public TextRows {
 public:
  // Errors: kBadCsv when the header has a requested name twice.
  static Result<std::unique_ptr<CsvRows>> open(std::unique_ptr<CsvFile> file,
                                               std::span<const RequestedColumn> columns);

 private:
  explicit CsvRows(std::unique_ptr<CsvFile> file) : file_(std::move(file)) {}

  Result<bool> read_record() override { return file_->next(); }
  bool is_malformed() const override { return file_->is_malformed(); }
  std::string_view record_text() const override { return file_->line_text(); }
  int64_t record_line() const override { return file_->line(); }
  void put_row(ColumnBatch& batch, size_t row, std::string_view kept) override;

  std::unique_ptr<CsvFile> file_;
  std::vector<size_t> fields_;  // Requested column columns_[i] is field fields_[i].
};

}  // namespace mseavro
