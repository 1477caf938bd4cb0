#include "avro/wire/datum_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

constexpr std::string_view kColors = R"({"type":"enum","name":"a.Color","symbols":["RED","BLUE"]})";
constexpr std::string_view kPair = R"({"type":"fixed","name":"Pair","size":2})";

Result<std::string> encode_json(std::string_view schema, std::string_view json, JsonForm form = {},
                                const Limits& limits = {}) {
  MSEAVRO_ASSIGN(const auto plan, WritePlan::compile(schema_of(schema)));
  Encoder to;
  to.put_raw("before");
  const Status status = DatumWriter(plan, limits).write_json(json, form, &to);
  EXPECT_TRUE(status || to.text() == "before");
  MSEAVRO_TRY(status);
  return std::string(to.text().substr(6));
}

constexpr JsonForm kPlain{.style = JsonStyle::kPlain};

struct Case {
  std::string schema;
  std::string_view json;
  std::string bytes;
};

void expect_bytes(const std::vector<Case>& cases, const JsonForm& form) {
  for (const auto& [schema, json, bytes] : cases) {
    const auto encoded = encode_json(schema, json, form);
    ASSERT_TRUE(encoded) << schema << " " << json << ": " << encoded.error().message;
    EXPECT_EQ(*encoded, bytes) << schema << " " << json;
  }
}

TEST(DatumWriter, EncodesWhatTheSpecificationCallsJsonEncoding) {
  const std::string colors(kColors);
  const std::string pair(kPair);
  expect_bytes(
      {
          {R"("null")", "null", ""},
          {R"("boolean")", "true", "\x01"},
          {R"("int")", "-2147483648", Bytes().integer(-2147483648)},
          {R"("long")", "9223372036854775807", Bytes().integer(INT64_MAX)},
          {R"("float")", "0.1", Bytes().number32(0.1f)},
          {R"("double")", "1e-320", Bytes().number(1e-320)},
          {R"("double")", "3", Bytes().number(3)},
          {R"("double")", R"("-Infinity")",
           Bytes().number(-std::numeric_limits<double>::infinity())},
          {R"("string")", R"("caf\u00e9")", Bytes().text("caf\xc3\xa9")},
          {R"("bytes")", R"("\u0000\u00ff")", Bytes().text(std::string_view("\0\xff", 2))},
          {pair, R"("\u0001\u0080")", "\x01\x80"},
          {colors, R"("BLUE")", "\x02"},
          {R"({"type":"array","items":"int"})", "[]", Bytes().integer(0)},
          {R"({"type":"array","items":"int"})", "[1,2]",
           Bytes().integer(2).integer(1).integer(2).integer(0)},
          {R"({"type":"map","values":"int"})", R"({"b":1,"a":2,"b":3})",
           Bytes()
               .integer(3)
               .text("b")
               .integer(1)
               .text("a")
               .integer(2)
               .text("b")
               .integer(3)
               .integer(0)},
          {R"(["null","string"])", "null", Bytes().integer(0)},
          {R"(["null","string"])", R"({"string":"x"})", Bytes().integer(1).text("x")},
          {"[" + colors + R"(,"int"])", R"({"a.Color":"RED"})", Bytes().integer(0).integer(0)},
          {record_of(R"(["null",{"type":"map","values":["int","null"]}])"),
           R"({"x":{"map":{"k":{"int":1},"n":null}}})",
           Bytes()
               .integer(1)
               .integer(2)
               .text("k")
               .integer(0)
               .integer(1)
               .text("n")
               .integer(1)
               .integer(0)},
          {R"({"type":"long","logicalType":"timestamp-millis"})", "5", Bytes().integer(5)},
      },
      {});
}

TEST(DatumWriter, EncodesPlainJson) {
  const std::string kDecimal =
      R"({"type":"bytes","logicalType":"decimal","precision":6,"scale":2})";
  const auto logical = [](std::string_view type, std::string_view name) {
    return R"({"type":")" + std::string(type) + R"(","logicalType":")" + std::string(name) + "\"}";
  };
  const std::string kUuid = R"({"type":"fixed","name":"U","size":16,"logicalType":"uuid"})";
  const std::string kDuration = R"({"type":"fixed","name":"D","size":12,"logicalType":"duration"})";
  expect_bytes(
      {
          {R"(["null","string"])", "null", Bytes().integer(0)},
          {R"(["null","string"])", R"("x")", Bytes().integer(1).text("x")},
          {R"(["string","null"])", "null", Bytes().integer(1)},
          {logical("int", "date"), R"("1970-01-02")", Bytes().integer(1)},
          {logical("int", "date"), "-1000000", Bytes().integer(-1000000)},
          {logical("int", "time-millis"), R"("00:00:01.5")", Bytes().integer(1500)},
          {logical("long", "timestamp-millis"), R"("1970-01-01T00:00:01.5Z")",
           Bytes().integer(1500)},
          {logical("long", "timestamp-nanos"), R"("1970-01-01T01:00:00.000000001+01:00")",
           Bytes().integer(1)},
          {logical("long", "local-timestamp-micros"), R"("1970-01-01T00:00:00.000007")",
           Bytes().integer(7)},
          {kDecimal, R"("-12.3")", Bytes().text("\xfb\x32")},
          {kDecimal, "12.30", Bytes().text("\x04\xce")},
          {kDecimal, "123e1", Bytes().text(std::string_view("\x01\xe0\x78", 3))},
          {kUuid, R"("00000000-0000-0000-0000-0000000000ff")", std::string(15, '\0') + "\xff"},
          {kDuration, R"({"days":2,"months":1,"milliseconds":3})",
           std::string("\1\0\0\0\2\0\0\0\3\0\0\0", 12)},
      },
      kPlain);
}

TEST(DatumWriter, TakesTheBranchThatFitsBestAndOfEqualsTheFirst) {
  const std::string kTime = R"({"type":"long","logicalType":"timestamp-millis"})";
  const auto record = [](std::string_view name, std::string_view fields) {
    return R"({"type":"record","name":")" + std::string(name) + R"(","fields":[)" +
           std::string(fields) + "]}";
  };
  const std::string kId = R"({"name":"id","type":"long"})";
  const std::string kIdText = R"({"name":"id","type":"string"})";
  const std::string kMore = R"({"name":"more","type":"int","default":7})";
  const std::string kIdArray = R"({"name":"id","type":{"type":"array","items":"string"}})";
  expect_bytes(
      {
          {R"(["double","long"])", "5", Bytes().integer(1).integer(5)},
          {R"(["long","double"])", "5.0", Bytes().integer(1).number(5)},
          {R"(["double","int"])", "3000000000", Bytes().integer(0).number(3e9)},
          {R"(["int","long"])", "5", Bytes().integer(0).integer(5)},
          {R"(["int","long"])", "3000000000", Bytes().integer(1).integer(3000000000)},
          {R"(["float","double"])", "0.1", Bytes().integer(0).number32(0.1f)},
          {R"(["float","double"])", "0.123456789", Bytes().integer(1).number(0.123456789)},
          {R"(["float","string"])", "0.123456789", Bytes().integer(0).number32(0.123456789f)},
          {R"(["bytes","string"])", R"("a")", Bytes().integer(0).text("a")},
          {R"(["bytes","string"])", R"("\u20ac")", Bytes().integer(1).text("\xe2\x82\xac")},
          {"[" + kTime + R"(,"string"])", R"("1970-01-01T00:00:00Z")",
           Bytes().integer(0).integer(0)},
          {"[" + kTime + R"(,"string"])", R"("once")", Bytes().integer(1).text("once")},
          {"[" + kTime + R"(,"int"])", "1", Bytes().integer(1).integer(1)},
          {"[" + kTime + R"(,"string"])", "1", Bytes().integer(0).integer(1)},
          // Of objects: all that is in them decides.
          {"[" + record("A", kId) + "," + record("B", kIdText) + "]", R"({"id":"x"})",
           Bytes().integer(1).text("x")},
          {"[" + record("A", kId + "," + kMore) + "," + record("B", kId) + "]", R"({"id":1})",
           Bytes().integer(1).integer(1)},
          {"[" + record("A", kId + "," + kMore) + "," + record("B", kIdText) + "]", R"({"id":1})",
           Bytes().integer(0).integer(1).integer(7)},
          {R"([{"type":"map","values":"long"},)" + record("A", kId) + "]", R"({"id":1})",
           Bytes().integer(1).integer(1)},
          {R"([{"type":"map","values":"long"},)" + record("A", kIdText) + "]", R"({"id":1})",
           Bytes().integer(0).integer(1).text("id").integer(1).integer(0)},
          {R"([{"type":"map","values":"long"},)" + record("A", kId) + "]", R"({"ID":1})",
           Bytes().integer(0).integer(1).text("ID").integer(1).integer(0)},
          {"[" + record("A", R"({"name":"id","type":{"type":"array","items":"long"}})") + "," +
               record("B", kIdArray) + "]",
           R"({"id":["x","y"]})", Bytes().integer(1).integer(2).text("x").text("y").integer(0)},
      },
      kPlain);
}

TEST(DatumWriter, GoesBackToTheUnionThatTookTheWrongBranchAndOnBehindIt) {
  // Each item is a duration, a record that holds a number or one that holds a text.
  const std::string kSchema = R"({"type":"array","items":[
    {"type":"fixed","name":"D","size":12,"logicalType":"duration"},
    {"type":"record","name":"A","fields":[{"name":"x","type":["null","A","long"]}]},
    {"type":"record","name":"B","fields":[{"name":"x","type":["null","B","string"]}]}]})";
  const auto encoded = encode_json(
      kSchema, R"([{"x":{"x":1}},{"x":{"x":"t"}},{"months":1,"days":0,"milliseconds":0},{"x":2}])",
      kPlain);
  ASSERT_TRUE(encoded) << encoded.error().message;
  EXPECT_EQ(*encoded, Bytes()
                          .integer(4)
                          .integer(1)
                          .integer(1)
                          .integer(2)
                          .integer(1)
                          .integer(2)
                          .integer(1)
                          .integer(2)
                          .text("t")
                          .integer(0)
                          .raw(std::string("\1\0\0\0\0\0\0\0\0\0\0\0", 12))
                          .integer(1)
                          .integer(2)
                          .integer(2)
                          .integer(0)
                          .bytes());
}

TEST(DatumWriter, GivesUpWhenBranchesTakeTooManyAttempts) {
  // At each level A is tried first and fails behind all that is nested in it.
  const std::string kSchema = R"(["null",
    {"type":"record","name":"A","fields":[{"name":"next","type":["null","A",
      {"type":"record","name":"B","fields":[{"name":"next","type":["null","A","B"]},
                                            {"name":"x","type":"string"}]}]},
                                          {"name":"x","type":"long"}]},"B"])";
  const auto nested = [](int depth) {
    std::string json = "null";
    for (; depth > 0; --depth) json = R"({"next":)" + json + R"(,"x":"t"})";
    return json;
  };
  EXPECT_TRUE(encode_json(kSchema, nested(8), kPlain));
  const auto refused = encode_json(kSchema, nested(200), kPlain);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
}

TEST(DatumWriter, GivesMissingFieldsTheirDefaults) {
  const std::string kSchema = R"({"type":"record","name":"R","fields":[
    {"name":"a","type":"int"},
    {"name":"b","type":["null","string"],"default":null},
    {"name":"c","type":{"type":"array","items":"long"},"default":[1,2]},
    {"name":"d","type":{"type":"map","values":{"type":"array","items":"bytes"}},
     "default":{"k":["\u00ff"],"e":[]}},
    {"name":"e","type":{"type":"record","name":"In","fields":[
      {"name":"x","type":"double","default":0.5},{"name":"y","type":"boolean"}]},
     "default":{"y":true}}]})";
  const auto encoded = encode_json(kSchema, R"({"a":1})");
  ASSERT_TRUE(encoded) << encoded.error().message;
  EXPECT_EQ(*encoded, Bytes()
                          .integer(1)
                          .integer(0)
                          .integer(2)
                          .integer(1)
                          .integer(2)
                          .integer(0)
                          .integer(2)
                          .text("k")
                          .integer(1)
                          .text("\xff")
                          .integer(0)
                          .text("e")
                          .integer(0)
                          .integer(0)
                          .number(0.5)
                          .raw("\x01")
                          .bytes());
}

TEST(DatumWriter, TakesFieldsInAnyOrder) {
  const std::string kSchema = R"({"type":"record","name":"R","fields":[
    {"name":"a","type":"int"},{"name":"b","type":"string"}]})";
  EXPECT_EQ(*encode_json(kSchema, R"({"b":"x","a":1})"), Bytes().integer(1).text("x").bytes());
  const JsonForm ignoring{.ignores_unknown = true};
  EXPECT_EQ(*encode_json(kSchema, R"({"more":[{}],"b":"x","a":1})", ignoring),
            Bytes().integer(1).text("x").bytes());
}

TEST(DatumWriter, RefusesWhatDoesNotFitAndSaysWhere) {
  const std::string kSchema = R"({"type":"record","name":"R","fields":[
    {"name":"i","type":"int","default":0},
    {"name":"l","type":"long","default":0},
    {"name":"f","type":"float","default":0},
    {"name":"s","type":"string","default":""},
    {"name":"p","type":)" + std::string(kPair) +
                              R"(,"default":"ab"},
    {"name":"c","type":)" + std::string(kColors) +
                              R"(,"default":"RED"},
    {"name":"u","type":["null","string"],"default":null},
    {"name":"m","type":{"type":"map","values":{"type":"array","items":"int"}},"default":{}},
    {"name":"r","type":["null",{"type":"record","name":"In","fields":[{"name":"x","type":"int"}]}],
     "default":null}]})";
  const struct {
    std::string_view json;
    std::string_view field;
    std::string_view message;
  } kCases[] = {
      {R"({"i":2147483648})", "i", "the value does not fit the type int: it is out of range"},
      {R"({"i":-2147483649})", "i", "the value does not fit the type int: it is out of range"},
      {R"({"i":1.0})", "i", "the value does not fit the type int: it is no whole number"},
      {R"({"i":"1"})", "i", "the value does not fit the type int: it is a string"},
      {R"({"l":9223372036854775808})", "l",
       "the value does not fit the type long: it is out of range"},
      {R"({"l":[1]})", "l", "the value does not fit the type long: it is an array"},
      {R"({"f":1e39})", "f", "the value does not fit the type float: it is out of range"},
      {R"({"f":"nan"})", "f", "the value does not fit the type float: it is a string"},
      {R"({"s":null})", "s", "the value does not fit the type string: it is null"},
      {R"({"p":"abc"})", "p", "the value does not fit the type fixed Pair: it has another size"},
      {R"({"p":"\u0100b"})", "p",
       "the value does not fit the type fixed Pair: it has a character beyond U+00FF"},
      {R"({"c":"GREEN"})", "c",
       "the value does not fit the type enum a.Color: the enum has no such symbol"},
      {R"({"u":"x"})", "u", "the value names no branch of the union"},
      {R"({"u":{"int":1}})", "u", "the value names no branch of the union"},
      {R"({"u":{"string":"x","null":null}})", "u", "the value names no branch of the union"},
      {R"({"m":{"k":[1],"\"k":[1,true]}})", R"(m["\"k"][1])",
       "the value does not fit the type int: it is a boolean"},
      {R"({"r":{"In":{}}})", "r", "the field x of record In is missing and has no default"},
      {R"({"r":{"In":{"x":1,"y":2}}})", "r", "the record In has no field y"},
      {R"({"r":{"In":{"x":1,"x":2}}})", "r",
       "the value does not fit the type record In: its field x is given twice"},
      {R"({"r":{"In":{"x":{}}}})", "r.x", "the value does not fit the type int: it is an object"},
      {"7", "", "the value does not fit the type record R: it is a number"},
  };
  for (const auto& [json, field, message] : kCases) {
    const auto refused = encode_json(kSchema, json);
    ASSERT_FALSE(refused) << json;
    EXPECT_EQ(refused.error().code, ErrorCode::kBadValue) << json;
    EXPECT_EQ(refused.error().place.field, field) << json;
    EXPECT_EQ(refused.error().message, message) << json;
  }
  const auto refused = encode_json(kSchema, R"({"i": 1, "s": 12345})");
  EXPECT_EQ(refused.error().place.byte, 14);
  EXPECT_EQ(refused.error().value, "12345");
}

TEST(DatumWriter, RefusesPlainValuesThatWouldChange) {
  const auto logical = [](std::string_view type, std::string_view name) {
    return R"({"type":")" + std::string(type) + R"(","logicalType":")" + std::string(name) + "\"}";
  };
  const std::string kDecimal =
      R"({"type":"bytes","logicalType":"decimal","precision":4,"scale":2})";
  const struct {
    std::string schema;
    std::string_view json;
  } kCases[] = {
      {logical("int", "date"), R"("2025-02-29")"},
      {logical("int", "date"), R"("2025-02-28T00:00:00Z")"},
      {logical("long", "timestamp-millis"), R"("1970-01-01T00:00:00.0001Z")"},
      {logical("long", "timestamp-nanos"), R"("2300-01-01T00:00:00Z")"},
      {logical("long", "timestamp-millis"), R"("1970-01-01")"},
      {logical("long", "local-timestamp-millis"), R"("1970-01-01T00:00:00Z")"},
      {logical("int", "time-millis"), R"("24:00:00")"},
      {logical("int", "time-millis"), R"("10:00:00Z")"},
      {kDecimal, R"("1.234")"},
      {kDecimal, R"("123.45")"},
      {kDecimal, R"("x")"},
      {kDecimal, R"("")"},
      {kDecimal, "1e999999999"},
      {R"({"type":"fixed","name":"U","size":16,"logicalType":"uuid"})", R"("no uuid")"},
      {R"(["null","int"])", R"("x")"},
      {R"(["null","int"])", "[]"},
      {R"(["null","int"])", "{}"},
  };
  for (const auto& [schema, json] : kCases) {
    const auto refused = encode_json(schema, json, kPlain);
    ASSERT_FALSE(refused) << schema << " " << json;
    EXPECT_EQ(refused.error().code, ErrorCode::kBadValue) << json;
  }
}

TEST(DatumWriter, SaysOfADefaultThatItDoesNotFit) {
  const auto refused = encode_json(
      R"({"type":"record","name":"R","fields":[{"name":"x","type":"int","default":"a"}]})", "{}");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "the field x of record R is missing and has no default that fits its type");
}

TEST(DatumWriter, BoundsDefaultsWithinDefaults) {
  // Each record has the one before as the default of two of its fields.
  const auto doubling = [](int levels) {
    std::string type = R"("int")";
    std::string value = "0";
    for (int level = 0; level < levels; ++level) {
      const std::string name = "R" + std::to_string(level);
      const std::string below = level == 0 ? type : "\"R" + std::to_string(level - 1) + "\"";
      type = R"({"type":"record","name":")" + name + R"(","fields":[{"name":"a","type":)" + type +
             R"(,"default":)" + value + R"(},{"name":"b","type":)" + below + R"(,"default":)" +
             value + "}]}";
      value = "{}";
    }
    return type;
  };
  EXPECT_EQ(encode_json(doubling(10), "{}")->size(), 1024u);
  const auto refused = encode_json(doubling(40), "{}");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
}

TEST(DatumWriter, RefusesNamesThatBreakTheRule) {
  const auto refused = encode_json(
      R"({"type":"record","name":"R","fields":[{"name":"a b","type":"int"}]})", R"({"a b":1})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBadSchema);
}

constexpr std::string_view kList = R"({"type":"record","name":"Node","fields":[
  {"name":"next","type":["null","Node"]}]})";

std::string nested_list(int depth, JsonStyle style) {
  const bool is_avro = style == JsonStyle::kAvro;
  std::string json;
  for (int i = 1; i < depth; ++i) json += is_avro ? R"({"next":{"Node":)" : R"({"next":)";
  json += R"({"next":null})";
  for (int i = 1; i < depth; ++i) json += is_avro ? "}}" : "}";
  return json;
}

TEST(DatumWriter, EncodesDataAsDeepAsItIsReadAndRefusesDeeper) {
  for (const JsonStyle style : {JsonStyle::kAvro, JsonStyle::kPlain}) {
    const Limits limits;
    const auto encoded = encode_json(kList, nested_list(limits.datum_depth, style), {style});
    ASSERT_TRUE(encoded) << encoded.error().message;
    EXPECT_EQ(*encoded, std::string(static_cast<size_t>(limits.datum_depth) - 1, '\2') + '\0');
    EXPECT_TRUE(decode_json(kList, *encoded, 1));
    for (const int depth : {limits.datum_depth + 1, 1'000'000}) {
      Limits wide;
      wide.json_size_bytes = 64 << 20;
      const auto refused = encode_json(kList, nested_list(depth, style), {style}, wide);
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, ErrorCode::kTooDeep);
    }
  }
}

TEST(DatumWriter, BoundsTheDatum) {
  // Each {} of the text becomes a default of a thousand bytes.
  const std::string kSchema = R"({"type":"array","items":{"type":"record","name":"R","fields":[
    {"name":"x","type":"string","default":")" +
                              std::string(1000, 'x') + R"("}]}})";
  Limits limits;
  limits.datum_size_bytes = 10'000;
  EXPECT_TRUE(encode_json(kSchema, "[{},{},{},{},{},{},{},{}]", {}, limits));
  const auto refused = encode_json(kSchema, "[{},{},{},{},{},{},{},{},{},{},{},{}]", {}, limits);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace mseavro
