// The Avro schema that Arrow columns are written under when nobody says which.
#pragma once

#include <string>

#include "avro/schema/schema.h"
#include "base/columns/arrow_field.h"
#include "mseavro/error.h"

namespace mseavro {

// Schema JSON of a record with a field for each column of the struct: for every column the type
// that ArrowLayout makes that column of, and
//
//   int8 ... uint16, uint32, uint64      int, long, long (its values must fit)
//   large, view and fixed-size forms     as the usual forms
//   date64, times in seconds             date, time-millis, timestamp-millis
//   dictionary                           as its values: symbols of an enum are not in Arrow's
//   schema nullable                             union of null and the type, with null as the
//   default
//
// Names come from the metadata avro.name, where it is there; records are named R, R_field and so on
// for `name` R. Errors: kNoArrowType, with the path of the column.
Result<std::string> derive_schema(const ArrowField& columns, const std::string& name);

// The logical type of an Arrow date, time or timestamp; kNone when Avro has none, as for a time in
// nanoseconds.
LogicalType logical_time_type(const ArrowType& type);

}  // namespace mseavro
