// Arrow columns to Avro datums, row by row.
//
//   Arrow                                   an Avro type that takes it
//   null                                    null
//   bool                                    boolean
//   int8 ... int64, uint8 ... uint32        int, long (in range), float, double
//   uint64                                  int, long (in range)
//   float, double                           double; float also float
//   binary, large, view; fixed_size_binary  bytes; fixed of the same size
//   utf8, large, view                       string, enum (one of its symbols), bytes
//   dictionary                              as its values
//   decimal128, decimal256                  decimal of the same scale and no less precision
//   date32, date64                          date
//   time32, time64                          time-millis (also of seconds), time-micros
//   timestamp                               timestamp-... of the same unit (seconds: millis) when
//   it
//                                           has a zone, local-timestamp-... when it has none
//   interval of months, days, nanoseconds   duration, of whole milliseconds
//   struct                                  record: fields by name, defaults for those that lack
//   list, large, fixed size; map            array; map
//   union                                   union: branches by the name that JSON has for them
//   any of these, nulls in it               union of null and a type that takes it
//
// An int or long takes integers whatever its logical type: they are its raw values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "avro/wire/encoder.h"
#include "avro/wire/write_plan.h"
#include "base/columns/arrow_field.h"
#include "mseavro/arrow_abi.h"
#include "mseavro/error.h"

namespace mseavro {

// Private to the sources of this class.
struct ArrowBinding;
class CopiedColumns;

// Not thread-safe.
class ArrowEncoder {
 public:
  // Errors, with the path of the column: kNoArrowType when the type takes no such column;
  // kFieldMissing for a column that is no field of the record, and for a field without a default
  // that no column has.
  static Result<ArrowEncoder> bind(std::shared_ptr<const WritePlan> plan, const ArrowField& type);

  ArrowEncoder(ArrowEncoder&&) noexcept;
  ArrowEncoder& operator=(ArrowEncoder&&) noexcept;
  ~ArrowEncoder();

  // The rows that put() refers to, of the type that was bound; borrowed until the next call.
  // Whoever made the array is trusted with its buffers, as the interface asks, but not with its
  // shape. Errors: kBadValue.
  Status begin_batch(const ArrowArray& batch);

  // Appends the row as a datum; on an error nothing. REQUIRES: row < the batch's length. Errors:
  // kBadValue with the path of the column, for a null, number, symbol or text that its type has
  // not.
  Status put(int64_t row, Encoder* to);

  // Appends the rows from `*row` on, as put() does one by one, until they end before row `end` or
  // the encoder has `full_bytes`. `*row` becomes the first row that was not appended, on an error
  // the one that is wrong. REQUIRES: *row < end <= the batch's length.
  Status put_rows(int64_t* row, int64_t end, size_t full_bytes, Encoder* to);

 private:
  ArrowEncoder(std::shared_ptr<const WritePlan> plan, std::unique_ptr<ArrowBinding> root);

  std::shared_ptr<const WritePlan> plan_;
  std::unique_ptr<ArrowBinding> root_;
  std::unique_ptr<const CopiedColumns> copied_;  // Of the batch; nullptr when put() does all.
};

}  // namespace mseavro
