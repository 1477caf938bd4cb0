// What the tests of lanes share. Blocks that are read together must come out as when they are read
// one by one: the same rows, the same errors at the same places, whatever the schema and whatever
// is wrong with the bytes.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "avro/wire/column_decoder.h"
#include "avro/wire/lane_walk.h"
#include "avro/wire/testing/random_data.h"
#include "avro/wire/testing/wire_testing.h"

namespace mseavro {

struct BlockSample {
  std::string bytes;
  int64_t record_count = 0;
};
using BlockSamples = std::array<BlockSample, kLaneCount>;

// What reading a block came to.
struct Reading {
  Rows rows;
  std::string error;
  friend bool operator==(const Reading&, const Reading&) = default;
};

inline std::string describe(const Error& error) {
  return error.message + " at record " + std::to_string(error.place.record) + ", byte " +
         std::to_string(error.place.byte);
}

inline void take_rows(const ColumnBatch& batch, Reading* reading) {
  for (size_t row = 0; row < batch.size; ++row) {
    auto& cells = reading->rows.emplace_back();
    for (const Column& column : batch.columns) cells.push_back(cell_text(column, row));
    // The bytes of the row belong to what is read.
    cells.push_back(std::to_string(batch.row_begins[row + 1] - batch.row_begins[row]));
  }
}

inline Reading read_alone(const std::shared_ptr<const ReadPlan>& plan, const BlockSample& sample,
                          const Limits& limits, size_t capacity) {
  const Block block(sample.bytes);
  ColumnDecoder decoder(plan, limits);
  ColumnBatch batch(plan->column_types(), capacity);
  decoder.begin_block(block.bytes(), sample.record_count);
  Reading reading;
  while (true) {
    const auto more = decoder.next(batch);
    if (!more) reading.error = describe(more.error());
    if (!more || !*more) return reading;
    take_rows(batch, &reading);
  }
}

inline std::array<Reading, kLaneCount> read_together(const std::shared_ptr<const ReadPlan>& plan,
                                                     const BlockSamples& samples,
                                                     const Limits& limits, size_t capacity) {
  ColumnDecoder decoder(plan, limits);
  std::array<Reading, kLaneCount> readings;
  std::vector<Block> blocks;
  std::vector<ColumnBatch> batches;
  std::array<bool, kLaneCount> is_open{};
  for (size_t lane = 0; lane < decoder.lane_count(); ++lane) {
    blocks.emplace_back(samples[lane].bytes);
    batches.emplace_back(plan->column_types(), capacity);
    decoder.begin_block(blocks.back().bytes(), samples[lane].record_count, lane);
    is_open[lane] = true;
  }
  while (true) {
    ColumnDecoder::LaneBatches open_batches{};
    bool is_any_open = false;
    for (size_t lane = 0; lane < blocks.size(); ++lane) {
      if (!is_open[lane]) continue;
      const auto more = decoder.has_more(lane);
      if (!more) readings[lane].error = describe(more.error());
      is_open[lane] = more && *more;
      if (!is_open[lane]) continue;
      is_any_open = true;
      open_batches[lane] = &batches[lane];
    }
    if (!is_any_open) return readings;
    decoder.fill(open_batches);
    for (size_t lane = 0; lane < blocks.size(); ++lane) {
      if (open_batches[lane] != nullptr) take_rows(batches[lane], &readings[lane]);
    }
  }
}

inline void expect_same(const std::shared_ptr<const ReadPlan>& plan, const BlockSamples& samples,
                        const Limits& limits = {}, size_t capacity = 100) {
  const auto together = read_together(plan, samples, limits, capacity);
  if (plan->lane_program().is_empty()) return;
  for (size_t lane = 0; lane < kLaneCount; ++lane) {
    SCOPED_TRACE("lane " + std::to_string(lane));
    const Reading alone = read_alone(plan, samples[lane], limits, capacity);
    EXPECT_EQ(together[lane].error, alone.error);
    ASSERT_EQ(together[lane].rows, alone.rows);
  }
}

class RandomPlan {
 public:
  explicit RandomPlan(uint64_t seed) : random_(seed), text_(random_.record_schema(3)) {
    schema_ = schema_of(text_);
    std::vector<FieldPath> paths;
    collect_paths(*schema_, schema_->root_index(), {}, 3, &paths);
    std::vector<ColumnRequest> requests;
    for (const FieldPath& path : paths) {
      if (random_.below(3) != 0) continue;
      constexpr ColumnType kTypes[] = {ColumnType::kInteger, ColumnType::kNumber,
                                       ColumnType::kText};
      requests.push_back({path, kTypes[random_.below(3)]});
    }
    plan_ = *ReadPlan::project(schema_, requests);
  }

  BlockSamples blocks() {
    BlockSamples samples;
    for (BlockSample& sample : samples) {
      sample.record_count = static_cast<int64_t>(random_.below(400));
      sample.bytes = random_.encode(*schema_, sample.record_count, 3);
    }
    return samples;
  }

  RandomData& random() { return random_; }
  const std::string& text() const { return text_; }
  const std::shared_ptr<const ReadPlan>& plan() const { return plan_; }

 private:
  RandomData random_;
  std::string text_;
  std::shared_ptr<const Schema> schema_;
  std::shared_ptr<const ReadPlan> plan_;
};

inline std::shared_ptr<const ReadPlan> plan_of(std::string_view fields,
                                               const std::vector<ColumnRequest>& requests) {
  const std::string text = R"({"type":"record","name":"R","fields":[)" + std::string(fields) + "]}";
  return *ReadPlan::project(schema_of(text), requests);
}

inline constexpr const char* kPlainFields = R"(
    {"name":"id","type":"string"},
    {"name":"p","type":"double"},
    {"name":"a","type":["null","double"]},
    {"name":"t","type":"long"})";

inline std::shared_ptr<const ReadPlan> plain_plan() {
  return plan_of(kPlainFields,
                 {request("id", ColumnType::kText), request("p", ColumnType::kNumber),
                  request("a", ColumnType::kNumber), request("t", ColumnType::kInteger)});
}

// How many of the blocks' first `count` rows are read in lanes before one is left to the one walk.
inline int64_t rows_in_lanes(const std::shared_ptr<const ReadPlan>& plan,
                             const BlockSamples& samples, int64_t count) {
  const Limits limits;
  std::vector<Block> blocks;
  std::vector<std::unique_ptr<Lane>> lanes;
  std::vector<ColumnBatch> batches;
  LaneWalk::Lanes pointers{};
  for (size_t i = 0; i < kLaneCount; ++i) {
    blocks.emplace_back(samples[i].bytes);
    batches.emplace_back(plan->column_types(), static_cast<size_t>(count));
    lanes.push_back(std::make_unique<Lane>(*plan, limits));
    lanes[i]->cursor = BlockCursor(blocks[i].bytes(), samples[i].record_count, limits);
    pointers[i] = lanes[i].get();
  }
  for (size_t i = 0; i < kLaneCount; ++i) {
    lanes[i]->target.begin_batch(batches[i]);
    lanes[i]->target.begin_rows(0, lanes[i]->cursor.position);
  }
  const int64_t row_count = LaneWalk(plan->lane_program()).run(pointers, count);
  for (const auto& lane : lanes) EXPECT_EQ(lane->cursor.next_record, row_count);
  return row_count;
}

inline std::vector<Op> ops_of(const std::vector<Step>& steps) {
  std::vector<Op> ops;
  for (const Step& step : steps) ops.push_back(step.op);
  return ops;
}

}  // namespace mseavro
