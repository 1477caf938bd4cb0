// What is wrong in bytes is found alike whether a value is skipped, put into a column, written as
// JSON or made a tree.
#include "avro/wire/walk.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>

#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

using namespace std::string_view_literals;

// A record with a long before the field `x` of the type, so that offsets are not 0.
std::string schema_with(std::string_view type) {
  return R"({"type":"record","name":"R","fields":[
             {"name":"before","type":"long"},{"name":"x","type":)" +
         std::string(type) + "}]}";
}

std::optional<Error> error_of(const Result<bool>& result) {
  if (result) return std::nullopt;
  return result.error();
}

template <class Next>
std::optional<Error> first_error(const Next& next) {
  while (true) {
    const Result<bool> more = next();
    if (!more) return error_of(more);
    if (!*more) return std::nullopt;
  }
}

std::optional<Error> column_error(const std::shared_ptr<const Schema>& schema,
                                  const std::vector<ColumnRequest>& requests, const Block& block,
                                  int64_t record_count, const Limits& limits) {
  const auto plan = *ReadPlan::project(schema, requests);
  ColumnDecoder decoder(plan, limits);
  ColumnBatch batch(plan->column_types(), 2);
  decoder.begin_block(block.bytes(), record_count);
  auto error = first_error([&] { return decoder.next(batch); });
  EXPECT_FALSE(*decoder.next(batch)) << "the block has ended";
  return error;
}

// The errors of every way to read the block, by name.
std::vector<std::pair<std::string, std::optional<Error>>> errors_of_all(
    std::string_view schema_text, std::string_view bytes, int64_t record_count,
    const Limits& limits = {}) {
  const auto schema = schema_of(schema_text);
  const Block block(bytes);
  std::vector<std::pair<std::string, std::optional<Error>>> errors;
  errors.emplace_back("skip", column_error(schema, {}, block, record_count, limits));
  for (const ColumnType type : {ColumnType::kInteger, ColumnType::kNumber, ColumnType::kText}) {
    errors.emplace_back("column " + std::to_string(static_cast<int>(type)),
                        column_error(schema, {request("x", type)}, block, record_count, limits));
  }
  DatumReader reader(ReadPlan::whole(schema), limits);
  std::string json;
  reader.begin_block(block.bytes(), record_count);
  errors.emplace_back("json",
                      first_error([&] { return reader.next_json(JsonStyle::kAvro, &json); }));
  Datum datum;
  reader.begin_block(block.bytes(), record_count);
  errors.emplace_back("datum", first_error([&] { return reader.next_datum(&datum); }));
  return errors;
}

constexpr const char* kEnum = R"({"type":"enum","name":"E","symbols":["A","B"]})";
constexpr const char* kStrings = R"({"type":"array","items":"string"})";
constexpr const char* kDoubles = R"({"type":"array","items":"double"})";
constexpr const char* kUnions = R"({"type":"array","items":["null","long"]})";
constexpr const char* kMap = R"({"type":"map","values":"long"})";

TEST(Walk, FindsWhatIsWrongAndWhere) {
  const std::string ten_and_more = std::string(10, '\x80') + '\0';
  const struct {
    const char* name;
    const char* type;
    std::string value;
    ErrorCode code;
    int64_t byte;  // In the value.
    const char* shown;
  } cases[] = {
      {"long varint", R"("long")", ten_and_more, ErrorCode::kBadVarint, 0, ""},
      {"wide int", R"("int")", Bytes().integer(1LL << 31), ErrorCode::kBadVarint, 0, "2147483648"},
      {"wide negative int", R"("int")", Bytes().integer(-(1LL << 31) - 1), ErrorCode::kBadVarint, 0,
       "-2147483649"},
      {"boolean", R"("boolean")", "\2", ErrorCode::kBadBoolean, 0, "2"},
      {"enum index", kEnum, Bytes().integer(2), ErrorCode::kBadIndex, 0, "2"},
      {"negative enum index", kEnum, Bytes().integer(-1), ErrorCode::kBadIndex, 0, "-1"},
      {"huge enum index", kEnum, Bytes().integer(1LL << 60), ErrorCode::kBadIndex, 0,
       "1152921504606846976"},
      {"union index", R"(["null","double"])", Bytes().integer(2).number(1), ErrorCode::kBadIndex, 0,
       "2"},
      {"negative union index", R"(["null","double"])", Bytes().integer(-1).number(1),
       ErrorCode::kBadIndex, 0, "-1"},
      {"union index, string", R"(["string","null"])", Bytes().integer(2).text(""),
       ErrorCode::kBadIndex, 0, "2"},
      {"union index, long", R"(["null","long"])", Bytes().integer(-2).integer(0),
       ErrorCode::kBadIndex, 0, "-2"},
      {"union index, many", R"(["null","long","string"])", Bytes().integer(3), ErrorCode::kBadIndex,
       0, "3"},
      {"negative length", R"("string")", Bytes().integer(-1), ErrorCode::kBadLength, 0, "-1"},
      {"length past end", R"("bytes")", Bytes().integer(5).raw("1234"), ErrorCode::kBadLength, 0,
       "5"},
      {"enormous length", R"("string")", Bytes().integer(std::numeric_limits<int64_t>::max()),
       ErrorCode::kBadLength, 0, "9223372036854775807"},
      {"nullable length", R"(["null","string"])", Bytes().integer(1).integer(9).raw("x"),
       ErrorCode::kBadLength, 1, "9"},
      {"double cut short", R"("double")", "1234567", ErrorCode::kBadBlockCount, 0, ""},
      {"nullable double cut short", R"(["null","double"])",
       "\2"
       "1234567",
       ErrorCode::kBadBlockCount, 1, ""},
      {"float cut short", R"("float")", "123", ErrorCode::kBadBlockCount, 0, ""},
      {"fixed cut short", R"({"type":"fixed","name":"F","size":4})", "123",
       ErrorCode::kBadBlockCount, 0, ""},
      {"varint cut short", R"("long")", "\x80\x80", ErrorCode::kBadBlockCount, 0, ""},
      {"nothing left", R"("boolean")", "", ErrorCode::kBadBlockCount, 0, ""},
      {"count without positive form", kStrings,
       Bytes().integer(std::numeric_limits<int64_t>::min()).integer(0), ErrorCode::kBadBlockCount,
       0, "-9223372036854775808"},
      {"negative block size", kStrings, Bytes().integer(-1).integer(-1), ErrorCode::kBadLength, 1,
       "-1"},
      {"block size past end", kStrings, Bytes().integer(-1).integer(3).text("x"),
       ErrorCode::kBadLength, 1, "3"},
      {"no terminator", kStrings, Bytes().integer(1).text("x"), ErrorCode::kBadBlockCount, 3, ""},
      {"item length", kStrings, Bytes().integer(2).text("x").integer(-3), ErrorCode::kBadLength, 3,
       "-3"},
      {"item union index", kUnions, Bytes().integer(1).integer(7), ErrorCode::kBadIndex, 1, "7"},
      {"entry key length", kMap, Bytes().integer(1).integer(-4), ErrorCode::kBadLength, 1, "-4"},
      {"entry value", kMap, Bytes().integer(1).text("k").raw(ten_and_more), ErrorCode::kBadVarint,
       3, ""},
  };
  for (const auto& test : cases) {
    // One good record of the same schema's `before` alone cannot stand before it, so the bad value
    // is in record 0 here; the record's number has a test of its own.
    const std::string bytes = Bytes().integer(3).raw(test.value);
    for (const auto& [how, error] : errors_of_all(schema_with(test.type), bytes, 1)) {
      ASSERT_TRUE(error) << test.name << " by " << how;
      EXPECT_EQ(error->code, test.code) << test.name << " by " << how << ": " << error->message;
      EXPECT_EQ(error->place.byte, 1 + test.byte) << test.name << " by " << how;
      EXPECT_EQ(error->place.record, 0) << test.name;
      EXPECT_EQ(error->value, test.shown) << test.name << " by " << how;
      EXPECT_FALSE(error->help.empty()) << test.name;
    }
  }
}

TEST(Walk, NamesTheRecordAndTheByteOfItsBadValue) {
  const std::string good = Bytes().integer(1).raw("\1");
  for (int64_t bad = 0; bad < 7; ++bad) {
    std::string bytes;
    for (int64_t i = 0; i < 7; ++i) bytes += i == bad ? Bytes().integer(1).raw("\3") : good;
    for (const auto& [how, error] : errors_of_all(schema_with(R"("boolean")"), bytes, 7)) {
      ASSERT_TRUE(error) << how;
      EXPECT_EQ(error->place.record, bad) << how;
      EXPECT_EQ(error->place.byte, 2 * bad + 1) << how;
    }
  }
}

TEST(Walk, RefusesBytesBehindTheLastRecord) {
  const std::string bytes = Bytes().integer(1).raw("\1").integer(1).raw("\1");
  for (const auto& [how, error] : errors_of_all(schema_with(R"("boolean")"), bytes + "xyz", 2)) {
    ASSERT_TRUE(error) << how;
    EXPECT_EQ(error->code, ErrorCode::kTrailingBytes) << how;
    EXPECT_EQ(error->place.byte, 4) << how;
    EXPECT_EQ(error->place.record, 2) << how;
    EXPECT_EQ(error->value, "3") << how;
  }
  for (const auto& [how, error] : errors_of_all(schema_with(R"("boolean")"), "x", 0)) {
    ASSERT_TRUE(error) << how;
    EXPECT_EQ(error->code, ErrorCode::kTrailingBytes) << how;
  }
  for (const auto& [how, error] : errors_of_all(schema_with(R"("boolean")"), "", 0)) {
    EXPECT_FALSE(error) << how;
  }
}

TEST(Walk, RefusesRecordsBeyondTheBytes) {
  const std::string bytes = Bytes().integer(1).raw("\1").integer(1).raw("\1");
  for (const int64_t count : {int64_t{3}, std::numeric_limits<int64_t>::max()}) {
    for (const auto& [how, error] : errors_of_all(schema_with(R"("boolean")"), bytes, count)) {
      ASSERT_TRUE(error) << how;
      EXPECT_EQ(error->code, ErrorCode::kBadBlockCount) << how;
      EXPECT_EQ(error->place.byte, 4) << how;
      EXPECT_EQ(error->place.record, 2) << how;
    }
  }
}

// Sized blocks are jumped over when they are skipped, so those readers cannot look inside.
TEST(Walk, RefusesSizedBlocksWhoseItemsDoNotFillThem) {
  for (const char* type : {kStrings, kUnions, kDoubles, kMap}) {
    const bool is_double = type == kDoubles;
    const bool is_map = type == kMap;
    const std::string item = is_double ? Bytes().number(1)
                             : is_map  ? Bytes().text("k").integer(1)
                                       : Bytes().integer(0);
    const auto size = static_cast<int64_t>(item.size());
    for (const int64_t lie : {-1, 1}) {
      const std::string bytes =
          Bytes().integer(1).integer(-1).integer(size + lie).raw(item).raw("\0\0\0"sv);
      const auto errors = errors_of_all(schema_with(type), bytes, 1);
      for (const auto& [how, error] : errors) {
        if (how != "json" && how != "datum") continue;
        ASSERT_TRUE(error) << type << " by " << how;
        EXPECT_EQ(error->code, ErrorCode::kBadLength) << type << " by " << how;
      }
    }
  }
}

TEST(Walk, JumpsOverSizedBlocksWithoutLookingInside) {
  const std::string garbage(1000, '\xff');
  const std::string bytes =
      Bytes().integer(1).integer(-1'000'000'000).integer(1000).raw(garbage).integer(0);
  for (const char* type : {kStrings, kUnions, kMap}) {
    const auto rows =
        decode_rows(schema_with(type), {request("before", ColumnType::kInteger)}, bytes, 1);
    ASSERT_TRUE(rows) << type;
    EXPECT_EQ(*rows, (Rows{{"1"}}));
  }
}

// Found by fuzz/datum_fuzzer.cc.
TEST(Walk, RefusesMoreFixedItemsThanAnyMemoryHolds) {
  for (const int64_t count : {int64_t{1} << 59, int64_t{1} << 60, int64_t{1} << 62}) {
    for (const std::string& block :
         {Bytes().integer(count).bytes(), Bytes().integer(-count).integer(1).raw("x").bytes()}) {
      const std::string bytes = Bytes().integer(1).raw(block);
      for (const auto& [how, error] : errors_of_all(schema_with(kDoubles), bytes, 1)) {
        ASSERT_TRUE(error) << how;
        EXPECT_EQ(error->code, ErrorCode::kBadBlockCount) << how;
      }
    }
  }
}

TEST(Walk, RefusesElementsWithoutBytesByTheBillion) {
  constexpr int64_t kBillion = 1'000'000'000;
  const struct {
    const char* type;
    std::string prefix;
  } cases[] = {
      {R"({"type":"array","items":"null"})", {}},
      {R"({"type":"array","items":{"type":"fixed","name":"F","size":0}})", {}},
      {R"({"type":"array","items":{"type":"record","name":"Z","fields":[
           {"name":"n","type":"null"},
           {"name":"m","type":{"type":"record","name":"Y","fields":[]}}]}})",
       {}},
  };
  for (const auto& test : cases) {
    for (const int64_t count : {kBillion, int64_t{1} << 62}) {
      const std::string bytes = Bytes().integer(1).integer(count).integer(0);
      for (const auto& [how, error] : errors_of_all(schema_with(test.type), bytes, 1)) {
        ASSERT_TRUE(error) << test.type << " by " << how;
        EXPECT_EQ(error->code, ErrorCode::kLimitExceeded) << test.type << " by " << how;
        EXPECT_EQ(error->place.byte, 1) << how;
      }
    }
    // A thousand of them is somebody's data.
    const std::string bytes = Bytes().integer(1).integer(1000).integer(0);
    for (const auto& [how, error] : errors_of_all(schema_with(test.type), bytes, 1)) {
      EXPECT_FALSE(error) << test.type << " by " << how;
    }
  }
}

TEST(Walk, CountsElementsWithoutBytesOverTheWholeBlock) {
  Limits limits;
  limits.zero_size_elements = 10;
  const std::string schema = schema_with(R"({"type":"array","items":"null"})");
  const std::string record = Bytes().integer(1).integer(5).integer(0);
  for (const auto& [how, error] : errors_of_all(schema, record + record, 2, limits)) {
    EXPECT_FALSE(error) << how;
  }
  const std::string one_more = Bytes().integer(1).integer(1).integer(0);
  for (const auto& [how, error] : errors_of_all(schema, record + record + one_more, 3, limits)) {
    ASSERT_TRUE(error) << how;
    EXPECT_EQ(error->code, ErrorCode::kLimitExceeded) << how;
    EXPECT_EQ(error->place.record, 2) << how;
  }
}

TEST(Walk, RefusesRecordsWithoutBytesByTheBillion) {
  const std::string schema = record_of(R"("null")");
  for (const auto& [how, error] : errors_of_all(schema, "", 1'000'000'000)) {
    ASSERT_TRUE(error) << how;
    EXPECT_EQ(error->code, ErrorCode::kLimitExceeded) << how;
  }
  for (const auto& [how, error] : errors_of_all(schema, "", 1000)) EXPECT_FALSE(error) << how;
}

// Each record twice in the next: 2^60 empty records from a schema of a few kilobytes and no data.
TEST(Walk, RefusesSchemasThatMultiplyEmptyRecords) {
  std::string type = R"({"type":"record","name":"L0","fields":[{"name":"n","type":"null"}]})";
  for (int level = 1; level <= 60; ++level) {
    const std::string below = "L" + std::to_string(level - 1);
    type = R"({"type":"record","name":"L)" + std::to_string(level) +
           R"(","fields":[{"name":"a","type":)" + type + R"(},{"name":"b","type":")" + below +
           R"("}]})";
  }
  for (const auto& [how, error] : errors_of_all(schema_with(type), Bytes().integer(1), 1)) {
    const bool is_whole = how == "json" || how == "datum";
    ASSERT_EQ(error.has_value(), is_whole) << how;
    if (!is_whole) continue;
    EXPECT_EQ(error->code, ErrorCode::kLimitExceeded) << how;
  }
}

constexpr const char* kList = R"({"type":"record","name":"R","fields":[
  {"name":"before","type":"long"},
  {"name":"x","type":["null","R"]}]})";

// A list of `count` records.
std::string list_bytes(int64_t count) {
  Bytes bytes;
  for (int64_t i = 0; i + 1 < count; ++i) bytes.integer(i).integer(1);
  return bytes.integer(count).integer(0);
}

TEST(Walk, ReadsRecursiveDataDownToTheLimit) {
  const Limits limits;
  // Inlining saves the first levels, so the exact depth differs a little from plan to plan.
  for (const auto& [how, error] : errors_of_all(kList, list_bytes(limits.datum_depth), 1)) {
    EXPECT_FALSE(error) << how << ": " << error->message;
  }
  for (const auto& [how, error] : errors_of_all(kList, list_bytes(limits.datum_depth + 4), 1)) {
    ASSERT_TRUE(error) << how;
    EXPECT_EQ(error->code, ErrorCode::kTooDeep) << how;
  }
  for (const auto& [how, error] : errors_of_all(kList, list_bytes(100'000), 1)) {
    ASSERT_TRUE(error) << how;
    EXPECT_EQ(error->code, ErrorCode::kTooDeep) << how;
  }
}

TEST(Walk, ReadsAThousandLevelsOfWhateverNestsAndRefusesAMillion) {
  const struct {
    const char* type;   // Of the field between two others.
    std::string level;  // The bytes that open one level, and those that close it again.
    std::string bottom;
    std::string level_end;
  } cases[] = {
      {R"({"type":"record","name":"U","fields":[{"name":"u","type":["null","U"]}]})", "\2",
       std::string(1, '\0'), ""},
      {R"({"type":"record","name":"T","fields":[{"name":"t",
          "type":{"type":"array","items":"T"}}]})",
       "\2", std::string(1, '\0'), std::string(1, '\0')},
      {R"({"type":"record","name":"M","fields":[{"name":"m","type":{"type":"map","values":"M"}}]})",
       "\2\2k", std::string(1, '\0'), std::string(1, '\0')},
      // Two records that hold each other, one in a map of unions, the other in an array.
      {R"({"type":"record","name":"A","fields":[{"name":"m","type":{"type":"map","values":["null",
          {"type":"record","name":"B","fields":[{"name":"a","type":{"type":"array",
           "items":"A"}},{"name":"n","type":"long"}]}]}}]})",
       std::string("\2\2k\2\2", 5), std::string(1, '\0'), std::string("\0\6\0", 3)},
  };
  for (const auto& test : cases) {
    for (const int64_t depth : {1000, 1'000'000}) {
      Bytes bytes = Bytes().integer(1);
      for (int64_t i = 0; i < depth; ++i) bytes.raw(test.level);
      bytes.raw(test.bottom);
      for (int64_t i = 0; i < depth; ++i) bytes.raw(test.level_end);
      for (const auto& [how, error] : errors_of_all(schema_with(test.type), bytes, 1)) {
        if (depth == 1000) {
          EXPECT_FALSE(error) << test.type << " by " << how << ": " << error->message;
        } else {
          ASSERT_TRUE(error) << test.type << " by " << how;
          EXPECT_EQ(error->code, ErrorCode::kTooDeep) << how;
        }
      }
    }
  }
}

TEST(Walk, RefusesARecordThatContainsItself) {
  const std::string schema = R"({"type":"record","name":"R","fields":[
    {"name":"x","type":{"type":"array","items":{"type":"record","name":"S","fields":[
      {"name":"s","type":"S"}]}}}]})";
  for (const auto& [how, error] : errors_of_all(schema, Bytes().integer(1'000'000'000), 1)) {
    ASSERT_TRUE(error) << how;
    EXPECT_EQ(error->code, ErrorCode::kTooDeep) << how;
  }
}

TEST(Walk, CompilesLongChainsOfRecordsWithoutDeepRecursion) {
  // A union of 5,000 records, each holding the one before: shallow as text, deep as a type.
  std::string types = R"({"type":"record","name":"C0","fields":[{"name":"v","type":"int"}]})";
  for (int i = 1; i < 5'000; ++i) {
    types += R"(,{"type":"record","name":"C)" + std::to_string(i) +
             R"(","fields":[{"name":"v","type":"int"},{"name":"c","type":"C)" +
             std::to_string(i - 1) + R"("}]})";
  }
  const std::string bytes = Bytes().integer(1).integer(4'999).raw(std::string(5'000, '\0'));
  for (const auto& [how, error] : errors_of_all(schema_with("[" + types + "]"), bytes, 1)) {
    ASSERT_TRUE(error) << how;
    EXPECT_EQ(error->code, ErrorCode::kTooDeep) << how;
  }
}

TEST(Walk, KeepsADatumWithinItsLimit) {
  Limits limits;
  limits.datum_size_bytes = 100;
  const auto bytes_of = [](size_t size) {
    return Bytes().integer(1).text(std::string(size, 'x')).bytes();
  };
  for (const auto& [how, error] :
       errors_of_all(schema_with(R"("string")"), bytes_of(80) + bytes_of(97), 2, limits)) {
    if (how == "datum") continue;  // A tree's own nodes are larger.
    EXPECT_FALSE(error) << how;
  }
  for (const size_t size : {size_t{98}, size_t{101}, size_t{1000}}) {
    for (const auto& [how, error] :
         errors_of_all(schema_with(R"("string")"), bytes_of(10) + bytes_of(size), 2, limits)) {
      ASSERT_TRUE(error) << how;
      EXPECT_EQ(error->code, ErrorCode::kLimitExceeded) << how;
    }
  }
}

TEST(Walk, EndsWithAnErrorWhereverABlockIsCut) {
  const std::string schema = R"({"type":"record","name":"R","fields":[
    {"name":"a","type":"string"},{"name":"b","type":["null","double"]},{"name":"x","type":"double"},
    {"name":"c","type":"long"},{"name":"d","type":["string","null"]},
    {"name":"e","type":{"type":"array","items":{"type":"map","values":["int","string","null"]}}},
    {"name":"f","type":{"type":"array","items":"float"}},{"name":"g","type":"boolean"},
    {"name":"h","type":{"type":"fixed","name":"F","size":3}},
    {"name":"i","type":{"type":"map","values":"bytes"}},
    {"name":"j","type":{"type":"enum","name":"E","symbols":["A","B"]}}]})";
  const std::string record = Bytes()
                                 .text(std::string(70, 'a'))
                                 .integer(1)
                                 .number(1)
                                 .number(2)
                                 .integer(1738102210000)
                                 .integer(0)
                                 .text("ddd")
                                 .integer(2)
                                 .integer(1)
                                 .text("k")
                                 .integer(1)
                                 .text("v")
                                 .integer(0)
                                 .integer(-1)
                                 .integer(4)
                                 .text("l")
                                 .integer(0)
                                 .integer(9)
                                 .integer(0)
                                 .integer(0)
                                 .integer(-2)
                                 .integer(8)
                                 .raw("12345678")
                                 .integer(0)
                                 .raw("\1")
                                 .raw("fix")
                                 .integer(1)
                                 .text("key")
                                 .text("bytes")
                                 .integer(0)
                                 .integer(1);
  const std::string block = record + record;
  for (const auto& [how, error] : errors_of_all(schema, block, 2)) EXPECT_FALSE(error) << how;
  for (size_t size = 0; size < block.size(); ++size) {
    for (const auto& [how, error] : errors_of_all(schema, block.substr(0, size), 2)) {
      ASSERT_TRUE(error) << how << ", cut at " << size;
      EXPECT_LE(error->place.byte, static_cast<int64_t>(size)) << how;
      EXPECT_EQ(error->place.record, size < record.size() ? 0 : 1) << how << ", cut at " << size;
    }
  }
}

}  // namespace
}  // namespace mseavro
