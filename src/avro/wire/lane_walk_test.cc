#include "avro/wire/lane_walk.h"

#include <gtest/gtest.h>

#include <string>

#include "avro/wire/testing/lane_testing.h"

namespace mseavro {
namespace {

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

TEST(LaneWalk, StopsInFrontOfTheFirstRowWithoutRoomInSomeLane) {
  BlockSamples samples;
  for (size_t i = 0; i < kLaneCount; ++i) {
    // The third lane is the shortest.
    samples[i] = plain_block(i == 2 ? 100 : 200, [](int64_t) { return 10; });
  }
  // Its last 91 bytes have no room for a row of the greatest size.
  const int64_t row_count = rows_in_lanes(plain_plan(), samples, 100);
  EXPECT_LT(row_count, 100);
  EXPECT_GE(row_count, 95);
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

TEST(LaneWalk, CountsElementsWithoutBytesOverTheWholeBlock) {
  const auto plan = plan_of(R"({"name":"p","type":"double"},
                               {"name":"n","type":{"type":"array","items":"null"}})",
                            {request("p", ColumnType::kNumber)});
  Bytes bytes;
  for (int64_t row = 0; row < 200; ++row) bytes.number(1).integer(10).integer(0);
  BlockSamples samples;
  for (BlockSample& sample : samples) sample = {bytes, 200};
  Limits limits;
  limits.zero_size_elements = 1500;
  expect_same(plan, samples, limits);
  EXPECT_NE(read_alone(plan, samples[0], limits, 100).error, "");
}

}  // namespace
}  // namespace mseavro
