#include "events/source/text_cells.h"

#include <algorithm>

#include "base/text/number_text.h"

namespace mseavro {

void set_cell(Column& column, size_t row, std::string_view text) {
  column.states[row] = CellState::kValue;
  switch (column.type) {
    case ColumnType::kText:
      column.texts[row] = text;
      return;
    case ColumnType::kNumber:
      if (const auto number = parse_number(text)) {
        column.numbers[row] = *number;
        return;
      }
      break;
    case ColumnType::kInteger:
      if (const auto integer = parse_integer(text)) {
        column.integers[row] = *integer;
        return;
      }
      break;
    case ColumnType::kAvroJson:
    case ColumnType::kPlainJson:
      break;
  }
  column.states[row] = is_null_word(text) ? CellState::kNull : CellState::kWrongType;
}

void ConstantColumns::fill(ColumnBatch& batch, size_t column, const std::string* text) {
  std::optional<const std::string*>& value = values_[column];
  if (value && (*value == text || (*value && text && **value == *text))) return;
  value = text;
  Column& cells = batch.columns[column];
  if (text == nullptr) {
    std::fill(cells.states.begin(), cells.states.end(), CellState::kNull);
    return;
  }
  for (size_t row = 0; row < batch.capacity; ++row) set_cell(cells, row, *text);
}

}  // namespace mseavro
