#include "avro/schema/default_rules.h"

#include <gtest/gtest.h>

#include <string>

namespace mseavro {
namespace {

TEST(DefaultRules, TakeWhatOtherImplementationsTake) {
  struct Case {
    std::string type;
    std::string json;
    bool fits;
  };
  const Case kCases[] = {
      {R"("null")", "null", true},
      {R"("null")", R"("null")", false},
      {R"("boolean")", "false", true},
      {R"("boolean")", "0", false},
      {R"("int")", "-2147483648", true},
      {R"("int")", "2147483647", true},
      {R"("int")", "2147483648", false},
      {R"("int")", "-2147483649", false},
      {R"("int")", "1.0", false},
      {R"("int")", R"("x")", false},
      {R"("long")", "9223372036854775807", true},
      {R"("long")", "9223372036854775808", false},
      {R"("long")", "1e3", false},
      {R"("double")", "1", true},
      {R"("double")", "1.5e3", true},
      {R"("float")", R"("NaN")", false},
      {R"("string")", R"("")", true},
      {R"("string")", "1", false},
      {R"("bytes")", "\"\u00ff\"", true},
      {R"("bytes")", "\"\u0100\"", false},
      {R"({"type":"fixed","name":"F","size":2})", "\"a\u00ff\"", true},
      {R"({"type":"fixed","name":"F","size":2})", R"("a")", false},
      {R"({"type":"enum","name":"E","symbols":["A"]})", R"("A")", true},
      {R"({"type":"enum","name":"E","symbols":["A"]})", R"("B")", false},
      {R"({"type":"array","items":"int"})", "[1,2]", true},
      {R"({"type":"array","items":"int"})", R"([1,"2"])", false},
      {R"({"type":"array","items":"int"})", "{}", false},
      {R"({"type":"map","values":"int"})", "{}", true},
      {R"({"type":"map","values":"int"})", "[]", false},
      {R"({"type":"map","values":"int"})", R"({"a":null})", false},
      {R"(["null","int"])", "null", true},
      {R"(["null","int"])", "7", true},
      {R"(["null","int"])", R"("null")", false},
      {R"([])", "null", false},
      {R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"},
           {"name":"b","type":"int","default":0}]})",
       R"({"a":1})", true},
      {R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"}]})", "{}", false},
      {R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"}]})", R"({"a":""})",
       false},
      // A record in itself by its default ends.
      {R"({"type":"record","name":"R","fields":[{"name":"a","type":"R","default":{}}]})", "{}",
       true},
  };
  for (const Case& test : kCases) {
    const auto schema = Schema::parse(test.type);
    ASSERT_TRUE(schema) << test.type;
    EXPECT_EQ(default_fits(**schema, (*schema)->root_index(), test.json), test.fits)
        << test.type << " " << test.json;
  }
}

}  // namespace
}  // namespace mseavro
