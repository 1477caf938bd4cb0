#include "app/cli/terminal.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace mseavro {
namespace {

TEST(WrapText, BreaksBetweenWords) {
  struct {
    const char* text;
    size_t width;
    size_t indent;
    const char* lines;
  } const tests[] = {
      {"", 10, 2, ""},
      {"short", 10, 2, "short"},
      {"one two three", 7, 0, "one two\nthree"},
      {"one two three", 8, 2, "one two\n  three"},
      {"one two three", 3, 1, "one\n two\n three"},
      {"endlesslylong word", 5, 0, "endlesslylong\nword"},
      {"endlesslylong", 5, 0, "endlesslylong"},
  };
  for (const auto& test : tests) {
    EXPECT_EQ(wrap_text(test.text, test.width, test.indent), test.lines);
  }
}

TEST(CheckOutput, KnowsBeforehandWhatCannotBeWritten) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(testing::TempDir()) / "mseavro_check_output";
  fs::remove_all(folder);
  fs::create_directory(folder);
  EXPECT_TRUE(check_output(""));
  EXPECT_TRUE(check_output(folder / "new.csv"));
  EXPECT_TRUE(check_output("/dev/null"));
  for (const fs::path& path : {folder, folder / "no/new.csv"}) {
    const Status status = check_output(path);
    ASSERT_FALSE(status) << path;
    EXPECT_EQ(status.error().code, ErrorCode::kWriteFailed);
  }
  EXPECT_TRUE(fs::is_empty(folder));
  fs::remove_all(folder);
}

TEST(Terminal, RefusesUnknownColors) {
  OptionValues values;
  values.add(*find_option("color"), {{"pink"}, "--color"});
  const auto terminal = Terminal::make(values);
  ASSERT_FALSE(terminal);
  EXPECT_EQ(terminal.error().code, ErrorCode::kBadOptionValue);
}

TEST(Terminal, ColorsOutputWhenToldTo) {
  OptionValues values;
  values.add(*find_option("color"), {{"always"}, "--color"});
  EXPECT_TRUE(Terminal::make(values)->colors_output());
}

}  // namespace
}  // namespace mseavro
