#include "avro/wire/json_cursor.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace mseavro {
namespace {

TEST(JsonCursor, KnowsEachKindOfValue) {
  const std::pair<const char*, JsonKind> cases[] = {
      {"null", JsonKind::kNull},     {"true", JsonKind::kBoolean}, {"false", JsonKind::kBoolean},
      {"-1.5e3", JsonKind::kNumber}, {"0", JsonKind::kNumber},     {"\"x\"", JsonKind::kString},
      {"[]", JsonKind::kArray},      {"{}", JsonKind::kObject}};
  for (const auto& [text, kind] : cases) EXPECT_EQ(JsonCursor(text).kind(), kind) << text;
}

TEST(JsonCursor, UnescapesStrings) {
  const std::pair<const char*, std::string> cases[] = {
      {R"("")", ""},
      {R"("a\"b\\c\/d")", "a\"b\\c/d"},
      {R"("\b\f\n\r\t")", "\b\f\n\r\t"},
      {R"("\u0000\u001f")", std::string("\0\x1f", 2)},
      {"\"\xc3\xa9\xf0\x9f\x98\x80\"", "\xc3\xa9\xf0\x9f\x98\x80"}};
  for (const auto& [text, value] : cases) EXPECT_EQ(JsonCursor(text).string(), value) << text;
}

TEST(JsonCursor, GoesThroughArraysAndObjectsOfAnyDepth) {
  JsonCursor json(R"({"a":[1,[],{"b":"]}"}],"c":null,"d":{},"e":[true,false,-2.5]})");
  std::vector<std::string> seen;
  for (json.enter(); json.next();) {
    seen.push_back(json.key());
    if (seen.back() != "e") {
      seen.emplace_back(json.skip());
      continue;
    }
    json.enter();
    EXPECT_TRUE(json.next());
    EXPECT_TRUE(json.boolean());
    EXPECT_TRUE(json.next());
    EXPECT_FALSE(json.boolean());
    EXPECT_TRUE(json.next());
    EXPECT_EQ(json.number(), "-2.5");
    EXPECT_FALSE(json.next());
  }
  EXPECT_EQ(seen,
            (std::vector<std::string>{"a", R"([1,[],{"b":"]}"}])", "c", "null", "d", "{}", "e"}));
}

TEST(JsonCursor, SkipsValuesThatAreNestedDeep) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_EQ(JsonCursor(deep).skip(), deep);
}

}  // namespace
}  // namespace mseavro
