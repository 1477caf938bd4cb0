#include "avro/wire/default_compiler.h"

#include <fmt/format.h>

#include <limits>
#include <unordered_map>
#include <utility>

#include "avro/schema/schema_names.h"
#include "avro/wire/json_text.h"
#include "base/text/number_text.h"

namespace mseavro {
namespace {

// A default that needs more is one of a record that contains itself, by a default of a field.
constexpr int kDepthMax = 1024;

// Parsed defaults, each of some tens of kilobytes. Of one field as many as kDepthMax may be needed.
constexpr size_t kDocumentsKept = 256;

}  // namespace

Result<std::vector<Step>> DefaultCompiler::compile(const SchemaNode& record,
                                                   const SchemaField& field) {
  steps_.clear();
  depth_ = 0;
  const bool fits = put_default(field);
  if (effort_left_ < 0) {
    return fail(ErrorCode::kLimitExceeded, "the reader schema's defaults take too many steps",
                "use smaller defaults");
  }
  if (fits) return std::exchange(steps_, {});
  return fail(
      ErrorCode::kBadSchema,
      fmt::format("the default of the field {} does not fit its type, {}", shown_name(field.name),
                  shown_name(schema_.node(field.node).branch_name())),
      "correct the reader schema", *field.default_json,
      Place{.field = shown_name(record.name) + "." + shown_name(field.name)});
}

bool DefaultCompiler::put_default(const SchemaField& field) {
  // The default of a record asks for those of its fields, again and again, so they stay parsed.
  if (depth_ == 0 && documents_.size() >= kDocumentsKept) documents_.clear();
  const auto [document, is_new] = documents_.try_emplace(&*field.default_json);
  Limits limits;
  limits.json_size_bytes = static_cast<int64_t>(field.default_json->size());
  if (is_new && !document->second.parse(*field.default_json, limits)) {
    documents_.erase(document);
    return false;
  }
  return put(field.node, document->second.root());
}

bool DefaultCompiler::put(NodeIndex index, JsonValue json) {
  if (--effort_left_ < 0 || depth_ > kDepthMax) return false;
  const SchemaNode& node = schema_.node(index);
  const JsonKind kind = json.kind();
  switch (node.type) {
    case SchemaType::kNull:
      if (kind != JsonKind::kNull) return false;
      steps_.push_back({Op::kNull, 0, 0, index});
      return true;
    case SchemaType::kBoolean:
      if (kind != JsonKind::kBoolean) return false;
      put_literal(index, {.integer = json.boolean() ? 1 : 0});
      return true;
    case SchemaType::kInt:
    case SchemaType::kLong:
      return kind == JsonKind::kNumber && put_integer(index, json);
    case SchemaType::kFloat:
    case SchemaType::kDouble:
      return kind == JsonKind::kNumber && put_number(index, json);
    case SchemaType::kString:
      if (kind != JsonKind::kString) return false;
      put_literal(index, {.text = std::string(json.text())});
      return true;
    case SchemaType::kBytes:
    case SchemaType::kFixed:
      return kind == JsonKind::kString && put_bytes(index, json);
    case SchemaType::kEnum:
      return kind == JsonKind::kString && put_enum(index, json);
    case SchemaType::kUnion:
      return put_union(index, json);
    case SchemaType::kRecord:
      return kind == JsonKind::kObject && put_record(index, json);
    case SchemaType::kArray:
      return kind == JsonKind::kArray && put_array(index, json);
    case SchemaType::kMap:
      return kind == JsonKind::kObject && put_map(index, json);
  }
  return false;
}

bool DefaultCompiler::put_integer(NodeIndex index, JsonValue json) {
  const auto value = parse_integer(json.text());
  const bool is_int = schema_.node(index).type == SchemaType::kInt;
  if (!value || (is_int && !std::in_range<int32_t>(*value))) return false;
  put_literal(index, {.integer = *value});
  return true;
}

bool DefaultCompiler::put_number(NodeIndex index, JsonValue json) {
  const auto value = parse_number(json.text());
  if (!value) return false;
  put_literal(index, {.number = *value});
  return true;
}

bool DefaultCompiler::put_bytes(NodeIndex index, JsonValue json) {
  const SchemaNode& node = schema_.node(index);
  auto bytes = json_bytes(json.text());
  if (!bytes) return false;
  if (node.type == SchemaType::kFixed && bytes->size() != static_cast<size_t>(node.size))
    return false;
  put_literal(index, {.text = std::move(*bytes)});
  return true;
}

bool DefaultCompiler::put_enum(NodeIndex index, JsonValue json) {
  const std::string_view symbol = json.text();
  const std::vector<std::string>& symbols = schema_.node(index).symbols;
  effort_left_ -= static_cast<int64_t>(symbols.size());
  for (size_t i = 0; i < symbols.size(); ++i) {
    if (symbols[i] != symbol) continue;
    put_literal(index, {.integer = static_cast<int64_t>(i)});
    return true;
  }
  return false;
}

bool DefaultCompiler::put_record(NodeIndex index, JsonValue json) {
  const SchemaNode& node = schema_.node(index);
  std::unordered_map<std::string_view, JsonValue> values;
  for (JsonMembers members(json); members.next();) {
    values.insert_or_assign(members.key(), members.value());
  }
  effort_left_ -= static_cast<int64_t>(node.fields.size());
  ++depth_;
  steps_.push_back({Op::kBeginRecord, 0, 0, index});
  for (uint32_t slot = 0; slot < node.fields.size(); ++slot) {
    const SchemaField& field = node.fields[slot];
    const auto value = values.find(field.name);
    steps_.push_back({Op::kField, 0, slot, index});
    if (value != values.end()) {
      if (!put(field.node, value->second)) return false;
    } else if (!field.default_json || !put_default(field)) {
      return false;
    }
  }
  steps_.push_back({Op::kEndRecord, 0, 0, index});
  --depth_;
  return true;
}

bool DefaultCompiler::put_array(NodeIndex index, JsonValue json) {
  steps_.push_back({Op::kBeginArray, 0, 0, index});
  for (JsonItems items(json); items.next();) {
    steps_.push_back({Op::kItem, 0, 0, index});
    if (!put(schema_.node(index).items, items.value())) return false;
  }
  steps_.push_back({Op::kEndArray, 0, 0, index});
  return true;
}

bool DefaultCompiler::put_map(NodeIndex index, JsonValue json) {
  steps_.push_back({Op::kBeginMap, 0, 0, index});
  for (JsonMembers members(json); members.next();) {
    steps_.push_back({Op::kLiteralKey, 0, static_cast<uint32_t>(literals_.size()), index});
    literals_.push_back({.text = std::string(members.key())});
    if (!put(schema_.node(index).items, members.value())) return false;
  }
  steps_.push_back({Op::kEndMap, 0, 0, index});
  return true;
}

bool DefaultCompiler::put_union(NodeIndex index, JsonValue json) {
  const SchemaNode& node = schema_.node(index);
  const size_t step_count = steps_.size();
  const size_t literal_count = literals_.size();
  const int depth = depth_;
  for (uint32_t branch = 0; branch < node.branches.size(); ++branch) {
    steps_.push_back({Op::kBeginBranch, 0, branch, index});
    if (put(node.branches[branch], json)) {
      steps_.push_back({Op::kEndBranch, 0, branch, index});
      return true;
    }
    steps_.resize(step_count, {Op::kNull});
    literals_.resize(literal_count);
    depth_ = depth;
  }
  return false;
}

void DefaultCompiler::put_literal(NodeIndex index, Literal literal) {
  steps_.push_back({Op::kLiteral, 0, static_cast<uint32_t>(literals_.size()), index});
  literals_.push_back(std::move(literal));
}

}  // namespace mseavro
