#include "avro/wire/row_encoder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

using Columns = std::vector<std::string>;
using Cells = std::vector<std::string_view>;

Result<std::string> encode_row(std::string_view schema, const Columns& columns, const Cells& cells,
                               bool ignores_unknown = false) {
  MSEAVRO_ASSIGN(const auto plan, WritePlan::compile(schema_of(schema)));
  MSEAVRO_ASSIGN(const auto encoder, RowEncoder::make(plan, columns, ignores_unknown, {}));
  Encoder to;
  MSEAVRO_TRY(encoder->encode(cells, &to));
  return std::string(to.text());
}

// The one cell of the one field, as bytes.
Result<std::string> encode_cell(std::string_view type, std::string_view cell) {
  return encode_row(record_of(type), {"x"}, {cell});
}

TEST(RowEncoder, ReadsACellByTheTypeOfItsField) {
  const struct {
    std::string_view type;
    std::string_view cell;
    std::string bytes;
  } kCases[] = {
      {R"("int")", "-7", Bytes().integer(-7)},
      {R"("double")", "0.1", Bytes().number(0.1)},
      {R"("boolean")", "true", "\x01"},
      {R"("string")", "true", Bytes().text("true")},
      {R"("string")", "7", Bytes().text("7")},
      {R"("string")", {}, Bytes().text("")},
      {R"(["null","string"])", {}, Bytes().integer(0)},
      {R"(["null","string"])", "", Bytes().integer(1).text("")},
      {R"(["null","long"])", "", Bytes().integer(0)},
      {R"({"type":"fixed","name":"D","size":12,"logicalType":"duration"})", "\xff           ",
       "\xff           "},
      {R"({"type":"fixed","name":"U","size":16,"logicalType":"uuid"})",
       "00000000-0000-0000-0000-0000000000ff", std::string(15, '\0') + "\xff"},
      {R"(["null","string"])", "null", Bytes().integer(1).text("null")},
      {R"(["null","string"])", "NA", Bytes().integer(1).text("NA")},
      {R"(["null","double"])", "NA", Bytes().integer(0)},
      {R"(["null","long","string"])", "7", Bytes().integer(1).integer(7)},
      {R"(["null","long","string"])", "7th", Bytes().integer(2).text("7th")},
      {R"("bytes")", "\xff\x01", Bytes().text("\xff\x01")},
      {R"(["null","bytes"])", "12", Bytes().integer(1).text("12")},
      {R"({"type":"int","logicalType":"date"})", "1970-01-02", Bytes().integer(1)},
      {R"({"type":"enum","name":"E","symbols":["A","true"]})", "true", Bytes().integer(1)},
      {R"({"type":"array","items":"int"})", "[1,2]",
       Bytes().integer(2).integer(1).integer(2).integer(0)},
      {R"(["null",{"type":"map","values":"string"}])", R"({"a":"b"})",
       Bytes().integer(1).integer(1).text("a").text("b").integer(0)},
      {R"(["null",{"type":"map","values":"string"}])", {}, Bytes().integer(0)},
  };
  for (const auto& [type, cell, bytes] : kCases) {
    const auto encoded = encode_cell(type, cell);
    ASSERT_TRUE(encoded) << type << " " << cell << ": " << encoded.error().message;
    EXPECT_EQ(*encoded, bytes) << type << " " << cell;
  }
}

constexpr std::string_view kNested = R"({"type":"record","name":"R","fields":[
  {"name":"id","type":"int"},
  {"name":"in","type":["null",{"type":"record","name":"In","fields":[
    {"name":"x","type":["null","int"]},{"name":"y","type":"string","default":"d"}]}]},
  {"name":"none","type":{"type":"record","name":"None","fields":[]}},
  {"name":"out","type":{"type":"record","name":"Out","fields":[{"name":"z","type":"int"}]}}]})";

TEST(RowEncoder, PutsColumnsIntoTheRecordsThatTheirNamesSay) {
  const Columns columns = {"out.z", "in.x", "id"};
  EXPECT_EQ(*encode_row(kNested, columns, {"3", "2", "1"}),
            Bytes().integer(1).integer(1).integer(1).integer(2).text("d").integer(3).bytes());
  // Without any cell the nullable record is null.
  EXPECT_EQ(*encode_row(kNested, columns, {"3", "", "1"}),
            Bytes().integer(1).integer(0).integer(3).bytes());
}

TEST(RowEncoder, RefusesTablesThatAreNotTheRecords) {
  const auto missing = encode_row(kNested, {"id", "in.x"}, {"1", "2"});
  EXPECT_EQ(missing.error().place.field, "out");
  const auto unknown = encode_row(record_of(R"("int")"), {"x", "y"}, {"1", "2"});
  EXPECT_EQ(unknown.error().message, "the column y is no field of the schema");
  EXPECT_TRUE(encode_row(record_of(R"("int")"), {"x", "y"}, {"1", "2"}, true));
  EXPECT_EQ(encode_row(R"("int")", {"x"}, {"1"}).error().code, ErrorCode::kBadSchema);
  const std::string kNode = R"({"type":"record","name":"N","fields":[
    {"name":"n","type":["null","N"],"default":null}]})";
  std::string deep = "n";
  for (int i = 0; i < 1000; ++i) deep += ".n";
  EXPECT_EQ(encode_row(kNode, {deep}, {""}).error().code, ErrorCode::kTooDeep);
}

TEST(RowEncoder, RefusesCellsThatDoNotFit) {
  const struct {
    std::string_view type;
    std::string_view cell;
    std::string_view field;
  } kCases[] = {
      {R"("int")", "3000000000", "x"},
      {R"("int")", "1.0", "x"},
      {R"("int")", {}, "x"},
      {R"("boolean")", "yes", "x"},
      {R"(["null","double"])", "1,5", "x"},
      {R"({"type":"array","items":"int"})", R"([1,"a"])", "x[1]"},
      {R"({"type":"array","items":{"type":"record","name":"In","fields":[
          {"name":"a","type":"int"}]}})",
       R"([{"a":true}])", "x[0].a"},
  };
  for (const auto& [type, cell, field] : kCases) {
    const auto refused = encode_cell(type, cell);
    ASSERT_FALSE(refused) << type << " " << cell;
    EXPECT_EQ(refused.error().code, ErrorCode::kBadValue) << cell;
    EXPECT_EQ(refused.error().place.field, field) << cell;
  }
  EXPECT_EQ(encode_cell(R"({"type":"array","items":"int"})", "[1").error().code,
            ErrorCode::kBadJson);
}

}  // namespace
}  // namespace mseavro
