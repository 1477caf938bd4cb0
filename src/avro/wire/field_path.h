// A path to a value inside a record: `region`, `features.region`, `tags["x"]`, `tags["x"].value`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "avro/schema/schema.h"
#include "mseavro/error.h"

namespace mseavro {

struct FieldPath {
  struct Step {
    std::string name;
    bool is_map_key = false;
    friend bool operator==(const Step&, const Step&) = default;
  };
  std::vector<Step> steps;

  // Errors: kBadOptionValue. A field whose own name contains a dot or bracket is written in
  // backquotes: `a.b`.
  static Result<FieldPath> parse(std::string_view text);
  std::string text() const;
  friend bool operator==(const FieldPath&, const FieldPath&) = default;
};

// The node that the path leads to from the schema's root, looking through unions of null and one
// other branch on the way; nullopt when there is none. The node itself may be a union.
std::optional<NodeIndex> find_node(const Schema& schema, const FieldPath& path);

}  // namespace mseavro
