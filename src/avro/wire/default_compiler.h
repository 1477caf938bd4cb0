// The defaults of a reader schema's fields, from their JSON to steps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "avro/schema/schema.h"
#include "avro/wire/step.h"
#include "base/text/json_document.h"
#include "mseavro/error.h"

namespace mseavro {

// What a default may be, as in the specification: numbers for numbers (integers without a fraction
// and in range), one character per byte (U+0000 to U+00FF) for bytes and fixed, a symbol, and for
// a union the value of any branch: the first that it fits. Fields that the default of a record
// leaves out get their own defaults; members that the record does not have are ignored.
class DefaultCompiler {
 public:
  // `effort_left` is counted down with the work and the steps made. Both must outlive this.
  DefaultCompiler(const Schema& schema, int64_t& effort_left)
      : schema_(schema), effort_left_(effort_left) {}

  // The steps that put the default of the record's field. REQUIRES: it has one. Errors: kBadSchema
  // with place.field, kLimitExceeded.
  Result<std::vector<Step>> compile(const SchemaNode& record, const SchemaField& field);

  // What the steps' slots refer to, of all defaults so far.
  const std::vector<Literal>& literals() const { return literals_; }

 private:
  bool put_default(const SchemaField& field);
  // Whether the value fits the node; when not, steps may have been left behind.
  bool put(NodeIndex index, JsonValue json);
  bool put_integer(NodeIndex index, JsonValue json);
  bool put_number(NodeIndex index, JsonValue json);
  bool put_bytes(NodeIndex index, JsonValue json);
  bool put_enum(NodeIndex index, JsonValue json);
  bool put_record(NodeIndex index, JsonValue json);
  bool put_array(NodeIndex index, JsonValue json);
  bool put_map(NodeIndex index, JsonValue json);
  bool put_union(NodeIndex index, JsonValue json);
  void put_literal(NodeIndex index, Literal literal);

  const Schema& schema_;
  int64_t& effort_left_;
  std::vector<Literal> literals_;
  std::vector<Step> steps_;
  int depth_ = 0;
  std::unordered_map<const std::string*, JsonDocument> documents_;  // By the field's default.
};

}  // namespace mseavro
