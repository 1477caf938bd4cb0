#include "avro/wire/datum_writer.h"

#include "base/result/result.h"

namespace mseavro {
namespace {

// In Avro JSON the object that names a branch stands around each value of a union.
int64_t json_depth_limit(const Limits& limits) { return 2 * int64_t{limits.datum_depth} + 2; }

}  // namespace

Status DatumWriter::write_json(std::string_view json, const JsonForm& form, Encoder* to) {
  MSEAVRO_TRY(document_.parse(json, limits_, json_depth_limit(limits_)));
  return encoder_.encode(plan_->schema().root_index(), document_, form, to);
}

void DatumWriter::write_datum(const Datum& datum, Encoder* to) {
  const Schema& schema = plan_->schema();
  open_.clear();
  put(datum, schema.root_index(), to);
  while (!open_.empty()) {
    Open& open = open_.back();
    const SchemaNode& node = schema.node(open.node);
    const bool is_record = node.type == SchemaType::kRecord;
    if (open.next == open.datum->children.size()) {
      if (!is_record) to->put_long(0);
      open_.pop_back();
      continue;
    }
    const size_t index = open.next++;
    const Datum& child = open.datum->children[index];
    if (node.type == SchemaType::kMap) to->put_bytes(child.key);
    put(child, is_record ? node.fields[index].node : node.items, to);
  }
}

void DatumWriter::put(const Datum& datum, NodeIndex index, Encoder* to) {
  const SchemaNode* node = &plan_->schema().node(index);
  if (node->type == SchemaType::kUnion) {
    to->put_long(datum.branch);
    index = node->branches[static_cast<size_t>(datum.branch)];
    node = &plan_->schema().node(index);
  }
  MSEAVRO_DCHECK(node->type == datum.type);
  switch (node->type) {
    case SchemaType::kNull:
      return;
    case SchemaType::kBoolean:
      return to->put_boolean(datum.integer != 0);
    case SchemaType::kInt:
    case SchemaType::kLong:
    case SchemaType::kEnum:
      return to->put_long(datum.integer);
    case SchemaType::kFloat:
      return to->put_float(static_cast<float>(datum.number));
    case SchemaType::kDouble:
      return to->put_double(datum.number);
    case SchemaType::kBytes:
    case SchemaType::kString:
      return to->put_bytes(datum.text);
    case SchemaType::kFixed:
      return to->put_raw(datum.text);
    case SchemaType::kArray:
    case SchemaType::kMap:
      if (!datum.children.empty()) to->put_long(static_cast<int64_t>(datum.children.size()));
      [[fallthrough]];
    case SchemaType::kRecord:
      return open_.push_back({&datum, index, 0});
    case SchemaType::kUnion:
      MSEAVRO_CHECK(false);  // No union is a union's branch.
  }
}

}  // namespace mseavro
