// Values without parts, from JSON or a cell of text, to bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "avro/wire/datum_reader.h"
#include "avro/wire/encoder.h"
#include "avro/wire/write_plan.h"
#include "base/text/json_document.h"

namespace mseavro {

struct Scalar {
  JsonKind kind;          // No array and no object.
  std::string_view text;  // "null", "true" and "false", a number's digits, a string's characters.
};

// REQUIRES: no array and no object.
Scalar scalar_of(JsonValue json);

// What each type takes. The plain style is what JsonStyle::kPlain writes, and a little more.
//
//   int, long       a whole number without point or exponent, in range; plain: dates, times and
//                   timestamps as text (see parse_time)
//   float, double   a number, rounded once, in range; "NaN", "Infinity", "-Infinity"
//   string, enum    a string
//   bytes, fixed    a string, one byte for each character U+0000 to U+00FF; plain: decimals as text
//                   or number, a uuid as its 36 characters
//   union           plain only: the first branch among those that the value fits best. It fits
//                   exactly when reading the bytes again gives the same text; worse fit numbers
//                   without a fraction as float, double or decimal and raw numbers as times, and
//                   worst what a float does not hold.
class ScalarEncoder {
 public:
  // `plan` must outlive this.
  explicit ScalarEncoder(const WritePlan& plan) : plan_(plan) {}

  // Appends the value as one of the node, which is no record, array or map and, in Avro style, no
  // union. What keeps it from being one, as the end of a sentence; empty, when nothing does. The
  // view is constant.
  std::string_view put(NodeIndex node, JsonStyle style, const Scalar& value, Encoder* to) const;

 private:
  std::string_view put_union(NodeIndex node, const Scalar& value, Encoder* to) const;

  const WritePlan& plan_;
};

}  // namespace mseavro
