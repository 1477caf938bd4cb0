#include "events/source/text_rows.h"

#include "base/result/result.h"

namespace mseavro {

Result<bool> TextRows::next(ColumnBatch& batch) {
  batch.size = 0;
  batch.arena.clear();
  row_bytes_.resize(batch.capacity);
  lines_.resize(batch.capacity);
  first_record_ = next_record_;
  while (batch.size < batch.capacity) {
    MSEAVRO_ASSIGN(const bool more, read_record());
    if (!more) break;
    const std::string_view kept = batch.arena.copy(record_text());
    row_bytes_[batch.size] = kept;
    lines_[batch.size] = record_line();
    put_row(batch, batch.size++, kept);
  }
  next_record_ += static_cast<int64_t>(batch.size);
  return batch.size > 0;
}

}  // namespace mseavro
