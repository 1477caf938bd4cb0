#include "avro/schema/canonical_form.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "avro/schema/fingerprint.h"
#include "avro/schema/schema_print.h"
#include "avro/schema/testing/random_schema.h"

namespace mseavro {
namespace {

std::string form_of(std::string_view text) {
  const auto schema = Schema::parse(text);
  if (!schema) return "no schema: " + schema.error().message;
  const auto form = canonical_form(**schema);
  return form ? *form : "no form: " + form.error().message;
}

template <class Digest>
std::string hex(const Digest& digest) {
  std::string text;
  for (const uint8_t byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

// A line of the table for each step of the specification's "Transforming".
TEST(CanonicalForm, TakesTheStepsOfTheSpecification) {
  const struct {
    std::string_view text;
    std::string_view form;
  } cases[] = {
      // [PRIMITIVES]
      {R"({"type": "int"})", R"("int")"},
      {R"({"type": "int", "logicalType": "date"})", R"("int")"},
      // [FULLNAMES]
      {R"({"type": "fixed", "name": "F", "namespace": "a.b", "size": 1})",
       R"({"name":"a.b.F","type":"fixed","size":1})"},
      {R"({"type": "record", "name": "a.R", "fields": [{"name": "f", "type": ["null", "R"]}]})",
       R"({"name":"a.R","type":"record","fields":[{"name":"f","type":["null","a.R"]}]})"},
      // [STRIP]
      {R"({"type": "enum", "name": "E", "symbols": ["A"], "doc": "d", "aliases": ["G"],
           "default": "A", "x": 1})",
       R"({"name":"E","type":"enum","symbols":["A"]})"},
      {R"({"type": "error", "name": "R", "fields": [
           {"name": "f", "type": "int", "default": 1, "order": "ignore"}]})",
       R"({"name":"R","type":"record","fields":[{"name":"f","type":"int"}]})"},
      // [ORDER]
      {R"({"items": "int", "type": "array"})", R"({"type":"array","items":"int"})"},
      {R"({"values": "int", "type": "map"})", R"({"type":"map","values":"int"})"},
      // [STRINGS]
      {R"({"type": "enum", "name": "E", "symbols": ["\u00e9"]})",
       "{\"name\":\"E\",\"type\":\"enum\",\"symbols\":[\"é\"]}"},
      // [INTEGERS]: JSON allows neither leading zeros nor, here, quotes.
      {R"({"type": "fixed", "name": "F", "size": 16})", R"({"name":"F","type":"fixed","size":16})"},
      // [WHITESPACE]
      {"[ \"null\" ,\n\t\"int\" ]", R"(["null","int"])"},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(form_of(test.text), test.form);
    EXPECT_EQ(form_of(test.form), test.form);
  }
}

TEST(CanonicalForm, ItsFingerprintsAreThoseOfFastavro) {
  std::ifstream table(MSEAVRO_TESTDATA "/schema/canonical.tsv");
  int count = 0;
  for (std::string line; std::getline(table, line); ++count) {
    std::istringstream columns(line);
    std::string text, form, crc64, md5_hex, sha256_hex;
    std::getline(columns, text, '\t');
    std::getline(columns, form, '\t');
    columns >> crc64 >> md5_hex >> sha256_hex;
    EXPECT_EQ(form_of(text), form);
    EXPECT_EQ(fmt::format("{:016x}", crc64_avro(form)), crc64) << form;
    EXPECT_EQ(hex(md5(form)), md5_hex) << form;
    EXPECT_EQ(hex(sha256(form)), sha256_hex) << form;
  }
  EXPECT_GE(count, 30);
}

TEST(CanonicalForm, IsItsOwnFormAndThatOfThePrintedSchema) {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    const std::string text = RandomSchema(seed).record();
    const std::string form = form_of(text);
    const auto schema = Schema::parse(text);
    ASSERT_TRUE(schema) << seed;
    EXPECT_EQ(form_of(print_schema(**schema)), form) << seed;
    // The form itself cannot say that a name without a dot is in the null namespace, so only forms
    // without such names come back.
    if (form.find("\"name\":\"N") == form.npos) {
      EXPECT_EQ(form_of(form), form) << seed;
    }
  }
}

TEST(CanonicalForm, LongNamesCannotMultiplyIt) {
  const std::string space(1000, 'n');
  std::string text =
      R"({"type": "record", "name": "R", "namespace": ")" + space + R"(", "fields": [)";
  for (int index = 0; index < 100; ++index) {
    text += fmt::format(R"({}{{"name": "f{}", "type": "R"}})", index == 0 ? "" : ",", index);
  }
  const auto schema = Schema::parse(text + "]}");
  ASSERT_TRUE(schema);
  const auto form = canonical_form(**schema);
  ASSERT_TRUE(form);
  Limits limits;
  limits.schema_size_bytes = static_cast<int64_t>(form->size());
  EXPECT_TRUE(canonical_form(**schema, limits));
  --limits.schema_size_bytes;
  const auto refused = canonical_form(**schema, limits);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
}

TEST(Fingerprint, OfNoBytesIsTheConstantOfTheDefinition) {
  EXPECT_EQ(crc64_avro(""), 0xc15d213aa4d7a795u);
  EXPECT_EQ(hex(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace mseavro
