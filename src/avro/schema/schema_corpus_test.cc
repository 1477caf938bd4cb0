// Reads the schema files of other Avro implementations, where the machine has them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "avro/schema/schema_print.h"
#include "avro/schema/testing/corpus.h"
#include "avro/schema/testing/schema_equality.h"

namespace mseavro {
namespace {

namespace fs = std::filesystem;

// Valid JSON and valid Avro but for one thing: they refer to types in other files.
bool refers_to_other_files(const std::string& path) {
  static constexpr std::string_view kParts[] = {"multipleFile/ApplicationEvent",
                                                "multipleSchemas/ApplicationEvent",
                                                "idl/input/player",
                                                "compiler/input/player",
                                                "maven-plugin/src/test/avro/User",
                                                "avro-files/Parent",
                                                "fastavro/tests/load_schema_test",
                                                "withref-schema",
                                                "hamba/gen/testdata/main",
                                                "superhero-part2"};
  return std::any_of(std::begin(kParts), std::end(kParts),
                     [&](std::string_view part) { return path.find(part) != path.npos; });
}

// No Avro schemas, whatever their names say: a trailing comma, an attribute without value, text in
// place of JSON, `{}`, a reference to a name that is never defined.
bool is_broken(const std::string& path) {
  static constexpr std::string_view kParts[] = {
      "schema_tests/fail/",     "csharp/src/apache/perf/schema.avsc",
      "jsonschemas/verboseint", "InvalidJson",
      "bad-schema.avsc",        "nested.error"};
  return std::any_of(std::begin(kParts), std::end(kParts),
                     [&](std::string_view part) { return path.find(part) != path.npos; });
}

bool is_schema(const fs::path& path) {
  return path.extension() == ".avsc" || path.filename() == "schema.json" ||
         path.string().find("jsonschemas/") != std::string::npos ||
         path.string().find("schema_tests/") != std::string::npos;
}

void expect_printed_equal(const Schema& schema, const std::string& path) {
  const std::string printed = print_schema(schema);
  const auto again = Schema::parse(printed);
  ASSERT_TRUE(again) << path << ": " << again.error().message << " in " << printed;
  EXPECT_EQ(SchemaEquality(schema, **again).difference(), "") << path;
}

TEST(SchemaCorpus, GoodSchemasParseAndPrintAndBadOnesAreRefused) {
  if (!fs::is_directory(corpus_folder())) {
    GTEST_SKIP() << "no corpus at " << corpus_folder() << "; set MSEAVRO_SHARED";
  }
  int count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(corpus_folder())) {
    if (!entry.is_regular_file() || !is_schema(entry.path())) continue;
    ++count;
    std::ifstream in(entry.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto schema = Schema::parse(text);
    const std::string path = entry.path().string();
    if (schema) expect_printed_equal(**schema, path);
    if (is_broken(path)) {
      EXPECT_FALSE(schema && check_names(**schema)) << path;
    } else if (refers_to_other_files(path)) {
      EXPECT_TRUE(schema || schema.error().code == ErrorCode::kUnknownName) << path;
    } else {
      EXPECT_TRUE(schema) << path << ": " << schema.error().message;
    }
  }
  EXPECT_GT(count, 200);
}

}  // namespace
}  // namespace mseavro
