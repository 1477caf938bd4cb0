#include "base/columns/column.h"

namespace mseavro {

void TextArena::clear() {
  // One piece is kept: it is enough for nearly every batch, and a single huge text is given back.
  if (pieces_.size() > 1 || (!pieces_.empty() && pieces_.front().size > kPieceBytes)) {
    pieces_.clear();
    free_ = nullptr;
    free_size_ = 0;
  } else if (!pieces_.empty()) {
    free_ = pieces_.front().bytes.get();
    free_size_ = pieces_.front().size;
  }
}

void TextArena::add_piece(size_t size) {
  if (size < kPieceBytes) size = kPieceBytes;
  pieces_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
  free_ = pieces_.back().bytes.get();
  free_size_ = size;
}

ColumnBatch::ColumnBatch(const std::vector<ColumnType>& types, size_t batch_capacity)
    : capacity(batch_capacity), row_begins(batch_capacity + 1) {
  columns.reserve(types.size());
  for (ColumnType type : types) columns.emplace_back(type, capacity);
}

}  // namespace mseavro
