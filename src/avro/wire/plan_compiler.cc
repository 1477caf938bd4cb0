#include "avro/wire/plan_compiler.h"

#include <algorithm>
#include <limits>

#include "base/result/result.h"

namespace mseavro {
namespace {

// Beyond these a record becomes a routine. They bound the size of a plan by the size of its schema,
// and the depth of the compiler's own recursion.
constexpr size_t kInlineSteps = 4096;
constexpr size_t kInlineDepth = 32;

std::optional<int64_t> fixed_size_of_leaf(const SchemaNode& node) {
  switch (node.type) {
    case SchemaType::kNull:
      return 0;
    case SchemaType::kFloat:
      return 4;
    case SchemaType::kDouble:
      return 8;
    case SchemaType::kFixed:
      return node.size;
    default:
      return std::nullopt;
  }
}

std::optional<int64_t> add_sizes(std::optional<int64_t> left, std::optional<int64_t> right) {
  int64_t sum = 0;
  if (!left || !right || __builtin_add_overflow(*left, *right, &sum)) return std::nullopt;
  return sum;
}

}  // namespace

Op plain_op(SchemaType type) {
  switch (type) {
    case SchemaType::kNull:
      return Op::kNull;
    case SchemaType::kBoolean:
      return Op::kBoolean;
    case SchemaType::kInt:
      return Op::kInt;
    case SchemaType::kLong:
      return Op::kLong;
    case SchemaType::kFloat:
      return Op::kFloat;
    case SchemaType::kDouble:
      return Op::kDouble;
    case SchemaType::kBytes:
      return Op::kBytes;
    case SchemaType::kString:
      return Op::kString;
    case SchemaType::kFixed:
      return Op::kFixed;
    case SchemaType::kEnum:
      return Op::kEnum;
    default:
      MSEAVRO_CHECK(false);
  }
}

bool is_string(const SchemaNode& node) {
  return node.type == SchemaType::kString || node.type == SchemaType::kBytes;
}

std::optional<size_t> value_branch(const SchemaNode& node, const Schema& schema) {
  if (node.branches.size() != 2) return std::nullopt;
  const bool first = schema.node(node.branches[0]).type == SchemaType::kNull;
  const bool second = schema.node(node.branches[1]).type == SchemaType::kNull;
  if (first == second) return std::nullopt;
  return first ? 1 : 0;
}

std::vector<std::optional<int64_t>> fixed_sizes(const Schema& schema) {
  // Depth-first over records with a stack of our own: chains of records can be long.
  enum class Visit : uint8_t { kNew, kOpen, kDone };
  std::vector<Visit> visits(schema.node_count(), Visit::kNew);
  std::vector<std::optional<int64_t>> sizes(schema.node_count());
  struct Open {
    NodeIndex node;
    size_t next_field = 0;
  };
  std::vector<Open> stack;
  for (NodeIndex first = 0; first < schema.node_count(); ++first) {
    if (visits[first] == Visit::kNew) stack.push_back({first});
    while (!stack.empty()) {
      Open& top = stack.back();
      const SchemaNode& node = schema.node(top.node);
      if (visits[top.node] == Visit::kNew) {
        visits[top.node] = Visit::kOpen;
        sizes[top.node] = node.type == SchemaType::kRecord ? int64_t{0} : fixed_size_of_leaf(node);
      }
      if (top.next_field == node.fields.size()) {
        visits[top.node] = Visit::kDone;
        stack.pop_back();
        continue;
      }
      const NodeIndex child = node.fields[top.next_field].node;
      if (visits[child] == Visit::kNew) {
        stack.push_back({child});
        continue;
      }
      // A record inside itself has no fixed size.
      sizes[top.node] =
          visits[child] == Visit::kDone ? add_sizes(sizes[top.node], sizes[child]) : std::nullopt;
      // One nullopt is enough: a sum with it stays nullopt.
      ++top.next_field;
    }
  }
  return sizes;
}

PlanCompiler::PlanCompiler(const Schema& schema)
    : schema_(schema), fixed_sizes_(fixed_sizes(schema)), is_open_(schema.node_count()) {}

// ---- Skipping ----

void PlanCompiler::skip(NodeIndex index) {
  if (const auto size = fixed_sizes_[index]) return emit_skip_fixed(*size);
  const SchemaNode& node = schema_.node(index);
  switch (node.type) {
    case SchemaType::kBoolean:
      emit({Op::kSkipBoolean});
      return;
    case SchemaType::kInt:
      emit({Op::kSkipInt});
      return;
    case SchemaType::kLong:
      emit({Op::kSkipLong});
      return;
    case SchemaType::kEnum:
      emit({Op::kSkipEnum, 0, 0, static_cast<int64_t>(node.symbols.size())});
      return;
    case SchemaType::kBytes:
    case SchemaType::kString:
      return emit_skip_strings(1);
    case SchemaType::kRecord:
      return record_or_call(index, kSkipped, [&] { skip_fields(index); });
    case SchemaType::kArray:
    case SchemaType::kMap: {
      const bool is_map = node.type == SchemaType::kMap;
      if (!skip_as_items(node.items, is_map)) skip_loop(node.items, is_map);
      return;
    }
    case SchemaType::kUnion:
      if (!skip_nullable(node))
        emit_union(node.branches.size(), [&](size_t branch) { skip(node.branches[branch]); });
      return;
    default:
      MSEAVRO_CHECK(false);  // The others have a fixed size.
  }
}

bool PlanCompiler::skip_as_items(NodeIndex item, bool is_map) {
  if (is_string(schema_.node(item))) {
    emit({Op::kSkipStringItems, 0, 0, is_map ? 2 : 1});
    return true;
  }
  const auto size = fixed_sizes_[item];
  if (is_map || !size) return false;
  if (*size == 0) {
    emit({Op::kSkipEmptyItems});
  } else {
    emit({Op::kSkipFixedItems, 0, 0, *size});
  }
  return true;
}

bool PlanCompiler::skip_nullable(const SchemaNode& node) {
  const auto value = value_branch(node, schema_);
  if (!value) return false;
  const auto null_branch = static_cast<uint8_t>(1 - *value);
  const NodeIndex branch = node.branches[*value];
  if (is_string(schema_.node(branch))) {
    emit({Op::kSkipNullableString, null_branch});
    return true;
  }
  if (!fixed_sizes_[branch]) return false;
  emit({Op::kSkipNullableFixed, null_branch, 0, *fixed_sizes_[branch]});
  return true;
}

void PlanCompiler::skip_loop(NodeIndex item, bool is_map) {
  const size_t loop = emit({Op::kItems, kJumpsSizedBlocks});
  label();
  if (is_map) emit_skip_strings(1);
  skip(item);
  program_.steps[loop].operand = static_cast<int64_t>(emit({Op::kNextItem}));
  label();
}

void PlanCompiler::skip_fields(NodeIndex index) {
  for (const SchemaField& field : schema_.node(index).fields) skip(field.node);
}

// ---- Records as routines ----

bool PlanCompiler::may_inline(NodeIndex writer) const {
  return !is_open_[writer] && open_count_ < kInlineDepth && program_.steps.size() < kInlineSteps;
}

void PlanCompiler::call(NodeIndex writer, NodeIndex reader) {
  const uint64_t pair = uint64_t{writer} << 32 | reader;
  const auto [entry, is_new] =
      routine_of_pair_.try_emplace(pair, static_cast<uint32_t>(routines_.size()));
  if (is_new) routines_.push_back({writer, reader, 0});
  // The routine's index stands in for its first step until all are compiled.
  emit({Op::kCall, 0, 0, entry->second});
  label();
}

StepProgram PlanCompiler::link() {
  for (Step& step : program_.steps) {
    if (step.op == Op::kCall) step.operand = routines_[static_cast<size_t>(step.operand)].begin;
  }
  return std::move(program_);
}

// ---- Steps ----

size_t PlanCompiler::emit(Step step) {
  program_.steps.push_back(step);
  return program_.steps.size() - 1;
}

bool PlanCompiler::may_merge_with(Op op) const {
  return program_.steps.size() > last_label_ && program_.steps.back().op == op;
}

void PlanCompiler::emit_skip_fixed(int64_t size) {
  if (size == 0) return;
  if (may_merge_with(Op::kSkipFixed)) {
    // A sum that overflows stays two steps, and more than any block has bytes.
    if (const auto sum = add_sizes(program_.steps.back().operand, size)) {
      program_.steps.back().operand = *sum;
      return;
    }
  }
  emit({Op::kSkipFixed, 0, 0, size});
}

void PlanCompiler::emit_skip_strings(int64_t count) {
  if (may_merge_with(Op::kSkipStrings)) {
    program_.steps.back().operand += count;
  } else {
    emit({Op::kSkipStrings, 0, 0, count});
  }
}

uint32_t PlanCompiler::label() {
  last_label_ = program_.steps.size();
  return static_cast<uint32_t>(last_label_);
}

}  // namespace mseavro
