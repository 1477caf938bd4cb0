#include "events/source/schema_fields.h"

#include <algorithm>

namespace mseavro {
namespace {

constexpr size_t kMaximumDepth = 4;
// Records that name each other can declare more paths than any real schema has fields.
constexpr size_t kMaximumFieldCount = 1 << 16;

struct KindOfNode {
  FieldKind kind = FieldKind::kOther;
  TimeUnit unit = TimeUnit::kMicros;
  friend bool operator==(const KindOfNode&, const KindOfNode&) = default;
};

KindOfNode kind_by_type(const SchemaNode& node) {
  switch (node.type) {
    case SchemaType::kBoolean:
      return {FieldKind::kBoolean};
    case SchemaType::kInt:
    case SchemaType::kLong:
      return {FieldKind::kInteger};
    case SchemaType::kFloat:
    case SchemaType::kDouble:
      return {FieldKind::kNumber};
    case SchemaType::kString:
    case SchemaType::kEnum:
      return {FieldKind::kText};
    case SchemaType::kBytes:
    case SchemaType::kFixed:
      return {FieldKind::kBytes};
    case SchemaType::kNull:
    case SchemaType::kRecord:
    case SchemaType::kArray:
    case SchemaType::kMap:
    case SchemaType::kUnion:
      return {FieldKind::kOther};
  }
  return {};
}

KindOfNode kind_of_branch(const SchemaNode& node) {
  switch (node.logical) {
    case LogicalType::kTimestampMillis:
      return {FieldKind::kInstant, TimeUnit::kMillis};
    case LogicalType::kTimestampMicros:
      return {FieldKind::kInstant, TimeUnit::kMicros};
    case LogicalType::kTimestampNanos:
      return {FieldKind::kInstant, TimeUnit::kNanos};
    case LogicalType::kLocalTimestampMillis:
      return {FieldKind::kLocalInstant, TimeUnit::kMillis};
    case LogicalType::kLocalTimestampMicros:
      return {FieldKind::kLocalInstant, TimeUnit::kMicros};
    case LogicalType::kLocalTimestampNanos:
      return {FieldKind::kLocalInstant, TimeUnit::kNanos};
    case LogicalType::kDate:
      return {FieldKind::kDate};
    case LogicalType::kDecimal:
      return {FieldKind::kNumber};
    case LogicalType::kUuid:
      return {FieldKind::kText};
    case LogicalType::kNone:
    case LogicalType::kBigDecimal:
    case LogicalType::kTimeMillis:
    case LogicalType::kTimeMicros:
    case LogicalType::kDuration:
      return kind_by_type(node);
  }
  return {};
}

// A field of two scalar types is one kind when both are numbers; numbers and texts are texts, as
// they are where JSON lines have both.
KindOfNode join(const KindOfNode& a, const KindOfNode& b) {
  if (a == b) return a;
  const auto is_number = [](const KindOfNode& x) {
    return x.kind == FieldKind::kInteger || x.kind == FieldKind::kNumber;
  };
  const auto is_text = [](const KindOfNode& x) { return x.kind == FieldKind::kText; };
  if (is_number(a) && is_number(b)) return {FieldKind::kNumber};
  const bool are_texts = (is_text(a) || is_number(a)) && (is_text(b) || is_number(b));
  return {are_texts ? FieldKind::kText : FieldKind::kOther};
}

class SchemaWalk {
 public:
  explicit SchemaWalk(const Schema& schema) : schema_(schema) {}

  void enter(NodeIndex record) {
    open_records_.push_back(record);
    for (const SchemaField& field : schema_.node(record).fields) {
      if (fields_.size() == kMaximumFieldCount) break;
      path_.steps.push_back({field.name});
      const NodeIndex inner = add(field);
      const bool is_open =
          std::find(open_records_.begin(), open_records_.end(), inner) != open_records_.end();
      if (schema_.node(inner).type == SchemaType::kRecord && !is_open &&
          path_.steps.size() < kMaximumDepth) {
        enter(inner);
      }
      path_.steps.pop_back();
    }
    open_records_.pop_back();
  }

  std::vector<CandidateField> take() { return std::move(fields_); }

 private:
  // Adds the field at path_; the node of its only branch that is not null.
  NodeIndex add(const SchemaField& field) {
    const SchemaNode& node = schema_.node(field.node);
    CandidateField candidate;
    candidate.path = path_;
    candidate.node = field.node;
    candidate.aliases = field.aliases;
    candidate.role_property = role_property(field);
    candidate.nullable = node.type == SchemaType::kNull;

    NodeIndex inner = field.node;
    KindOfNode kind = kind_of_branch(node);
    if (node.type == SchemaType::kUnion) {
      size_t branch_count = 0;
      for (NodeIndex branch : node.branches) {
        if (schema_.node(branch).type == SchemaType::kNull) {
          candidate.nullable = true;
          continue;
        }
        const KindOfNode branch_kind = kind_of_branch(schema_.node(branch));
        kind = branch_count++ == 0 ? branch_kind : join(kind, branch_kind);
        inner = branch;
      }
      if (branch_count != 1) inner = field.node;
    }
    candidate.kind = kind.kind;
    candidate.unit = kind.unit;
    candidate.is_single_precision = schema_.node(inner).type == SchemaType::kFloat;
    fields_.push_back(std::move(candidate));
    return inner;
  }

  // The property's value is JSON text; a role's name needs no escapes, so anything with one is no
  // role.
  static std::optional<std::string> role_property(const SchemaField& field) {
    const std::string* json = find_property(field.properties, "mseavro.role");
    if (json == nullptr || json->size() < 2 || json->front() != '"') return std::nullopt;
    return json->substr(1, json->size() - 2);
  }

  const Schema& schema_;
  FieldPath path_;
  std::vector<NodeIndex> open_records_;
  std::vector<CandidateField> fields_;
};

}  // namespace

std::vector<CandidateField> list_schema_fields(const Schema& schema) {
  if (schema.root().type != SchemaType::kRecord) return {};
  SchemaWalk walk(schema);
  walk.enter(schema.root_index());
  return walk.take();
}

}  // namespace mseavro
