// Batches from a file of JSON lines: an object in each line, as services log them; plain or
// compressed (avro/codec/decompressed_stream.h).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/io/byte_source.h"
#include "base/text/json_document.h"
#include "base/text/line_reader.h"
#include "events/source/text_rows.h"

namespace mseavro {

// A member is found by its path, objects in objects included; one that is null or absent is null.
// Numbers, true and false are values, whatever the column is, and texts where no number is asked
// for: a text in quotes is no number, as in Avro. Arrays and objects are of a wrong type. A path
// key stands in for a member that a line does not have.
class JsonRows final : public TextRows {
 public:
  // Errors: those of open_file, with place.file set.
  static Result<std::unique_ptr<JsonRows>> open(const InputFile& file,
                                                std::span<const RequestedColumn> columns,
                                                const ScanOptions& options);

 private:
  JsonRows(std::unique_ptr<ByteSource> source, const InputFile& file,
           std::span<const RequestedColumn> columns, const ScanOptions& options);

  // Errors: those of LineReader; those of JsonDocument but kBadJson.
  Result<bool> read_record() override;
  // A line that is no JSON object.
  bool is_malformed() const override { return is_malformed_; }
  std::string_view record_text() const override { return line_; }
  int64_t record_line() const override { return lines_.line(); }
  void put_row(ColumnBatch& batch, size_t row, std::string_view kept) override;

  std::unique_ptr<ByteSource> source_;
  const InputFile& file_;
  const Limits limits_;
  LineReader lines_;
  std::vector<FieldPath> paths_;  // Of the columns.
  std::string_view line_;
  JsonDocument document_;
  bool is_malformed_ = false;
};

struct JsonField {
  FieldPath path;
  bool has_strings = false;
};

// All members in the first lines that are no objects themselves, in the order in which
// they appear. Errors: those of LineReader and JsonDocument, and kBadJson when it is no object, of
// the first line; what is wrong behind it is for the reader of all rows to count or report.
Result<std::vector<JsonField>> list_json_fields(const std::string& path,
                                                const ScanOptions& options);

}  // namespace mseavro
