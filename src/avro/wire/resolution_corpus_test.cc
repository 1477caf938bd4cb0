// Pairs of schemas with data, as Avro Java resolves them, where the machine has them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "avro/wire/testing/wire_testing.h"
#include "base/text/json_document.h"

namespace mseavro {
namespace {

// Where ours differs, and why.
const std::map<std::string, std::string_view> kRulings = {
    {"rv091", "records in unions must match by name or alias, as all records"},
    {"rv106", "record names at the top level must match or be aliased"},
};

std::filesystem::path vectors_path() {
  const char* shared = std::getenv("MSEAVRO_SHARED");
  const auto beside = std::filesystem::path(MSEAVRO_TESTDATA) / ".." / ".." / "shared";
  return (shared != nullptr ? std::filesystem::path(shared) : beside) / "corpus" /
         "resolution_vectors.jsonl";
}

std::string unhex(std::string_view digits) {
  std::string bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

struct Case {
  std::string payload;
  std::optional<std::string> resolved;  // nullopt: an error.
};

struct Vector {
  std::string id;
  std::string writer;
  std::string reader;
  bool is_schema = true;  // As Avro Java sees it.
  std::vector<Case> cases;
};

Case parse_case(JsonValue json) {
  Case test;
  for (JsonMembers members(json); members.next();) {
    if (members.key() == "payload") test.payload = unhex(members.value().text());
    if (members.key() == "resolved") test.resolved = unhex(members.value().text());
  }
  return test;
}

Vector parse_vector(JsonValue json) {
  Vector vector;
  for (JsonMembers members(json); members.next();) {
    const JsonValue value = members.value();
    if (members.key() == "id") vector.id = value.text();
    if (members.key() == "writer") vector.writer = value.text();
    if (members.key() == "reader") vector.reader = value.text();
    if (members.key() == "java_compat") vector.is_schema = value.text() != "PARSE_ERROR";
    if (members.key() != "cases") continue;
    for (JsonItems items(value); items.next();) vector.cases.push_back(parse_case(items.value()));
  }
  return vector;
}

// Maps have no order: theirs is Java's.
void sort_maps(Datum& datum) {
  if (datum.type == SchemaType::kMap) std::ranges::sort(datum.children, {}, &Datum::key);
  for (Datum& child : datum.children) sort_maps(child);
}

// The bytes of the one datum that a plan reads.
Result<std::string> read_one(const std::shared_ptr<const ReadPlan>& plan, std::string_view bytes) {
  const Block block(bytes);
  DatumReader reader(plan, {});
  reader.begin_block(block.bytes(), 1);
  Datum datum;
  MSEAVRO_TRY(reader.next_datum(&datum));
  sort_maps(datum);
  return encode_datum(plan->schema(), datum);
}

// The same under two schemas; nullopt when the schemas or the data do not resolve.
std::optional<std::string> resolve(const Schema& writer,
                                   const std::shared_ptr<const Schema>& reader,
                                   const std::string& payload) {
  const auto plan = ReadPlan::resolve(writer, reader);
  const auto bytes =
      plan ? read_one(*plan, payload) : Result<std::string>(tl::unexpect, plan.error());
  if (bytes) return *bytes;
  EXPECT_EQ(bytes.error().code, ErrorCode::kIncompatibleSchemas) << bytes.error().message;
  return std::nullopt;
}

TEST(ResolutionCorpus, ResolvesAsAvroJavaOrByARulingOfOurs) {
  std::ifstream in(vectors_path());
  if (!in) GTEST_SKIP() << "no vectors at " << vectors_path() << "; set MSEAVRO_SHARED";
  size_t case_count = 0;
  std::map<std::string, size_t> ruled;
  for (std::string line; std::getline(in, line);) {
    JsonDocument document;
    ASSERT_TRUE(document.parse(line));
    const Vector vector = parse_vector(document.root());
    if (!vector.is_schema) continue;
    SCOPED_TRACE(vector.id + ": " + vector.writer + " as " + vector.reader);
    const auto writer = schema_of(vector.writer);
    const auto reader = schema_of(vector.reader);
    ASSERT_TRUE(writer && reader);
    for (const Case& test : vector.cases) {
      ++case_count;
      const auto resolved = resolve(*writer, reader, test.payload);
      const auto plain = ReadPlan::whole(reader);
      const auto expected =
          test.resolved ? std::optional(*read_one(plain, *test.resolved)) : std::nullopt;
      if (resolved == expected) continue;
      EXPECT_TRUE(kRulings.contains(vector.id)) << testing::PrintToString(test.payload);
      EXPECT_EQ(resolved, std::nullopt);
      ++ruled[vector.id];
    }
  }
  EXPECT_GE(case_count, 1464u);
  EXPECT_EQ(ruled.size(), kRulings.size()) << "a ruling that nothing needs";
}

}  // namespace
}  // namespace mseavro
