#include "base/text/toml_document.h"

#include <gtest/gtest.h>

#include <string>

namespace mseavro {
namespace {

TomlValue parse(const std::string& text) {
  auto value = parse_toml(text, "a.toml", ErrorCode::kBadSpec);
  EXPECT_TRUE(value) << value.error().message;
  return value.value_or(TomlValue{});
}

TEST(TomlDocument, ScalarsAreTextAsOneWouldTypeThem) {
  const struct {
    const char* value;
    TomlKind kind;
    const char* text;
  } cases[] = {
      {"\"a \\\"b\\\"\"", TomlKind::kText, "a \"b\""},
      {"'C:\\x'", TomlKind::kText, "C:\\x"},
      {"-42", TomlKind::kInteger, "-42"},
      {"0.1", TomlKind::kNumber, "0.1"},
      {"true", TomlKind::kBoolean, "true"},
      {"2025-07-28", TomlKind::kTime, "2025-07-28"},
      {"2025-07-28T10:00:00Z", TomlKind::kTime, "2025-07-28T10:00:00Z"},
  };
  for (const auto& [value, kind, text] : cases) {
    const TomlValue root = parse(std::string("key = ") + value);
    ASSERT_EQ(root.members.size(), 1u) << value;
    EXPECT_EQ(root.members[0].value.kind, kind) << value;
    EXPECT_EQ(root.members[0].value.text, text) << value;
  }
}

TEST(TomlDocument, ValuesKnowWhereTheyStand) {
  const TomlValue root = parse("a = 1\n[[event]]\n  name = \"x\"\n[[event]]\nlist = [1, [2]]\n");
  const TomlMember* events = root.find("event");
  ASSERT_NE(events, nullptr);
  ASSERT_EQ(events->value.items.size(), 2u);
  const TomlMember* name = events->value.items[0].find("name");
  ASSERT_NE(name, nullptr);
  EXPECT_EQ(name->line, 3);
  EXPECT_EQ(name->column, 3);
  EXPECT_EQ(name->value.line, 3);
  EXPECT_EQ(name->value.column, 10);
  EXPECT_EQ(events->value.items[1].find("list")->value.items[1].items[0].text, "2");
  EXPECT_EQ(root.find("none"), nullptr);
}

TEST(TomlDocument, SaysLineAndColumnOfWhatIsNoToml) {
  const auto value = parse_toml("a = 1\nb = \n", "a.toml", ErrorCode::kBadSpec);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, ErrorCode::kBadSpec);
  EXPECT_EQ(value.error().place.file, "a.toml");
  EXPECT_EQ(value.error().place.line, 2);
  EXPECT_TRUE(value.error().message.starts_with("column ")) << value.error().message;
}

TEST(TomlDocument, TakesOtherCharactersInQuotesAndCommentsOnly) {
  const struct {
    const char* text;
    int64_t line;  // Of the stray character; 0: there is none.
    const char* column;
  } cases[] = {
      {"\xEF\xBB\xBF"
       "a = 'é' # é",
       0, ""},
      {"a = \"é\\\"é\"\nb = 'é\\'", 0, ""},
      {"a = \"\"\"é\n\"\"é\"\"\"\"\"\nb = '''\né''é'''''", 0, ""},
      {"\"é\" = 1 # 'é\n'ü' = \"'é\"", 0, ""},
      {"é = 1", 1, "column 1: "},
      {"a = 'é' é", 1, "column 9: "},
      {"a = 1\n  \u00a0b = 2", 2, "column 3: "},
      {"a = \"\"\"\"\"\"é", 1, "column 11: "},
      {"a = \"b\\\\\"é", 1, "column 10: "},
      {"a = 'b\né", 2, "column 1: "},
      {"a.'b' = ['é', 'é', {b = 'é'}]", 0, ""},
      {"\xEF\xBB\xBF'é' = 1", 0, ""},
      {"\xEF\xBB\xBF'é' = é", 1, "column 7: "},
      {"a = 9.'b\uFEFB", 1, "column 9: "},
      {"a = 9.'b#'\uFEFB", 1, "column 11: "},
      {"a = 9\"\uFEFB\"", 1, "column 7: "},
      {"a = \"\"\"é\\\\é\\\n b é\"\"\"", 0, ""},
      {"a = \"\"\"b\\ \n\n  é\"\"\"", 3, "column 3: "},
      {"a = \"\"\"\\é\"\"\"", 1, "column 9: "},
  };
  for (const auto& [text, line, column] : cases) {
    const auto value = parse_toml(text, "a.toml", ErrorCode::kBadSpec);
    EXPECT_EQ(value.has_value(), line == 0) << text;
    if (value || line == 0) continue;
    EXPECT_EQ(value.error().place.line, line) << text;
    EXPECT_TRUE(value.error().message.starts_with(column)) << text << value.error().message;
  }
  for (const char* const open : {"a = \"", "a = \"\\", "a = '''", "a = \"\"\"\\"}) {
    EXPECT_FALSE(parse_toml(open, "a.toml", ErrorCode::kBadSpec)) << open;
  }
}

TEST(TomlDocument, HelpsAgainstUsualMistakes) {
  const struct {
    const char* text;
    const char* help;
  } cases[] = {
      {"a = {time:time},{event}", "texts stand in quotes, as in: key = \"value\""},
      {"a = GET", "texts stand in quotes, as in: key = \"value\""},
      {"a = \"\\d+\"", "between single quotes a backslash is itself, as in: key = 'a\\b'"},
      {"a = 1\na = 2", "a key stands once in its table"},
      {"[a]\n[a]", "a key stands once in its table"},
  };
  for (const auto& test : cases) {
    const auto value = parse_toml(test.text, "a.toml", ErrorCode::kBadSpec);
    ASSERT_FALSE(value) << test.text;
    EXPECT_EQ(value.error().help, test.help) << test.text << ": " << value.error().message;
  }
}

}  // namespace
}  // namespace mseavro
