// A schema compiled once for writing: what is found by name, and the bytes of defaults.
//
// How deep values nest, and which branches they take, stands in the value that is written. So where
// a ReadPlan is a program, this is a table with a row for each node of the schema, and what runs
// over it follows the value: JSON (json_encoder.h) or a tree (datum_writer.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "avro/schema/schema.h"
#include "mseavro/error.h"

namespace mseavro {

// Immutable and thread-safe.
class WritePlan {
 public:
  // Errors: kBadSchema for names that break the name rule, which is for readers alone to forgive;
  // kLimitExceeded when the defaults take too much.
  static Result<std::shared_ptr<const WritePlan>> compile(std::shared_ptr<const Schema> schema);

  const Schema& schema() const { return *schema_; }

  // Index of the record's field (by its name, else by an alias as it is written), the enum's symbol
  // or the union's branch (by its full name) that is called so. A field that is expected at an
  // index is looked for there first.
  std::optional<uint32_t> find(NodeIndex node, std::string_view name, uint32_t expected = 0) const;

  // What a field that is missing is encoded as; nullptr when it has no default, or one that does
  // not fit its type.
  const std::string* default_bytes(NodeIndex record, uint32_t slot) const;

 private:
  struct Row {
    std::unordered_map<std::string_view, uint32_t> names;  // Views into the schema.
    std::vector<std::optional<std::string>> defaults;      // Of a record's fields.
  };

  explicit WritePlan(std::shared_ptr<const Schema> schema) : schema_(std::move(schema)) {}
  Status compile_defaults();

  std::shared_ptr<const Schema> schema_;
  std::vector<Row> rows_;  // By node.
};

}  // namespace mseavro
