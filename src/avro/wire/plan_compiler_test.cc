#include "avro/wire/plan_compiler.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

std::vector<Op> ops_of(const ReadPlan& plan) {
  std::vector<Op> ops;
  for (const Step& step : plan.program().steps) ops.push_back(step.op);
  return ops;
}

constexpr const char* kPredictionEvent = R"({"type":"record","name":"PredictionEvent","fields":[
  {"name":"prediction_id","type":"string"},{"name":"model_version","type":"string"},
  {"name":"prediction","type":"double"},{"name":"actual","type":["null","double"]},
  {"name":"squared_error","type":["null","double"]},{"name":"timestamp","type":"long"},
  {"name":"featureset_version","type":["null","string"]},{"name":"region","type":"string"},
  {"name":"user_type","type":"string"},{"name":"device","type":"string"}]})";

TEST(PlanCompiler, DecodesATypicalEventInOneStepPerFieldOrRun) {
  const auto plan = *ReadPlan::project(schema_of(kPredictionEvent),
                                       std::vector{request("model_version", ColumnType::kText),
                                                   request("prediction", ColumnType::kNumber),
                                                   request("actual", ColumnType::kNumber),
                                                   request("timestamp", ColumnType::kInteger)});
  EXPECT_EQ(
      ops_of(*plan),
      (std::vector<Op>{Op::kSkipStrings, Op::kStringToText, Op::kDoubleToNumber,
                       Op::kNullableDoubleToNumber, Op::kSkipNullableFixed, Op::kLongToInteger,
                       Op::kSkipNullableString, Op::kSkipStrings, Op::kEndDatum}));
  EXPECT_EQ(plan->program().steps[7].operand, 3) << "three strings in one step";
  EXPECT_EQ(plan->constant_states()[0], CellState::kValue);
  EXPECT_EQ(plan->constant_states()[2], std::nullopt);
}

TEST(PlanCompiler, MergesWhatIsSkippedSideBySide) {
  const auto plan = *ReadPlan::project(schema_of(R"({"type":"record","name":"R","fields":[
      {"name":"a","type":"double"},{"name":"n","type":"null"},
      {"name":"in","type":{"type":"record","name":"In","fields":[
        {"name":"f","type":"float"},{"name":"x","type":{"type":"fixed","name":"F","size":5}}]}},
      {"name":"s","type":"string"},
      {"name":"t","type":{"type":"record","name":"T","fields":[{"name":"u","type":"bytes"}]}},
      {"name":"v","type":{"type":"array","items":"In"}},
      {"name":"w","type":{"type":"map","values":"string"}},
      {"name":"y","type":["In","null"]}]})"),
                                       {});
  const auto& steps = plan->program().steps;
  EXPECT_EQ(ops_of(*plan),
            (std::vector<Op>{Op::kSkipFixed, Op::kSkipStrings, Op::kSkipFixedItems,
                             Op::kSkipStringItems, Op::kSkipNullableFixed, Op::kEndDatum}));
  EXPECT_EQ(steps[0].operand, 8 + 4 + 5);
  EXPECT_EQ(steps[1].operand, 2);
  EXPECT_EQ(steps[2].operand, 9);
  EXPECT_EQ(steps[3].operand, 2);
  EXPECT_EQ(steps[4].operand, 9);
  EXPECT_EQ(steps[4].flags, 1) << "null is the second branch";
}

TEST(PlanCompiler, DoesNotMergeAcrossAJumpTarget) {
  // The double behind the union must be skipped after either branch.
  const auto plan = *ReadPlan::project(schema_of(R"({"type":"record","name":"R","fields":[
      {"name":"u","type":["double","float","string"]},{"name":"d","type":"double"},
      {"name":"x","type":"long"}]})"),
                                       std::vector{request("x", ColumnType::kInteger)});
  const auto rows = decode_rows(plan,
                                Bytes()
                                    .integer(0)
                                    .number(1)
                                    .number(2)
                                    .integer(5)
                                    .integer(2)
                                    .text("t")
                                    .number(2)
                                    .integer(6)
                                    .bytes(),
                                2);
  ASSERT_TRUE(rows);
  EXPECT_EQ(*rows, (Rows{{"5"}, {"6"}}));
}

TEST(PlanCompiler, StaysSmallForTypesThatAreUsedInManyPlaces) {
  // Written out, this would be 2^40 strings.
  std::string type = R"({"type":"record","name":"L0","fields":[{"name":"s","type":"string"}]})";
  for (int level = 1; level <= 40; ++level) {
    type = R"({"type":"record","name":"L)" + std::to_string(level) +
           R"(","fields":[{"name":"a","type":)" + type + R"(},{"name":"b","type":"L)" +
           std::to_string(level - 1) + R"("}]})";
  }
  const auto schema = schema_of(type);
  EXPECT_LT((*ReadPlan::project(schema, {}))->program().steps.size(), 100'000u);
  EXPECT_LT(ReadPlan::whole(schema)->program().steps.size(), 100'000u);
}

TEST(FixedSizes, AreKnownForFixedTypesAndRecordsOfThem) {
  const auto schema = schema_of(R"({"type":"record","name":"R","fields":[
      {"name":"a","type":"double"},{"name":"b","type":"null"},
      {"name":"c","type":{"type":"record","name":"C","fields":[{"name":"f","type":"float"}]}},
      {"name":"d","type":"C"},
      {"name":"e","type":{"type":"record","name":"E","fields":[{"name":"z","type":"boolean"}]}},
      {"name":"g","type":{"type":"record","name":"G","fields":[
        {"name":"g","type":"G"},{"name":"h","type":"double"}]}}]})");
  const auto sizes = fixed_sizes(*schema);
  const auto size_of = [&](const char* path) {
    return sizes[*find_node(*schema, *FieldPath::parse(path))];
  };
  EXPECT_EQ(size_of("a"), 8);
  EXPECT_EQ(size_of("b"), 0);
  EXPECT_EQ(size_of("c"), 4);
  EXPECT_EQ(size_of("d"), 4);
  EXPECT_EQ(size_of("e"), std::nullopt) << "booleans must be looked at";
  EXPECT_EQ(size_of("g"), std::nullopt) << "it contains itself";
  EXPECT_EQ(sizes[schema->root_index()], std::nullopt);
}

}  // namespace
}  // namespace mseavro
