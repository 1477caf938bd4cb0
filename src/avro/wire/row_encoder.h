// Rows of text, as CSV has them, to datums of a record.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "avro/wire/json_encoder.h"
#include "avro/wire/scalar_encoder.h"
#include "avro/wire/write_plan.h"
#include "base/text/json_document.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Reads the tables that `cat --format csv` writes. A column is called like a field or its alias, or
// like one within a record (`features.region`; a nullable record is null when all its cells are
// empty).
// Fields without a column take their defaults. A cell is
//
//   nothing            null, where the type has it; else an empty text
//   an empty text, NA  a text, where the type has it; else null (is_null_word)
//   true, false        a boolean, where the type has it
//   a number, a text   as in plain JSON (scalar_encoder.h)
//   bytes, fixed       as they are; decimals and uuids as text
//   anything else      plain JSON, for types with parts
//
// Not thread-safe.
class RowEncoder {
 public:
  // Errors: kBadSchema when the root is no record; kBadValue for a column that is no field (unless
  // they are to be ignored), or a field without column and default, with place.field; kBadCsv for
  // two columns of one name that is a field's.
  static Result<std::unique_ptr<RowEncoder>> make(std::shared_ptr<const WritePlan> plan,
                                                  std::span<const std::string> columns,
                                                  bool ignores_unknown, const Limits& limits);

  // Appends the datum of the row; a cell that is nothing has no data(). Nothing is appended when
  // there is an error: kBadValue, with the column as
  // place.field; those of JsonDocument::parse. REQUIRES: as many cells as columns.
  Status encode(std::span<const std::string_view> cells, Encoder* to);

 private:
  enum class Form : uint8_t { kScalar, kBytes, kJson, kDefault, kRecord };

  // How a field is made.
  struct Part {
    Form form = Form::kScalar;
    NodeIndex node = 0;
    uint32_t column = 0;         // Of kScalar, kBytes and kJson.
    int32_t null_branch = -1;    // Of a kRecord in a union with null: the index of that,
    int32_t record_branch = -1;  // and its own.
    uint32_t first = 0;          // Of a kRecord: its fields in parts_.
    uint32_t count = 0;
    const std::string* bytes = nullptr;  // Of kDefault.
  };

  RowEncoder(std::shared_ptr<const WritePlan> plan, std::span<const std::string> columns,
             const Limits& limits);
  Status add_fields(NodeIndex record, const std::string& prefix, uint32_t part);
  Result<Part> make_part(NodeIndex record, uint32_t slot, const std::string& prefix);
  // The column of a field; nullopt when there is none.
  Result<std::optional<uint32_t>> find_column(const SchemaField& field,
                                              const std::string& prefix) const;
  Status check_columns() const;
  bool is_empty(const Part& part) const;
  Status put(const Part& part, Encoder* to);
  Status put_scalar(const Part& part, std::string_view cell, Encoder* to);
  Status put_json(const Part& part, std::string_view cell, Encoder* to);

  const std::shared_ptr<const WritePlan> plan_;
  const Schema& schema_;
  const Limits limits_;
  const std::vector<std::string> columns_;
  std::vector<bool> is_used_;  // By column.
  std::vector<Part> parts_;    // The first is the root.
  ScalarEncoder scalars_;
  JsonEncoder json_;
  JsonDocument document_;
  std::span<const std::string_view> cells_;
};

}  // namespace mseavro
