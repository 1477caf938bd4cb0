// What an Arrow column is: its type, name and children, apart from any rows; and its form in the
// C Data Interface, both ways.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mseavro/arrow_abi.h"
#include "mseavro/error.h"

namespace mseavro {

enum class ArrowKind : uint8_t {
  kNull,
  kBoolean,
  kInteger,
  kUnsigned,
  kFloat,
  kBinary,
  kText,  // UTF-8.
  kFixedBinary,
  kDecimal,
  kDate,
  kTime,
  kTimestamp,
  kInterval,  // Months, days and nanoseconds.
  kList,
  kStruct,
  kMap,
  kDenseUnion,
  // These are read and never made.
  kFixedList,  // Lists of `width_bytes` items each.
  kSparseUnion,
  kTextView,
  kBinaryView,
};

// As in "timestamp".
std::string_view arrow_kind_name(ArrowKind kind);

enum class ArrowUnit : uint8_t { kSeconds, kMillis, kMicros, kNanos };

struct ArrowType {
  ArrowKind kind = ArrowKind::kNull;
  // Of a value whose size is fixed; of the offsets of binary, text, list and map.
  int32_t width_bytes = 0;
  int32_t precision = 0;                 // Of a decimal.
  int32_t scale = 0;                     // Of a decimal.
  ArrowUnit unit = ArrowUnit::kSeconds;  // Of times; of a date kSeconds means days.
  std::string zone{};                    // Of a timestamp; empty when it is local.

  friend bool operator==(const ArrowType&, const ArrowType&) = default;
};

// Texts in the form of an Arrow array.
struct ArrowTexts {
  std::vector<int32_t> offsets{0};
  std::string bytes;

  int64_t count() const { return static_cast<int64_t>(offsets.size()) - 1; }
  // REQUIRES: less than 2^31 bytes in all.
  void append(std::string_view text) {
    bytes += text;
    offsets.push_back(static_cast<int32_t>(bytes.size()));
  }
};

struct ArrowField {
  std::string name;
  ArrowType type;
  bool is_nullable = false;
  std::vector<std::pair<std::string, std::string>> metadata{};
  // Fields of a struct, the item of a list, the entries of a map (a struct of key and value),
  // branches of a union.
  std::vector<ArrowField> children{};
  // When the values, integers, are indexes: what they are indexes of, one element; else none.
  std::vector<ArrowField> dictionary{};
  // The texts of the dictionary where these are known before there are rows.
  std::shared_ptr<const ArrowTexts> symbols{};

  // The metadata's value for a key, or nullptr.
  const std::string* find_metadata(std::string_view key) const;
};

// The format string of the C Data Interface. A union's type ids are the indexes of its branches.
std::string arrow_format(const ArrowField& field);

// Fills `*schema`, which is the caller's to release.
void export_field(const ArrowField& field, ArrowSchema* schema);

// Copies what a schema says; it stays its owner's. Errors, with the path of the field: kNoArrowType
// for formats that ArrowType has no form of; kLimitExceeded for fields nested more than
// `depth_limit` deep.
Result<ArrowField> import_field(const ArrowSchema& schema, int32_t depth_limit);

}  // namespace mseavro
