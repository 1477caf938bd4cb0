#include "avro/wire/datum_reader.h"

#include <gtest/gtest.h>

#include <limits>

#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

using namespace std::string_view_literals;

TEST(DatumReader, WritesEachTypeAsJson) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const struct {
    const char* type;
    Bytes value;
    const char* avro;
    const char* plain;  // The same when nullptr.
  } cases[] = {
      {R"("null")", Bytes(), "null", nullptr},
      {R"("boolean")", Bytes().raw("\1"), "true", nullptr},
      {R"("boolean")", Bytes().raw("\0"sv), "false", nullptr},
      {R"("int")", Bytes().integer(-5), "-5", nullptr},
      {R"("long")", Bytes().integer(std::numeric_limits<int64_t>::min()), "-9223372036854775808",
       nullptr},
      {R"("float")", Bytes().number32(0.1f), "0.1", nullptr},
      {R"("double")", Bytes().number(1), "1.0", nullptr},
      {R"("double")", Bytes().number(-0.0), "-0.0", nullptr},
      {R"("double")", Bytes().number(1e20), "1e+20", nullptr},
      {R"("double")", Bytes().number(0.1 + 0.2), "0.30000000000000004", nullptr},
      {R"("double")", Bytes().number(nan), R"("NaN")", nullptr},
      {R"("double")", Bytes().number(infinity), R"("Infinity")", nullptr},
      {R"("float")", Bytes().number32(-std::numeric_limits<float>::infinity()), R"("-Infinity")",
       nullptr},
      {R"("string")", Bytes().text("a\"\n\xff"), "\"a\\\"\\n\xef\xbf\xbd\"", nullptr},
      {R"("bytes")", Bytes().text("a\x80\0"sv), R"("a\u0080\u0000")", nullptr},
      {R"({"type":"fixed","name":"F","size":2})", Bytes().raw("\xff~"), R"("\u00ff~")", nullptr},
      {R"({"type":"enum","name":"E","symbols":["A","B"]})", Bytes().integer(1), R"("B")", nullptr},
      {R"({"type":"array","items":"int"})",
       Bytes().integer(2).integer(1).integer(2).integer(-1).integer(1).integer(3).integer(0),
       "[1,2,3]", nullptr},
      {R"({"type":"array","items":{"type":"array","items":"null"}})",
       Bytes().integer(2).integer(0).integer(2).integer(0).integer(0), "[[],[null,null]]", nullptr},
      {R"({"type":"map","values":"int"})",
       Bytes().integer(2).text("b").integer(1).text("a\"").integer(2).integer(0),
       R"({"b":1,"a\"":2})", nullptr},
      {R"({"type":"map","values":{"type":"map","values":"int"}})",
       Bytes().integer(1).text("k").integer(0).integer(0), R"({"k":{}})", nullptr},
      {R"(["null","string"])", Bytes().integer(0), "null", nullptr},
      {R"(["null","string"])", Bytes().integer(1).text("t"), R"({"string":"t"})", R"("t")"},
      {R"(["int",{"type":"record","name":"ns.In","fields":[{"name":"y","type":["null","int"]}]}])",
       Bytes().integer(1).integer(1).integer(4), R"({"ns.In":{"y":{"int":4}}})", R"({"y":4})"},
      {R"({"type":"array","items":["null","int"]})",
       Bytes().integer(2).integer(1).integer(7).integer(0).integer(0), R"([{"int":7},null])",
       "[7,null]"},
      {R"({"type":"record","name":"Z","fields":[]})", Bytes(), "{}", nullptr},
      {R"({"type":"int","logicalType":"date"})", Bytes().integer(20297), "20297",
       R"("2025-07-28")"},
      {R"({"type":"int","logicalType":"time-millis"})", Bytes().integer(1), "1",
       R"("00:00:00.001")"},
      {R"({"type":"long","logicalType":"timestamp-micros"})", Bytes().integer(0), "0",
       R"("1970-01-01T00:00:00Z")"},
      {R"({"type":"long","logicalType":"timestamp-millis"})",
       Bytes().integer(std::numeric_limits<int64_t>::max()), "9223372036854775807", nullptr},
      {R"({"type":"bytes","logicalType":"decimal","precision":9,"scale":2})",
       Bytes().text("\x04\xd2"), R"("\u0004\u00d2")", R"("12.34")"},
      {R"({"type":"fixed","name":"U","size":16,"logicalType":"uuid"})",
       Bytes().raw("0123456789abcdef"), R"("0123456789abcdef")",
       R"("30313233-3435-3637-3839-616263646566")"},
      {R"({"type":"fixed","name":"D","size":12,"logicalType":"duration"})",
       Bytes().raw("\1\0\0\0\2\0\0\0\xff\xff\xff\xff"sv),
       R"("\u0001\u0000\u0000\u0000\u0002\u0000\u0000\u0000\u00ff\u00ff\u00ff\u00ff")",
       R"({"months":1,"days":2,"milliseconds":4294967295})"},
  };
  for (const auto& test : cases) {
    for (const JsonStyle style : {JsonStyle::kAvro, JsonStyle::kPlain}) {
      const char* expected =
          style == JsonStyle::kPlain && test.plain != nullptr ? test.plain : test.avro;
      // As the root, and as a field.
      const auto root = decode_json(test.type, test.value, 1, style);
      ASSERT_TRUE(root) << test.type << ": " << root.error().message;
      EXPECT_EQ((*root)[0], expected);
      const auto field = decode_json(record_of(test.type), test.value, 1, style);
      ASSERT_TRUE(field) << test.type;
      EXPECT_EQ((*field)[0], R"({"x":)" + std::string(expected) + "}");
    }
  }
}

TEST(DatumReader, AppendsLinesAndTakesBackWhatAnErrorCutShort) {
  const Block block(Bytes().integer(1).raw("\1").integer(2).raw("\7").bytes());
  DatumReader reader(ReadPlan::whole(schema_of(R"({"type":"record","name":"R","fields":[
      {"name":"a \"b\"","type":"int"},{"name":"c","type":"boolean"}]})")),
                     {});
  reader.begin_block(block.bytes(), 2);
  std::string json = "> ";
  ASSERT_TRUE(*reader.next_json(JsonStyle::kAvro, &json));
  EXPECT_EQ(json, R"(> {"a \"b\"":1,"c":true})");
  const std::string before = json;
  EXPECT_FALSE(reader.next_json(JsonStyle::kAvro, &json));
  EXPECT_EQ(json, before);
  EXPECT_FALSE(*reader.next_json(JsonStyle::kAvro, &json)) << "the block has ended";
}

TEST(DatumReader, BuildsTreesThatPointIntoTheBlock) {
  const auto schema = schema_of(R"({"type":"record","name":"R","fields":[
      {"name":"id","type":"string"},
      {"name":"score","type":["null","double"]},
      {"name":"tags","type":{"type":"map","values":["string","null"]}},
      {"name":"kind","type":{"type":"enum","name":"E","symbols":["A","B"]}},
      {"name":"ok","type":"boolean"}]})");
  const std::string bytes = Bytes()
                                .text("p-1")
                                .integer(1)
                                .number(28.7)
                                .integer(2)
                                .text("a")
                                .integer(0)
                                .text("x")
                                .text("b")
                                .integer(1)
                                .integer(0)
                                .integer(1)
                                .raw("\1");
  const Block block(bytes);
  DatumReader reader(ReadPlan::whole(schema), {});
  reader.begin_block(block.bytes(), 1);
  Datum datum;
  ASSERT_TRUE(*reader.next_datum(&datum));
  EXPECT_EQ(datum.type, SchemaType::kRecord);
  EXPECT_EQ(datum.branch, -1);
  ASSERT_NE(datum.find("id"), nullptr);
  EXPECT_EQ(datum.find("id")->text, "p-1");
  EXPECT_EQ(datum.find("id")->branch, -1);
  EXPECT_EQ(datum.find("id")->text.data(), reinterpret_cast<const char*>(block.bytes().data()) + 1);
  EXPECT_EQ(datum.find("score")->number, 28.7);
  EXPECT_EQ(datum.find("score")->branch, 1);
  const Datum& tags = *datum.find("tags");
  ASSERT_EQ(tags.children.size(), 2u);
  EXPECT_EQ(tags.find("a")->text, "x");
  EXPECT_EQ(tags.find("b")->type, SchemaType::kNull);
  EXPECT_EQ(tags.find("b")->branch, 1);
  EXPECT_EQ(datum.find("kind")->text, "B");
  EXPECT_EQ(datum.find("kind")->integer, 1);
  EXPECT_EQ(datum.find("ok")->integer, 1);
  EXPECT_EQ(datum.find("none"), nullptr);
  EXPECT_EQ(encode_datum(*schema, datum), bytes);
  EXPECT_FALSE(*reader.next_datum(&datum));
}

TEST(DatumReader, TakesLinesAndTreesInAnyOrder) {
  const Block block(Bytes().integer(1).integer(2).integer(3).bytes());
  DatumReader reader(ReadPlan::whole(schema_of(R"("int")")), {});
  reader.begin_block(block.bytes(), 3);
  std::string json;
  Datum datum;
  ASSERT_TRUE(*reader.next_json(JsonStyle::kAvro, &json));
  ASSERT_TRUE(*reader.next_datum(&datum));
  ASSERT_TRUE(*reader.next_json(JsonStyle::kPlain, &json));
  EXPECT_FALSE(*reader.next_datum(&datum));
  EXPECT_EQ(json, "13");
}

TEST(DatumReader, WritesDeepTreesInTheirLength) {
  const char* schema =
      R"({"type":"record","name":"R","fields":[{"name":"x","type":["null","R"]}]})";
  const std::string bytes(4000, '\2');
  const auto lines = decode_json(schema, bytes + '\0', 1);
  ASSERT_TRUE(lines);
  EXPECT_EQ((*lines)[0].size(),
            4000 * std::string(R"({"x":{"R":}})").size() + std::string(R"({"x":null})").size());
}

TEST(DatumReader, BoundsWhatItMakesOfFewBytes) {
  Limits limits;
  limits.datum_size_bytes = 10'000;
  // A field's long name stands in the output for each item of one byte.
  const std::string name(1000, 'n');
  const std::string schema =
      R"({"type":"array","items":{"type":"record","name":"R","fields":[{"name":")" + name +
      R"(","type":"boolean"}]}})";
  const std::string bytes = Bytes().integer(1000).raw(std::string(1000, '\1')).integer(0);
  const auto lines = decode_json(schema, bytes, 1, JsonStyle::kAvro, limits);
  ASSERT_FALSE(lines);
  EXPECT_EQ(lines.error().code, ErrorCode::kLimitExceeded);

  const Block block(bytes);
  DatumReader reader(ReadPlan::whole(schema_of(schema)), limits);
  reader.begin_block(block.bytes(), 1);
  Datum datum;
  const auto tree = reader.next_datum(&datum);
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().code, ErrorCode::kLimitExceeded);
}

TEST(DatumReader, GivesUpInAValueThatGrowsTooLarge) {
  Limits limits;
  limits.datum_size_bytes = 10'000;
  const Bytes escaped = Bytes().text(std::string(9'000, '\1'));  // Six characters each.
  const struct {
    const char* schema;
    std::string bytes;
  } cases[] = {
      {R"("bytes")", escaped},
      {R"("string")", escaped},
      {R"({"type":"map","values":"null"})", Bytes().integer(1).raw(escaped).integer(0)},
      {R"({"type":"array","items":"bytes"})", Bytes().integer(1).raw(escaped).integer(0)},
  };
  for (const auto& test : cases) {
    const Block block(test.bytes);
    DatumReader reader(ReadPlan::whole(schema_of(test.schema)), limits);
    reader.begin_block(block.bytes(), 1);
    std::string json;
    const auto more = reader.next_json(JsonStyle::kAvro, &json);
    ASSERT_FALSE(more) << test.schema;
    EXPECT_EQ(more.error().code, ErrorCode::kLimitExceeded) << test.schema;
    EXPECT_EQ(json, "") << test.schema;
    EXPECT_LT(json.capacity(), 40'000u) << test.schema;
  }
}

}  // namespace
}  // namespace mseavro
