#include "avro/wire/flat_columns.h"

#include <gtest/gtest.h>

#include <string>

#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

// "id, tags:json": the columns, those that are no text marked.
std::string flat(std::string_view fields) {
  const auto schema =
      schema_of(R"({"type":"record","name":"R","fields":[)" + std::string(fields) + "]}");
  const auto columns = flat_columns(*schema);
  if (!columns) return columns.error().message;
  std::string text;
  for (const ColumnRequest& column : *columns) {
    text += (text.empty() ? "" : ", ") + column.path.text();
    if (is_json(column.type)) text += ":json";
  }
  return text;
}

TEST(FlatColumns, AreTheValuesWithoutFieldsInTheOrderOfTheSchema) {
  EXPECT_EQ(flat(""), "");
  EXPECT_EQ(flat(R"({"name":"b","type":"int"},{"name":"a","type":["null","string"]})"), "b, a");
  EXPECT_EQ(flat(R"({"name":"in","type":["null",{"type":"record","name":"In","fields":[
                     {"name":"x","type":"double"},{"name":"y.z","type":"bytes"}]}]},
                    {"name":"again","type":"In"})"),
            "in.x, in.`y.z`, again.x, again.`y.z`");
  EXPECT_EQ(flat(R"({"name":"list","type":{"type":"array","items":"int"}},
                    {"name":"tags","type":["null",{"type":"map","values":"int"}]},
                    {"name":"scalars","type":["null","int","string"]},
                    {"name":"any","type":["null","int",{"type":"array","items":"int"}]})"),
            "list:json, tags:json, scalars, any:json");
}

TEST(FlatColumns, DoNotEnterARecordInsideItself) {
  EXPECT_EQ(flat(R"({"name":"value","type":"int"},{"name":"next","type":["null","R"]})"),
            "value, next:json");
}

TEST(FlatColumns, EndWhereRecordsNameEachOtherTooOften) {
  // Each record has the next one twice: 2^17 columns.
  std::string fields = R"({"name":"x","type":"int"})";
  for (int i = 0; i < 17; ++i) {
    const std::string name = "R" + std::to_string(i);
    fields = R"({"name":"a","type":{"type":"record","name":")" + name + R"(","fields":[)" + fields +
             R"(]}},{"name":"b","type":")" + name + R"("})";
  }
  EXPECT_EQ(flat(fields), "the records have more columns than a table can show");
}

TEST(FlatColumns, AskForARecord) {
  const auto columns = flat_columns(*schema_of(R"("int")"));
  ASSERT_FALSE(columns);
  EXPECT_EQ(columns.error().code, ErrorCode::kBadSchema);
}

}  // namespace
}  // namespace mseavro
