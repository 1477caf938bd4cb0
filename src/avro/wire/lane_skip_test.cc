// What is skipped together must be what each lane would skip alone, however the lanes differ.
#include "avro/wire/lane_skip.h"

#include <gtest/gtest.h>

#include <string>

#include "avro/wire/testing/lane_testing.h"

namespace mseavro {
namespace {

constexpr int64_t kRows = 100;

std::shared_ptr<const ReadPlan> plan_around(const std::string& type) {
  return plan_of(R"({"name":"p","type":"double"},{"name":"x","type":)" + type +
                     R"(},{"name":"t","type":"long"})",
                 {request("p", ColumnType::kNumber), request("t", ColumnType::kInteger)});
}

// Rows of which one has the bytes of `odd` between its columns.
BlockSample block_of(const std::string& usual, const std::string& odd,
                     int64_t odd_row = kRows / 2) {
  Bytes bytes;
  for (int64_t row = 0; row < kRows; ++row) {
    bytes.number(static_cast<double>(row)).raw(row == odd_row ? odd : usual).integer(row);
  }
  return {bytes, kRows};
}

// Each odd value in one lane, the usual one or other odd ones in the rest.
void expect_same_in_each_lane(const std::string& type, const std::string& usual,
                              const std::vector<std::string>& odd) {
  const auto plan = plan_around(type);
  for (size_t i = 0; i < odd.size(); ++i) {
    SCOPED_TRACE("odd value " + std::to_string(i) + " of " + type);
    BlockSamples samples;
    for (size_t lane = 0; lane < kLaneCount; ++lane) {
      const std::string& other = i % 2 == 0 ? usual : odd[(i + lane) % odd.size()];
      samples[lane] = block_of(usual, lane == i % kLaneCount ? odd[i] : other);
    }
    expect_same(plan, samples);
    // At a block's end there is no room to look ahead.
    samples[i % kLaneCount] = block_of(usual, odd[i], kRows - 1);
    rows_in_lanes(plan, samples, kRows);
  }
}

// `good` values must be read in lanes, and `bad` ones be refused as the one walk does.
struct Edges {
  std::string type;
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

std::string raw(std::initializer_list<int> bytes) {
  std::string text;
  for (const int byte : bytes) text += static_cast<char>(byte);
  return text;
}

std::string text_of_size(int64_t size) {
  return Bytes().text(std::string(static_cast<size_t>(size), 't'));
}

// A varint with so many bytes that say that more come.
std::string long_varint(size_t count, int last) {
  return std::string(count, '\xff') + static_cast<char>(last);
}

std::string branch(int64_t index, const std::string& value = "") {
  return std::string(Bytes().integer(index)) + value;
}

std::vector<Edges> edges() {
  const std::string kItem = R"({"type":"record","name":"I","fields":[
      {"name":"s","type":"string"},{"name":"u","type":["null","int","string"]}]})";
  const std::string kFourItems = text_of_size(3) + branch(0) + text_of_size(0) + branch(1, "\x02") +
                                 text_of_size(63) + branch(2, text_of_size(1)) + text_of_size(64) +
                                 branch(2, text_of_size(400));
  const auto items_of_any_size = [](int64_t count) {
    std::string items;
    for (int64_t i = 0; i < count; ++i) items += text_of_size(i) + branch(0);
    return items;
  };
  const auto sized = [](int64_t count, const std::string& items) {
    return std::string(Bytes().integer(-count).integer(std::ssize(items)).raw(items));
  };
  const auto counted = [](int64_t count, const std::string& items) {
    return std::string(Bytes().integer(count).raw(items));
  };
  const std::string end = raw({0});
  return {
      {R"(["null","int","long","bytes",{"type":"fixed","name":"F","size":3}])",
       {branch(0), branch(1, raw({1})), branch(1, long_varint(3, 0)), branch(1, long_varint(4, 15)),
        branch(2, long_varint(6, 1)), branch(2, long_varint(7, 1)), branch(2, long_varint(9, 1)),
        branch(3, text_of_size(0)), branch(3, text_of_size(63)), branch(3, text_of_size(64)),
        branch(3, text_of_size(5000)), branch(4, "abc"), raw({0x80, 0}), raw({0x88, 0}) + "abc"},
       {branch(1, long_varint(4, 16)), branch(1, long_varint(10, 0)), branch(2, long_varint(10, 0)),
        branch(3, raw({1})), branch(3, long_varint(5, 127)), branch(5), branch(-1), raw({1}),
        raw({0x8a, 0}), long_varint(10, 0)}},
      {R"(["null",{"type":"enum","name":"E","symbols":["A","B"]},"boolean",)" + kItem + "]",
       {branch(0), branch(1, raw({0})), branch(1, raw({2})), branch(1, raw({0x82, 0})),
        branch(2, raw({0})), branch(2, raw({1})), branch(3, text_of_size(9) + branch(0)),
        branch(3, text_of_size(90) + branch(2, text_of_size(90))), raw({0x84, 0, 1})},
       {branch(1, raw({4})), branch(1, raw({1})), branch(1, raw({3})), branch(2, raw({2})),
        branch(2, raw({0x81})), branch(3, raw({1})), branch(4), branch(-2), raw({0x88, 0})}},
      {R"({"type":"array","items":)" + kItem + "}",
       {end, counted(4, kFourItems) + end, sized(4, kFourItems) + end,
        counted(4, kFourItems) + counted(4, kFourItems) + sized(4, kFourItems) +
            counted(4, kFourItems) + end,
        sized(4, kFourItems) + sized(100, items_of_any_size(100)) + end,
        counted(100, items_of_any_size(100)) + end,
        counted(2, items_of_any_size(2)) + counted(63, items_of_any_size(63)) + end},
       {counted(1, text_of_size(5) + branch(3)) + end, counted(1, raw({1})),
        counted(INT64_MAX, kFourItems), counted(INT64_MIN, ""), raw({1, 1}),
        Bytes().integer(-1).integer(1 << 20), long_varint(10, 0)}},
      // Lanes without items must not take part in the first branch.
      {R"({"type":"array","items":[{"type":"enum","name":"E","symbols":["A","B"]},"string"]})",
       {end,
        counted(3, branch(0, raw({2})) + branch(1, text_of_size(7)) + branch(0, raw({0}))) + end},
       {counted(1, branch(2)) + end, counted(1, branch(0, raw({4}))) + end}},
      {R"({"type":"array","items":{"type":"array","items":{"type":"map","values":"int"}}})",
       {end, counted(1, end) + end, counted(2, counted(1, end) + end + end) + end,
        counted(1, counted(2, counted(1, text_of_size(1) + raw({6})) + end + end) + end) + end,
        counted(1, sized(3, "xyz") + end) + end},
       {counted(1, counted(1, counted(1, text_of_size(1) + long_varint(4, 16))))}},
      {R"({"type":"array","items":{"type":"record","name":"V","fields":[
          {"name":"s","type":{"type":"array","items":"string"}},
          {"name":"v","type":{"type":"array","items":"float"}}]}})",
       {end, counted(2, end + counted(2, "abcdefgh") + end + counted(1, text_of_size(70)) + end +
                            sized(1, "abcd") + end) +
                 end},
       {counted(1, end + sized(1, "abc") + end) + end,
        counted(1, end + counted(INT64_MAX, "abc"))}},
  };
}

TEST(LaneSkip, SkipsWhatIsRightInEachLane) {
  for (const Edges& edge : edges()) {
    expect_same_in_each_lane(edge.type, edge.good.front(), edge.good);
    const auto plan = plan_around(edge.type);
    for (size_t i = 0; i < edge.good.size(); ++i) {
      SCOPED_TRACE("value " + std::to_string(i) + " of " + edge.type);
      BlockSamples samples;
      for (BlockSample& sample : samples) sample = block_of(edge.good.front(), edge.good.front());
      samples[i % kLaneCount] = block_of(edge.good.front(), edge.good[i]);
      EXPECT_GT(rows_in_lanes(plan, samples, kRows), kRows / 2);
    }
  }
}

TEST(LaneSkip, LeavesWhatIsWrongToTheOneWalk) {
  for (const Edges& edge : edges()) {
    expect_same_in_each_lane(edge.type, edge.good.front(), edge.bad);
    const auto plan = plan_around(edge.type);
    for (size_t i = 0; i < edge.bad.size(); ++i) {
      SCOPED_TRACE("value " + std::to_string(i) + " of " + edge.type);
      const BlockSample bad = block_of(edge.good.front(), edge.bad[i]);
      EXPECT_NE(read_alone(plan, bad, {}, 10).error, "");
      BlockSamples samples;
      for (BlockSample& sample : samples) sample = block_of(edge.good.front(), edge.good.front());
      samples[i % kLaneCount] = bad;
      EXPECT_EQ(rows_in_lanes(plan, samples, kRows), kRows / 2);
    }
  }
}

TEST(LaneSkip, SkipsTheSameOfRandomValuesWhateverTheirBlocksEndIn) {
  for (const Edges& edge : edges()) {
    const auto plan = plan_around(edge.type);
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " of " + edge.type);
      RandomData random(seed);
      BlockSamples samples;
      for (BlockSample& sample : samples) {
        sample.record_count = 80 + static_cast<int64_t>(random.below(20));
        sample.bytes = random.encode(plan->schema(), sample.record_count, 5);
      }
      expect_same(plan, samples);
      samples[seed % kLaneCount].bytes.resize(samples[seed % kLaneCount].bytes.size() - seed);
      expect_same(plan, samples);
    }
  }
}

TEST(LaneSkip, LeavesDepthThatIsLimitedToTheOneWalk) {
  const auto plan = plan_around(R"({"type":"array","items":{"type":"map","values":"int"}})");
  const std::string nested =
      Bytes().integer(1).integer(1).text("k").integer(6).integer(0).integer(0);
  BlockSamples samples;
  for (BlockSample& sample : samples) sample = block_of(nested, nested);
  for (const int32_t depth : {1, 2, 3}) {
    Limits limits;
    limits.datum_depth = depth;
    expect_same(plan, samples, limits);
    EXPECT_EQ(read_alone(plan, samples[0], limits, 10).error.empty(), depth > 1);
  }
}

}  // namespace
}  // namespace mseavro
