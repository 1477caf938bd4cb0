#include "app/cli/schema_command.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "avro/container/container_header.h"

namespace mseavro {
namespace {

constexpr std::string_view kOlder =
    R"({"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]})";
constexpr std::string_view kNewer =
    R"({"type": "record", "name": "R", "fields": [{"name": "b", "type": "int"}]})";

class SchemaCommand : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("mseavro_schema_" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, std::string_view bytes) const {
    const std::string path = folder_ / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  std::string write_container(const std::string& name, std::string_view schema) const {
    const EncodedHeader header = encode_header(schema, Codec::kNull, {});
    return write(name, {reinterpret_cast<const char*>(header.bytes.data()), header.bytes.size()});
  }

  std::filesystem::path folder_;
};

std::string text_of(const Result<SchemaAnswer>& answer) {
  return answer ? answer->text : answer.error().message;
}

TEST_F(SchemaCommand, ReadsSchemaFilesAndContainerFiles) {
  const std::string schema = write("schema.avsc", R"({"type": "int", "logicalType": "date"})");
  const std::string events =
      write_container("events.avro", R"({"type": "int", "logicalType": "date"})");
  for (const std::string& path : {schema, events}) {
    EXPECT_EQ(text_of(answer_schema({"show", path})),
              "{\n  \"type\": \"int\",\n  \"logicalType\": \"date\"\n}\n");
    EXPECT_EQ(text_of(answer_schema({"canonical", path})), "\"int\"\n");
    EXPECT_EQ(text_of(answer_schema({"fingerprint", path})),
              "CRC-64-AVRO 7275d51a3f395c8f\n"
              "MD5         ef524ea1b91e73173d938ade36c1db32\n"
              "SHA-256     3f2b87a9fe7cc9b13835598c3981cd45e3e355309e5090aa0933d7becb6fba45\n");
  }
}

TEST_F(SchemaCommand, LintIsAGateAndMends) {
  const std::string path = write("schema.avsc", kOlder);
  const std::string good =
      write("good.avsc", R"({"type": "record", "name": "R", "doc": "One.", "fields": [
                              {"name": "at", "type": "long", "doc": "When."}]})");
  const auto found = answer_schema({"lint", path});
  EXPECT_EQ(found->exit_code, 1);
  EXPECT_EQ(found->text,
            "no-doc: in a year nobody knows the unit of the number or what null means,\n"
            "    and a metric is made of the wrong field\n"
            "  R: the record has no doc\n"
            "  R.a: the field has no doc\n"
            "    fix: a doc for you to write\n");
  EXPECT_EQ(found->notes, "2 findings, for you to mend");
  const auto mended = answer_schema({"lint", good}, {.former = {}, .fixes = true});
  EXPECT_EQ(mended->exit_code, 0);
  EXPECT_NE(mended->text.find("timestamp-millis"), std::string::npos);
  EXPECT_EQ(text_of(answer_schema({"lint", write("mended.avsc", mended->text)})),
            (folder_ / "mended.avsc").string() + ": no findings\n");
  // Docs are left to people.
  const auto left = answer_schema({"lint", path}, {.former = {}, .fixes = true});
  EXPECT_EQ(left->exit_code, 1);
  EXPECT_EQ(left->notes, "0 findings mended; 2 left for you:\n\n" + found->text);
  EXPECT_NE(text_of(answer_schema({"lint", good}, {.former = path})).find("R.a: the field was r"),
            std::string::npos);
  EXPECT_EQ(text_of(answer_schema({"lint", good}, {.former = {}, .fixes = false, .as_json = true}))
                .find(R"([{"rule":"pl)"),
            0u);
  EXPECT_EQ(answer_schema({"show", good}, {.former = {}, .fixes = true}).error().code,
            ErrorCode::kConflictingOptions);
  EXPECT_EQ(answer_schema({"lint", good}, {.former = "absent"}).error().place.file, "absent");
}

TEST_F(SchemaCommand, LintSaysTheReasonOnceForAllPlacesAndTheFixForThoseThatShareIt) {
  const std::string path = write("schema.avsc", R"({"type": "record", "name": "R", "doc": "d",
      "fields": [{"name": "scored_at", "type": "long", "doc": "d"},
                 {"name": "price", "type": "string", "doc": "d"},
                 {"name": "order_date", "type": "int", "doc": "d"},
                 {"name": "total_amount", "type": "string", "doc": "d"}]})");
  EXPECT_EQ(text_of(answer_schema({"lint", path})),
            "plain-time: nobody can tell seconds from milliseconds but by guessing, and\n"
            "    engines show a number\n"
            "  R.scored_at: the field is a time and a plain long\n"
            "    fix: the logical type timestamp-millis, if that is what writers count in\n"
            "  R.order_date: the field is a time and a plain int\n"
            "    fix: the logical type date\n"
            "\n"
            "text-number: text sorts and sums wrongly, \"3,5\" and \"n/a\" get in, and every\n"
            "    reader parses it in its own way\n"
            "  R.price: the field is text, and its name says that it is a number\n"
            "  R.total_amount: the field is text, and its name says that it is a number\n"
            "    fix: the type double\n");
}

// What is left after --fix stays: a second run changes nothing and mends nothing.
TEST_F(SchemaCommand, FixEndsInOneRun) {
  const std::string former = write("former.avsc", R"({"type": "record", "name": "R", "fields": [
      {"name": "Price", "type": "string"}, {"name": "price", "type": "long"},
      {"name": "seen_at", "type": "long"},
      {"name": "state", "type": {"type": "enum", "name": "E", "symbols": ["A", "B C"]}}]})");
  const std::string path = write("path.avsc", R"({"type": "record", "name": "R-2", "fields": [
      {"name": "Price", "type": "string"}, {"name": "price", "type": "int"},
      {"name": "new-one", "type": "int", "default": "x"}]})");
  for (const std::string& against : {std::string(), former}) {
    const auto once = answer_schema({"lint", path}, {.former = against, .fixes = true});
    ASSERT_TRUE(once) << once.error().message;
    const std::string mended = write("mended.avsc", once->text);
    const auto twice = answer_schema({"lint", mended}, {.former = against, .fixes = true});
    EXPECT_EQ(text_of(twice), once->text);
    EXPECT_EQ(twice->notes.substr(0, 19), "0 findings mended; ") << twice->notes;
    EXPECT_EQ(once->notes.substr(once->notes.find("mended; ")),
              twice->notes.substr(twice->notes.find("mended; ")));
    // A doc is for people: it is left, and was not mended.
    EXPECT_EQ(once->notes.substr(0, once->notes.find(" mended; ")).find("no-doc"),
              std::string::npos);
    EXPECT_NE(once->text.find("TODO: what price_2 says"), std::string::npos) << once->text;
  }
}

TEST_F(SchemaCommand, LintSaysTheWholeCommandThatMends) {
  const std::string path = write("older.avsc", kNewer);
  const auto found = answer_schema({"lint", path}, {.former = write("former.avsc", kOlder)});
  ASSERT_TRUE(found);
  EXPECT_NE(found->notes.find("lint --fix " + path + " --against " +
                              (folder_ / "former.avsc").string() + " prints"),
            std::string::npos)
      << found->notes;
}

TEST_F(SchemaCommand, LintOffersToMendOnlyWhatItCan) {
  // The name of the former type is another type's now.
  const std::string former = write("former.avsc", R"({"type": "record", "name": "R", "doc": "d",
      "fields": [{"name": "a", "doc": "d", "type": {"type": "fixed", "name": "F", "size": 4}}]})");
  const std::string newer = write("newer.avsc", R"({"type": "record", "name": "R", "doc": "d",
      "fields": [{"name": "a", "doc": "d", "type":
          {"type": "enum", "name": "F", "doc": "d", "symbols": ["A"], "default": "A"}}]})");
  EXPECT_EQ(answer_schema({"lint", newer}, {.former = former})->notes,
            "1 finding, for you to mend");
  const auto fixed = answer_schema({"lint", newer}, {.former = former, .fixes = true});
  EXPECT_TRUE(fixed->notes.starts_with("0 findings mended; 1 left for you:")) << fixed->notes;
  EXPECT_EQ(fixed->exit_code, 1);
}

TEST_F(SchemaCommand, LintSaysThatOldReadersCannotFollow) {
  const struct {
    std::string_view former;
    std::string_view field;
    bool can_follow;
  } cases[] = {
      {R"("name": "a", "type": "int")", R"("name": "a", "type": "int")", true},
      {R"("name": "a", "type": "int")", R"("name": "b", "type": "int", "aliases": ["a"])", false},
      {R"("name": "a", "type": "int")", R"("name": "a", "type": ["null", "int"], "default": null)",
       false},
      {R"("name": "a", "type": "int")", R"("name": "a", "type": "long")", false},
      {R"("name": "a", "type": "long")", R"("name": "a", "type": "float")", false},
      {R"("name": "a", "type": ["null", "int"], "default": null)",
       R"("name": "a", "type": ["null", "int"], "default": null)", true},
  };
  for (const auto& test : cases) {
    const auto record = [](std::string_view field) {
      return R"({"type": "record", "name": "R", "doc": "d", "fields": [{"doc": "d", )" +
             std::string(field) + "}]}";
    };
    const std::string former = write("former.avsc", record(test.former));
    const std::string path = write("path.avsc", record(test.field));
    const auto answer = answer_schema({"lint", path}, {.former = former});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->exit_code, 0);
    EXPECT_EQ(answer->text, path + ": no findings\n" +
                                (test.can_follow ? std::string()
                                                 : "readers that have " + former +
                                                       " do not read all new data: mseavro schema "
                                                       "diff " +
                                                       former + " " + path + " says why\n"));
  }
}

TEST_F(SchemaCommand, TakesTheSchemasThatShip) {
  for (const char* name : {"mseavro.LabelEvent", "movie_rating_schema", "movie_watch_schema_v3"}) {
    EXPECT_TRUE(answer_schema({"show", name})) << name;
  }
  const auto answer = answer_schema({"show", "movie_rating"});
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().help.find("mseavro.LabelEvent, mseavro.MetricRow, movie_watch_schema,"),
            std::string::npos)
      << answer.error().help;
}

TEST_F(SchemaCommand, CheckIsAGate) {
  const std::string older = write("older.avsc", kOlder);
  const std::string newer = write_container("newer.avro", kNewer);
  const auto good = answer_schema({"check", older, older});
  EXPECT_EQ(text_of(good), "compatible: " + older + " reads all data of " + older + "\n");
  EXPECT_EQ(good->exit_code, 0);
  const auto bad = answer_schema({"check", newer, older});
  EXPECT_EQ(text_of(bad),
            "incompatible: " + newer + " does not read all data of " + older +
                "\n/fields/0 READER_FIELD_MISSING_DEFAULT_VALUE b: the writer has no field \"b\", "
                "the reader no default for it\n");
  EXPECT_EQ(bad->exit_code, 1);
}

TEST_F(SchemaCommand, CheckRefusesADefaultThatDoesNotFit) {
  const std::string older = write("older.avsc", kOlder);
  const std::string reader = write("reader.avsc", R"({"type": "record", "name": "R", "fields": [
      {"name": "b", "type": "int", "default": "no"}]})");
  const auto answer = answer_schema({"check", reader, older});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kBadSchema);
  EXPECT_EQ(answer.error().place.file, reader);
  EXPECT_EQ(answer.error().place.field, "R.b");
}

TEST_F(SchemaCommand, DiffSaysWhatChangedAndForWhomItBreaks) {
  const struct {
    std::string_view older;
    std::string_view newer;
    std::string_view answer;
  } cases[] = {
      {R"([{"name": "a", "type": "int"}])", R"([{"name": "a", "type": "int"}])",
       "nothing changed\n"
       "old data read with the new schema: works\n"
       "new data read with the old schema: works\n"
       "so: readers and writers may take the new schema in any order\n"},
      {R"([{"name": "a", "type": "int"}])", R"([{"name": "a", "type": "long"}])",
       "R.a: int became long\n"
       "old data read with the new schema: works\n"
       "new data read with the old schema: breaks\n"
       "  a: the writer's long cannot be read as int\n"
       "so: every reader takes the new schema before the first writer does\n"},
      {R"([{"name": "a", "type": "long"}])", R"([{"name": "a", "type": "int"}])",
       "R.a: long became int\n"
       "old data read with the new schema: breaks\n"
       "  a: the writer's long cannot be read as int\n"
       "new data read with the old schema: works\n"
       "so: every writer takes the new schema, and old data goes, before the first reader does\n"},
      {R"([{"name": "a", "type": "int"}])", R"([{"name": "a", "type": "string"}])",
       "R.a: int became string\n"
       "old data read with the new schema: breaks\n"
       "  a: the writer's int cannot be read as string\n"
       "new data read with the old schema: breaks\n"
       "  a: the writer's string cannot be read as int\n"
       "so: data of the new schema goes to another topic or folder, with readers of its own\n"},
      {R"([{"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}])",
       R"([{"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}}])",
       "R.at: long (timestamp-millis) became long (timestamp-micros)\n"
       "old data read with the new schema: reads, but some of it as another value\n"
       "  at: the writer's long (timestamp-millis) is read as long (timestamp-micros)\n"
       "new data read with the old schema: reads, but some of it as another value\n"
       "  at: the writer's long (timestamp-micros) is read as long (timestamp-millis)\n"
       "so: if the other values do no harm, data of both schemas may stand together; else data of "
       "the new schema goes to another topic or folder, with readers of its own\n"},
      {R"([{"name": "e", "type":
            {"type": "enum", "name": "E", "symbols": ["A", "B"], "default": "A"}}])",
       R"([{"name": "e", "type":
            {"type": "enum", "name": "E", "symbols": ["A"], "default": "A"}}])",
       "E: the symbol B was removed\n"
       "old data read with the new schema: reads, but some of it as another value\n"
       "  e: the writer's B is read as A, the default of E\n"
       "new data read with the old schema: works\n"
       "so: every writer takes the new schema, and old data goes, before the first reader does\n"},
      {R"([{"name": "a", "type": "long"}])", R"([{"name": "a", "type": "float"}])",
       "R.a: long became float\n"
       "old data read with the new schema: reads, but some of it as another value\n"
       "  a: the writer's long is read as float, which holds fewer digits\n"
       "new data read with the old schema: breaks\n"
       "  a: the writer's float cannot be read as long\n"
       "so: if the other values do no harm, every reader takes the new schema before the first "
       "writer does; else data of the new schema goes to another topic or folder\n"},
      {R"([{"name": "customer", "aliases": ["client"], "type": "int"}])",
       R"([{"name": "customer", "type": "int"}])",
       "R.customer: the aliases were removed\n"
       "old data read with the new schema: works\n"
       "new data read with the old schema: works\n"
       "data from before a rename read with the new schema: is not found any more\n"
       "  R.customer: what was written as client cannot be read\n"
       "so: data from before the rename goes; then readers and writers may take the new schema in "
       "any order\n"},
  };
  for (const auto& test : cases) {
    const auto record = [](std::string_view fields) {
      return R"({"type": "record", "name": "R", "fields": )" + std::string(fields) + "}";
    };
    const auto answer = answer_schema(
        {"diff", write("older.avsc", record(test.older)), write("newer.avsc", record(test.newer))});
    EXPECT_EQ(text_of(answer), test.answer);
    EXPECT_EQ(answer->exit_code, 0);
  }
}

TEST_F(SchemaCommand, ErrorsNameTheFile) {
  const struct {
    std::string path;
    ErrorCode code;
  } cases[] = {
      {folder_ / "missing.avsc", ErrorCode::kNotFound},
      {write("no.avsc", "no"), ErrorCode::kBadSchemaJson},
      {write("empty.avsc", ""), ErrorCode::kBadSchemaJson},
      {write("wrong.avsc", R"({"type": "record"})"), ErrorCode::kBadSchema},
      {write("cut.avro", "Obj\x01"), ErrorCode::kTruncated},
      {write("huge.avsc", std::string((16 << 20) + 1, ' ')), ErrorCode::kLimitExceeded},
  };
  for (const auto& test : cases) {
    const auto answer = answer_schema({"show", test.path});
    ASSERT_FALSE(answer) << test.path;
    EXPECT_EQ(answer.error().code, test.code) << test.path;
    EXPECT_EQ(answer.error().place.file, test.path);
  }
}

TEST_F(SchemaCommand, KnowsItsActionsAndTheirFiles) {
  const std::vector<std::string> cases[] = {{"mend", "a"},      {"lint", "a", "b"}, {"show"},
                                            {"show", "a", "b"}, {"check", "a"},     {"diff", "a"}};
  for (const auto& arguments : cases) {
    const auto answer = answer_schema(arguments);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kUsage);
  }
}

}  // namespace
}  // namespace mseavro
