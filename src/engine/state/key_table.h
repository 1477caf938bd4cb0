// Codes of row keys: model version and slice values.
//
// A worker codes its own rows with its own table; tables of several workers are brought together by
// translate(), which maps the codes of one to those of another.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/columns/column.h"
#include "base/result/hash.h"
#include "engine/question/metric_row.h"

namespace mseavro {

// Codes of one nullable text column: 0 is null, k + 1 the k-th different text.
class ValueTable {
 public:
  static constexpr uint32_t kNullCode = 0;

  uint32_t code(std::string_view text) { return texts_.code(text) + 1; }
  std::optional<std::string_view> value(uint32_t code) const {
    if (code == kNullCode) return std::nullopt;
    return texts_.text(code - 1);
  }
  uint32_t size() const { return texts_.size() + 1; }

  // Writes the codes of a kText column. A value of a wrong type counts as null.
  void code_column(const Column& column, size_t row_count, uint32_t* codes);

  // The code in `*this` of each code of `other`.
  std::vector<uint32_t> translate(const ValueTable& other);

 private:
  StringTable texts_;
};

class KeyTable {
 public:
  explicit KeyTable(size_t slice_count) : slices_(slice_count), prefixes_(slice_count) {}

  // Writes the key code of each row, from the codes of the version column and of each slice column.
  // `version` is nullptr when versions are mixed: then it is no part of the key.
  void code_rows(const Column* version, std::span<const Column* const> slices, size_t row_count,
                 uint32_t* codes);

  // The code in `*this` of each code of `other`.
  std::vector<uint32_t> translate(const KeyTable& other);

  uint32_t size() const;
  std::optional<std::string_view> version(uint32_t code) const;
  std::optional<std::string_view> slice(uint32_t code, size_t index) const;

 private:
  uint32_t prefix(uint32_t code, size_t level) const;

  ValueTable versions_;
  std::vector<ValueTable> slices_;
  // A key grows by one slice at each level: (code of the key so far, code of the slice) -> code.
  std::vector<PairTable> prefixes_;
  std::vector<uint32_t> scratch_;
};

}  // namespace mseavro
