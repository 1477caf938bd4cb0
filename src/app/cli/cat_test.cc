#include "app/cli/cat.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "events/source/testing/avro_test_file.h"
#include "events/source/testing/scratch_folder.h"

namespace mseavro {
namespace {

constexpr std::string_view kSchema = R"({"type":"record","name":"Event","fields":[
    {"name":"id","type":["null","string"]},
    {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
    {"name":"y","type":"double"}]})";

PutRecord event(std::string id, int64_t at, double y) {
  return [=](Encoder& out) {
    out.put_long(1);
    out.put_bytes(id);
    out.put_long(at);
    out.put_double(y);
  };
}

class Cat : public testing::Test {
 protected:
  // What is printed; status_ says how it ended.
  std::string cat(std::string_view bytes, const CatOptions& options = {},
                  const Limits& limits = {}) {
    path_ = folder_.write("a.avro", bytes);
    return cat_all({path_}, options, limits);
  }

  std::string cat_all(const std::vector<std::string>& paths, const CatOptions& options = {},
                      const Limits& limits = {}) {
    std::string text;
    const auto sink = memory_sink(&text);
    status_ = cat_files(paths, options, *sink, limits);
    EXPECT_TRUE(sink->commit());
    return text;
  }

  ScratchFolder folder_;
  std::string path_;
  Status status_;
};

TEST_F(Cat, PrintsTheAvroJsonEncodingOneRecordALine) {
  EXPECT_EQ(cat(avro_file(kSchema, {event("a\n", 0, 0.5), event("b", 1, NAN)})),
            R"({"id":{"string":"a\n"},"at":0,"y":0.5})"
            "\n"
            R"({"id":{"string":"b"},"at":1,"y":"NaN"})"
            "\n");
  EXPECT_TRUE(status_);
}

TEST_F(Cat, PrintsNoMoreOfAFileThanTheLimitsAllow) {
  const std::string file = avro_file(kSchema, {event("a", 0, 0.5), event("b", 0, 0.5)});
  const std::string line = "{\"id\":{\"string\":\"a\"},\"at\":0,\"y\":0.5}\n";
  const auto size = static_cast<int64_t>(line.size());
  cat(file, {}, {.expansion_size_bytes = 2 * size, .expansion_ratio = 0});
  EXPECT_TRUE(status_);
  EXPECT_EQ(cat(file, {}, {.expansion_size_bytes = size - 1, .expansion_ratio = 0}), line);
  ASSERT_FALSE(status_);
  EXPECT_EQ(status_.error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(status_.error().place.block, -1) << "it is the whole file that is too much";
}

TEST_F(Cat, PrintsPlainJsonForPeople) {
  EXPECT_EQ(
      cat(avro_file(kSchema, {event("a", 0, 0.5)}), {.lines = {.form = LineForm::kPlainJson}}),
      R"({"id":"a","at":"1970-01-01T00:00:00Z","y":0.5})"
      "\n");
}

TEST_F(Cat, PrintsTheRecordsAsAReaderSchemaHasThem) {
  const auto with_schema = [](std::string_view fields) {
    const std::string text =
        R"({"type":"record","name":"Event","fields":[)" + std::string(fields) + "]}";
    return CatOptions{.lines = {.reader_schema = *Schema::parse(text)}};
  };
  const std::string bytes = avro_file(kSchema, {event("a", 5, 0.5), event("b", 6, 1)});
  EXPECT_EQ(cat(bytes, with_schema(R"({"name":"score","type":"double","aliases":["y"]},
                                      {"name":"region","type":"string","default":"eu"},
                                      {"name":"at","type":"double"})")),
            R"({"score":0.5,"region":"eu","at":5.0})"
            "\n"
            R"({"score":1.0,"region":"eu","at":6.0})"
            "\n");
  EXPECT_TRUE(status_);
  EXPECT_EQ(cat(bytes, with_schema(R"({"name":"region","type":"string"})")), "");
  ASSERT_FALSE(status_);
  EXPECT_EQ(status_.error().code, ErrorCode::kIncompatibleSchemas);
  EXPECT_EQ(status_.error().place.file, path_);
  EXPECT_EQ(status_.error().place.field, "region");
}

TEST_F(Cat, PrintsAnyRootTypeAndNothingOfAnEmptyFile) {
  EXPECT_EQ(cat(avro_file("\"int\"", {[](Encoder& out) { out.put_int(7); }})), "7\n");
  EXPECT_EQ(cat(avro_file(kSchema, {})), "");
  EXPECT_TRUE(status_);
}

TEST_F(Cat, StopsAtTheLimitInAnyBlock) {
  const auto put = [](int value) { return PutRecord([=](Encoder& out) { out.put_int(value); }); };
  // Two records a block.
  const std::string bytes = avro_file("\"int\"", {put(1), put(2), put(3), put(4), put(5)}, 2);
  struct Case {
    int64_t limit;
    std::string_view text;
  };
  for (const Case& c : {Case{-1, "1\n2\n3\n4\n5\n"}, Case{0, ""}, Case{1, "1\n"}, Case{2, "1\n2\n"},
                        Case{3, "1\n2\n3\n"}, Case{9, "1\n2\n3\n4\n5\n"}}) {
    EXPECT_EQ(cat(bytes, {.limit = c.limit}), c.text) << c.limit;
  }
}

TEST_F(Cat, StopsAtTheLimitInAnyFile) {
  const std::string bytes = avro_file(kSchema, {event("a", 0, 0.5), event("b", 0, 0.5)});
  const std::string a = folder_.write("a.avro", bytes);
  const std::string b = folder_.write("b.avro", bytes);
  const std::string text = cat_all({a, b}, {.limit = 3});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
}

FieldPath path_of(std::string_view text) { return *FieldPath::parse(text); }

constexpr std::string_view kNestedSchema = R"({"type":"record","name":"Event","fields":[
    {"name":"id","type":["null","string"]},
    {"name":"user","type":["null",{"type":"record","name":"User","fields":[
       {"name":"age","type":"int"},{"name":"name","type":["null","string"]}]}]},
    {"name":"tags","type":{"type":"map","values":["null","string"]}},
    {"name":"scores","type":{"type":"array","items":"double"}}]})";

PutRecord nested_event(std::optional<std::string> id, std::optional<int> age,
                       std::optional<std::string> name) {
  return [=](Encoder& out) {
    const auto put_text = [&](const std::optional<std::string>& text) {
      out.put_long(text ? 1 : 0);
      if (text) out.put_bytes(*text);
    };
    put_text(id);
    out.put_long(age ? 1 : 0);
    if (age) {
      out.put_int(*age);
      put_text(name);
    }
    out.put_long(1);
    out.put_bytes("device");
    put_text("tv");
    out.put_long(0);
    out.put_long(2);
    out.put_double(0.5);
    out.put_double(1);
    out.put_long(0);
  };
}

const std::vector<PutRecord>& nested_events() {
  static const std::vector<PutRecord> events = {nested_event("a", 30, "x,\"y\""),
                                                nested_event("", 7, std::nullopt),
                                                nested_event(std::nullopt, std::nullopt, "")};
  return events;
}

TEST_F(Cat, PrintsATableOfTheValuesWithoutFieldsOfTheirOwn) {
  EXPECT_EQ(cat(avro_file(kNestedSchema, nested_events()), {.lines = {.form = LineForm::kCsv}}),
            "id,user.age,user.name,tags,scores\n"
            "a,30,\"x,\"\"y\"\"\",\"{\"\"device\"\":\"\"tv\"\"}\",\"[0.5,1.0]\"\n"
            "\"\",7,,\"{\"\"device\"\":\"\"tv\"\"}\",\"[0.5,1.0]\"\n"
            ",,,\"{\"\"device\"\":\"\"tv\"\"}\",\"[0.5,1.0]\"\n")
      << "an empty text is quoted, null is nothing";
}

TEST_F(Cat, PrintsTheFieldsThatAreAskedForInThatOrder) {
  const std::string bytes = avro_file(kNestedSchema, nested_events());
  const std::vector<FieldPath> columns = {path_of("tags[\"device\"]"), path_of("user"),
                                          path_of("user.age"), path_of("tags[\"no\"]")};
  const auto lines = [&](LineForm form) {
    return cat(bytes, {.lines = {.form = form, .columns = columns}});
  };
  EXPECT_EQ(
      lines(LineForm::kAvroJson),
      R"({"tags[\"device\"]":{"string":"tv"},)"
      R"("user":{"User":{"age":30,"name":{"string":"x,\"y\""}}},"user.age":30,"tags[\"no\"]":null})"
      "\n"
      R"({"tags[\"device\"]":{"string":"tv"},)"
      R"("user":{"User":{"age":7,"name":null}},"user.age":7,"tags[\"no\"]":null})"
      "\n"
      R"({"tags[\"device\"]":{"string":"tv"},"user":null,"user.age":null,"tags[\"no\"]":null})"
      "\n");
  EXPECT_TRUE(lines(LineForm::kPlainJson)
                  .starts_with(R"({"tags[\"device\"]":"tv","user":{"age":30,"name":"x,\"y\""},)"
                               R"("user.age":30,"tags[\"no\"]":null})"
                               "\n"));
  EXPECT_EQ(lines(LineForm::kCsv),
            "\"tags[\"\"device\"\"]\",user,user.age,\"tags[\"\"no\"\"]\"\n"
            "tv,\"{\"\"age\"\":30,\"\"name\"\":\"\"x,\\\"\"y\\\"\"\"\"}\",30,\n"
            "tv,\"{\"\"age\"\":7,\"\"name\"\":null}\",7,\n"
            "tv,,,\n");
}

TEST_F(Cat, PrintsWhatTheFilterKeepsInEachForm) {
  std::vector<PutRecord> records;
  for (int i = 0; i < 1000; ++i) records.push_back(event(std::to_string(i), i, i / 2.0));
  const std::string bytes = avro_file(kSchema, records, 512);
  const auto lines = [&](PrintOptions options, int64_t limit = -1) {
    options.where = *Filter::parse("y >= 498.5 and id != '998'");
    return cat(bytes, {.lines = std::move(options), .limit = limit});
  };
  EXPECT_EQ(lines({.form = LineForm::kPlainJson}),
            R"({"id":"997","at":"1970-01-01T00:00:00.997Z","y":498.5})"
            "\n"
            R"({"id":"999","at":"1970-01-01T00:00:00.999Z","y":499.5})"
            "\n");
  EXPECT_EQ(lines({.columns = {path_of("y")}}), "{\"y\":498.5}\n{\"y\":499.5}\n");
  EXPECT_EQ(lines({.form = LineForm::kCsv, .columns = {path_of("y"), path_of("id")}}),
            "y,id\n498.5,997\n499.5,999\n");
  EXPECT_EQ(lines({.columns = {path_of("y")}}, 1), "{\"y\":498.5}\n") << "lines that are printed";
}

TEST_F(Cat, RefusesWhatCannotBePrinted) {
  const std::string bytes = avro_file(kSchema, {event("a", 0, 0.5)});
  const auto reader = *Schema::parse(kSchema);
  struct Case {
    const char* what;
    PrintOptions lines;
    ErrorCode code;
  };
  for (const Case& c : {
           Case{"no such field", {.columns = {path_of("region")}}, ErrorCode::kFieldMissing},
           Case{"no such field in the filter",
                {.where = *Filter::parse("region == 'eu'")},
                ErrorCode::kFieldMissing},
           Case{"a text compared with a number",
                {.where = *Filter::parse("id > 5")},
                ErrorCode::kBadFilter},
           Case{"columns of a reader schema",
                {.columns = {path_of("y")}, .reader_schema = reader},
                ErrorCode::kConflictingOptions},
           Case{"CSV of a reader schema",
                {.form = LineForm::kCsv, .reader_schema = reader},
                ErrorCode::kConflictingOptions},
       }) {
    SCOPED_TRACE(c.what);
    EXPECT_EQ(cat(bytes, {.lines = c.lines}), "");
    ASSERT_FALSE(status_);
    EXPECT_EQ(status_.error().code, c.code);
    EXPECT_EQ(status_.error().place.file, path_);
  }
  EXPECT_EQ(cat(avro_file("\"int\"", {}), {.lines = {.form = LineForm::kCsv}}), "");
  ASSERT_FALSE(status_);
  EXPECT_EQ(status_.error().code, ErrorCode::kBadSchema);
}

TEST_F(Cat, JoinsTablesOfTheSameColumnsAlone) {
  const CatOptions csv{.lines = {.form = LineForm::kCsv}};
  const std::string a = folder_.write("a.avro", avro_file(kSchema, {event("a", 0, 0.5)}));
  const std::string b = folder_.write("b.avro", avro_file(kSchema, {event("b", 0, 0.5)}));
  const std::string c = folder_.write("c.avro", avro_file(kNestedSchema, nested_events()));
  EXPECT_EQ(cat_all({a, b}, csv),
            "id,at,y\na,1970-01-01T00:00:00Z,0.5\nb,1970-01-01T00:00:00Z,0.5\n");
  EXPECT_TRUE(status_);
  cat_all({a, c}, csv);
  ASSERT_FALSE(status_);
  EXPECT_EQ(status_.error().code, ErrorCode::kIncompatibleSchemas);
  EXPECT_EQ(status_.error().place.file, c);
}

TEST_F(Cat, PrintsAFileThatIsLargerThanItsBuffer) {
  std::vector<PutRecord> records;
  for (int i = 0; i < 10000; ++i) records.push_back(event("some text", i, 0.5));
  const std::string text = cat(avro_file(kSchema, records, 4096, Codec::kZstandard));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10000);
  EXPECT_TRUE(text.ends_with(R"("at":9999,"y":0.5})"
                             "\n"));
}

TEST_F(Cat, PrintsWhatIsSoundBeforeAnErrorAndNamesItsPlace) {
  const auto put = [](int value) { return PutRecord([=](Encoder& out) { out.put_long(value); }); };
  const std::string bytes =
      avro_file(R"({"type":"record","name":"B","fields":[{"name":"b","type":"boolean"}]})",
                {put(0), put(-1), put(0), put(1)}, 2);
  EXPECT_EQ(cat(bytes), "{\"b\":false}\n{\"b\":true}\n{\"b\":false}\n");
  ASSERT_FALSE(status_);
  EXPECT_EQ(status_.error().code, ErrorCode::kBadBoolean);
  EXPECT_EQ(status_.error().place.file, path_);
  EXPECT_EQ(status_.error().place.block, 1);
  EXPECT_EQ(status_.error().place.record, 1);
  EXPECT_EQ(status_.error().place.byte, static_cast<int64_t>(bytes.size()) - 16 - 1);
}

TEST_F(Cat, AnswersAFileThatIsNotAvro) {
  EXPECT_EQ(cat("id,actual\n"), "");
  ASSERT_FALSE(status_);
  EXPECT_EQ(status_.error().code, ErrorCode::kNotAvro);
}

// A pipe whose reader went away.
class ClosedSink final : public ByteSink {
 public:
  Status write(std::span<const uint8_t>) override {
    return fail(ErrorCode::kWriteFailed, "the pipe is closed");
  }
  Status commit() override { return {}; }
};

TEST_F(Cat, EndsWhenNobodyReadsItsOutput) {
  const std::string path = folder_.write("a.avro", avro_file(kSchema, {event("a", 0, 0)}));
  ClosedSink sink;
  const Status status = cat_files({path}, {}, sink, {});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kWriteFailed);
  EXPECT_EQ(status.error().place.file, "") << "the input is not at fault";
}

}  // namespace
}  // namespace mseavro
