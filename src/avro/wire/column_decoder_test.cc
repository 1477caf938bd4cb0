#include "avro/wire/column_decoder.h"

#include <gtest/gtest.h>

#include <limits>

#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

using namespace std::string_view_literals;

constexpr auto kInteger = ColumnType::kInteger;
constexpr auto kNumber = ColumnType::kNumber;
constexpr auto kText = ColumnType::kText;

const std::vector<ColumnRequest> kAllTypesOfX = {request("x", kInteger), request("x", kNumber),
                                                 request("x", kText)};

TEST(ColumnDecoder, HoldsAnyValueAsJson) {
  const std::string schema = record_of(R"(["null",{"type":"record","name":"In","fields":[
      {"name":"y","type":["null","int","string"]},
      {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
      {"name":"list","type":{"type":"array","items":"double"}}]}])");
  const std::string data = Bytes()
                               .integer(1)
                               .integer(2)
                               .text("a\n")
                               .integer(1)
                               .integer(1)
                               .number(0.5)
                               .integer(0)
                               .integer(1)
                               .integer(1)
                               .integer(7)
                               .integer(0)
                               .integer(0)
                               .integer(0);
  const std::vector<ColumnRequest> requests = {request("x.list", ColumnType::kAvroJson),
                                               request("x", ColumnType::kPlainJson),
                                               request("x.y", ColumnType::kAvroJson),
                                               request("x.y", ColumnType::kPlainJson),
                                               request("x.y", kText),
                                               request("x", ColumnType::kAvroJson)};
  const auto rows = decode_rows(schema, requests, data, 3);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(*rows, (Rows{{"[0.5]", R"({"y":"a\n","at":"1970-01-01T00:00:00.001Z","list":[0.5]})",
                          R"({"string":"a\n"})", R"("a\n")", "a\n",
                          R"({"In":{"y":{"string":"a\n"},"at":1,"list":[0.5]}})"},
                         {"[]", R"({"y":7,"at":"1970-01-01T00:00:00Z","list":[]})", R"({"int":7})",
                          "7", "7", R"({"In":{"y":{"int":7},"at":0,"list":[]}})"},
                         {"null", "null", "null", "null", "null", "null"}}));
}

// Else the JSON of a whole block would stand in memory.
TEST(ColumnDecoder, EndsABatchEarlyWhenItsJsonIsLong) {
  const std::string text(300'000, 'a');
  std::string data;
  for (int i = 0; i < 10; ++i) data += std::string(Bytes().text(text));
  const std::vector<ColumnRequest> requests = {request("x", ColumnType::kAvroJson)};
  const auto plan = *ReadPlan::project(schema_of(record_of(R"("string")")), requests);
  ColumnDecoder decoder(plan, {});
  ColumnBatch batch(plan->column_types(), 100);
  const Block block(data);
  decoder.begin_block(block.bytes(), 10);
  std::vector<size_t> sizes;
  while (*decoder.next(batch)) {
    sizes.push_back(batch.size);
    EXPECT_EQ(batch.columns[0].texts[batch.size - 1], "\"" + text + "\"");
  }
  EXPECT_EQ(sizes, (std::vector<size_t>{4, 4, 2}));
}

TEST(ColumnDecoder, GivesTheRowsBeforeAnError) {
  const std::vector<ColumnRequest> requests = {request("x", kInteger)};
  const auto plan = *ReadPlan::project(schema_of(record_of(R"("boolean")")), requests);
  for (const size_t capacity : {1, 2, 5}) {
    ColumnDecoder decoder(plan, {});
    ColumnBatch batch(plan->column_types(), capacity);
    const Block block("\1\1\1\5\1");
    decoder.begin_block(block.bytes(), 5);
    size_t row_count = 0;
    auto more = decoder.next(batch);
    for (; more && *more; more = decoder.next(batch)) row_count += batch.size;
    EXPECT_EQ(row_count, 3U) << capacity;
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, ErrorCode::kBadBoolean);
    EXPECT_EQ(more.error().place.record, 3);
    EXPECT_FALSE(*decoder.next(batch)) << "the block has ended";
  }
}

// What each Avro type becomes in a column of each type, asked for at once: three requests for one
// field must not disturb each other.
TEST(ColumnDecoder, ConvertsEachAvroTypeAsThePlanSays) {
  const struct {
    const char* type;
    Bytes value;
    std::string integer;
    std::string number;
    std::string text;
  } cases[] = {
      {R"("null")", Bytes(), "null", "null", "null"},
      {R"("boolean")", Bytes().raw("\1"), "1", "wrong", "true"},
      {R"("boolean")", Bytes().raw("\0"sv), "0", "wrong", "false"},
      {R"("int")", Bytes().integer(-7), "-7", number_text(-7), "-7"},
      {R"("long")", Bytes().integer(1LL << 40), "1099511627776", number_text(1099511627776.0),
       "1099511627776"},
      {R"("float")", Bytes().number32(0.1f), "wrong", number_text(0.1f), "0.1"},
      {R"("double")", Bytes().number(28.7), "wrong", number_text(28.7), "28.7"},
      {R"("double")", Bytes().number(-0.0), "wrong", number_text(-0.0), "-0"},
      {R"("double")", Bytes().number(std::numeric_limits<double>::infinity()), "wrong",
       number_text(std::numeric_limits<double>::infinity()), "Infinity"},
      {R"("string")", Bytes().text("1.5"), "wrong", "wrong", "1.5"},
      {R"("bytes")", Bytes().text("\xff\0"sv), "wrong", "wrong", std::string("\xff\0"sv)},
      {R"({"type":"enum","name":"E","symbols":["A","B"]})", Bytes().integer(1), "wrong", "wrong",
       "B"},
      {R"({"type":"fixed","name":"F","size":3})", Bytes().raw("abc"), "wrong", "wrong", "abc"},
      {R"({"type":"fixed","name":"F","size":0})", Bytes(), "wrong", "wrong", ""},
      {R"({"type":"array","items":"int"})", Bytes().integer(1).integer(5).integer(0), "wrong",
       "wrong", "wrong"},
      {R"({"type":"map","values":"int"})", Bytes().integer(1).text("k").integer(5).integer(0),
       "wrong", "wrong", "wrong"},
      {R"({"type":"record","name":"In","fields":[{"name":"y","type":"int"}]})", Bytes().integer(5),
       "wrong", "wrong", "wrong"},
      {R"({"type":"int","logicalType":"date"})", Bytes().integer(20297), "20297",
       number_text(20297), "2025-07-28"},
      {R"({"type":"long","logicalType":"timestamp-millis"})", Bytes().integer(1738102210000),
       "1738102210000", number_text(1738102210000.0), "2025-01-28T22:10:10Z"},
      {R"({"type":"long","logicalType":"timestamp-micros"})",
       Bytes().integer(std::numeric_limits<int64_t>::max()), "9223372036854775807",
       number_text(9223372036854775807.0), "9223372036854775807"},
      {R"({"type":"long","logicalType":"local-timestamp-millis"})", Bytes().integer(1), "1",
       number_text(1), "1970-01-01T00:00:00.001"},
      {R"({"type":"bytes","logicalType":"decimal","precision":9,"scale":2})",
       Bytes().text("\x04\xd2"), "wrong", number_text(12.34), "12.34"},
      {R"({"type":"bytes","logicalType":"decimal","precision":9,"scale":2})",
       Bytes().text(std::string(300, '\1')), "wrong", "wrong", "wrong"},
      {R"({"type":{"type":"fixed","name":"D","size":2},"logicalType":"decimal","precision":4,
           "scale":1})",
       Bytes().raw("\xff\xfb"), "wrong", number_text(-0.5), "-0.5"},
      {R"({"type":"fixed","name":"D","size":2,"logicalType":"decimal","precision":4,"scale":1})",
       Bytes().raw("\xff\xfb"), "wrong", number_text(-0.5), "-0.5"},
      {R"({"type":"string","logicalType":"uuid"})", Bytes().text("u-u-i-d"), "wrong", "wrong",
       "u-u-i-d"},
      {R"({"type":"fixed","name":"U","size":16,"logicalType":"uuid"})",
       Bytes().raw("0123456789abcdef"), "wrong", "wrong", "30313233-3435-3637-3839-616263646566"},
  };
  for (const auto& test : cases) {
    const auto rows = decode_rows(record_of(test.type), kAllTypesOfX, test.value, 1);
    ASSERT_TRUE(rows) << test.type << ": " << rows.error().message;
    EXPECT_EQ(*rows, (Rows{{test.integer, test.number, test.text}})) << test.type;
    // The same value in a union with null on either side, and among many branches.
    const std::string type = test.type;
    if (type == R"("null")") continue;
    const struct {
      std::string type;
      int64_t branch;
      int64_t null_branch;
    } unions[] = {
        {R"(["null",)" + type + "]", 1, 0},
        {"[" + type + R"(,"null"])", 0, 1},
        {R"([{"type":"enum","name":"Z","symbols":["A"]},)" + type +
             R"(,"null",{"type":"fixed","name":"Z2","size":9}])",
         1, 2},
    };
    for (const auto& in : unions) {
      const std::string data = Bytes()
                                   .integer(in.null_branch)
                                   .integer(in.branch)
                                   .raw(test.value)
                                   .integer(in.null_branch);
      const Rows expected = {{"null", "null", "null"},
                             {test.integer, test.number, test.text},
                             {"null", "null", "null"}};
      const auto three = decode_rows(record_of(in.type), kAllTypesOfX, data, 3);
      ASSERT_TRUE(three) << in.type << ": " << three.error().message;
      EXPECT_EQ(*three, expected) << in.type;
      for (size_t only = 0; only < 3; ++only) {
        const auto one = decode_rows(record_of(in.type), {kAllTypesOfX[only]}, data, 3);
        ASSERT_TRUE(one) << in.type;
        for (size_t row = 0; row < 3; ++row) EXPECT_EQ((*one)[row][0], expected[row][only]);
      }
      EXPECT_EQ(decode_rows(record_of(in.type), {}, data, 3)->size(), 3u);
    }
  }
}

TEST(ColumnDecoder, DecidesEachRowOfAUnionByItsBranch) {
  const std::string schema = record_of(R"(["string","null","long","double"])");
  const std::string data =
      Bytes().integer(0).text("a").integer(1).integer(2).integer(5).integer(3).number(0.5);
  const auto rows = decode_rows(schema, kAllTypesOfX, data, 4);
  ASSERT_TRUE(rows);
  EXPECT_EQ(*rows, (Rows{{"wrong", "wrong", "a"},
                         {"null", "null", "null"},
                         {"5", number_text(5), "5"},
                         {"wrong", number_text(0.5), "0.5"}}));
}

constexpr const char* kNested = R"({"type":"record","name":"R","fields":[
  {"name":"before","type":"string"},
  {"name":"in","type":["null",{"type":"record","name":"In","fields":[
    {"name":"a","type":"long"},
    {"name":"skipped","type":["null","string"]},
    {"name":"b","type":["null","double"]},
    {"name":"next","type":["null","In"]}]}]},
  {"name":"after","type":"int"}]})";

TEST(ColumnDecoder, ReadsFieldsBelowRecordsAndNullsBelowNullRecords) {
  const std::vector<ColumnRequest> requests = {
      request("in.b", kNumber), request("after", kInteger),  request("in.a", kInteger),
      request("in", kText),     request("in.next.a", kText), request("in.next.next.a", kInteger)};
  const std::string deep = Bytes()
                               .text("x")
                               .integer(1)
                               .integer(1)
                               .integer(1)
                               .text("s")
                               .integer(1)
                               .number(2.5)
                               .integer(1)
                               .integer(2)
                               .integer(0)
                               .integer(0)
                               .integer(0)
                               .integer(8);
  const std::string null_record = Bytes().text("y").integer(0).integer(9);
  const auto rows = decode_rows(kNested, requests, deep + null_record + deep, 3);
  ASSERT_TRUE(rows) << rows.error().message;
  const std::vector<std::string> full = {number_text(2.5), "8", "1", "wrong", "2", "null"};
  EXPECT_EQ(*rows, (Rows{full, {"null", "9", "null", "null", "null", "null"}, full}));
}

TEST(ColumnDecoder, FindsMapEntriesByKey) {
  const std::string schema = record_of(R"({"type":"map","values":["null","long","string"]})");
  const std::vector<ColumnRequest> requests = {request(R"(x["a"])", kInteger),
                                               request(R"(x["b"])", kText),
                                               request(R"(x["a"])", kText), request("x", kText)};
  const auto entry = [](std::string_view key, int64_t value) {
    return Bytes().text(key).integer(1).integer(value).bytes();
  };
  const auto sized = [](int64_t count, const std::string& entries) {
    return Bytes()
        .integer(-count)
        .integer(static_cast<int64_t>(entries.size()))
        .raw(entries)
        .bytes();
  };
  const std::string end = Bytes().integer(0);
  const struct {
    std::string bytes;
    std::vector<std::string> cells;
  } cases[] = {
      {end, {"null", "null", "null", "wrong"}},
      {Bytes().integer(1).raw(entry("c", 1)).raw(end), {"null", "null", "null", "wrong"}},
      {Bytes().integer(2).raw(entry("b", 1)).raw(entry("a", 2)).raw(end), {"2", "1", "2", "wrong"}},
      // The last of repeated keys counts, also when it is null or of another type.
      {Bytes().integer(2).raw(entry("a", 1)).raw(entry("a", 2)).raw(end),
       {"2", "null", "2", "wrong"}},
      {Bytes().integer(2).raw(entry("a", 1)).text("a").integer(0).raw(end),
       {"null", "null", "null", "wrong"}},
      {Bytes().integer(2).raw(entry("a", 1)).text("a").integer(2).text("t").raw(end),
       {"wrong", "null", "t", "wrong"}},
      // Several blocks, with and without sizes.
      {sized(1, entry("a", 3)) + sized(2, entry("z", 1) + entry("b", 4)) +
           Bytes().integer(1).raw(entry("q", 5)).raw(end).bytes(),
       {"3", "4", "3", "wrong"}},
  };
  std::string all;
  Rows expected;
  for (const auto& [bytes, cells] : cases) {
    all += bytes;
    expected.push_back(cells);
  }
  const auto rows = decode_rows(schema, requests, all, static_cast<int64_t>(expected.size()));
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(*rows, expected);
}

TEST(ColumnDecoder, ReadsRecordsInsideMaps) {
  const std::string schema = record_of(
      R"({"type":"map","values":{"type":"record","name":"V","fields":[
          {"name":"p","type":"string"},{"name":"q","type":["null","double"]}]}})");
  const std::string data =
      Bytes().integer(1).text("k").text("v").integer(1).number(1.5).integer(0).integer(0);
  const auto rows = decode_rows(
      schema, {request(R"(x["k"].q)", kNumber), request(R"(x["k"].p)", kText)}, data, 2);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(*rows, (Rows{{number_text(1.5), "v"}, {"null", "null"}}));
}

TEST(ColumnDecoder, SkipsEverythingThatIsNotAskedFor) {
  const std::string schema = R"({"type":"record","name":"R","fields":[
    {"name":"f1","type":"boolean"},{"name":"f2","type":"double"},{"name":"f3","type":"float"},
    {"name":"f4","type":{"type":"fixed","name":"F","size":5}},{"name":"f5","type":"null"},
    {"name":"f6","type":{"type":"enum","name":"E","symbols":["A"]}},
    {"name":"f7","type":{"type":"array","items":{"type":"array","items":"boolean"}}},
    {"name":"f8","type":{"type":"array","items":"double"}},
    {"name":"f9","type":{"type":"map","values":"bytes"}},
    {"name":"f10","type":{"type":"array","items":{"type":"record","name":"I","fields":[
      {"name":"a","type":"string"},{"name":"b","type":["long","string","null"]}]}}},
    {"name":"f11","type":["null","F"]},{"name":"f12","type":["string","null"]},
    {"name":"f13","type":"I"},{"name":"f14","type":"int"},{"name":"x","type":"long"}]})";
  const std::string data = Bytes()
                               .raw("\1")
                               .number(1)
                               .number32(1)
                               .raw("12345")
                               .integer(0)
                               .integer(1)
                               .integer(2)
                               .raw("\1\0"sv)
                               .integer(0)
                               .integer(0)
                               .integer(-2)
                               .integer(16)
                               .number(1)
                               .number(2)
                               .integer(1)
                               .number(3)
                               .integer(0)
                               .integer(1)
                               .text("k")
                               .text(std::string(100, 'v'))
                               .integer(0)
                               .integer(-1)
                               .integer(4)
                               .text("i")
                               .integer(0)
                               .integer(3)
                               .integer(1)
                               .text("j")
                               .integer(2)
                               .integer(0)
                               .integer(1)
                               .raw("54321")
                               .integer(0)
                               .text("t")
                               .text("u")
                               .integer(1)
                               .text("v")
                               .integer(-1)
                               .integer(77);
  const auto rows = decode_rows(schema, {request("x", kInteger)}, data + data, 2);
  ASSERT_TRUE(rows) << rows.error().message << " at " << rows.error().place.byte;
  EXPECT_EQ(*rows, (Rows{{"77"}, {"77"}}));
}

TEST(ColumnDecoder, SaysWhichBytesEachRowCameFrom) {
  const auto plan = *ReadPlan::project(schema_of(record_of(R"("string")")), {});
  const Block block(Bytes().text("a").text("").text("ccc").bytes());
  ColumnDecoder decoder(plan, {});
  ColumnBatch batch(plan->column_types(), 2);
  decoder.begin_block(block.bytes(), 3);
  const uint8_t* const begin = block.bytes().data();
  ASSERT_TRUE(*decoder.next(batch));
  EXPECT_EQ(batch.size, 2u);
  EXPECT_EQ(batch.row_begins, (std::vector<const uint8_t*>{begin, begin + 2, begin + 3}));
  ASSERT_TRUE(*decoder.next(batch));
  EXPECT_EQ(batch.size, 1u);
  EXPECT_EQ(batch.row_begins[0], begin + 3);
  EXPECT_EQ(batch.row_begins[1], begin + 7);
  EXPECT_FALSE(*decoder.next(batch));
  EXPECT_EQ(batch.size, 0u);
  EXPECT_FALSE(*decoder.next(batch));
}

TEST(ColumnDecoder, ReadsManyBatchesAndBlocksThroughOneBatch) {
  const auto plan = *ReadPlan::project(schema_of(record_of(R"(["null","long"])")),
                                       std::vector{request("x", kInteger)});
  ColumnDecoder decoder(plan, {});
  ColumnBatch batch(plan->column_types(), 100);
  for (int round = 0; round < 3; ++round) {
    Bytes bytes;
    for (int64_t i = 0; i < 1000; ++i) {
      if (i % 3 == 0) {
        bytes.integer(0);
      } else {
        bytes.integer(1).integer(i * i * i);
      }
    }
    const Block block(bytes.bytes());
    decoder.begin_block(block.bytes(), 1000);
    int64_t i = 0;
    while (*decoder.next(batch)) {
      for (size_t row = 0; row < batch.size; ++row, ++i) {
        ASSERT_EQ(cell_text(batch.columns[0], row),
                  i % 3 == 0 ? "null" : std::to_string(i * i * i));
      }
    }
    EXPECT_EQ(i, 1000);
  }
}

TEST(ReadPlan, RefusesPathsThatDoNotExistAndRootsWithoutFields) {
  const auto missing =
      ReadPlan::project(schema_of(kNested), std::vector{request("in.none", kText)});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kFieldMissing);
  EXPECT_EQ(missing.error().value, "in.none");
  EXPECT_NE(missing.error().help.find("before, in, after"), std::string::npos);
  const auto no_record = ReadPlan::project(schema_of(R"("string")"), {});
  ASSERT_FALSE(no_record);
  EXPECT_EQ(no_record.error().code, ErrorCode::kBadSchema);
}

}  // namespace
}  // namespace mseavro
