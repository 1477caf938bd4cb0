#include "base/text/csv_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <utility>

namespace mseavro {
namespace {

// Gives out `text` in pieces of at most `piece_size` bytes; it must outlive the reader.
CsvReader::ReadMore pieces_of(std::string_view text, size_t piece_size) {
  return [text, piece_size](std::span<uint8_t> into) mutable -> Result<size_t> {
    const size_t count = std::min({text.size(), into.size(), piece_size});
    std::memcpy(into.data(), text.data(), count);
    text.remove_prefix(count);
    return count;
  };
}

struct Record {
  int64_t line;
  std::vector<std::string> fields;
  std::string raw;
  friend bool operator==(const Record&, const Record&) = default;
};

struct Answer {
  std::vector<Record> records;
  ErrorCode error{};
  int64_t error_line = -1;
  friend bool operator==(const Answer&, const Answer&) = default;
};

Answer read_all(std::string_view text, size_t piece_size = 1 << 20, const Limits& limits = {},
                char delimiter = ',') {
  CsvReader reader(pieces_of(text, piece_size), limits, delimiter);
  std::vector<std::string_view> fields;
  Answer answer;
  while (true) {
    const auto found = reader.next(&fields);
    if (!found) {
      answer.error = found.error().code;
      answer.error_line = found.error().place.line;
      return answer;
    }
    if (!*found) return answer;
    answer.records.push_back(
        {reader.line(), {fields.begin(), fields.end()}, std::string(reader.raw())});
  }
}

using Fields = std::vector<std::string>;
using Table = std::vector<Fields>;

Table table_of(const Answer& answer) {
  Table table;
  for (const Record& record : answer.records) table.push_back(record.fields);
  return table;
}

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char byte : text) result += byte == '"' ? "\"\"" : std::string(1, byte);
  return result + "\"";
}

TEST(CsvReader, ReadsRecordsAsRfc4180SaysThem) {
  const struct {
    std::string_view text;
    Table table;
  } cases[] = {
      {"", {}},
      {"a", {{"a"}}},
      {"a,b\n", {{"a", "b"}}},
      {"a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
      {"a,b\nc,d", {{"a", "b"}, {"c", "d"}}},
      {"a,b\r", {{"a", "b"}}},
      {",", {{"", ""}}},
      {"a,\n,b\n", {{"a", ""}, {"", "b"}}},
      {"a,\r\n", {{"a", ""}}},
      {"a b , c\n", {{"a b ", " c"}}},
      {"\"a\"\n", {{"a"}}},
      {"\"a\",\"b\"\r\n", {{"a", "b"}}},
      {"\"\"\n", {{""}}},
      {"\"\"", {{""}}},
      {"\"a\"\r", {{"a"}}},
      {"\"a,b\",c\n", {{"a,b", "c"}}},
      {"\"say \"\"hi\"\"\",\"\"\"\"\n", {{"say \"hi\"", "\""}}},
      {"\"a\nb\r\nc\",d\n", {{"a\nb\r\nc", "d"}}},
      {"\xEF\xBB\xBFid,actual\n", {{"id", "actual"}}},
      {"\xEF\xBB\xBF\"id\"\n", {{"id"}}},
      {"\xEF\xBB\xBF", {}},
      {"a\n\xEF\xBB\xBF\n", {{"a"}, {"\xEF\xBB\xBF"}}},
      {"\xEF\xBB", {{"\xEF\xBB"}}},
      {"a\rb,c\n", {{"a\rb", "c"}}},
      {"\xFF\xFE,\x80\n", {{"\xFF\xFE", "\x80"}}},
      {" \n", {{" "}}},
  };
  for (const auto& [text, table] : cases) {
    const Answer answer = read_all(text);
    EXPECT_EQ(answer.error, ErrorCode{}) << text;
    EXPECT_EQ(table_of(answer), table) << text;
  }
}

TEST(CsvReader, PassesNulBytesThrough) {
  const std::string_view text("a\0b,\"\0\"\n", 8);
  EXPECT_EQ(table_of(read_all(text)), (Table{{std::string("a\0b", 3), std::string("\0", 1)}}));
}

TEST(CsvReader, SkipsBlankLines) {
  EXPECT_EQ(table_of(read_all("\n\r\na\n\n\r\nb\n\n")), (Table{{"a"}, {"b"}}));
}

TEST(CsvReader, SplitsAtTheDelimiterThatItWasGiven) {
  EXPECT_EQ(table_of(read_all("a;b,c;\"d;e\"\n", 100, {}, ';')), (Table{{"a", "b,c", "d;e"}}));
  EXPECT_EQ(table_of(read_all("a\tb\n", 100, {}, '\t')), (Table{{"a", "b"}}));
}

TEST(CsvReader, TakesTheDelimiterOfTheFirstLine) {
  const struct {
    std::string_view text;
    Table table;
  } cases[] = {
      {"a,b\n1;2,3\n", {{"a", "b"}, {"1;2", "3"}}},
      {"a;b\n1,5;3\n", {{"a", "b"}, {"1,5", "3"}}},
      {"\xEF\xBB\xBF\r\na;\"x, y\"\r\n1;2\r\n", {{"a", "x, y"}, {"1", "2"}}},
      {"a\tb;c\n1\t2;3\n", {{"a\tb", "c"}, {"1\t2", "3"}}},
      {"a\tb\n1\t2\n", {{"a", "b"}, {"1", "2"}}},
      {"a|b\n1|2\n", {{"a", "b"}, {"1", "2"}}},
      {"a\n1;2\n", {{"a"}, {"1;2"}}},
      {"a;b", {{"a", "b"}}},
      {"\n\n", {}},
      {"", {}},
  };
  for (const auto& test : cases) {
    for (const size_t piece_size : {1, 2, 100}) {
      const Answer answer = read_all(test.text, piece_size, {}, CsvReader::kAsInFirstLine);
      EXPECT_EQ(table_of(answer), test.table) << test.text;
    }
  }
  // The beginning of a line that is longer than the first buffer.
  const std::string name(100'000, 'a');
  const Answer answer = read_all("i;" + name + ",b\n", 1, {}, CsvReader::kAsInFirstLine);
  EXPECT_EQ(table_of(answer), (Table{{"i", name + ",b"}}));
}

TEST(CsvReader, NumbersRecordsByTheirFirstLineAndKeepsTheirBytes) {
  const Answer answer =
      read_all("\xEF\xBB\xBFid,note\r\n\n1,\"two\nlines, \"\"so\"\"\"\r\n\r\n2,x");
  const std::vector<Record> expected = {
      {1, {"id", "note"}, "id,note"},
      {3, {"1", "two\nlines, \"so\""}, "1,\"two\nlines, \"\"so\"\"\""},
      {6, {"2", "x"}, "2,x"},
  };
  EXPECT_EQ(answer.records, expected);
}

TEST(CsvReader, RefusesMisplacedQuotesAndSaysTheLine) {
  const struct {
    std::string_view text;
    int64_t line;
    size_t records_before;
  } cases[] = {
      {"a\"b\n", 1, 0},
      {"ok\nx, \"quoted\"\n", 2, 1},
      {"\"a\"b\n", 1, 0},
      {"\"a\" ,b\n", 1, 0},
      {"\"a\"\rb\n", 1, 0},
      {"1,\"two\nlines\"x\n", 2, 0},
      {"\"", 1, 0},
      {"ok\n\n1,\"never\nclosed\n", 3, 1},
      {"1,\"a\nb\",\"never\n\n", 2, 0},
      {"1,\"a\"\"\n", 1, 0},
  };
  for (const auto& [text, line, records_before] : cases) {
    const Answer answer = read_all(text);
    EXPECT_EQ(answer.error, ErrorCode::kBadCsv) << text;
    EXPECT_EQ(answer.error_line, line) << text;
    EXPECT_EQ(answer.records.size(), records_before) << text;
  }
}

TEST(CsvReader, BoundsTheBytesOfARecord) {
  const Limits limits{.csv_line_size_bytes = 5};
  const struct {
    std::string_view text;
    ErrorCode error;
    int64_t line;
  } cases[] = {
      {"ab,cd\nab,cd\r\n\"abc\"\nab,cd", {}, -1},
      {"\n\n\n\n\n\n\n\nab,cd\r\n", {}, -1},
      {"a\nab,cde\n", ErrorCode::kLimitExceeded, 2},
      {"ab,cde", ErrorCode::kLimitExceeded, 1},
      {"ab,cd\r\r\n", ErrorCode::kLimitExceeded, 1},
      {"abcdefghi\"jk\n", ErrorCode::kLimitExceeded, 1},
      {"\"a\n\n\n\n\n\n\n", ErrorCode::kLimitExceeded, 1},
  };
  for (const auto& [text, error, line] : cases) {
    for (const size_t piece_size : {1, 2, 3, 100}) {
      const Answer answer = read_all(text, piece_size, limits);
      EXPECT_EQ(answer.error, error) << text;
      EXPECT_EQ(answer.error_line, line) << text;
    }
  }
}

TEST(CsvReader, BoundsTheFieldsOfARecord) {
  const Limits limits{.csv_field_count = 3};
  EXPECT_EQ(table_of(read_all("a,b,c\n", 100, limits)), (Table{{"a", "b", "c"}}));
  EXPECT_EQ(read_all("a,b,c,d\n", 100, limits).error, ErrorCode::kLimitExceeded);
}

TEST(CsvReader, HandsOnTheErrorOfItsSource) {
  CsvReader reader([](std::span<uint8_t>) -> Result<size_t> {
    return fail(ErrorCode::kUnreadable, "the disk is gone");
  });
  std::vector<std::string_view> fields;
  const auto found = reader.next(&fields);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kUnreadable);
}

TEST(CsvReader, ReadsRecordsLongerThanItsFirstBuffer) {
  const std::string text(300'000, 'x');
  const std::string escaped(200'000, '"');
  const std::string file =
      "1," + text + "\n2," + in_quotes(escaped) + "," + in_quotes("b\"") + "\n";
  EXPECT_EQ(table_of(read_all(file, 1000)), (Table{{"1", text}, {"2", escaped, "b\""}}));
}

// Text made of what matters to the reader, in every order.
std::string random_text(std::mt19937& random) {
  constexpr std::string_view kBytes = "\"\"\",,\n\n\rab\xEF\xBB\xBF";
  std::string text;
  for (size_t count = random() % 24; count > 0; --count) text += kBytes[random() % kBytes.size()];
  return text;
}

TEST(CsvReader, ReadsTheSameInWhateverPiecesTheBytesCome) {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    const std::string text = random_text(random);
    const Limits limits{.csv_line_size_bytes = round % 2 == 0 ? 8 : 1000};
    const Answer whole = read_all(text, 1000, limits);
    for (const size_t piece_size : {1, 2, 3, 5}) {
      ASSERT_EQ(read_all(text, piece_size, limits), whole) << "round " << round;
    }
  }
}

TEST(CsvReader, ReadsBackWhatWasWrittenWithQuotes) {
  std::mt19937 random(11);
  for (int round = 0; round < 500; ++round) {
    Table table;
    std::string text;
    for (size_t records = random() % 5; records > 0; --records) {
      Fields fields;
      for (size_t count = 1 + random() % 4; count > 0; --count)
        fields.push_back(random_text(random));
      for (const std::string& field : fields) text += in_quotes(field) + ",";
      text.back() = '\n';
      table.push_back(std::move(fields));
    }
    const Answer answer = read_all(text, 1 + random() % 50);
    ASSERT_EQ(answer.error, ErrorCode{}) << "round " << round;
    ASSERT_EQ(table_of(answer), table) << "round " << round;
  }
}

TEST(CsvReader, TellsAnEmptyTextFromNothing) {
  std::string_view text = "\"\",,\"a\",b\n";
  CsvReader reader([&](std::span<uint8_t> into) -> Result<size_t> {
    const size_t size = std::exchange(text, std::string_view())
                            .copy(reinterpret_cast<char*>(into.data()), into.size());
    return size;
  });
  std::vector<std::string_view> fields;
  ASSERT_TRUE(*reader.next(&fields));
  ASSERT_EQ(fields, (std::vector<std::string_view>{"", "", "a", "b"}));
  const bool quoted[] = {true, false, true, false};
  for (size_t field = 0; field < fields.size(); ++field) {
    EXPECT_EQ(reader.is_quoted(field), quoted[field]) << field;
  }
}

TEST(CsvReader, KeepsBlankLinesWhenTheyAreRecords) {
  std::string_view text = "x\n\n1\r\n\r\n\n";
  CsvReader reader([&](std::span<uint8_t> into) -> Result<size_t> {
    const size_t size = std::exchange(text, std::string_view())
                            .copy(reinterpret_cast<char*>(into.data()), into.size());
    return size;
  });
  std::vector<std::string_view> fields;
  std::vector<std::string> records;
  while (*reader.next(&fields)) {
    reader.keep_blank_lines();
    records.emplace_back(fields.at(0));
  }
  EXPECT_EQ(records, (std::vector<std::string>{"x", "", "1", "", ""}));
}

}  // namespace
}  // namespace mseavro
