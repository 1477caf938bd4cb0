// Schema resolution, rule by rule.
#include "avro/wire/resolution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

Result<std::string> resolve(std::string_view writer, std::string_view reader,
                            std::string_view bytes, const Limits& limits = {},
                            JsonStyle style = JsonStyle::kAvro) {
  MSEAVRO_ASSIGN(const auto plan, ReadPlan::resolve(*schema_of(writer), schema_of(reader)));
  const Block block(bytes);
  DatumReader datums(plan, limits);
  datums.begin_block(block.bytes(), 1);
  std::string json;
  MSEAVRO_TRY(datums.next_json(style, &json));
  return json;
}

// JSON of the value, or "error: " and what is wrong, with its place in the schema.
std::string resolved(std::string_view writer, std::string_view reader, std::string_view bytes) {
  const auto json = resolve(writer, reader, bytes);
  if (json) return *json;
  const Error& error = json.error();
  EXPECT_TRUE(error.code == ErrorCode::kIncompatibleSchemas || error.code == ErrorCode::kBadSchema)
      << error.message;
  return "error: " + error.message + (error.place.field.empty() ? "" : " at " + error.place.field);
}

std::string record(std::string_view fields, std::string_view name = "R") {
  return R"({"type":"record","name":")" + std::string(name) + R"(","fields":[)" +
         std::string(fields) + "]}";
}

struct Case {
  std::string writer;
  std::string reader;
  std::string bytes;
  std::string expected;
};

void expect_resolved(const std::vector<Case>& cases) {
  for (const Case& test : cases) {
    EXPECT_EQ(resolved(test.writer, test.reader, test.bytes), test.expected)
        << test.writer << " as " << test.reader;
  }
}

TEST(Resolution, PromotesNumbersAndTakesStringsForBytes) {
  constexpr int64_t kOdd = (int64_t{1} << 53) + 1;
  constexpr int64_t kBetweenFloats = (int64_t{1} << 54) + (int64_t{1} << 30) + 1;
  expect_resolved({
      {R"("int")", R"("long")", Bytes().integer(-7), "-7"},
      {R"("int")", R"("float")", Bytes().integer(16777217), "16777216.0"},
      {R"("int")", R"("double")", Bytes().integer(16777217), "16777217.0"},
      {R"("long")", R"("float")", Bytes().integer(kBetweenFloats), "1.80144e+16"},
      {R"("long")", R"("double")", Bytes().integer(kOdd), "9007199254740992.0"},
      {R"("float")", R"("double")", Bytes().number32(0.1f), "0.10000000149011612"},
      {R"("string")", R"("bytes")", Bytes().text("\xc3\xa9"), R"("\u00c3\u00a9")"},
      {R"("bytes")", R"("string")", Bytes().text("\xc3\xa9"), "\"\xc3\xa9\""},
      {R"("bytes")", R"("string")", Bytes().text("\xff"), "\"\xef\xbf\xbd\""},
      {R"({"type":"array","items":"int"})", R"({"type":"array","items":"double"})",
       Bytes().integer(2).integer(1).integer(2).integer(0), "[1.0,2.0]"},
      {R"({"type":"map","values":"string"})", R"({"type":"map","values":"bytes"})",
       Bytes().integer(1).text("k").text("v").integer(0), R"({"k":"v"})"},
  });
}

TEST(Resolution, RefusesWhatIsNoPromotion) {
  constexpr const char* kLeaves[] = {"null",  "boolean", "int",   "long",
                                     "float", "double",  "bytes", "string"};
  const std::vector<std::string> allowed = {"int long",     "int float",   "int double",
                                            "long float",   "long double", "float double",
                                            "bytes string", "string bytes"};
  for (const std::string writer : kLeaves) {
    for (const std::string reader : kLeaves) {
      const auto plan =
          ReadPlan::resolve(*schema_of('"' + writer + '"'), schema_of('"' + reader + '"'));
      const bool may =
          writer == reader || std::ranges::find(allowed, writer + " " + reader) != allowed.end();
      EXPECT_EQ(plan.has_value(), may) << writer << " as " << reader;
    }
  }
}

TEST(Resolution, StillChecksAnIntThatBecomesALong) {
  const auto json = resolve(R"("int")", R"("long")", Bytes().integer(int64_t{1} << 31));
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().code, ErrorCode::kBadVarint);
}

TEST(Resolution, GivesTheReadersFieldsInTheReadersOrder) {
  const std::string writer = record(
      R"({"name":"a","type":"int"},{"name":"b","type":"string"},{"name":"c","type":"boolean"})");
  const std::string bytes = Bytes().integer(1).text("x").raw("\1");
  expect_resolved({
      {writer, record(R"({"name":"c","type":"boolean"},{"name":"a","type":"int"})"), bytes,
       R"({"c":true,"a":1})"},
      {writer, record(R"({"name":"b","type":"string"})"), bytes, R"({"b":"x"})"},
      {writer, record(""), bytes, "{}"},
      {writer, record(R"({"name":"d","type":"int","default":4},{"name":"b","type":"string"},
                 {"name":"e","type":"int","default":5},{"name":"c","type":"boolean"},
                 {"name":"f","type":"int","default":6})"),
       bytes, R"({"d":4,"b":"x","e":5,"c":true,"f":6})"},
      {writer, record(R"({"name":"d","type":"int","default":4},{"name":"c","type":"boolean"},
                 {"name":"e","type":"int","default":5},{"name":"b","type":"string"})"),
       bytes, R"({"d":4,"c":true,"e":5,"b":"x"})"},
  });
}

TEST(Resolution, PutsRecordsInOrderThatLieInEachOther) {
  const std::string inner_writer =
      record(R"({"name":"x","type":"int"},{"name":"y","type":"int"})", "In");
  const std::string inner_reader =
      record(R"({"name":"y","type":"int"},{"name":"x","type":"int"})", "In");
  expect_resolved({
      {record(R"({"name":"a","type":{"type":"array","items":)" + inner_writer +
              R"(}},{"name":"b","type":["null","In"]},{"name":"c","type":"int"})"),
       record(R"({"name":"c","type":"int"},{"name":"b","type":["null",)" + inner_reader +
              R"(]},{"name":"a","type":{"type":"array","items":"In"}})"),
       Bytes()
           .integer(2)
           .integer(1)
           .integer(2)
           .integer(3)
           .integer(4)
           .integer(0)
           .integer(1)
           .integer(5)
           .integer(6)
           .integer(7),
       R"({"c":7,"b":{"In":{"y":6,"x":5}},"a":[{"y":2,"x":1},{"y":4,"x":3}]})"},
  });
}

TEST(Resolution, AppendsReorderedLinesBehindWhatStandsThere) {
  const auto plan = *ReadPlan::resolve(
      *schema_of(record(R"({"name":"a","type":"int"},{"name":"b","type":"int"})")),
      schema_of(record(R"({"name":"b","type":"int"},{"name":"a","type":"int"})")));
  const Block block(Bytes().integer(1).integer(2).integer(3).integer(4).bytes());
  DatumReader reader(plan, {});
  reader.begin_block(block.bytes(), 2);
  std::string text = "before ";
  ASSERT_TRUE(*reader.next_json(JsonStyle::kAvro, &text));
  text += '\n';
  ASSERT_TRUE(*reader.next_json(JsonStyle::kPlain, &text));
  EXPECT_EQ(text, "before {\"b\":2,\"a\":1}\n{\"b\":4,\"a\":3}");
}

TEST(Resolution, FindsFieldsByNameThenByTheReadersAliases) {
  const std::string writer = record(R"({"name":"a","type":"int"},{"name":"b","type":"int"})");
  const std::string bytes = Bytes().integer(1).integer(2);
  expect_resolved({
      {writer, record(R"({"name":"n","type":"int","aliases":["z","b"]})"), bytes, R"({"n":2})"},
      {writer, record(R"({"name":"a","type":"int","aliases":["b"]})"), bytes, R"({"a":1})"},
      // A field that is taken by its name is not there for an alias.
      {writer,
       record(R"({"name":"n","type":"int","aliases":["a"],"default":9},{"name":"a","type":"int"})"),
       bytes, R"({"n":9,"a":1})"},
      // The writer's aliases say nothing.
      {record(R"({"name":"a","type":"int","aliases":["n"]})"),
       record(R"({"name":"n","type":"int","default":9})"), Bytes().integer(1), R"({"n":9})"},
  });
}

TEST(Resolution, PutsDefaultsOfEveryType) {
  const std::pair<std::string, std::string> cases[] = {
      {R"("null","default":null)", "null"},
      {R"("boolean","default":true)", "true"},
      {R"("int","default":-2147483648)", "-2147483648"},
      {R"("long","default":9223372036854775807)", "9223372036854775807"},
      {R"("float","default":0.1)", "0.1"},
      {R"("double","default":3)", "3.0"},
      {R"("double","default":1e300)", "1e+300"},
      {R"("bytes","default":"\u00ff\u0000a")", R"("\u00ff\u0000a")"},
      {R"("string","default":"\u20ac\"\n")", "\"\xe2\x82\xac\\\"\\n\""},
      {R"({"type":"fixed","name":"F","size":2},"default":"\u00e9\u0001")", R"("\u00e9\u0001")"},
      {R"({"type":"enum","name":"E","symbols":["A","B"]},"default":"B")", "\"B\""},
      {R"({"type":"array","items":"int"},"default":[])", "[]"},
      {R"({"type":"array","items":{"type":"array","items":"int"}},"default":[[1],[2,3]])",
       "[[1],[2,3]]"},
      {R"({"type":"map","values":"int"},"default":{"a":1,"b":2})", R"({"a":1,"b":2})"},
      {R"(["null","int"],"default":null)", "null"},
      {R"(["int","null"],"default":7)", R"({"int":7})"},
      // The branch that fits, be it the first or not.
      {R"(["null","int","string"],"default":"x")", R"({"string":"x"})"},
      {R"(["int","long"],"default":2147483648)", R"({"long":2147483648})"},
      {R"([{"type":"array","items":"int"},{"type":"map","values":"int"}],"default":{"k":1})",
       R"({"map":{"k":1}})"},
      {R"({"type":"record","name":"In","fields":[{"name":"p","type":"int"},
           {"name":"q","type":["null","string"],"default":null}]},"default":{"z":[{}],"p":1})",
       R"({"p":1,"q":null})"},
      {R"({"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]},
           "default":{"next":{"next":null}})",
       R"({"next":{"L":{"next":null}}})"},
  };
  for (const auto& [type, value] : cases) {
    EXPECT_EQ(resolved(record(""), record(R"({"name":"x","type":)" + type + "}"), ""),
              R"({"x":)" + value + "}")
        << type;
  }
}

TEST(Resolution, RefusesDefaultsThatDoNotFitWhenTheyAreNeeded) {
  const std::string bad[] = {
      R"("null","default":0)",
      R"("boolean","default":"true")",
      R"("int","default":2147483648)",
      R"("int","default":1.0)",
      R"("long","default":9223372036854775808)",
      R"("long","default":"1")",
      R"("double","default":"NaN")",
      R"("string","default":1)",
      R"("string","default":null)",
      R"("bytes","default":"\u0100")",
      R"({"type":"fixed","name":"F","size":2},"default":"abc")",
      R"({"type":"enum","name":"E","symbols":["A"]},"default":"B")",
      R"({"type":"array","items":"int"},"default":[1,"x"])",
      R"({"type":"array","items":"int"},"default":{})",
      R"({"type":"map","values":"int"},"default":[])",
      R"(["null","int"],"default":"x")",
      R"({"type":"record","name":"In","fields":[{"name":"p","type":"int"}]},"default":{})",
      // It contains itself without end.
      R"({"type":"record","name":"In","fields":[{"name":"p","type":"In","default":{}}]},
          "default":{})",
  };
  for (const std::string& type : bad) {
    const std::string reader = record(R"({"name":"x","type":)" + type + "}");
    const auto json = resolve(record(""), reader, "");
    ASSERT_FALSE(json) << type;
    EXPECT_EQ(json.error().code, ErrorCode::kBadSchema) << type;
    EXPECT_EQ(json.error().place.field, "R.x");
    // A writer that has the field does not need its default.
    EXPECT_TRUE(ReadPlan::resolve(*schema_of(reader), schema_of(reader))) << type;
  }
}

TEST(Resolution, MatchesNamesWithoutNamespaceOrByAlias) {
  const std::string field = R"({"name":"x","type":"int"})";
  const std::string bytes = Bytes().integer(1);
  const auto aliased = [&](std::string_view alias) {
    return R"({"type":"record","name":"a.New","aliases":[")" + std::string(alias) +
           R"("],"fields":[)" + field + "]}";
  };
  expect_resolved({
      {record(field, "a.R"), record(field, "b.R"), bytes, R"({"x":1})"},
      {record(field, "a.Old"), aliased("Old"), bytes, R"({"x":1})"},
      {record(field, "b.Old"), aliased("b.Old"), bytes, R"({"x":1})"},
      {record(field, "b.Old"), aliased("Old"), bytes,
       "error: the writer's record b.Old is not the reader's record a.New, nor one of its aliases"},
      {record(field, "A"), record(field, "B"), bytes,
       "error: the writer's record A is not the reader's record B, nor one of its aliases"},
      {R"({"type":"enum","name":"a.E","symbols":["A"]})",
       R"({"type":"enum","name":"F","aliases":["a.E"],"symbols":["A"]})", Bytes().integer(0),
       R"("A")"},
      {R"({"type":"fixed","name":"a.F","size":1})", R"({"type":"fixed","name":"b.F","size":1})",
       "x", R"("x")"},
      {R"({"type":"fixed","name":"F","size":1})", R"({"type":"fixed","name":"F","size":2})", "x",
       "error: F has 1 bytes for the writer and 2 for the reader"},
  });
}

TEST(Resolution, MapsSymbolsByNameAndUnknownOnesToTheReadersDefault) {
  const std::string writer = R"({"type":"enum","name":"E","symbols":["A","B","C"]})";
  const std::string other = R"({"type":"enum","name":"E","symbols":["C","A"]})";
  const std::string defaulted =
      R"({"type":"enum","name":"E","symbols":["C","other"],"default":"other"})";
  expect_resolved({
      {writer, other, Bytes().integer(0), R"("A")"},
      {writer, other, Bytes().integer(2), R"("C")"},
      {writer, other, Bytes().integer(1),
       "error: the reader's enum E has neither the symbol B nor a default"},
      {writer, defaulted, Bytes().integer(1), R"("other")"},
      {writer, defaulted, Bytes().integer(2), R"("C")"},
  });
  const auto out_of_range = resolve(writer, other, Bytes().integer(3));
  ASSERT_FALSE(out_of_range);
  EXPECT_EQ(out_of_range.error().code, ErrorCode::kBadIndex);
}

TEST(Resolution, TakesTheBranchOfTheSameTypeBeforeOneThatIsPromotedTo) {
  const std::string two = R"([{"type":"record","name":"b.R","fields":[]},
      {"type":"record","name":"a.R","fields":[]}])";
  expect_resolved({
      {R"("int")", R"(["double","int"])", Bytes().integer(1), R"({"int":1})"},
      {R"("int")", R"(["double","long"])", Bytes().integer(1), R"({"double":1.0})"},
      {R"("string")", R"(["bytes","string"])", Bytes().text("x"), R"({"string":"x"})"},
      {R"("null")", R"(["int","null"])", "", "null"},
      {R"("boolean")", R"(["int","null"])", "\1",
       "error: the reader's union of int, null has no branch for the writer's boolean"},
      {record("", "a.R"), two, "", R"({"a.R":{}})"},
      {record("", "c.R"), two, "", R"({"b.R":{}})"},
      {R"({"type":"fixed","name":"a.F","size":2})",
       R"([{"type":"fixed","name":"b.F","size":1},{"type":"fixed","name":"c.F","size":2}])", "xy",
       R"({"c.F":"xy"})"},
  });
}

TEST(Resolution, RefusesABranchOfTheWriterOnlyWhenDataHasIt) {
  expect_resolved({
      {R"(["null","int"])", R"("int")", Bytes().integer(1).integer(5), "5"},
      {R"(["null","int"])", R"("int")", Bytes().integer(0),
       "error: the writer's null cannot be read as int"},
      {R"(["int","string"])", R"(["string","long"])", Bytes().integer(0).integer(5),
       R"({"long":5})"},
      {R"(["int","boolean"])", R"(["string","long"])", Bytes().integer(1).raw("\1"),
       "error: the reader's union of string, long has no branch for the writer's boolean"},
      {record(R"({"name":"u","type":["null",{"type":"array","items":"string"}]})"),
       record(R"({"name":"u","type":["null",{"type":"array","items":"int"}]})"), Bytes().integer(0),
       R"({"u":null})"},
      {record(R"({"name":"u","type":["null",{"type":"array","items":"string"}]})"),
       record(R"({"name":"u","type":["null",{"type":"array","items":"int"}]})"),
       Bytes().integer(1).integer(0), "error: the writer's string cannot be read as int at u"},
  });
}

TEST(Resolution, SaysWhereTheDataIsThatItRefuses) {
  const auto plan = *ReadPlan::resolve(*schema_of(R"(["int","null"])"), schema_of(R"("int")"));
  const Block block(Bytes().integer(0).integer(7).integer(1).bytes());
  DatumReader reader(plan, {});
  reader.begin_block(block.bytes(), 2);
  Datum datum;
  ASSERT_TRUE(*reader.next_datum(&datum));
  EXPECT_EQ(datum.branch, -1);
  const auto refused = reader.next_datum(&datum);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().place.record, 1);
  EXPECT_EQ(refused.error().place.byte, 3);
}

TEST(Resolution, NamesThePathAndTheRuleOfWhatNeverResolves) {
  expect_resolved({
      {record(""), record(R"({"name":"x","type":"int"})"), "",
       "error: the writer has no field \"x\", the reader no default for it at x"},
      {record(R"({"name":"a","type":{"type":"array","items":{"type":"record","name":"In",
                 "fields":[{"name":"b","type":{"type":"map","values":"string"}}]}}})"),
       record(R"({"name":"a","type":{"type":"array","items":{"type":"record","name":"In",
                 "fields":[{"name":"b","type":{"type":"map","values":"long"}}]}}})"),
       "", "error: the writer's string cannot be read as long at a.b"},
      {R"({"type":"bytes","logicalType":"decimal","precision":4,"scale":1})",
       R"({"type":"bytes","logicalType":"decimal","precision":9,"scale":2})", "",
       "error: the decimal has scale 1 for the writer and 2 for the reader"},
  });
}

TEST(Resolution, ReadsRecursiveDataOnBothSides) {
  const std::string writer = R"({"type":"record","name":"L","fields":[
      {"name":"value","type":"int"},{"name":"next","type":["null","L"]}]})";
  const std::string reader = R"({"type":"record","name":"L","fields":[
      {"name":"next","type":["null","L"]},{"name":"value","type":"long"},
      {"name":"note","type":"string","default":"-"}]})";
  const std::string two = Bytes().integer(1).integer(1).integer(2).integer(0);
  EXPECT_EQ(resolved(writer, reader, two),
            R"({"next":{"L":{"next":null,"value":2,"note":"-"}},"value":1,"note":"-"})");

  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += Bytes().integer(i).integer(1).bytes();
  deep += Bytes().integer(1000).integer(0).bytes();
  ASSERT_TRUE(resolve(writer, reader, deep));
  Limits limits;
  limits.datum_depth = 500;
  const auto refused = resolve(writer, reader, deep, limits);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooDeep);
}

TEST(Resolution, MatchesRecursiveTypesOfDifferentPeriods) {
  const std::string writer = R"({"type":"record","name":"w.R","fields":[{"name":"n","type":
      ["null",{"type":"record","name":"v.R","fields":[{"name":"n","type":["null","w.R"]}]}]}]})";
  const std::string reader = R"({"type":"record","name":"R","fields":[
      {"name":"n","type":["null","R"]},{"name":"d","type":"int","default":1}]})";
  EXPECT_EQ(resolved(writer, reader, Bytes().integer(1).integer(1).integer(0)),
            R"({"n":{"R":{"n":{"R":{"n":null,"d":1}},"d":1}},"d":1})");
}

TEST(Resolution, RefusesARecursiveTypeThatFailsInItsOwnItems) {
  const std::string writer = R"({"type":"record","name":"T","fields":[
      {"name":"children","type":{"type":"array","items":"T"}},{"name":"v","type":"string"}]})";
  const std::string reader = R"({"type":"record","name":"T","fields":[
      {"name":"children","type":{"type":"array","items":"T"}},{"name":"v","type":"int"}]})";
  EXPECT_EQ(resolved(writer, reader, ""), "error: the writer's string cannot be read as int at v");
}

// Records in a chain: each may hold the one before it as `a` and the one `stride` before as `b`.
std::string chain(int count, int stride) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    const auto before = [&](int distance) {
      const std::string name = "\"n" + std::to_string(i - distance) + ".R\"";
      return R"("type":["null")" + (i < distance ? "" : "," + name) + "]}";
    };
    text += (i == 0 ? "" : ",") + (R"({"name":"f)" + std::to_string(i)) +
            R"(","type":{"type":"record","name":"n)" + std::to_string(i) +
            R"(.R","fields":[{"name":"a",)" + before(1) + R"(,{"name":"b",)" + before(stride) +
            "]}}";
  }
  return record(text, "Root");
}

// Two chains that are gone through at different speeds make as many pairs as one has records times
// those of the other; real schemas make a handful.
TEST(Resolution, BoundsThePairsOfRecords) {
  EXPECT_TRUE(ReadPlan::resolve(*schema_of(chain(100, 2)), schema_of(chain(100, 1))));
  const auto plan = ReadPlan::resolve(*schema_of(chain(1000, 2)), schema_of(chain(1000, 1)));
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, ErrorCode::kLimitExceeded);
}

TEST(Resolution, BoundsDefaultsThatGrowByPowers) {
  std::string fields = R"({"name":"f0","type":{"type":"record","name":"R0","fields":[]},
      "default":{}})";
  for (int i = 1; i < 60; ++i) {
    const std::string before = R"(","type":"R)" + std::to_string(i - 1) + R"(","default":{}})";
    fields += R"(,{"name":"f)" + std::to_string(i) + R"(","type":{"type":"record","name":"R)" +
              std::to_string(i) + R"(","fields":[{"name":"a)" + before + R"(,{"name":"b)" + before +
              R"(]},"default":{}})";
  }
  const auto plan = ReadPlan::resolve(*schema_of(record("")), schema_of(record(fields)));
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, ErrorCode::kLimitExceeded);
}

TEST(Resolution, BoundsWhatIsKeptToPutALineInOrder) {
  const std::string writer = record(R"({"name":"a","type":"string"},{"name":"b","type":"string"})");
  const std::string reader = record(R"({"name":"b","type":"string"},{"name":"a","type":"string"})");
  const std::string list_of = R"({"type":"array","items":)";
  const std::string bytes = [] {
    std::string text = Bytes().integer(1000);
    for (int i = 0; i < 1000; ++i) text += Bytes().text("").text("").bytes();
    return text + Bytes().integer(0).bytes();
  }();
  Limits limits;
  limits.datum_size_bytes = 20'000;
  const auto refused = resolve(list_of + writer + "}", list_of + reader + "}", bytes, limits);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
  EXPECT_TRUE(resolve(list_of + writer + "}", list_of + writer + "}", bytes, limits));
}

TEST(Resolution, RendersByTheReadersLogicalTypes) {
  const auto json = resolve(record(R"({"name":"t","type":"long"},{"name":"p","type":"string"})"),
                            record(R"({"name":"p","type":"bytes"},
                        {"name":"t","type":{"type":"long","logicalType":"timestamp-millis"}},
                        {"name":"d","type":{"type":"int","logicalType":"date"},"default":1})"),
                            Bytes().integer(0).text("x"), {}, JsonStyle::kPlain);
  ASSERT_TRUE(json);
  EXPECT_EQ(*json, R"({"p":"x","t":"1970-01-01T00:00:00Z","d":"1970-01-02"})");
}

}  // namespace
}  // namespace mseavro
