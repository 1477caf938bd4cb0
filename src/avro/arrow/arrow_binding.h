// Which column goes into which type, found once before there are rows; private to ArrowEncoder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "avro/schema/schema.h"
#include "avro/wire/write_plan.h"
#include "base/columns/arrow_field.h"
#include "mseavro/arrow_abi.h"
#include "mseavro/error.h"

namespace mseavro {

// How the values of a column are put.
enum class ArrowPut : uint8_t {
  kNull,
  kBoolean,
  kInteger,  // value * factor / divisor, from `least` to `most`.
  kIntegerAsFloat,
  kIntegerAsDouble,
  kFloat,
  kFloatAsDouble,
  kDouble,
  kBytes,
  kText,
  kSymbol,
  kFixed,
  kDecimal,
  kDuration,
  kArray,
  kMap,
  kRecord,
  kUnion,
  kDictionary,
};

struct ArrowBinding {
  ArrowPut put = ArrowPut::kNull;
  ArrowType type;
  NodeIndex node = 0;  // What the values become; of a union's branch when it is one.
  std::string path;    // For errors.
  // When the type is a union of which the column takes a branch: that, and the one of null.
  std::optional<uint32_t> branch;
  std::optional<uint32_t> null_branch;

  int64_t factor = 1;
  int64_t divisor = 1;
  int64_t least = INT64_MIN;
  int64_t most = INT64_MAX;

  // Items of a list; key and value of a map; columns of a struct; branches of a union; values of a
  // dictionary.
  std::vector<ArrowBinding> children;
  // Of a struct: in the order of the record's fields the child, or nullptr and the bytes of the
  // default.
  struct Source {
    size_t child;
    const std::string* default_bytes;
  };
  std::vector<Source> sources;

  const ArrowArray* array = nullptr;  // Of the batch at hand.
};

// Errors: as ArrowEncoder::bind.
Result<ArrowBinding> bind_column(const WritePlan& plan, NodeIndex node, const ArrowField& field);

}  // namespace mseavro
