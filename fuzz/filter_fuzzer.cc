// Whatever text is a filter, it asks for fields whose paths can be written again, decides every row
// without harm, and never keeps a row together with its negation's.
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"
#include "engine/question/filter.h"

namespace {

// Rows in which all fields are null, of a wrong type, or have a value.
constexpr size_t kRowCount = 3;

mseavro::ColumnBatch make_rows(const mseavro::Filter& filter) {
  std::vector<mseavro::ColumnType> types;
  for (const mseavro::FilterColumn& column : filter.columns()) types.push_back(column.type);
  mseavro::ColumnBatch rows(types, kRowCount);
  for (mseavro::Column& column : rows.columns) {
    column.states = {mseavro::CellState::kNull, mseavro::CellState::kWrongType,
                     mseavro::CellState::kValue};
  }
  return rows;
}

bool keeps(const mseavro::Filter& filter, size_t row) {
  std::vector<size_t> indexes(filter.columns().size());
  std::iota(indexes.begin(), indexes.end(), 0);
  return filter.keeps(make_rows(filter), indexes, row);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto filter = mseavro::Filter::parse(text);
  if (!filter) {
    MSEAVRO_CHECK(filter.error().code == mseavro::ErrorCode::kBadFilter);
    MSEAVRO_CHECK(filter.error().message.starts_with("--where, column "));
    return 0;
  }
  for (const mseavro::FilterColumn& column : filter->columns()) {
    const auto again = mseavro::FieldPath::parse(column.path.text());
    MSEAVRO_CHECK(again && *again == column.path);
  }
  const auto negation = mseavro::Filter::parse("not (" + text + ")");
  for (size_t row = 0; row < kRowCount; ++row) {
    const bool is_kept = keeps(*filter, row);
    if (negation) MSEAVRO_CHECK(!is_kept || !keeps(*negation, row));
  }
  return 0;
}
