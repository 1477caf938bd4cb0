#include "base/text/toml_place.h"

#include <algorithm>
#include <charconv>

namespace mseavro {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kWhiteSpace = " \t\r\n";

bool begins_character(char byte) { return (byte & 0xc0) != 0x80; }

size_t offset_of(std::string_view document, TomlPlace place) {
  size_t at = toml_begin(document);
  for (int64_t line = 1; line < place.line; ++line) {
    const size_t line_end = document.find('\n', at);
    if (line_end == document.npos) break;
    at = line_end + 1;
  }
  for (int64_t column = 1; column < place.column && at < document.size(); ++column) {
    for (++at; at < document.size() && !begins_character(document[at]);) ++at;
  }
  return at;
}

// Something that is typed in a text, and what becomes of it.
struct Piece {
  size_t typed_size;
  size_t value_size;
};

size_t utf8_size(uint32_t character) {
  return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
}

Piece unicode_escape(std::string_view typed) {
  const std::string_view digits = typed.substr(2, typed[1] == 'u' ? 4 : 8);
  uint32_t character = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), character, 16);
  return {2 + digits.size(), utf8_size(character)};
}

Piece escape(std::string_view typed) {
  const char letter = typed.size() > 1 ? typed[1] : ' ';
  if (letter == 'u' || letter == 'U') return unicode_escape(typed);
  // A break behind a backslash takes all white space with it.
  if (kWhiteSpace.find(letter) != kWhiteSpace.npos) {
    return {std::min(typed.find_first_not_of(kWhiteSpace, 1), typed.size()), 0};
  }
  return {2, 1};
}

Piece first_piece(std::string_view typed, bool has_escapes) {
  if (has_escapes && typed[0] == '\\') return escape(typed);
  if (typed.starts_with("\r\n")) return {2, 1};
  return {1, 1};
}

// Where a text begins behind its quotes. A line break there is none of its own.
size_t behind_opening(std::string_view typed) {
  const std::string_view quotes = typed.substr(0, 3);
  const bool is_long = quotes == "\"\"\"" || quotes == "'''";
  if (!is_long) return 1;
  typed.remove_prefix(quotes.size());
  return quotes.size() + (typed.starts_with("\r\n") ? 2 : typed.starts_with('\n') ? 1 : 0);
}

}  // namespace

size_t toml_begin(std::string_view document) {
  return document.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
}

TomlPlace toml_place(std::string_view document, size_t offset) {
  const size_t begin = toml_begin(document);
  size_t end = std::clamp(offset, begin, document.size());
  while (end > begin && end < document.size() && !begins_character(document[end])) --end;
  const std::string_view before = document.substr(begin, end - begin);
  const std::string_view line = before.substr(before.rfind('\n') + 1);
  return {1 + std::ranges::count(before, '\n'), 1 + std::ranges::count_if(line, begins_character)};
}

TomlPlace toml_place_in_text(std::string_view document, TomlPlace quote, size_t offset) {
  const size_t begin = offset_of(document, quote);
  const std::string_view text = document.substr(begin);
  const bool has_escapes = text.starts_with('"');
  size_t at = behind_opening(text);
  for (size_t value_size = 0; at < text.size();) {
    const Piece piece = first_piece(text.substr(at), has_escapes);
    value_size += piece.value_size;
    if (value_size > offset) break;
    at += piece.typed_size;
  }
  return toml_place(document, begin + at);
}

}  // namespace mseavro
