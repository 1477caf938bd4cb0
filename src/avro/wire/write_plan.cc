#include "avro/wire/write_plan.h"

#include "avro/wire/default_compiler.h"
#include "avro/wire/encoder.h"
#include "avro/wire/step.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// Work and steps for all defaults of a schema together: defaults within defaults grow by powers.
constexpr int64_t kEffortLimit = int64_t{1} << 21;

// The items of each array and map among the steps, in the order in which they begin.
std::vector<int64_t> count_items(const std::vector<Step>& steps) {
  std::vector<int64_t> counts;
  std::vector<size_t> open;
  for (const Step& step : steps) {
    if (step.op == Op::kBeginArray || step.op == Op::kBeginMap) {
      open.push_back(counts.size());
      counts.push_back(0);
    } else if (step.op == Op::kItem || step.op == Op::kLiteralKey) {
      ++counts[open.back()];
    } else if (step.op == Op::kEndArray || step.op == Op::kEndMap) {
      open.pop_back();
    }
  }
  return counts;
}

void put_literal(const SchemaNode& node, const Literal& literal, Encoder* to) {
  switch (node.type) {
    case SchemaType::kBoolean:
      return to->put_boolean(literal.integer != 0);
    case SchemaType::kFloat:
      return to->put_float(static_cast<float>(literal.number));
    case SchemaType::kDouble:
      return to->put_double(literal.number);
    case SchemaType::kString:
    case SchemaType::kBytes:
      return to->put_bytes(literal.text);
    case SchemaType::kFixed:
      return to->put_raw(literal.text);
    default:  // int, long, enum.
      return to->put_long(literal.integer);
  }
}

// What the steps of a default put, as bytes.
std::string encode_steps(const Schema& schema, const std::vector<Step>& steps,
                         const std::vector<Literal>& literals) {
  const std::vector<int64_t> counts = count_items(steps);
  auto count = counts.begin();
  Encoder to;
  for (const Step& step : steps) {
    switch (step.op) {
      case Op::kLiteral:
        put_literal(schema.node(static_cast<NodeIndex>(step.operand)), literals[step.slot], &to);
        break;
      case Op::kLiteralKey:
        to.put_bytes(literals[step.slot].text);
        break;
      case Op::kBeginBranch:
        to.put_long(step.slot);
        break;
      case Op::kBeginArray:
      case Op::kBeginMap:
        if (*count > 0) to.put_long(*count);
        ++count;
        break;
      case Op::kEndArray:
      case Op::kEndMap:
        to.put_long(0);
        break;
      default:  // Null, and structure that takes no bytes.
        break;
    }
  }
  return std::string(to.text());
}

}  // namespace

Result<std::shared_ptr<const WritePlan>> WritePlan::compile(std::shared_ptr<const Schema> schema) {
  MSEAVRO_TRY(check_names(*schema));
  std::shared_ptr<WritePlan> plan(new WritePlan(std::move(schema)));
  for (NodeIndex index = 0; index < plan->schema_->node_count(); ++index) {
    const SchemaNode& node = plan->schema_->node(index);
    auto& names = plan->rows_.emplace_back().names;
    for (const SchemaField& field : node.fields) names.emplace(field.name, names.size());
    for (uint32_t slot = 0; slot < node.fields.size(); ++slot) {
      for (const std::string& alias : node.fields[slot].aliases) names.emplace(alias, slot);
    }
    for (const std::string& symbol : node.symbols) names.emplace(symbol, names.size());
    for (const NodeIndex branch : node.branches) {
      names.emplace(plan->schema_->node(branch).branch_name(), names.size());
    }
  }
  MSEAVRO_TRY(plan->compile_defaults());
  return plan;
}

Status WritePlan::compile_defaults() {
  int64_t effort_left = kEffortLimit;
  DefaultCompiler compiler(*schema_, effort_left);
  for (NodeIndex index = 0; index < rows_.size(); ++index) {
    const SchemaNode& node = schema_->node(index);
    for (const SchemaField& field : node.fields) {
      auto& bytes = rows_[index].defaults.emplace_back();
      if (!field.default_json) continue;
      const auto steps = compiler.compile(node, field);
      if (steps) bytes = encode_steps(*schema_, *steps, compiler.literals());
      if (!steps && steps.error().code == ErrorCode::kLimitExceeded) {
        return tl::unexpected<Error>(steps.error());
      }
    }
  }
  return {};
}

std::optional<uint32_t> WritePlan::find(NodeIndex node, std::string_view name,
                                        uint32_t expected) const {
  const auto& fields = schema_->node(node).fields;
  if (expected < fields.size() && fields[expected].name == name) return expected;
  const auto& names = rows_[node].names;
  const auto found = names.find(name);
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

const std::string* WritePlan::default_bytes(NodeIndex record, uint32_t slot) const {
  const auto& bytes = rows_[record].defaults[slot];
  return bytes ? &*bytes : nullptr;
}

}  // namespace mseavro
