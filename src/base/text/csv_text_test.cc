#include "base/text/csv_text.h"

#include <gtest/gtest.h>

namespace mseavro {
namespace {

TEST(CsvCell, IsQuotedWhereItMustBe) {
  struct {
    const char* text;
    const char* cell;
  } const tests[] = {{"", "\"\""},
                     {"eu", "eu"},
                     {"a b", "a b"},
                     {"a,b", "\"a,b\""},
                     {"say \"x\"", "\"say \"\"x\"\"\""},
                     {"a\nb", "\"a\nb\""},
                     {"a\r", "\"a\r\""}};
  for (const auto& test : tests) EXPECT_EQ(csv_cell(test.text), test.cell);
}

}  // namespace
}  // namespace mseavro
