#include "base/text/toml_place.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/text/toml_document.h"

namespace mseavro {
namespace {

// The place of byte `offset` in the value of the document's key `a`.
TomlPlace place_of(const std::string& document, size_t offset) {
  const auto root = parse_toml(document, "a.toml", ErrorCode::kBadRules);
  EXPECT_TRUE(root) << document << root.error().message;
  const TomlMember* member = root ? root->find("a") : nullptr;
  if (member == nullptr) return {};
  return toml_place_in_text(document, {member->value.line, member->value.column}, offset);
}

TEST(TomlPlace, IsThatInTheFileBehindWhateverStandsBefore) {
  const struct {
    const char* document;
    size_t offset;  // Of x in the value.
    TomlPlace place;
  } cases[] = {
      {"a = \"x\"", 0, {1, 6}},
      {"a = 'x'", 0, {1, 6}},
      {"a = 'ab'", 2, {1, 8}},
      {"a = ''", 0, {1, 6}},
      {"a = \"\"", 0, {1, 6}},
      {"a = '\\tx'", 2, {1, 8}},
      {"a = \"\\\"\\\\\\tx\"", 3, {1, 12}},
      {"a = \"\\b\\f\\n\\rx\"", 4, {1, 14}},
      {"a = \"\\u0041x\"", 1, {1, 12}},
      {"a = \"\\u00e9x\"", 2, {1, 12}},
      {"a = \"\\u20ACx\"", 3, {1, 12}},
      {"a = \"\\U0001F600x\"", 4, {1, 16}},
      {"a = \"ÄÖÜ€😀x\"", 13, {1, 11}},
      {"'é' = 'é'\na = 'éx'", 2, {2, 7}},
      {"b = ['é', {c = 'é'}]\n\n  a = \"\tx\"", 1, {3, 9}},
      {"\xEF\xBB\xBF"
       "a = 'x'",
       0,
       {1, 6}},
      {"a = \"\"\"x\"\"\"", 0, {1, 8}},
      {"a = \"\"\"\"x\"\"\"", 1, {1, 9}},
      {"a = \"\"\"\nx\"\"\"", 0, {2, 1}},
      {"a = \"\"\"\r\nx\"\"\"", 0, {2, 1}},
      {"a = \"\"\"\n\nx\"\"\"", 1, {3, 1}},
      {"a = \"\"\"a\r\nx\"\"\"", 2, {2, 1}},
      {"a = \"\"\"\\\n   x\"\"\"", 0, {2, 4}},
      {"a = \"\"\"é\\  \r\n\n \t e\\\\x\"\"\"", 4, {3, 7}},
      {"a = '''\n\\\nx'''", 2, {3, 1}},
      {"a = '''\n'é''x'''", 5, {2, 5}},
      {"a = '''x''''", 1, {1, 9}},
  };
  for (const auto& [document, offset, place] : cases) {
    const TomlPlace found = place_of(document, offset);
    EXPECT_EQ(found, place) << document << ": " << found.line << ":" << found.column;
  }
}

// A text of a few pieces, as it is typed, and what each byte of its value was typed as.
struct RandomText {
  std::string document = "b = 'é'\n a = ";
  std::string value{};
  std::vector<size_t> offsets{};  // In the document, of each byte of the value.

  void add(std::string_view typed, std::string_view meant) {
    for (const char byte : meant) {
      value += byte;
      offsets.push_back(document.size());
    }
    document += typed;
  }
};

RandomText random_text(std::mt19937& random) {
  struct Piece {
    std::string_view typed;
    std::string_view meant;
    bool is_escape = false;
    bool is_long = false;
  };
  static constexpr Piece kPieces[] = {
      {"x", "x"},
      {"{", "{"},
      {" ", " "},
      {"é", "é"},
      {"€", "€"},
      {"\\t", "\t", true},
      {"\\\"", "\"", true},
      {"\\\\", "\\", true},
      {"\\u00e9", "é", true},
      {"\\uFFFD", "\xEF\xBF\xBD", true},
      {"\\U0001F600", "😀", true},
      {"\n", "\n", false, true},
      {"\r\n", "\n", false, true},
      {"\\\n \t\n ", "", true, true},
      {"\\ \r\n", "", true, true},
  };
  const bool has_escapes = random() % 2 == 0;
  const bool is_long = random() % 2 == 0;
  const std::string quotes(is_long ? 3 : 1, has_escapes ? '"' : '\'');
  RandomText text;
  text.document += quotes + (is_long && random() % 2 == 0 ? "\n" : "");
  bool is_behind_break = text.document.back() != '\n' && is_long;
  for (uint32_t count = random() % 12; count > 0;) {
    const Piece& piece = kPieces[random() % std::size(kPieces)];
    if ((piece.is_escape && !has_escapes) || (piece.is_long && !is_long)) continue;
    // White space behind a backslash or the opening quotes may be none of the value's, and what is
    // not ASCII is refused behind a backslash.
    const bool is_space = piece.typed.find_first_of(" \r\n") == 0;
    if (is_behind_break && (is_space || static_cast<unsigned char>(piece.typed[0]) >= 0x80)) {
      continue;
    }
    is_behind_break = piece.meant.empty();
    text.add(piece.typed, piece.meant);
    --count;
  }
  text.offsets.push_back(text.document.size());
  text.document += quotes + " # é\n";
  return text;
}

TomlPlace slow_place(std::string_view document, size_t offset) {
  TomlPlace place{1, 1};
  for (size_t at = 0; at < offset; ++at) {
    if (document[at] == '\n') {
      place = {place.line + 1, 1};
    } else if ((static_cast<unsigned char>(document[at]) & 0xc0) != 0x80) {
      ++place.column;
    }
  }
  return place;
}

TEST(TomlPlace, OfEveryByteIsWhereItWasTyped) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    const RandomText text = random_text(random);
    const auto root = parse_toml(text.document, "a.toml", ErrorCode::kBadRules);
    ASSERT_TRUE(root) << text.document << root.error().message;
    ASSERT_EQ(root->find("a")->value.text, text.value) << text.document;
    for (size_t offset = 0; offset < text.offsets.size(); ++offset) {
      const TomlPlace place = place_of(text.document, offset);
      const TomlPlace expected = slow_place(text.document, text.offsets[offset]);
      ASSERT_EQ(place, expected) << text.document << " at " << offset << ": " << place.line << ":"
                                 << place.column;
    }
  }
}

}  // namespace
}  // namespace mseavro
