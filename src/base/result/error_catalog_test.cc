#include "base/result/error_catalog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace mseavro {
namespace {

// The enumerators as the header spells them, so that a code without an entry cannot slip through.
std::map<std::string, int> enumerators() {
  std::ifstream header(MSEAVRO_TESTDATA "/../include/mseavro/error.h");
  std::map<std::string, int> result;
  const std::regex enumerator(R"(^  (k\w+) = (\d+),$)");
  for (std::string line; std::getline(header, line);) {
    std::smatch match;
    if (std::regex_match(line, match, enumerator)) result[match[1]] = std::stoi(match[2]);
  }
  return result;
}

TEST(ErrorCatalog, HasAnEntryForEveryEnumeratorAndNoOther) {
  std::set<int> declared;
  for (const auto& [name, number] : enumerators()) {
    EXPECT_NE(find_error(static_cast<ErrorCode>(number)), nullptr) << name << " has no entry";
    declared.insert(number);
  }
  ASSERT_GT(declared.size(), 40u);
  EXPECT_EQ(declared.size(), all_errors().size());
}

TEST(ErrorCatalog, IsInAscendingOrderOfCodeWithoutRepeats) {
  const auto entries = all_errors();
  EXPECT_EQ(std::ranges::adjacent_find(entries, std::ranges::greater_equal(), &ErrorEntry::code),
            entries.end());
}

TEST(ErrorCatalog, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const ErrorEntry& entry : all_errors()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
  }
}

TEST(ErrorCatalog, ExplainsEachErrorInTwoToFiveSentencesWithAnExample) {
  for (const ErrorEntry& entry : all_errors()) {
    const std::string text(entry.explanation);
    const std::regex end(R"([.](\s|$))");
    const auto count =
        std::distance(std::sregex_iterator(text.begin(), text.end(), end), std::sregex_iterator());
    EXPECT_GE(count, 2) << entry.name;
    EXPECT_LE(count, 5) << entry.name;
    EXPECT_FALSE(entry.example.empty()) << entry.name;
  }
}

TEST(ErrorCatalog, WritesCodesWithFourDigits) {
  EXPECT_EQ(code_text(ErrorCode::kUsage), "E0001");
  EXPECT_EQ(code_text(ErrorCode::kTruncated), "E0203");
}

TEST(ErrorCatalog, ReadsBackEveryCodeItWrites) {
  for (const ErrorEntry& entry : all_errors()) {
    EXPECT_EQ(parse_code(code_text(entry.code)), entry.code);
  }
}

TEST(ErrorCatalog, ReadsCodesAsPeopleTypeThem) {
  const struct {
    std::string_view text;
    std::optional<ErrorCode> code;
  } cases[] = {
      {"E0203", ErrorCode::kTruncated},
      {"e0203", ErrorCode::kTruncated},
      {"0203", ErrorCode::kTruncated},
      {"203", ErrorCode::kTruncated},
      {"E1", ErrorCode::kUsage},
      {"", std::nullopt},
      {"E", std::nullopt},
      {"E0999", std::nullopt},
      {"-203", std::nullopt},
      {"E0203x", std::nullopt},
      {"EE203", std::nullopt},
      {" 203", std::nullopt},
      {"65739", std::nullopt},  // 65536 + 203.
  };
  for (const auto& [text, code] : cases) EXPECT_EQ(parse_code(text), code) << text;
}

TEST(FormatError, ShowsSentencePlaceValueAndHelp) {
  Error error{ErrorCode::kTruncated, "the file ends inside a block", "add --salvage", "2048", {}};
  error.place.file = "events.avro";
  error.place.block = 3;
  error.place.record = 12;
  error.place.byte = 4711;
  EXPECT_EQ(format_error(error),
            "error[E0203]: the file ends inside a block\n"
            "  at events.avro, block 3, record 12, byte 4711\n"
            "  value: 2048\n"
            "help: add --salvage\n");
}

TEST(FormatError, ShowsLineAndField) {
  Error error{ErrorCode::kBadCsv, "the field is not a number", "", "", {}};
  error.place.file = "labels.csv";
  error.place.line = 7;
  error.place.field = "actual";
  EXPECT_EQ(format_error(error),
            "error[E0502]: the field is not a number\n"
            "  at labels.csv, line 7, field actual\n");
}

TEST(FormatError, LeavesOutWhatIsUnknown) {
  EXPECT_EQ(format_error({ErrorCode::kUsage, "no command was given", "", "", {}}),
            "error[E0001]: no command was given\n");
}

TEST(FormatError, ShowsTheFirstBlockRecordAndByte) {
  Error error{ErrorCode::kBadBoolean, "the boolean is neither 0 nor 1", "", "2", {}};
  error.place.block = 0;
  error.place.record = 0;
  error.place.byte = 0;
  EXPECT_EQ(format_error(error),
            "error[E0211]: the boolean is neither 0 nor 1\n"
            "  at block 0, record 0, byte 0\n"
            "  value: 2\n");
}

TEST(FormatError, NeverPrintsControlCharactersOfTheInput) {
  Error error{ErrorCode::kNotFound, "bad\nname", "type\x1b[1m", "\x1b[31mred\x7f", {}};
  error.place.file = "a\rb.avro";
  EXPECT_EQ(format_error(error),
            "error[E0101]: bad\\x0aname\n"
            "  at a\\x0db.avro\n"
            "  value: \\x1b[31mred\\x7f\n"
            "help: type\\x1b[1m\n");
}

TEST(FormatError, CutsLongValues) {
  const Error error{ErrorCode::kTextNumber, "text", "", std::string(100000, 'x'), {}};
  EXPECT_EQ(format_error(error),
            "error[E0404]: text\n  value: " + std::string(200, 'x') + "... (100000 bytes)\n");
}

TEST(FormatError, CutsBetweenCharactersAndNotInsideOne) {
  // 199 bytes, then a character of three bytes that the limit of 200 would split.
  const std::string value = std::string(199, 'x') + "\u20ac" + "tail";
  const Error error{ErrorCode::kTextNumber, "text", "", value, {}};
  EXPECT_EQ(format_error(error),
            "error[E0404]: text\n  value: " + std::string(199, 'x') + "... (206 bytes)\n");
}

}  // namespace
}  // namespace mseavro
