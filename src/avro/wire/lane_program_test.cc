#include "avro/wire/lane_program.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "avro/wire/testing/lane_testing.h"

namespace mseavro {
namespace {

TEST(LaneProgram, HasPlainValuesStepByStepBehindOneCheckOfTheirRoom) {
  const auto plan = plain_plan();
  const LaneProgram& program = plan->lane_program();
  EXPECT_EQ(ops_of(program.steps),
            (std::vector{Op::kRoom, Op::kStringToText, Op::kDoubleToNumber,
                         Op::kNullableDoubleToNumber, Op::kLongToInteger, Op::kEndDatum}));
  EXPECT_EQ(program.steps.front().operand, 64 + 8 + 9 + 10);
  EXPECT_TRUE(program.region_steps.empty());
}

// The plan for a value `x` of the type, which is skipped, between two columns.
std::shared_ptr<const ReadPlan> plan_around(const std::string& type) {
  return plan_of(R"({"name":"p","type":"double"},{"name":"x","type":)" + type +
                     R"(},{"name":"t","type":"long"})",
                 {request("p", ColumnType::kNumber), request("t", ColumnType::kInteger)});
}

std::string array_of(const std::string& items) {
  return R"({"type":"array","items":)" + items + "}";
}

std::string record_type(const std::string& name, const std::vector<std::string>& types) {
  std::string fields;
  for (const std::string& type : types) {
    fields += fields.empty() ? "" : ",";
    fields += R"({"name":"f)" + std::to_string(fields.size()) + R"(","type":)" + type + "}";
  }
  return R"({"type":"record","name":")" + name + R"(","fields":[)" + fields + "]}";
}

const std::string kEnum = R"({"type":"enum","name":"E","symbols":["A","B"]})";

TEST(LaneProgram, SkipsWhatBranchesTogetherAndChecksTheRoomBehindIt) {
  const struct {
    std::string type;
    std::vector<Op> ops;
  } cases[] = {
      // Branches that are nothing, of fixed size, a varint or a string take one step.
      {R"(["null","long"])", {Op::kRoom, Op::kSkipUnion}},
      {R"(["double","bytes","null","int","float","string"])", {Op::kRoom, Op::kSkipUnion}},
      // Others are gone through one by one.
      {R"(["null",)" + kEnum + R"(,"boolean"])",
       {Op::kRoom, Op::kUnion, Op::kBranch, Op::kSkipEnum, Op::kBranch, Op::kSkipBoolean}},
      {R"(["null",)" + record_type("A", {R"("string")", R"(["null","string"])", R"("double")"}) +
           "]",
       {Op::kRoom, Op::kUnion, Op::kBranch, Op::kSkipStrings, Op::kSkipNullableString,
        Op::kSkipFixed}},
      {array_of(record_type("A", {R"("string")", R"("int")", R"(["null","double"])"})),
       {Op::kRoom, Op::kItems, Op::kRoom, Op::kSkipStrings, Op::kSkipInt, Op::kSkipNullableFixed,
        Op::kNextItem}},
      {R"({"type":"map","values":"long"})",
       {Op::kRoom, Op::kItems, Op::kRoom, Op::kSkipStrings, Op::kSkipLong, Op::kNextItem}},
      {array_of(record_type("A", {array_of(R"("float")"), array_of(R"("string")")})),
       {Op::kRoom, Op::kItems, Op::kSkipFixedItems, Op::kRoom, Op::kItems, Op::kRoom,
        Op::kSkipStrings, Op::kNextItem, Op::kRoom, Op::kNextItem}},
      {array_of(array_of(R"(["int","string"])")),
       {Op::kRoom, Op::kItems, Op::kRoom, Op::kItems, Op::kRoom, Op::kSkipUnion, Op::kNextItem,
        Op::kRoom, Op::kNextItem}},
      // What stands side by side is skipped in one go.
      {record_type("A", {R"(["null","int"])", array_of(R"("int")"), R"(["null","int"])"}),
       {Op::kRoom, Op::kSkipUnion, Op::kRoom, Op::kItems, Op::kRoom, Op::kSkipInt, Op::kNextItem,
        Op::kRoom, Op::kSkipUnion}},
  };
  for (const auto& [type, ops] : cases) {
    SCOPED_TRACE(type);
    const auto plan = plan_around(type);
    const LaneProgram& program = plan->lane_program();
    EXPECT_EQ(ops_of(program.steps), (std::vector{Op::kRoom, Op::kDoubleToNumber, Op::kSkipTogether,
                                                  Op::kRoom, Op::kLongToInteger, Op::kEndDatum}));
    std::vector<Op> expected = ops;
    expected.push_back(Op::kEndRegion);
    EXPECT_EQ(ops_of(program.skip_steps), expected);
  }
}

TEST(LaneProgram, PassesOverBranchesOfLongUnionsInWhichNoLaneIs) {
  for (const size_t field_count : {6, 7}) {
    std::vector<std::string> types;
    for (size_t i = 0; i < field_count; ++i)
      types.emplace_back(i % 2 == 0 ? R"("int")" : R"("string")");
    const std::string record = record_type("B", types);
    const auto plan = plan_around(R"(["null",)" + kEnum + R"(,"int",)" + record + "]");
    const auto& steps = plan->lane_program().skip_steps;
    std::vector<int64_t> targets;
    for (const Step& step : steps) {
      if (step.op == Op::kBranch) targets.push_back(step.operand);
    }
    const bool is_long = field_count == 7;
    ASSERT_EQ(targets.size(), 3);
    EXPECT_EQ(targets[0] != 0, is_long);
    EXPECT_EQ(targets[2], is_long ? std::ssize(steps) - 1 : 0);
  }
}

TEST(LaneProgram, LeavesToRegionsWhatCannotBeSkippedTogether) {
  std::string many_branches;
  for (int i = 0; i < 65; ++i) {
    many_branches += (i == 0 ? "" : ",") + std::string(R"({"type":"fixed","size":1,"name":"F)") +
                     std::to_string(i) + R"("})";
  }
  std::string deep = R"("int")";
  for (uint32_t level = 0; level <= kSkipLevels; ++level) deep = array_of(deep);
  const std::string cases[] = {"[]",
                               "[" + many_branches + "]",
                               deep,
                               array_of(R"("null")"),
                               record_type("A", {R"(["null","A"])"}),
                               R"(["int",{"type":"fixed","size":100000,"name":"F"}])"};
  for (const std::string& type : cases) {
    SCOPED_TRACE(type);
    const auto plan = plan_around(type);
    EXPECT_EQ(ops_of(plan->lane_program().steps),
              (std::vector{Op::kRoom, Op::kDoubleToNumber, Op::kRegion, Op::kRoom,
                           Op::kLongToInteger, Op::kEndDatum}));
    EXPECT_TRUE(plan->lane_program().skip_steps.empty());
  }
}

TEST(LaneProgram, LeavesValuesInBranchesToRegions) {
  const auto plan = plan_of(R"({"name":"p","type":"double"},{"name":"x","type":["int","string"]})",
                            {request("p", ColumnType::kNumber), request("x", ColumnType::kText)});
  EXPECT_EQ(ops_of(plan->lane_program().steps),
            (std::vector{Op::kRoom, Op::kDoubleToNumber, Op::kRegion, Op::kEndDatum}));
}

TEST(LaneProgram, IsEmptyWhereNothingPlainTakesBytes) {
  const auto plan = plan_of(R"({"name":"n","type":"null"})", {request("n", ColumnType::kText)});
  EXPECT_TRUE(plan->lane_program().is_empty());
  EXPECT_EQ(ColumnDecoder(plan, {}).lane_count(), 1);
}

}  // namespace
}  // namespace mseavro
