#include "app/report/text_table.h"

#include <gtest/gtest.h>

namespace mseavro {
namespace {

using Align = TextTable::Align;

TextTable two_columns() {
  TextTable table;
  table.add_column("Model", Align::kLeft);
  table.add_column("MSE", Align::kRight);
  table.add_row({"v1", "12.25"});
  table.add_row({"v2-canary", ""});
  return table;
}

TEST(TextTable, AlignsColumnsAndLeavesNoSpacesAtTheEnds) {
  EXPECT_EQ(two_columns().text(false),
            "Model        MSE\n"
            "---------  -----\n"
            "v1         12.25\n"
            "v2-canary\n");
}

TEST(TextTable, MakesTheHeaderBoldInColor) {
  EXPECT_TRUE(two_columns().text(true).starts_with("\x1b[1mModel        MSE\x1b[0m\n---------"));
}

TEST(TextTable, IsMarkdownWithAlignment) {
  EXPECT_EQ(two_columns().markdown(),
            "| Model     |   MSE |\n"
            "| --------- | -----:|\n"
            "| v1        | 12.25 |\n"
            "| v2-canary |       |\n");
}

TEST(TextTable, IsCsv) { EXPECT_EQ(two_columns().csv(), "Model,MSE\nv1,12.25\nv2-canary,\n"); }

TEST(TextTable, WithoutRowsIsItsHeader) {
  TextTable table;
  table.add_column("Model", Align::kLeft);
  EXPECT_EQ(table.text(false), "Model\n-----\n");
  EXPECT_EQ(table.markdown(), "| Model |\n| ----- |\n");
  EXPECT_EQ(table.csv(), "Model\n");
}

TEST(TextTable, CountsCharactersAndNotBytes) {
  TextTable table;
  table.add_column("Ort", Align::kLeft);
  table.add_column("n", Align::kRight);
  table.add_row({"K\u00f6ln", "1"});
  table.add_row({"Bonn", "2"});
  EXPECT_EQ(table.text(false), "Ort   n\n----  -\nK\u00f6ln  1\nBonn  2\n");
}

TEST(TextTable, ShowsControlCharactersAsText) {
  TextTable table;
  table.add_column("a|b", Align::kLeft);
  table.add_row({"x\n\x1b[2J|"});
  EXPECT_EQ(table.text(false), "a|b\n-------------\nx\\x0a\\x1b[2J|\n");
  EXPECT_EQ(table.markdown(), "| a\\|b           |\n| -------------- |\n| x\\x0a\\x1b[2J\\| |\n");
  EXPECT_EQ(table.csv(), "a|b\n\"x\n\x1b[2J|\"\n");
}

TEST(FormatColumn, ShowsThreeDigitsOfTheSmallestNumber) {
  using Column = std::vector<std::optional<double>>;
  using Cells = std::vector<std::string>;
  struct {
    Column numbers;
    Cells cells;
  } const tests[] = {
      {{1.96, 1234.5}, {"1.96", "1234.50"}},
      {{0.0234, 100}, {"0.0234", "100.0000"}},
      {{0.00001, 1}, {"0.000010", "1.000000"}},
      {{1e-9, 1}, {"1e-09", "1.000000"}},
      {{2.5e20, 1}, {"2.5e+20", "1.00"}},
      {{std::nullopt, 1}, {"", "1.00"}},
      {{0.0, -0.0}, {"0.00", "0.00"}},
      {{-0.5, 20}, {"-0.500", "20.000"}},
      {{}, {}},
  };
  for (const auto& test : tests) EXPECT_EQ(format_column(test.numbers), test.cells);
}

}  // namespace
}  // namespace mseavro
