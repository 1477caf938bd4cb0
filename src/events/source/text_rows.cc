#include "events/source/text_rows.h"

#include "base/result/result.h"

namespace mseavro {

Result<bool> TextRows::next(ColumnBatch& batch) {
  batch.size = 0;
  batch.arena.clear();
  row_bytes_.resize(batch.capacity);
  lines_.resize(batch.capacity);
  malformed_rows_.clear();
  first_record_ = next_record_;
  while (batch.size < batch.capacity) {
    MSEAVRO_ASSIGN(const bool more, read_record());
    if (!more) break;
    const std::string_view kept = batch.arena.copy(record_text());
    row_bytes_[batch.size] = kept;
    lines_[batch.size] = record_line();
    const size_t row = batch.size++;
    if (is_malformed()) {
      malformed_rows_.push_back(static_cast<uint32_t>(row));
      for (const size_t column : columns_) batch.columns[column].states[row] = CellState::kNull;
    } else {
      put_row(batch, row, kept);
    }
  }
  next_record_ += static_cast<int64_t>(batch.size);
  return batch.size > 0;
}

}  // namespace mseavro
