#include "base/text/toml_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "base/text/number_text.h"
#include "base/text/toml_place.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace mseavro {
namespace {

TomlKind kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string:
      return TomlKind::kText;
    case toml::node_type::integer:
      return TomlKind::kInteger;
    case toml::node_type::floating_point:
      return TomlKind::kNumber;
    case toml::node_type::boolean:
      return TomlKind::kBoolean;
    case toml::node_type::array:
      return TomlKind::kArray;
    case toml::node_type::table:
      return TomlKind::kTable;
    default:
      return TomlKind::kTime;
  }
}

std::string scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* boolean = node.as_boolean()) return boolean->get() ? "true" : "false";
  if (const auto* number = node.as_floating_point()) return format_number(number->get());
  std::ostringstream text;
  node.visit([&](const auto& value) {
    if constexpr (toml::is_value<decltype(value)>) text << value.get();
  });
  return text.str();
}

// Behind the quoted text that begins there; what has no end is for the library to say.
size_t behind_quotes(std::string_view text, size_t at) {
  const char quote = text[at];
  const std::string mark(text.substr(at).starts_with(std::string(3, quote)) ? 3 : 1, quote);
  const bool is_long = mark.size() > 1;
  for (at += mark.size(); at < text.size() && (is_long || text[at] != '\n'); ++at) {
    if (text.substr(at).starts_with(mark)) {
      // A long text may end in quotes of its own.
      return is_long ? std::min(text.find_first_not_of(quote, at), text.size()) : at + 1;
    }
    if (quote == '"' && text[at] == '\\') ++at;
  }
  return std::min(at, text.size());
}

bool is_ascii_byte(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

// Whether a text begins at a quote behind this byte. Elsewhere it is in the middle of something, or
// behind the dot of a key, which is no place for such characters either.
bool may_stand_before_text(char byte) {
  return std::string_view(" \t\r\n=,[{").find(byte) != std::string_view::npos;
}

// The first character that is not ASCII behind a backslash of a text of several lines and the white
// space that it takes with it; npos when there is none.
size_t find_other_behind_backslash(std::string_view quoted) {
  if (!quoted.starts_with("\"\"\"")) return quoted.npos;
  size_t at = quoted.find('\\');
  while (at < quoted.size()) {
    const size_t next = std::min(quoted.find_first_not_of(" \t\r\n", at + 1), quoted.size());
    if (next < quoted.size() && !is_ascii_byte(quoted[next])) return next;
    at = quoted.find('\\', std::max(next, at + 2));
  }
  return quoted.npos;
}

// The first character that is not ASCII and stands neither in quotes nor in a comment, where TOML
// has none, or where the library looks for white space. It takes some of them for what cannot be
// and goes on with anything.
std::optional<size_t> find_stray_character(std::string_view text) {
  const size_t begin = toml_begin(text);
  for (size_t at = begin; at < text.size();) {
    if (!is_ascii_byte(text[at])) return at;
    if (text[at] == '"' || text[at] == '\'') {
      const std::string_view quoted = text.substr(at, behind_quotes(text, at) - at);
      const bool is_text = at == begin || may_stand_before_text(text[at - 1]);
      const auto first_other = std::ranges::find_if_not(quoted, is_ascii_byte);
      const size_t stray = is_text ? find_other_behind_backslash(quoted)
                                   : static_cast<size_t>(first_other - quoted.begin());
      if (stray < quoted.size()) return at + stray;
      at += quoted.size();
    } else if (text[at] == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else {
      ++at;
    }
  }
  return std::nullopt;
}

// The library bounds how deep values nest.
TomlValue value_of(const toml::node& node) {
  TomlValue value;
  value.kind = kind_of(node);
  value.line = node.source().begin.line;
  value.column = node.source().begin.column;
  if (const auto* array = node.as_array()) {
    for (const auto& item : *array) value.items.push_back(value_of(item));
  } else if (const auto* table = node.as_table()) {
    for (const auto& [key, member] : *table) {
      value.members.push_back({std::string(key.str()), value_of(member), key.source().begin.line,
                               key.source().begin.column});
    }
  } else {
    value.text = scalar_text(node);
  }
  return value;
}

// What mends the usual mistakes, by the words of the parser.
std::string_view help_for(std::string_view description) {
  const auto says = [&](std::string_view word) { return description.find(word) != word.npos; };
  if (says("redefine")) return "a key stands once in its table";
  if (says("escape")) return "between single quotes a backslash is itself, as in: key = 'a\\b'";
  return "texts stand in quotes, as in: key = \"value\"";
}

}  // namespace

const TomlMember* TomlValue::find(std::string_view key) const {
  const auto found = std::ranges::find(members, key, &TomlMember::key);
  return found == members.end() ? nullptr : &*found;
}

Result<TomlValue> parse_toml(std::string_view text, const std::string& path, ErrorCode code) {
  if (const auto stray = find_stray_character(text)) {
    const TomlPlace place = toml_place(text, *stray);
    return toml_error(code, path, place.line, place.column,
                      "a character that is not ASCII outside of quotes, or behind a \\ that ends a "
                      "line",
                      std::string(help_for("")));
  }
  const toml::parse_result parsed = toml::parse(text, path);
  if (parsed) return value_of(parsed.table());
  const toml::source_position where = parsed.error().source().begin;
  return toml_error(code, path, where.line, where.column, parsed.error().description(),
                    std::string(help_for(parsed.error().description())));
}

tl::unexpected<Error> toml_error(ErrorCode code, const std::string& path, int64_t line,
                                 int64_t column, std::string_view message, std::string help) {
  return fail(code, fmt::format("column {}: {}", column, message), std::move(help), {},
              {.file = path, .line = line});
}

}  // namespace mseavro
