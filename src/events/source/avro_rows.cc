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

AvroRows::AvroRows(const ScanOptions& options) : options_(options), blocks_(options.limits) {}

void AvroRows::begin_file(AvroFile& file) {
  blocks_.begin_file(*file.reader);
  is_in_block_ = false;
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
      if (!more) return blocks_.error(more.error());
      if (*more) {
        batch.size = decoded_->size;
        first_record_ = std::exchange(next_record_, next_record_ + decoded_->size);
        return true;
      }
      is_in_block_ = false;
    }
    const auto check = [this](const BlockReader& blocks) { return check_block(blocks); };
    MSEAVRO_ASSIGN(const bool has_block, blocks_.next(check));
    if (!has_block) return false;
    begin_block(blocks_);
    is_in_block_ = true;
  }
}

void AvroRows::begin_block(const BlockReader& blocks) {
  decoder_->begin_block(blocks.bytes(), blocks.block().record_count);
  next_record_ = 0;
}

Status AvroRows::check_block(const BlockReader& blocks) {
  begin_block(blocks);
  while (true) {
    MSEAVRO_ASSIGN(const bool more, decoder_->next(*decoded_));
    if (!more) return {};
  }
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
