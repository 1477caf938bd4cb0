#include "events/source/csv_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "avro/codec/decompressed_stream.h"
#include "base/result/result.h"
#include "events/source/text_cells.h"

namespace mseavro {
namespace {

// A header `a.b` is one field, however the name was typed.
std::string csv_name(const FieldPath& path) {
  return path.steps.size() == 1 ? path.steps[0].name : path.text();
}

tl::unexpected<Error> bad_header(std::string message, std::string help) {
  return fail(ErrorCode::kBadCsv, std::move(message), std::move(help), {}, {.line = 1});
}

}  // namespace

CsvFile::CsvFile(std::unique_ptr<ByteSource> source, const ScanOptions& options)
    : source_(std::move(source)),
      reader_(read_decompressed(*source_), options.limits, CsvReader::kAsInFirstLine) {}

Result<std::unique_ptr<CsvFile>> CsvFile::open(const std::string& path,
                                               const ScanOptions& options) {
  MSEAVRO_ASSIGN(auto source, open_file(path));
  std::unique_ptr<CsvFile> file(new CsvFile(std::move(source), options));
  Result<bool> has_header = file->reader_.next(&file->fields_);
  if (has_header && !*has_header) {
    has_header = bad_header("the file is empty, it has no header line",
                            "write the names of the fields in the first line");
  }
  if (!has_header) {
    has_header.error().place.file = path;
    return tl::unexpected<Error>(std::move(has_header.error()));
  }
  file->names_.assign(file->fields_.begin(), file->fields_.end());
  return file;
}

bool CsvFile::is_null(size_t field) const {
  const std::string_view text = fields_[field];
  if (!text.empty()) return false;
  // The reader's view of an empty field stands in the record, behind the opening quote if any.
  return text.data() == line_text().data() || text.data()[-1] != '"';
}

Result<std::unique_ptr<CsvRows>> CsvRows::open(std::unique_ptr<CsvFile> file,
                                               std::span<const RequestedColumn> columns) {
  std::unique_ptr<CsvRows> rows(new CsvRows(std::move(file)));
  const std::vector<std::string>& names = rows->file_->names();
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::string name = csv_name(columns[i].path);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) continue;
    if (std::find(found + 1, names.end(), name) != names.end()) {
      return bad_header(fmt::format("the header has the name '{}' twice", name),
                        "give one of the two fields another name");
    }
    rows->columns_.push_back(i);
    rows->fields_.push_back(static_cast<size_t>(found - names.begin()));
  }
  return rows;
}

void CsvRows::put_row(ColumnBatch& batch, size_t row, std::string_view kept) {
  const std::string_view line = file_->line_text();
  for (size_t i = 0; i < columns_.size(); ++i) {
    Column& column = batch.columns[columns_[i]];
    std::string_view text = file_->fields()[fields_[i]];
    if (file_->is_null(fields_[i])) {
      column.states[row] = CellState::kNull;
      continue;
    }
    // The reader's views end with the next record. Nearly all of them are parts of the line, which
    // is kept anyway; texts with doubled quotes are not.
    if (column.type == ColumnType::kText) {
      const size_t begin =
          reinterpret_cast<uintptr_t>(text.data()) - reinterpret_cast<uintptr_t>(line.data());
      const bool is_part = begin <= line.size() && text.size() <= line.size() - begin;
      text = is_part ? kept.substr(begin, text.size()) : batch.arena.copy(text);
    }
    set_cell(column, row, text);
  }
}

}  // namespace mseavro
