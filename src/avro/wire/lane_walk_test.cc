// Blocks that are read together must come out as when they are read one by one: the same rows, the
// same errors at the same places, whatever the schema and whatever is wrong with the bytes.
#include "avro/wire/lane_walk.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

#include "avro/wire/column_decoder.h"
#include "avro/wire/testing/random_data.h"
#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

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

std::string describe(const Error& error) {
  return error.message + " at record " + std::to_string(error.place.record) + ", byte " +
         std::to_string(error.place.byte);
}

void take_rows(const ColumnBatch& batch, Reading* reading) {
  for (size_t row = 0; row < batch.size; ++row) {
    auto& cells = reading->rows.emplace_back();
    for (const Column& column : batch.columns) cells.push_back(cell_text(column, row));
    // The bytes of the row belong to what is read.
    cells.push_back(std::to_string(batch.row_begins[row + 1] - batch.row_begins[row]));
  }
}

Reading read_alone(const std::shared_ptr<const ReadPlan>& plan, const BlockSample& sample,
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

std::array<Reading, kLaneCount> read_together(const std::shared_ptr<const ReadPlan>& plan,
                                              const BlockSamples& samples, const Limits& limits,
                                              size_t capacity) {
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

void expect_same(const std::shared_ptr<const ReadPlan>& plan, const BlockSamples& samples,
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

TEST(LaneWalk, ReadsRandomBlocksAsTheOneWalkDoes) {
  int64_t plans_in_lanes = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    RandomPlan sample(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + " " + sample.text());
    plans_in_lanes += !sample.plan()->lane_program().is_empty();
    expect_same(sample.plan(), sample.blocks(), {}, 1 + sample.random().below(300));
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(plans_in_lanes, 75);
}

TEST(LaneWalk, FindsTheSameErrorsAtTheSamePlaces) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    RandomPlan sample(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + " " + sample.text());
    BlockSamples blocks = sample.blocks();
    RandomData& random = sample.random();
    for (BlockSample& block : blocks) {
      if (random.below(2) == 0 || block.bytes.empty()) continue;
      if (random.below(4) == 0) block.bytes.resize(random.below(block.bytes.size()));
      for (size_t i = random.below(3); i > 0 && !block.bytes.empty(); --i) {
        block.bytes[random.below(block.bytes.size())] = static_cast<char>(random.below(256));
      }
      if (random.below(8) == 0) block.record_count += 2;
    }
    Limits limits;
    limits.zero_size_elements = 1000;
    expect_same(sample.plan(), blocks, limits, 1 + random.below(300));
    if (HasFatalFailure()) return;
  }
}

std::shared_ptr<const ReadPlan> plan_of(std::string_view fields,
                                        const std::vector<ColumnRequest>& requests) {
  const std::string text = R"({"type":"record","name":"R","fields":[)" + std::string(fields) + "]}";
  return *ReadPlan::project(schema_of(text), requests);
}

std::vector<Op> ops_of(const LaneProgram& program) {
  std::vector<Op> ops;
  for (const Step& step : program.steps) ops.push_back(step.op);
  return ops;
}

constexpr const char* kPlainFields = R"(
    {"name":"id","type":"string"},
    {"name":"p","type":"double"},
    {"name":"a","type":["null","double"]},
    {"name":"t","type":"long"})";

std::shared_ptr<const ReadPlan> plain_plan() {
  return plan_of(kPlainFields,
                 {request("id", ColumnType::kText), request("p", ColumnType::kNumber),
                  request("a", ColumnType::kNumber), request("t", ColumnType::kInteger)});
}

// Rows with an id of the size that `id_size(row)` says.
template <class IdSize>
BlockSample plain_block(int64_t record_count, const IdSize& id_size) {
  Bytes bytes;
  for (int64_t row = 0; row < record_count; ++row) {
    bytes.text(std::string(static_cast<size_t>(id_size(row)), 'x')).number(0.5);
    bytes.integer(row % 3 == 0 ? 0 : 1);
    if (row % 3 != 0) bytes.number(1.5);
    bytes.integer(row % 7 == 0 ? INT64_MIN : (row << (row % 50)) - row);
  }
  return {bytes, record_count};
}

TEST(LaneProgram, HasPlainValuesStepByStepBehindOneCheckOfTheirRoom) {
  const auto plan = plain_plan();
  const LaneProgram& program = plan->lane_program();
  EXPECT_EQ(ops_of(program),
            (std::vector{Op::kRoom, Op::kStringToText, Op::kDoubleToNumber,
                         Op::kNullableDoubleToNumber, Op::kLongToInteger, Op::kEndDatum}));
  EXPECT_EQ(program.steps.front().operand, 64 + 8 + 9 + 10);
  EXPECT_TRUE(program.region_steps.empty());
}

TEST(LaneProgram, LeavesWhatBranchesToRegionsAndChecksTheRoomBehindThem) {
  const auto plan = plan_of(
      R"({"name":"p","type":"double"},
         {"name":"u","type":["null","int","string"]},
         {"name":"n","type":{"type":"array","items":{"type":"record","name":"I","fields":[
             {"name":"x","type":["null","int","string"]}]}}},
         {"name":"tags","type":{"type":"map","values":"string"}},
         {"name":"t","type":"long"})",
      {request("p", ColumnType::kNumber), request("t", ColumnType::kInteger)});
  EXPECT_EQ(ops_of(plan->lane_program()),
            (std::vector{Op::kRoom, Op::kDoubleToNumber, Op::kRegion, Op::kSkipStringItems,
                         Op::kRoom, Op::kLongToInteger, Op::kEndDatum}));
}

TEST(LaneProgram, HasUnionsOfNothing) {
  const auto plan = plan_of(R"({"name":"p","type":"double"},{"name":"u","type":[]})",
                            {request("p", ColumnType::kNumber)});
  EXPECT_EQ(ops_of(plan->lane_program()),
            (std::vector{Op::kRoom, Op::kDoubleToNumber, Op::kRegion, Op::kEndDatum}));
}

TEST(LaneProgram, IsEmptyWhereNothingPlainTakesBytes) {
  const auto plan = plan_of(R"({"name":"n","type":"null"})", {request("n", ColumnType::kText)});
  EXPECT_TRUE(plan->lane_program().is_empty());
  EXPECT_EQ(ColumnDecoder(plan, {}).lane_count(), 1);
}

TEST(LaneWalk, StopsInFrontOfTheFirstRowWithoutRoomInSomeLane) {
  const auto plan = plain_plan();
  const Limits limits;
  std::vector<Block> blocks;
  std::vector<std::unique_ptr<Lane>> lanes;
  std::vector<ColumnBatch> batches;
  LaneWalk::Lanes pointers{};
  for (size_t i = 0; i < kLaneCount; ++i) {
    // The third lane is the shortest.
    const BlockSample sample = plain_block(i == 2 ? 100 : 200, [](int64_t) { return 10; });
    blocks.emplace_back(sample.bytes);
    batches.emplace_back(plan->column_types(), 200);
    lanes.push_back(std::make_unique<Lane>(*plan, limits));
    lanes[i]->cursor = BlockCursor(blocks[i].bytes(), sample.record_count, limits);
    pointers[i] = lanes[i].get();
  }
  for (size_t i = 0; i < kLaneCount; ++i) {
    lanes[i]->target.begin_batch(batches[i]);
    lanes[i]->target.begin_rows(0, lanes[i]->cursor.position);
  }
  LaneWalk walk(plan->lane_program());
  const int64_t read_count = walk.run(pointers, 100);
  // Its last 91 bytes have no room for a row of the greatest size.
  EXPECT_LT(read_count, 100);
  EXPECT_GE(read_count, 95);
  for (const auto& lane : lanes) EXPECT_EQ(lane->cursor.next_record, read_count);
}

TEST(LaneWalk, ReadsStringsOfAnySize) {
  const auto plan = plain_plan();
  BlockSamples samples;
  samples[0] = plain_block(300, [](int64_t row) { return row; });
  samples[1] = plain_block(300, [](int64_t row) { return row % 5 == 0 ? 9000 : 3; });
  samples[2] = plain_block(300, [](int64_t row) { return 60 + row % 8; });
  samples[3] = plain_block(300, [](int64_t) { return 0; });
  expect_same(plan, samples);
}

TEST(LaneWalk, ReadsAloneWhatMayHoldTooLargeADatum) {
  const auto plan = plain_plan();
  Limits limits;
  limits.datum_size_bytes = 500;
  BlockSamples samples;
  for (BlockSample& sample : samples) {
    sample = plain_block(100, [](int64_t row) { return row == 70 ? 600 : 20; });
  }
  expect_same(plan, samples, limits);
  EXPECT_NE(read_alone(plan, samples[0], limits, 10).error, "");
}

TEST(LaneWalk, EndsBlocksOfDifferentSizesEachWhenItIsDone) {
  const auto plan = plain_plan();
  BlockSamples samples;
  constexpr int64_t counts[] = {0, 1, 63, 1000};
  for (size_t i = 0; i < kLaneCount; ++i) {
    samples[i] = plain_block(counts[i], [](int64_t row) { return row % 50; });
  }
  expect_same(plan, samples);
  samples[3].bytes += "left over";
  expect_same(plan, samples);
  EXPECT_NE(read_together(plan, samples, {}, 100)[3].error, "");
}

}  // namespace
}  // namespace mseavro
