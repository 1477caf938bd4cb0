// TOML as a tree of plain values that know where they stand.
//
//   MSEAVRO_ASSIGN(const TomlValue rules, parse_toml(text, "rules.toml", ErrorCode::kBadRules));
//   for (const TomlMember& member : rules.members) ...
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mseavro/error.h"

namespace mseavro {

enum class TomlKind : uint8_t { kText, kInteger, kNumber, kBoolean, kTime, kArray, kTable };

struct TomlMember;

struct TomlValue {
  TomlKind kind = TomlKind::kTable;
  // Of a scalar: a text's characters, else as one would type it ("true", "0.5", "2025-07-28").
  std::string text{};
  std::vector<TomlValue> items{};   // Of an array.
  std::vector<TomlMember> members;  // Of a table, sorted by key.
  // Where it begins, both from 1. A text begins at its quote.
  int64_t line = 0;
  int64_t column = 0;

  // The member called `key`, or nullptr.
  const TomlMember* find(std::string_view key) const;
};

struct TomlMember {
  std::string key;
  TomlValue value;
  int64_t line = 0;  // Of the key.
  int64_t column = 0;
};

// The root table of a document. Errors: `code`, with path, line and column, for what is no TOML.
Result<TomlValue> parse_toml(std::string_view text, const std::string& path, ErrorCode code);

// An error at a place of a document, as parse_toml() makes them: "column 3: MESSAGE".
tl::unexpected<Error> toml_error(ErrorCode code, const std::string& path, int64_t line,
                                 int64_t column, std::string_view message, std::string help = {});

}  // namespace mseavro
