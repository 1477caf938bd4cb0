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
constexpr uint32_t kNoRoutine = std::numeric_limits<uint32_t>::max();

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

bool is_string(const SchemaNode& node) {
  return node.type == SchemaType::kString || node.type == SchemaType::kBytes;
}

bool is_decimal(const SchemaNode& node) {
  return node.logical == LogicalType::kDecimal || node.logical == LogicalType::kBigDecimal;
}

// The other branch's position in a union of null and one other.
std::optional<size_t> value_branch(const SchemaNode& node, const Schema& schema) {
  if (node.branches.size() != 2) return std::nullopt;
  const bool first = schema.node(node.branches[0]).type == SchemaType::kNull;
  const bool second = schema.node(node.branches[1]).type == SchemaType::kNull;
  if (first == second) return std::nullopt;
  return first ? 1 : 0;
}

// Whether a value of this scalar can stand in a column of that type.
bool fits(const SchemaNode& node, ColumnType type) {
  if (type == ColumnType::kText) return true;
  switch (node.type) {
    case SchemaType::kInt:
    case SchemaType::kLong:
      return true;
    case SchemaType::kBoolean:
      return type == ColumnType::kInteger;
    case SchemaType::kFloat:
    case SchemaType::kDouble:
      return type == ColumnType::kNumber;
    case SchemaType::kBytes:
    case SchemaType::kFixed:
      return type == ColumnType::kNumber && is_decimal(node);
    default:
      return false;
  }
}

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

// The op that decodes straight into a column, and its form for a union with null.
struct DirectOps {
  Op plain;
  Op nullable;
};

std::optional<DirectOps> direct_ops(const SchemaNode& node, ColumnType type) {
  if (node.type == SchemaType::kLong && type == ColumnType::kInteger)
    return DirectOps{Op::kLongToInteger, Op::kNullableLongToInteger};
  if (node.type == SchemaType::kDouble && type == ColumnType::kNumber)
    return DirectOps{Op::kDoubleToNumber, Op::kNullableDoubleToNumber};
  if (is_string(node) && !is_decimal(node) && type == ColumnType::kText)
    return DirectOps{Op::kStringToText, Op::kNullableStringToText};
  return std::nullopt;
}

}  // namespace

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
    : schema_(schema),
      fixed_sizes_(fixed_sizes(schema)),
      routine_of_node_(schema.node_count(), kNoRoutine),
      is_open_(schema.node_count()) {}

StepProgram PlanCompiler::project(std::span<const ColumnRequest> requests,
                                  std::vector<std::optional<CellState>>* constant_states) {
  requests_ = requests;
  constant_states->assign(requests.size(), std::nullopt);
  constant_states_ = constant_states;
  PendingList pending;
  for (uint32_t slot = 0; slot < requests.size(); ++slot) pending.push_back({slot, 0});
  project_node(schema_.root_index(), pending, false);
  emit({Op::kEndDatum});
  compile_routines();
  return std::move(program_);
}

StepProgram PlanCompiler::whole() {
  put(schema_.root_index());
  emit({Op::kEndDatum});
  compile_routines();
  return std::move(program_);
}

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
      return record_or_call(index, Purpose::kSkip);
    case SchemaType::kArray:
    case SchemaType::kMap: {
      const bool is_map = node.type == SchemaType::kMap;
      if (!skip_as_items(node.items, is_map)) skip_loop(node.items, is_map);
      return;
    }
    case SchemaType::kUnion:
      if (!skip_nullable(node))
        emit_union(node, [&](size_t branch) { skip(node.branches[branch]); });
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
  emit({Op::kSkipFixedItems, 0, 0, *size});
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

// ---- Whole values ----

void PlanCompiler::put(NodeIndex index) {
  const SchemaNode& node = schema_.node(index);
  switch (node.type) {
    case SchemaType::kRecord:
      return record_or_call(index, Purpose::kWhole);
    case SchemaType::kArray:
    case SchemaType::kMap:
      return put_items(index);
    case SchemaType::kUnion:
      return put_union(index);
    default:
      emit({plain_op(node.type), 0, 0, index});
  }
}

void PlanCompiler::put_record(NodeIndex index) {
  const SchemaNode& node = schema_.node(index);
  if (fixed_sizes_[index] == 0) {
    emit({Op::kCharge, 0, 0, static_cast<int64_t>(node.fields.size()) + 1});
  }
  emit({Op::kBeginRecord, 0, 0, index});
  for (uint32_t field = 0; field < node.fields.size(); ++field) {
    emit({Op::kField, 0, field, index});
    put(node.fields[field].node);
  }
  emit({Op::kEndRecord, 0, 0, index});
}

void PlanCompiler::put_items(NodeIndex index) {
  const SchemaNode& node = schema_.node(index);
  const bool is_map = node.type == SchemaType::kMap;
  emit({is_map ? Op::kBeginMap : Op::kBeginArray, 0, 0, index});
  const bool zero_size = !is_map && fixed_sizes_[node.items] == 0;
  const size_t loop = emit({Op::kItems, zero_size ? kZeroSizeItems : uint8_t{0}});
  label();
  emit({is_map ? Op::kKey : Op::kItem, 0, 0, index});
  put(node.items);
  program_.steps[loop].operand = static_cast<int64_t>(emit({Op::kNextItem}));
  label();
  emit({is_map ? Op::kEndMap : Op::kEndArray, 0, 0, index});
}

void PlanCompiler::put_union(NodeIndex index) {
  const SchemaNode& node = schema_.node(index);
  emit_union(node, [&](size_t branch) {
    emit({Op::kBeginBranch, 0, static_cast<uint32_t>(branch), index});
    put(node.branches[branch]);
    emit({Op::kEndBranch, 0, static_cast<uint32_t>(branch), index});
  });
}

// ---- Projections ----

void PlanCompiler::project_node(NodeIndex index, const PendingList& pending, bool conditional) {
  if (pending.empty()) return skip(index);
  const SchemaNode& node = schema_.node(index);
  if (node.type == SchemaType::kUnion) {
    if (!project_nullable(node, pending)) project_union(index, pending);
    return;
  }
  const bool is_leaf = node.type != SchemaType::kRecord && node.type != SchemaType::kMap &&
                       node.type != SchemaType::kArray;
  if (is_leaf) return project_scalar(index, pending, conditional);

  PendingList deeper;
  for (const Pending& item : pending) {
    if (item.depth < requests_[item.slot].path.steps.size()) {
      deeper.push_back(item);
    } else {
      set_state(item.slot, CellState::kWrongType, conditional);
    }
  }
  if (deeper.empty()) return skip(index);
  if (node.type == SchemaType::kRecord) return project_record(node, deeper, conditional);
  MSEAVRO_CHECK(node.type == SchemaType::kMap);  // No path leads into an array.
  project_map(node, deeper);
}

void PlanCompiler::project_union(NodeIndex index, const PendingList& pending) {
  const SchemaNode& node = schema_.node(index);
  emit_union(node, [&](size_t branch) {
    const NodeIndex branch_node = node.branches[branch];
    if (schema_.node(branch_node).type != SchemaType::kNull)
      return project_node(branch_node, pending, true);
    for (const Pending& item : pending) set_state(item.slot, CellState::kNull, true);
  });
}

bool PlanCompiler::project_nullable(const SchemaNode& node, const PendingList& pending) {
  const auto value = value_branch(node, schema_);
  if (!value || pending.size() != 1) return false;
  const uint32_t slot = pending.front().slot;
  const auto ops = direct_ops(schema_.node(node.branches[*value]), requests_[slot].type);
  if (!ops) return false;
  emit({ops->nullable, static_cast<uint8_t>(1 - *value), slot});
  return true;
}

void PlanCompiler::project_record(const SchemaNode& node, const PendingList& deeper,
                                  bool conditional) {
  for (const SchemaField& field : node.fields) {
    PendingList below;
    for (const Pending& item : deeper) {
      if (path_step(item).name == field.name) below.push_back({item.slot, item.depth + 1});
    }
    project_node(field.node, below, conditional);
  }
}

void PlanCompiler::project_map(const SchemaNode& node, const PendingList& deeper) {
  for (const Pending& item : deeper) set_state(item.slot, CellState::kNull, true);
  const size_t loop = emit({Op::kItems});
  label();
  const size_t set_index = program_.key_sets.size();
  program_.key_sets.emplace_back();
  emit({Op::kFindKey, 0, 0, static_cast<int64_t>(set_index)});

  KeySet keys;
  std::vector<size_t> jumps_to_next;
  for (const Pending& first : deeper) {
    const std::string& key = path_step(first).name;
    const auto is_key = [&](const auto& entry) { return entry.first == key; };
    if (std::ranges::any_of(keys.entries, is_key)) continue;
    keys.entries.emplace_back(key, label());
    PendingList below;
    for (const Pending& item : deeper) {
      if (path_step(item).name == key) below.push_back({item.slot, item.depth + 1});
    }
    project_node(node.items, below, true);
    jumps_to_next.push_back(emit({Op::kJump}));
  }
  keys.otherwise = label();
  skip(node.items);
  const uint32_t next = label();
  for (const size_t jump : jumps_to_next) program_.steps[jump].operand = next;
  program_.steps[loop].operand = static_cast<int64_t>(emit({Op::kNextItem}));
  label();
  program_.key_sets[set_index] = std::move(keys);
}

void PlanCompiler::project_scalar(NodeIndex index, const PendingList& pending, bool conditional) {
  const SchemaNode& node = schema_.node(index);
  std::vector<uint32_t> readers;
  for (const Pending& item : pending) {
    if (node.type == SchemaType::kNull) {
      set_state(item.slot, CellState::kNull, conditional);
    } else if (!fits(node, requests_[item.slot].type)) {
      set_state(item.slot, CellState::kWrongType, conditional);
    } else {
      readers.push_back(item.slot);
    }
  }
  if (readers.empty()) return skip(index);
  // All but the last reader of a value leave the position where it was.
  for (size_t i = 0; i + 1 < readers.size(); ++i) {
    emit({Op::kPeek});
    read_scalar(index, readers[i], conditional);
    emit({Op::kUnpeek});
  }
  read_scalar(index, readers.back(), conditional);
}

void PlanCompiler::read_scalar(NodeIndex index, uint32_t slot, bool conditional) {
  const SchemaNode& node = schema_.node(index);
  // A decimal that is too long is found out by the target, which sets the state of each.
  if (!is_decimal(node)) set_state(slot, CellState::kValue, conditional);
  if (const auto ops = direct_ops(node, requests_[slot].type)) {
    emit({ops->plain, 0, slot, index});
  } else {
    emit({plain_op(node.type), 0, slot, index});
  }
}

// ---- Records as routines ----

void PlanCompiler::record_or_call(NodeIndex index, Purpose purpose) {
  const bool inlined =
      !is_open_[index] && open_count_ < kInlineDepth && program_.steps.size() < kInlineSteps;
  if (inlined) return record_body(index, purpose);
  uint32_t& routine = routine_of_node_[index];
  if (routine == kNoRoutine) {
    routine = static_cast<uint32_t>(routines_.size());
    routines_.push_back({index, purpose, 0});
  }
  // The routine's index stands in for its first step until all are compiled.
  emit({Op::kCall, 0, 0, routine});
  label();
}

void PlanCompiler::record_body(NodeIndex index, Purpose purpose) {
  is_open_[index] = true;
  ++open_count_;
  if (purpose == Purpose::kWhole) {
    put_record(index);
  } else {
    for (const SchemaField& field : schema_.node(index).fields) skip(field.node);
  }
  is_open_[index] = false;
  --open_count_;
}

void PlanCompiler::compile_routines() {
  // Compiling one may add more.
  for (size_t i = 0; i < routines_.size(); ++i) {
    routines_[i].begin = label();
    record_body(routines_[i].node, routines_[i].purpose);
    emit({Op::kReturn});
  }
  for (Step& step : program_.steps) {
    if (step.op == Op::kCall) step.operand = routines_[static_cast<size_t>(step.operand)].begin;
  }
}

// ---- Steps ----

void PlanCompiler::set_state(uint32_t slot, CellState state, bool conditional) {
  if (!conditional) {
    (*constant_states_)[slot] = state;
  } else {
    emit({Op::kSetState, static_cast<uint8_t>(state), slot});
  }
}

const FieldPath::Step& PlanCompiler::path_step(const Pending& pending) const {
  return requests_[pending.slot].path.steps[pending.depth];
}

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

template <class EmitBranch>
void PlanCompiler::emit_union(const SchemaNode& node, const EmitBranch& emit_branch) {
  const size_t count = node.branches.size();
  const size_t first_jump = program_.jumps.size();
  program_.jumps.resize(first_jump + count);
  emit({Op::kUnion, 0, static_cast<uint32_t>(count), static_cast<int64_t>(first_jump)});
  std::vector<size_t> jumps_to_end;
  for (size_t branch = 0; branch < count; ++branch) {
    program_.jumps[first_jump + branch] = label();
    emit_branch(branch);
    if (branch + 1 < count) jumps_to_end.push_back(emit({Op::kJump}));
  }
  const uint32_t end = label();
  for (const size_t jump : jumps_to_end) program_.steps[jump].operand = end;
}

}  // namespace mseavro
