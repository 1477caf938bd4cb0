// Encodes single datums: of JSON, or of a tree.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "avro/wire/datum_reader.h"
#include "avro/wire/encoder.h"
#include "avro/wire/json_encoder.h"
#include "avro/wire/write_plan.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Not thread-safe; make one for many datums, its memory is kept. On an error nothing is appended.
class DatumWriter {
 public:
  DatumWriter(std::shared_ptr<const WritePlan> plan, const Limits& limits)
      : plan_(std::move(plan)), limits_(limits), encoder_(*plan_, limits) {}

  const WritePlan& plan() const { return *plan_; }

  // Appends the datum of a JSON text in the style that DatumReader::next_json writes:
  //
  //   kAvro   {"id": 1, "region": {"string": "eu"}, "actual": null}
  //   kPlain  {"id": 1, "region": "eu", "actual": null}
  //
  // Members may come in any order. A field that is missing takes its default, as readers know it.
  // What scalars may be is said in scalar_encoder.h. In plain style an object in a union is, of the
  // branches that fit with all that is in them, the first record with just these fields, else the
  // map, else the first record that has these fields and defaults for the others.
  //
  // What plain text does not say cannot come back: which of two branches that both fit was written,
  // decimals of more than kDecimalBytesLimit bytes, strings that are not UTF-8.
  //
  // Errors: those of JsonDocument::parse; kBadValue with place.field, the path of the value, and
  // place.byte, its offset in the text; kTooDeep beyond limits.datum_depth records, arrays and maps
  // in each other; kLimitExceeded for more than limits.datum_size_bytes, or when the branches of
  // unions take too many attempts.
  Status write_json(std::string_view json, const JsonForm& form, Encoder* to);

  // Appends the datum of a tree. Arrays and maps become one block each. REQUIRES: DatumReader made
  // the tree, with a plan whose schema() is the writer's.
  void write_datum(const Datum& datum, Encoder* to);

 private:
  // An array, map or record of the tree, and its next part.
  struct Open {
    const Datum* datum;
    NodeIndex node;
    size_t next;
  };

  void put(const Datum& datum, NodeIndex node, Encoder* to);

  const std::shared_ptr<const WritePlan> plan_;
  const Limits limits_;
  JsonDocument document_;
  JsonEncoder encoder_;
  std::vector<Open> open_;
};

}  // namespace mseavro
