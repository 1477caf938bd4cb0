// What a source offers: its fields, what the schema says of them, and what the first rows show.
//
// A catalog is made from the lexicographically first file of a source (events/source) and is all
// that role inference sees, so that Avro, CSV and path keys are judged by the same rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "avro/wire/field_path.h"

namespace mseavro {

enum class FieldKind : uint8_t {
  kInteger,  // int or long without a logical type that is known below.
  kNumber,   // float, double, decimal.
  kBoolean,
  kText,          // string, enum; every CSV column and path key.
  kBytes,         // bytes, fixed (uuid on fixed is kText).
  kInstant,       // timestamp-millis, -micros, -nanos.
  kLocalInstant,  // local-timestamp-millis, -micros, -nanos.
  kDate,
  kOther,  // Anything that is no scalar, or a union of several kinds.
};

// As users read it: "integer", "text", "timestamp", ...
std::string_view field_kind_name(FieldKind kind);

enum class TimeUnit : uint8_t { kSeconds, kMillis, kMicros, kNanos };

// A cell of CSV and a path key have no type. A member of JSON lines has one in each line; its kind
// is kText here, and CandidateField::has_strings tells the rest.
enum class FieldOrigin : uint8_t { kSchema, kCsv, kJson, kPathKey };

// What rows, as a rule those of the first block, show of a field. All zero when it was not looked
// at.
struct FieldEvidence {
  int64_t row_count = 0;
  int64_t null_count = 0;
  int64_t distinct_count = 0;          // Of the non-null values.
  bool distinct_is_estimate = false;   // Beyond 16384 of them.
  int64_t invalid_text_count = 0;      // Of texts: those that are not UTF-8.
  std::optional<double> minimum = {};  // Of numbers; of those among the texts, if most are.
  std::optional<double> maximum = {};
  std::optional<int64_t> integer_minimum =
      {};  // Of integers and times, where doubles are not exact.
  std::optional<int64_t> integer_maximum = {};
  // One bad row among the first says nothing of the others, so most decide.
  bool texts_are_numbers = false;  // There are texts, and most of them read as numbers.
  bool texts_are_times = false;    // There are texts, and most of them read as ISO 8601.
  bool has_decimals = false;       // Of those that are: with a point or an exponent.
  bool has_odd_numbers = false;    // Not as numbers are written: 007, +1.
  std::string least_text = {};     // Of all texts, by their bytes; cut like the example.
  std::string greatest_text = {};
  std::string example = {};     // The first non-null value as text, cut at 40 bytes.
  int64_t word_count = 0;       // Of texts: those that are neither number nor time.
  std::string first_word = {};  // The first of these, cut like the example.

  int64_t value_count() const { return row_count - null_count; }
};

struct CandidateField {
  FieldPath path = {};
  FieldKind kind = FieldKind::kOther;
  TimeUnit unit = TimeUnit::kMicros;  // Of kInstant and kLocalInstant.
  bool nullable = false;
  bool has_strings = false;          // Of kJson: what is in quotes is no number.
  bool is_single_precision = false;  // A float, too coarse for an instant.
  FieldOrigin origin = FieldOrigin::kSchema;
  NodeIndex node = 0;  // Its type in the schema of the file, when that is its origin.
  std::vector<std::string> aliases = {};
  std::optional<std::string> role_property = {};  // Value of "mseavro.role" on the field.
  FieldEvidence evidence = {};
};

struct FieldCatalog {
  std::string file;  // The file that it was made from.
  std::vector<CandidateField> fields;

  // By path text; nullptr when there is none.
  const CandidateField* find(const FieldPath& path) const;
};

}  // namespace mseavro
