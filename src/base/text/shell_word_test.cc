#include "base/text/shell_word.h"

#include <gtest/gtest.h>

namespace mseavro {
namespace {

TEST(ShellWord, IsQuotedWhereAShellWouldTakeItApart) {
  struct {
    const char* text;
    const char* word;
  } const tests[] = {
      {"data/events-1.json", "data/events-1.json"},
      {"größe=1", "größe=1"},
      {"my file", "'my file'"},
      {"a\"b`c$", "'a\"b`c$'"},
      {"it's", "'it'\\''s'"},
  };
  for (const auto& test : tests) EXPECT_EQ(shell_word(test.text), test.word);
}

}  // namespace
}  // namespace mseavro
