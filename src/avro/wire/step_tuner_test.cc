#include "avro/wire/step_tuner.h"

#include <gtest/gtest.h>

#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

constexpr const char* kSchema = R"({"type":"record","name":"R","fields":[
  {"name":"skipped","type":"string"},{"name":"text","type":"string"},
  {"name":"fixed","type":["null","double"]},{"name":"maybe","type":["string","null"]},
  {"name":"number","type":["double","null"]},{"name":"integer","type":"long"}]})";

std::shared_ptr<const ReadPlan> plan_of_all() {
  return *ReadPlan::project(
      schema_of(kSchema),
      std::vector{request("text", ColumnType::kText), request("number", ColumnType::kNumber),
                  request("integer", ColumnType::kInteger)});
}

std::vector<Op> ops_of(const StepTuner& tuner, const ReadPlan& plan) {
  std::vector<Op> ops;
  for (size_t i = 0; i < plan.program().steps.size(); ++i) ops.push_back(tuner.steps()[i].op);
  return ops;
}

const std::vector<Op> kPlain = {Op::kSkipStrings,
                                Op::kStringToText,
                                Op::kSkipNullableFixed,
                                Op::kSkipNullableString,
                                Op::kNullableDoubleToNumber,
                                Op::kLongToInteger,
                                Op::kEndDatum};
const std::vector<Op> kBetting = {Op::kSkipLikelyString,
                                  Op::kLikelyStringToText,
                                  Op::kSkipLikelyNullableFixed,
                                  Op::kSkipLikelyNullableString,
                                  Op::kLikelyNullableDoubleToNumber,
                                  Op::kLikelyLongToInteger,
                                  Op::kEndDatum};

TEST(StepTuner, BetsAtFirstAndPausesWhatLosesTooOften) {
  const auto plan = plan_of_all();
  const Block block(std::string(200, '\4'));
  const uint8_t* const begin = block.bytes().data();
  const uint8_t* const end = begin + block.bytes().size();
  StepTuner tuner(plan->program());
  EXPECT_EQ(ops_of(tuner, *plan), kBetting);
  const auto run = [&](int losses) {
    for (int i = 0; i < losses; ++i) tuner.lose(&tuner.steps()[0], begin, end);
    tuner.settle(800);
  };
  for (int i = 0; i < 10; ++i) run(100);  // One in eight is allowed.
  EXPECT_EQ(tuner.steps()[0].op, Op::kSkipLikelyString);
  run(101);
  run(101);
  EXPECT_EQ(tuner.steps()[0].op, Op::kSkipLikelyString) << "it may try another value";
  run(101);
  EXPECT_EQ(tuner.steps()[0].op, Op::kSkipStrings);
  EXPECT_EQ(tuner.steps()[1].op, Op::kLikelyStringToText) << "each step for itself";
  for (int i = 0; i < 64; ++i) run(0);
  EXPECT_EQ(tuner.steps()[0].op, Op::kSkipLikelyString) << "the pause is over";
}

TEST(StepTuner, LeavesPlansAsTheyAre) {
  const auto plan = plan_of_all();
  std::vector<Op> ops;
  for (const Step& step : plan->program().steps) ops.push_back(step.op);
  EXPECT_EQ(ops, kPlain);
}

// Rows that are regular, then not, then otherwise regular: the cells never depend on bets.
TEST(StepTuner, NeverChangesWhatIsRead) {
  Bytes bytes;
  Rows expected;
  constexpr int64_t kRows = 20'000;
  for (int64_t row = 0; row < kRows; ++row) {
    const int64_t phase = row / 5'000;
    const int64_t wild = phase % 2 == 1 ? (row * 2654435761) >> 3 & 1023 : row % 40 == 39 ? 7 : 0;
    const auto size = static_cast<size_t>(phase * 5 + wild % 80);
    const std::string text(size, static_cast<char>('a' + row % 26));
    const int64_t integer = (int64_t{1} << (phase * 13 + wild % 20)) * (wild % 2 == 0 ? 1 : -1);
    bytes.text(text).text(text);
    bytes.integer(wild % 3 == 0 ? 1 : 0);
    if (wild % 3 == 0) bytes.number(1);
    bytes.integer(wild % 4 == 0 ? 0 : 1);
    if (wild % 4 == 0) bytes.text(text);
    bytes.integer(wild % 5 == 0 ? 0 : 1);
    if (wild % 5 == 0) bytes.number(static_cast<double>(row));
    bytes.integer(integer);
    expected.push_back({text, wild % 5 == 0 ? number_text(static_cast<double>(row)) : "null",
                        std::to_string(integer)});
  }
  const auto rows = decode_rows(plan_of_all(), bytes, kRows, {}, 64);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(*rows, expected);
}

// What was refused once is refused again, by the same decoder, wherever it stands.
TEST(StepTuner, NeverBetsOnWhatIsWrong) {
  const std::string padding(200, '\0');
  const struct {
    const char* type;
    std::string value;
    bool is_column;
  } cases[] = {
      {R"(["null","double"])", "\4", false},
      {R"(["null","double"])", "\4", true},
      {R"(["null","string"])", "\4\2", false},
      {R"(["null","string"])", "\xff\1", false},
      {R"("string")", "\1", false},
      {R"("string")", "\1", true},
      {R"("long")", std::string(11, '\x80'), true},
  };
  for (const auto& test : cases) {
    std::vector<ColumnRequest> requests;
    if (test.is_column) {
      const std::string_view type = test.type;
      requests = {request("x", type.find("double") != type.npos   ? ColumnType::kNumber
                               : type.find("string") != type.npos ? ColumnType::kText
                                                                  : ColumnType::kInteger)};
    }
    const auto plan = *ReadPlan::project(schema_of(record_of(test.type)), requests);
    ColumnDecoder decoder(plan, {});
    ColumnBatch batch(plan->column_types(), 10);
    const Block block(test.value + padding);
    for (int time = 0; time < 5; ++time) {
      decoder.begin_block(block.bytes(), 10);
      EXPECT_FALSE(decoder.next(batch)) << test.type << ", time " << time;
    }
  }
}

}  // namespace
}  // namespace mseavro
