#include "base/text/json_document.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <random>
#include <string>

#include "base/text/testing/json_print.h"

namespace mseavro {
namespace {

TEST(JsonDocument, KeepsEveryValueAsItIsWritten) {
  const struct {
    std::string_view text;
    std::string_view printed;
  } kCases[] = {
      {"null", "null"},
      {" true ", "true"},
      {"false\n", "false"},
      {"0", "0"},
      {"-0", "-0"},
      {"1.50e+3", "1.50e+3"},
      {"123456789012345678901234567890", "123456789012345678901234567890"},
      {"1e999", "1e999"},
      {R"("")", R"("")"},
      {R"("caf\u00e9 \ud83d\ude00 \n\/")", "\"caf\u00e9 \U0001F600 \n/\""},
      {"[]", "[]"},
      {"{}", "{}"},
      {"[ [ ] , { } , 1 ]", "[[],{},1]"},
      {R"({"a": [1, {"b": null}], "a": 2})", R"({"a":[1,{"b":null}],"a":2})"},
      {"\t[1\n,2]", "[1,2]"},
  };
  JsonDocument document;
  for (const auto& [text, printed] : kCases) {
    const Status status = document.parse(text);
    ASSERT_TRUE(status) << text << ": " << status.error().message;
    EXPECT_EQ(print_json(document.root()), printed);
  }
}

TEST(JsonDocument, RefusesWhatIsNoJson) {
  const std::string_view kTexts[] = {
      "",         " ",         "nul",         "nulll",    "True",  "01",     "1.",
      ".5",       "+1",        "1e",          "-",        "0x10",  "NaN",    "1 2",
      "[1",       "1]",        "[1,]",        "[,1]",     "[1 2]", "{",      "}",
      R"({"a"})", R"({"a":})", R"({"a":1,})", R"({1:2})", R"("a)", "\"\n\"", R"("\x")",
      "[1],[2]",  "1],[2",     R"("\ud800")", "\"\xff\"", "]",     "[",      "1,2",
      "'a'",      "[1}",       R"({"a":1])"};
  JsonDocument document;
  for (const std::string_view text : kTexts) {
    const Status status = document.parse(text);
    ASSERT_FALSE(status) << text;
    EXPECT_EQ(status.error().code, ErrorCode::kBadJson) << text;
  }
}

TEST(JsonDocument, SaysWhereTheTextWasLastUnderstood) {
  JsonDocument document;
  const Status status = document.parse("{\n  \"a\": 1,\n  \"b\": tru\n}");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().place.line, 3);
  EXPECT_EQ(status.error().place.byte, 19);
  EXPECT_EQ(status.error().value, "tru\n}");
}

TEST(JsonDocument, KnowsWhereValuesStand) {
  JsonDocument document;
  ASSERT_TRUE(document.parse(R"( {"a": [1, "b"]})"));
  JsonMembers members(document.root());
  ASSERT_TRUE(members.next());
  EXPECT_EQ(members.value().byte(), 7);
  EXPECT_EQ(members.value().count(), 2u);
  JsonItems items(members.value());
  ASSERT_TRUE(items.next() && items.next());
  EXPECT_EQ(items.value().byte(), 11);
  EXPECT_EQ(document.at(items.value().index()).text(), "b");
  EXPECT_FALSE(items.next());
  EXPECT_FALSE(members.next());
}

TEST(JsonDocument, BoundsDepthAndSize) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  JsonDocument document;
  EXPECT_TRUE(document.parse(nested(1024)));
  const Status deep = document.parse(nested(1025));
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().code, ErrorCode::kTooDeep);
  EXPECT_EQ(deep.error().place.byte, 1024);

  EXPECT_EQ(document.parse(nested(1'000'000)).error().code, ErrorCode::kTooDeep);
  EXPECT_TRUE(document.parse(nested(1'000'000), {}, 1'000'000));

  Limits limits;
  limits.json_size_bytes = 4;
  EXPECT_TRUE(document.parse("1234", limits));
  EXPECT_EQ(document.parse("12345", limits).error().code, ErrorCode::kLimitExceeded);
}

// The library's other way to read, which checks everything, is the oracle. It refuses integers
// beyond 64 bits, which are kept here; the texts have none.
TEST(JsonDocument, AcceptsWhatTheLibraryAcceptsWhenItReadsAll) {
  const std::string_view kSeeds[] = {
      R"({"a": [1, -2.5e3, "x\u00e9"], "b": {"c": null, "d": [true, false]}})",
      R"([[], {}, [[{"": 0}]], "\\\"", 1e5])", R"("text")", "12"};
  constexpr std::string_view kBytes = "[]{},:\"\\ntfu0159.eE+- \n\x80";
  std::mt19937 random(7);
  simdjson::dom::parser oracle;
  JsonDocument document;
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text(kSeeds[random() % std::size(kSeeds)]);
    for (size_t changes = random() % 3; changes > 0; --changes) {
      const char byte = kBytes[random() % kBytes.size()];
      const size_t at = random() % text.size();
      if (random() % 3 == 0) {
        text.erase(at, 1);
      } else if (random() % 2 == 0) {
        text.insert(at, 1, byte);
      } else {
        text[at] = byte;
      }
      if (text.empty()) text = " ";
    }
    simdjson::dom::element element;
    const simdjson::error_code error = oracle.parse(text).get(element);
    if (error == simdjson::NUMBER_ERROR) continue;  // Also said of numbers beyond doubles.
    const bool expected = error == simdjson::SUCCESS;
    ASSERT_EQ(document.parse(text).has_value(), expected) << text;
    accepted += expected ? 1 : 0;
  }
  EXPECT_GT(accepted, 2'000);
}

TEST(JsonLinesHelp, SaysHowADocumentBecomesLines) {
  struct {
    const char* line;
    int64_t number;
    const char* file;
    const char* command;
  } const tests[] = {
      {"[", 1, "a.json", "jq -c '.[]' a.json > a.lines.jsonl"},
      {"  {\"a\": 1,", 1, "b c.jsonl", "jq -c . 'b c.jsonl' > 'b c.lines.jsonl'"},
      {"{\"a\": 1,", 2, "a.json", nullptr},
      {"", 1, "a.json", nullptr},
  };
  for (const auto& test : tests) {
    const std::string help = json_lines_help(test.line, test.number, test.file);
    if (test.command == nullptr) {
      EXPECT_EQ(help.find("jq"), std::string::npos) << help;
    } else {
      EXPECT_TRUE(help.ends_with(test.command)) << help;
    }
  }
}

TEST(JsonLinesHelp, NamesNumbersThatAreNoJson) {
  for (const char* line : {R"({"a": NaN})", R"({"a": -Infinity, "b": 1})", R"([{"a\"": NaN}])"}) {
    EXPECT_NE(json_lines_help(line, 1, "a").find("write null"), std::string::npos) << line;
  }
  EXPECT_EQ(json_lines_help(R"({"a": "NaN", "\"Infinity": x})", 1, "a").find("NaN"),
            std::string::npos);
}

}  // namespace
}  // namespace mseavro
