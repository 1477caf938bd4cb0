// Cells whose values come as text: fields of CSV files and path keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/columns/column.h"
#include "events/source/input_files.h"

namespace mseavro {

// Puts what `text` means in a column of that type. Where a number is asked for, kNull for a word
// that says null (is_null_word) and kWrongType for anything else that is no number. A kText column
// keeps the view.
void set_cell(Column& column, size_t row, std::string_view text);

// The columns of a batch whose rows all have one value in a file. They are filled when the value
// changes, not for every batch, so whoever fills a column by rows says so.
class ConstantColumns {
 public:
  explicit ConstantColumns(size_t column_count) : values_(column_count) {}

  // `text`, which must outlive the batch, in all rows; nullptr for null.
  void fill(ColumnBatch& batch, size_t column, const std::string* text);
  void set_varying(size_t column) { values_[column].reset(); }

 private:
  std::vector<std::optional<const std::string*>> values_;  // nullopt: the column varies.
};

}  // namespace mseavro
