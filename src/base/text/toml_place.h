// Where characters of a TOML document stand, in its texts, too, whose values are shorter than what
// is typed: "\t" is a byte, and a line break behind a backslash none.
//
//   // key = "\"{tme}\""   with its quote in column 7: {, the value's byte 1, is in column 10.
//   toml_place_in_text(document, {1, 7}, 1);
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mseavro {

// Both from 1, in characters. A byte order mark is none.
struct TomlPlace {
  int64_t line = 0;
  int64_t column = 0;

  bool operator==(const TomlPlace&) const = default;
};

// Where a document begins: behind its byte order mark, if it has one.
size_t toml_begin(std::string_view document);

// The place of the byte at `offset`.
TomlPlace toml_place(std::string_view document, size_t offset);

// The place of what became the byte at `offset` of a text's value; behind its last byte that of the
// closing quote. `quote` is where the text begins. REQUIRES: the document is TOML, and a text
// begins there.
TomlPlace toml_place_in_text(std::string_view document, TomlPlace quote, size_t offset);

}  // namespace mseavro
