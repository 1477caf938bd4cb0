#include "events/source/avro_rows.h"

#include <utility>

#include "base/result/result.h"

namespace mseavro {

Result<std::shared_ptr<const AvroPlan>> make_avro_plan(std::shared_ptr<const Schema> schema,
                                                       std::span<const RequestedColumn> columns) {
  auto result = std::make_shared<AvroPlan>();
  std::vector<ColumnRequest> requests;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!find_node(*schema, columns[i].path)) continue;
    requests.push_back({columns[i].path, columns[i].type});
    result->columns.push_back(i);
  }
  MSEAVRO_ASSIGN(result->plan, ReadPlan::project(schema, requests));
  result->schema = std::move(schema);
  return result;
}

AvroRows::AvroRows(const ScanOptions& options)
    : options_(options), decompressor_(make_decompressor(codec_, options.limits)) {}

void AvroRows::begin_file(AvroFile& file) {
  file_ = &file;
  piece_.blocks.clear();
  next_block_ = 0;
  is_in_block_ = false;
  if (const Codec codec = file.reader->header().codec; codec != codec_) {
    decompressor_ = make_decompressor(codec, options_.limits);
    codec_ = codec;
  }
  if (file.plan == plan_) return;
  plan_ = file.plan;
  decoder_.emplace(plan_->plan, options_.limits);
  decoded_.emplace(plan_->plan->column_types(), options_.batch_row_count);
}

Result<bool> AvroRows::next(ColumnBatch& batch) {
  while (true) {
    if (is_in_block_) {
      exchange_columns(batch);
      const Result<bool> more = decoder_->next(*decoded_);
      exchange_columns(batch);
      if (!more) return file_->reader->error_in(more.error(), block_);
      if (*more) {
        batch.size = decoded_->size;
        first_record_ = std::exchange(next_record_, next_record_ + decoded_->size);
        return true;
      }
      is_in_block_ = false;
    }
    while (next_block_ == piece_.blocks.size()) {
      next_block_ = 0;
      piece_.blocks.clear();
      MSEAVRO_ASSIGN(const bool more, file_->reader->next(piece_));
      if (!more) return false;
    }
    MSEAVRO_TRY(begin_block(piece_.blocks[next_block_++]));
  }
}

Status AvroRows::begin_block(const Block& block) {
  block_ = block;
  next_record_ = 0;
  MSEAVRO_ASSIGN(const auto bytes, file_->reader->decompress(block, *decompressor_));
  decoder_->begin_block(bytes, block.record_count);
  is_in_block_ = true;
  return {};
}

// The decoder fills columns in the plan's order, the batch has them as they were requested; the
// buffers change places, no cell is copied.
void AvroRows::exchange_columns(ColumnBatch& batch) {
  for (size_t i = 0; i < plan_->columns.size(); ++i) {
    std::swap(decoded_->columns[i], batch.columns[plan_->columns[i]]);
  }
  std::swap(decoded_->row_begins, batch.row_begins);
}

}  // namespace mseavro
