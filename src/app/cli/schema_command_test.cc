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
  EXPECT_TRUE(found->text.starts_with("R: the record has no doc [no-doc]\n  why: "));
  EXPECT_TRUE(found->notes.starts_with("2 findings; "));
  const auto mended = answer_schema({"lint", good}, {.former = {}, .fixes = true});
  EXPECT_EQ(mended->exit_code, 0);
  EXPECT_NE(mended->text.find("timestamp-millis"), std::string::npos);
  EXPECT_EQ(text_of(answer_schema({"lint", write("mended.avsc", mended->text)})),
            (folder_ / "mended.avsc").string() + ": no findings\n");
  // Docs are left to people.
  EXPECT_EQ(answer_schema({"lint", path}, {.former = {}, .fixes = true})->exit_code, 1);
  EXPECT_NE(text_of(answer_schema({"lint", good}, {.former = path})).find("R.a: the field was r"),
            std::string::npos);
  EXPECT_EQ(text_of(answer_schema({"lint", good}, {.former = {}, .fixes = false, .as_json = true}))
                .find(R"([{"rule":"pl)"),
            0u);
  EXPECT_EQ(answer_schema({"show", good}, {.former = {}, .fixes = true}).error().code,
            ErrorCode::kConflictingOptions);
  EXPECT_EQ(answer_schema({"lint", good}, {.former = "absent"}).error().place.file, "absent");
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

TEST_F(SchemaCommand, DiffSaysWhatChangedAndWhatItBreaks) {
  const std::string older = write("older.avsc", kOlder);
  const std::string newer =
      write("newer.avsc",
            R"({"type": "record", "name": "R", "fields": [{"name": "a", "type": "long"}]})");
  const auto answer = answer_schema({"diff", older, newer});
  EXPECT_EQ(text_of(answer),
            "R.a: int became long\n"
            "old data read with the new schema: works\n"
            "new data read with the old schema: breaks\n"
            "  /fields/0/type TYPE_MISMATCH a: the writer's long cannot be read as int\n");
  EXPECT_EQ(answer->exit_code, 0);
  EXPECT_EQ(text_of(answer_schema({"diff", older, older})),
            "nothing changed\n"
            "old data read with the new schema: works\n"
            "new data read with the old schema: works\n");
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
