// A schema compiled once into the steps of one wire walk.
//
// Reading columns, skipping what is not wanted, checking, and producing values are all runs of this
// plan (walk.h), so there is one place that knows how bytes become values and which bytes are
// wrong. What a value is put into differs by target: columns (column_decoder.h) or a stream of
// values (datum_reader.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "avro/schema/schema.h"
#include "avro/wire/field_path.h"
#include "avro/wire/lane_program.h"
#include "avro/wire/step.h"
#include "base/columns/column.h"
#include "mseavro/error.h"

namespace mseavro {

// The names of a record's fields, for a message: the first ones when they are many.
std::string known_field_names(const SchemaNode& record);

struct ColumnRequest {
  FieldPath path;
  ColumnType type;
};

// Errors: kBadSchema, when the root is no record.
Status check_has_columns(const Schema& schema);

// Whether each field of the root record is wanted, by its index; empty: all are.
using FieldSelection = std::vector<bool>;

// See plan_compiler.h for how a schema becomes steps. Immutable and thread-safe.
class ReadPlan {
 public:
  // A plan that decodes the requested fields into columns, in the order of the requests, and skips
  // the rest in the bytes: runs of values of fixed size in one move, sized array and map blocks
  // without looking inside. The root must be a record. Two requests may name the same field.
  //
  // What a column receives (Avro type -> ColumnType):
  //   kInteger: int, long (raw), boolean (0, 1); anything else is CellState::kWrongType.
  //   kNumber:  int, long, float, double, and decimal on bytes or fixed as the nearest double;
  //             anything else is kWrongType (text numbers too).
  //   kText:    string and bytes as they are, enum symbols, fixed (uuid as its text), int and long
  //             in decimal digits (date as 2025-07-28, timestamps as RFC 3339 in UTC, local ones
  //             without the Z), boolean as true and false, float and double in shortest round-trip
  //             form, decimal as digits. Times outside the years 0 to 9999 stay digits.
  //   Decimals longer than kDecimalBytesLimit (decimal.h) are kWrongType.
  //   Each of these: null is kNull; a record, array or map is kWrongType.
  //   kAvroJson, kPlainJson: any value, as datum_reader.h writes it; null is the text `null`.
  //   In a union each branch goes by its own type.
  // A map entry that is absent is kNull; of a repeated map key the last entry counts; everything
  // below a null record is kNull.
  // Errors: kFieldMissing (no such path), kBadSchema (root is not a record).
  static Result<std::shared_ptr<const ReadPlan>> project(std::shared_ptr<const Schema> schema,
                                                         std::span<const ColumnRequest> requests);

  // A plan for every value of the schema, for datum_reader.h. Any root type. Fields of the root
  // record that are not selected are skipped in the bytes, and the target is not told of them.
  static std::shared_ptr<const ReadPlan> whole(std::shared_ptr<const Schema> schema,
                                               const FieldSelection& selection = {});

  // A plan for every value of data that was written under `writer`, as a value of `reader`: what
  // datum_reader.h makes of it has the reader's types and the reader's order of fields. See
  // resolution_rules.h for what is read as what, default_compiler.h for defaults. `writer` is not
  // kept. Errors: as Resolution::of. Data that chooses a union branch or a symbol for which the
  // reader has nothing is an error when it is read: kIncompatibleSchemas, with the path and the
  // record. The
  // selection is of the reader's fields.
  static Result<std::shared_ptr<const ReadPlan>> resolve(const Schema& writer,
                                                         std::shared_ptr<const Schema> reader,
                                                         const FieldSelection& selection = {});

  // Of the values that come out: the reader's, when there are two.
  const Schema& schema() const { return *schema_; }
  const std::vector<ColumnType>& column_types() const { return column_types_; }

  // For walk.h. A column's constant state is that of its cells in every row; nullopt when steps set
  // it row by row.
  const StepProgram& program() const { return program_; }
  const std::vector<std::optional<CellState>>& constant_states() const { return constant_states_; }

  // The same steps for several blocks at once. Empty when lanes do not pay, and for plans with
  // JSON.
  const LaneProgram& lane_program() const { return lane_program_; }

 private:
  explicit ReadPlan(std::shared_ptr<const Schema> schema) : schema_(std::move(schema)) {}

  std::shared_ptr<const Schema> schema_;
  std::vector<ColumnType> column_types_;
  StepProgram program_;
  std::vector<std::optional<CellState>> constant_states_;
  LaneProgram lane_program_;
};

}  // namespace mseavro
