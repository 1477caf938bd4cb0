// Which Arrow columns the values of a schema become.
//
//   Avro                            Arrow
//   null                            null
//   boolean                         bool
//   int, long, float, double        int32, int64, float, double
//   bytes, string, fixed            binary, utf8, fixed_size_binary
//   enum                            dictionary of int32 to utf8
//   record, array                   struct, list
//   map                             map of utf8; a repeated key stays repeated
//   union of null and one T         T, nullable
//   any other union                 dense union, a child for each branch
//   decimal                         decimal128 up to precision 38, decimal256 up to 76, else bytes
//   date                            date32
//   time-millis, -micros            time32, time64
//   timestamp-millis, ...           timestamp in UTC; without a zone for local-timestamp-...
//   duration                        interval of months, days and nanoseconds
//   uuid on fixed, on string        the extension type arrow.uuid, utf8
//   big-decimal                     binary, as the bytes lie
//
// Fields carry what Arrow's types do not say as metadata: avro.name (full name of a record, enum or
// fixed), avro.doc, avro.logicalType.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "avro/schema/schema.h"
#include "avro/wire/read_plan.h"
#include "base/columns/arrow_field.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Immutable and thread-safe.
struct ArrowLayout {
  // The batch: a struct whose children are the columns. They are fields of the root record, or,
  // when the root is no record, one column called "value".
  ArrowField root;
  bool is_wrapped = false;  // The root is no record.
  // Of each of the root record's fields whether it is a column, and which.
  FieldSelection selection;
  std::vector<uint32_t> column_of_slot;

  // The child that a record's field in that slot has in the record's struct. `depth` structs, lists
  // and maps stand around the field. Only the root record leaves fields out, and it stands in
  // nothing.
  size_t child_index(uint32_t slot, size_t depth) const {
    return depth == 1 ? column_of_slot[slot] : slot;
  }

  // `columns` are names of fields of the root record, in the order of the columns that they become;
  // none means all of them in the schema's. Other fields are not looked at. Errors: kFieldMissing;
  // kNoArrowType, with the field that leads there, for types that contain themselves, unions of
  // more than 128 branches and what else Arrow cannot say; kLimitExceeded for more than
  // limits.column_count columns, or columns nested deeper than limits.schema_depth.
  static Result<std::shared_ptr<const ArrowLayout>> of(const Schema& schema,
                                                       std::span<const std::string> columns,
                                                       const Limits& limits);
};

}  // namespace mseavro
