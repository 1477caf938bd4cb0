#include "engine/state/key_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

namespace mseavro {
namespace {

using Text = std::optional<std::string>;

// A column of texts; the views are into `texts`, which must live as long.
Column text_column(const std::vector<Text>& texts) {
  Column column(ColumnType::kText, texts.size());
  for (size_t row = 0; row < texts.size(); ++row) {
    column.states[row] = texts[row] ? CellState::kValue : CellState::kNull;
    if (texts[row]) column.texts[row] = *texts[row];
  }
  return column;
}

Text to_text(std::optional<std::string_view> view) {
  return view ? Text(std::string(*view)) : std::nullopt;
}

// Rows as lists of values: the version, then each slice.
std::vector<uint32_t> code_rows(KeyTable& table, const std::vector<std::vector<Text>>& rows,
                                bool has_version = true) {
  std::vector<std::vector<Text>> values(rows.front().size());
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) values[i].push_back(row[i]);
  }
  std::vector<Column> columns;
  for (const auto& column : values) columns.push_back(text_column(column));
  std::vector<const Column*> slices;
  for (size_t i = 1; i < columns.size(); ++i) slices.push_back(&columns[i]);
  std::vector<uint32_t> codes(rows.size());
  table.code_rows(has_version ? &columns[0] : nullptr, slices, rows.size(), codes.data());
  return codes;
}

std::vector<Text> key_of(const KeyTable& table, uint32_t code, size_t slice_count) {
  std::vector<Text> key = {to_text(table.version(code))};
  for (size_t i = 0; i < slice_count; ++i) key.push_back(to_text(table.slice(code, i)));
  return key;
}

TEST(ValueTable, NullAndTheEmptyTextDiffer) {
  ValueTable table;
  EXPECT_EQ(table.value(ValueTable::kNullCode), std::nullopt);
  EXPECT_EQ(table.value(table.code("")), "");
  EXPECT_NE(table.code(""), ValueTable::kNullCode);
  EXPECT_EQ(table.size(), 2u);
}

TEST(ValueTable, AValueOfAWrongTypeIsNull) {
  ValueTable table;
  const std::vector<Text> texts = {"a", "b"};
  Column column = text_column(texts);
  column.states[0] = CellState::kWrongType;
  uint32_t codes[2];
  table.code_column(column, 2, codes);
  EXPECT_EQ(codes[0], ValueTable::kNullCode);
  EXPECT_EQ(table.value(codes[1]), "b");
}

TEST(KeyTable, EqualRowsHaveOneCode) {
  const std::vector<std::vector<Text>> rows = {
      {"v1", "eu", "x"},         {"v1", "eu", "y"},         {"v1", "us", "x"},
      {"v2", "eu", "x"},         {"v1", "eu", "x"},         {std::nullopt, "eu", "x"},
      {"v1", std::nullopt, "x"}, {"v1", "x", std::nullopt}, {"v1", "", "x"},
      {"", "eu", "x"},           {"v1", "eu", "y"}};
  KeyTable table(2);
  const std::vector<uint32_t> codes = code_rows(table, rows);
  for (size_t a = 0; a < rows.size(); ++a) {
    EXPECT_EQ(key_of(table, codes[a], 2), rows[a]);
    for (size_t b = 0; b < rows.size(); ++b) EXPECT_EQ(codes[a] == codes[b], rows[a] == rows[b]);
  }
}

TEST(KeyTable, WithoutSlicesIsTheVersion) {
  KeyTable table(0);
  const std::vector<uint32_t> codes = code_rows(table, {{"v1"}, {std::nullopt}, {"v1"}});
  EXPECT_EQ(codes[0], codes[2]);
  EXPECT_EQ(to_text(table.version(codes[0])), "v1");
  EXPECT_EQ(to_text(table.version(codes[1])), std::nullopt);
}

TEST(KeyTable, LeavesTheVersionOutWhenVersionsAreMixed) {
  KeyTable table(1);
  const auto codes = code_rows(table, {{"v1", "eu"}, {"v2", "eu"}, {"v2", "us"}}, false);
  EXPECT_EQ(codes[0], codes[1]);
  EXPECT_NE(codes[0], codes[2]);
  EXPECT_EQ(key_of(table, codes[0], 1), (std::vector<Text>{std::nullopt, "eu"}));
}

TEST(KeyTable, OfNoRowsIsEmpty) {
  KeyTable table(2);
  Column column = text_column({});
  const Column* slices[] = {&column, &column};
  table.code_rows(&column, slices, 0, nullptr);
  KeyTable other(2);
  EXPECT_TRUE(other.translate(table).empty());
}

TEST(KeyTable, TranslatesTheCodesOfAnother) {
  std::mt19937 random(1);
  const Text values[] = {std::nullopt, "", "a", "b", "c"};
  for (size_t slice_count = 0; slice_count < 4; ++slice_count) {
    KeyTable whole(slice_count);
    std::set<std::vector<Text>> keys;
    for (int worker = 0; worker < 3; ++worker) {
      std::vector<std::vector<Text>> rows(50, std::vector<Text>(slice_count + 1));
      for (auto& row : rows) {
        for (Text& value : row) value = values[random() % 5];
        keys.insert(row);
      }
      KeyTable table(slice_count);
      const std::vector<uint32_t> codes = code_rows(table, rows);
      const std::vector<uint32_t> translated = whole.translate(table);
      ASSERT_EQ(translated.size(), table.size());
      for (size_t row = 0; row < rows.size(); ++row) {
        EXPECT_EQ(key_of(whole, translated[codes[row]], slice_count), rows[row]);
      }
    }
    // Without slices the missing version has a code, whether a row has it or not.
    if (slice_count > 0) {
      EXPECT_EQ(whole.size(), keys.size());
    }
  }
}

TEST(KeyTable, TakesManyKeys) {
  std::vector<std::vector<Text>> rows;
  for (int i = 0; i < 200'000; ++i) rows.push_back({"v", fmt::format("user-{}", i)});
  KeyTable table(1);
  const std::vector<uint32_t> codes = code_rows(table, rows);
  EXPECT_EQ(table.size(), rows.size());
  EXPECT_EQ(key_of(table, codes[123'456], 1), rows[123'456]);
}

}  // namespace
}  // namespace mseavro
