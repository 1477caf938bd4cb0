// The language of --where: which rows a question is about.
//
//   region == "eu" and (age >= 30 or not tags["beta"] is null) and device in ("tv", "web")
//
// Operators, weakest first: or; and; not; == != < <= > >=, in (...), is null, is not null.
// Literals: numbers, "text" or 'text', true, false. A comparison with null is unknown, as in SQL:
// a row is kept only when the whole expression is true. The literal decides how the field is read:
// as a number, or as text (booleans are the texts true and false).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "avro/wire/field_path.h"
#include "base/columns/column.h"
#include "events/role/field_catalog.h"
#include "mseavro/error.h"

namespace mseavro {

struct FilterColumn {
  FieldPath path;
  ColumnType type;
  // A text that it is compared with and that stands for no number: one that is not all digits, or
  // that has quotes in an order of numbers. Integers beyond 2^53 are compared as texts.
  std::optional<std::string> word = {};
};

class Filter {
 public:
  // Errors: kBadFilter, with the column of the text in the message.
  static Result<Filter> parse(std::string_view text);

  // The columns that it reads; columns[i] of a batch is found at `column_indexes[i]`.
  const std::vector<FilterColumn>& columns() const { return columns_; }

  // True, false or unknown (as false) for one row.
  bool keeps(const ColumnBatch& batch, const std::vector<size_t>& column_indexes, size_t row) const;

 private:
  friend class FilterParser;

  enum class Truth : int8_t { kFalse = 0, kTrue = 1, kUnknown = 2 };
  enum class Op : uint8_t {
    kAnd,
    kOr,
    kNot,
    kEqual,
    kNotEqual,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kIn,
    kIsNull
  };
  struct Literal {
    double number = 0;
    std::string text;
  };
  struct Node {
    Op op;
    uint32_t left = 0;  // Of and, or, not: indexes of nodes.
    uint32_t right = 0;
    uint32_t column = 0;  // Of the others: index in columns_.
    std::vector<Literal> literals;
  };

  Truth truth(uint32_t node, const ColumnBatch& batch, const std::vector<size_t>& column_indexes,
              size_t row) const;
  static Truth compare(const Node& node, const Column& column, size_t row);

  std::vector<FilterColumn> columns_;
  std::vector<Node> nodes_;  // The root is the last one.
};

// Whether the field at `path` can be compared as the column of the filter is; such a comparison
// would else be true of no row. A field that the catalog does not have can. Errors: kBadFilter.
Status check_comparison(const FieldCatalog& catalog, const FieldPath& path,
                        const FilterColumn& column);

}  // namespace mseavro
