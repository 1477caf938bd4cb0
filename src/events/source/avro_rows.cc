#include "events/source/avro_rows.h"

#include <algorithm>
#include <utility>

#include "base/result/result.h"

namespace mseavro {
namespace {

// Four times as much fits into a processor's cache, and twice that for each thread into anything.
constexpr size_t kLargeBlockBytes = 1 << 20;

// Where an error is that says nothing of a block.
int64_t block_of(const Error& error) {
  return error.place.block >= 0 ? error.place.block : INT64_MAX;
}

}  // namespace

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

AvroRows::Lane::Lane(const ScanOptions& options, const ReadPlan& plan)
    : blocks(options.limits), batch(plan.column_types(), options.batch_row_count) {}

bool AvroRows::Lane::is_large() const {
  return std::max(blocks.block().bytes.size(), blocks.bytes().size()) > kLargeBlockBytes;
}

AvroRows::AvroRows(const ScanOptions& options) : options_(options) {}

void AvroRows::begin_file(AvroFile& file) {
  error_.reset();
  if (file.plan != plan_) {
    plan_ = file.plan;
    decoder_.emplace(plan_->plan, options_.limits);
    lanes_.clear();
  }
  // Salvage decodes a block twice, which would be in the way of the other lanes.
  const bool takes_one = options_.salvage || !options_.reads_blocks_together;
  lane_limit_ = takes_one ? 1 : decoder_->lane_count();
  for (Lane& lane : lanes_) lane.begin_file(file);
  file_ = &file;
}

void AvroRows::Lane::begin_file(AvroFile& file) {
  blocks.begin_file(*file.reader);
  is_open = false;
  is_at_end = false;
}

Result<bool> AvroRows::next(ColumnBatch& batch) {
  if (lent_ != nullptr) exchange_columns(*std::exchange(lent_, nullptr), batch);
  do {
    for (Lane& lane : lanes_) {
      if (!std::exchange(lane.has_rows, false)) continue;
      exchange_columns(lane, batch);
      lent_ = &lane;
      batch.size = lane.batch.size;
      return true;
    }
    close_lanes();
    open_lanes();
  } while (fill_lanes());
  if (error_) return tl::unexpected(*std::exchange(error_, std::nullopt));
  return false;
}

int64_t AvroRows::first_open_block() const {
  int64_t first = block();
  for (const Lane& lane : lanes_) {
    if (lane.is_open) first = std::min(first, lane.blocks.block().index);
  }
  return first;
}

// Closes lanes whose blocks are done, or behind an error.
void AvroRows::close_lanes() {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = lanes_[i];
    if (!lane.is_open) continue;
    const Result<bool> more = decoder_->has_more(i);
    if (!more) note(lane.blocks.error(more.error()).value());
    lane.is_open = more && *more && is_before_error(lane);
    if (!lane.is_open && lane.is_large()) lane.blocks.release_memory();
  }
}

// Gives each free lane a block. One with a large block has the memory to itself.
void AvroRows::open_lanes() {
  const auto has_large = [](const Lane& lane) { return lane.is_open && lane.is_large(); };
  if (std::ranges::any_of(lanes_, has_large)) return;
  for (size_t i = 0; i < lane_limit_; ++i) {
    if (i == lanes_.size()) lanes_.emplace_back(options_, *plan_->plan).begin_file(*file_);
    Lane& lane = lanes_[i];
    if (lane.is_open || lane.is_at_end) continue;
    const auto check = [&](const BlockReader&) { return check_block(lane); };
    const Result<bool> found = lane.blocks.next(check);
    if (!found) note(found.error());
    lane.is_open = found && *found && is_before_error(lane);
    lane.is_at_end = !lane.is_open;
    if (!lane.is_open) continue;
    begin_block(i);
    lane.next_record = 0;
    if (lane.is_large()) return;
  }
}

// False when no lane is open.
bool AvroRows::fill_lanes() {
  ColumnDecoder::LaneBatches batches{};
  bool is_any_open = false;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (!lanes_[i].is_open) continue;
    is_any_open = true;
    batches[i] = &lanes_[i].batch;
    if (!lanes_[i].is_large()) continue;
    batches = {};
    batches[i] = &lanes_[i].batch;
    break;
  }
  if (!is_any_open) return false;
  decoder_->fill(batches);
  for (size_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = lanes_[i];
    if (batches[i] == nullptr) continue;
    lane.has_rows = lane.batch.size > 0;
    lane.next_record += static_cast<int64_t>(lane.batch.size);
  }
  return true;
}

void AvroRows::begin_block(size_t index) {
  const BlockReader& blocks = lanes_[index].blocks;
  decoder_->begin_block(blocks.bytes(), blocks.block().record_count, index);
}

Status AvroRows::check_block(Lane& lane) {
  decoder_->begin_block(lane.blocks.bytes(), lane.blocks.block().record_count);
  while (true) {
    MSEAVRO_ASSIGN(const bool more, decoder_->next(lane.batch));
    if (!more) return {};
  }
}

// The error that remains is the one that reading block by block would have met.
void AvroRows::note(const Error& error) {
  if (!error_ || block_of(error) < block_of(*error_)) error_ = error;
}

bool AvroRows::is_before_error(const Lane& lane) const {
  return !error_ || lane.blocks.block().index < block_of(*error_);
}

// The decoder fills columns in the plan's order, the batch has them as they were requested; the
// buffers change places, no cell is copied.
void AvroRows::exchange_columns(Lane& lane, ColumnBatch& batch) {
  for (size_t i = 0; i < plan_->columns.size(); ++i) {
    std::swap(lane.batch.columns[i], batch.columns[plan_->columns[i]]);
  }
  std::swap(lane.batch.row_begins, batch.row_begins);
}

}  // namespace mseavro
