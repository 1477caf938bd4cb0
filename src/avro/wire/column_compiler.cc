#include "avro/wire/column_compiler.h"

#include <algorithm>
#include <utility>

#include "base/result/result.h"

namespace mseavro {
namespace {

bool is_decimal(const SchemaNode& node) {
  return node.logical == LogicalType::kDecimal || node.logical == LogicalType::kBigDecimal;
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

StepProgram ColumnCompiler::project(std::span<const ColumnRequest> requests,
                                    std::vector<std::optional<CellState>>* constant_states) {
  requests_ = requests;
  constant_states->assign(requests.size(), std::nullopt);
  constant_states_ = constant_states;
  PendingList pending;
  for (uint32_t slot = 0; slot < requests.size(); ++slot) pending.push_back({slot, 0});
  project_node(schema_.root_index(), pending, false);
  return finish_values();
}

void ColumnCompiler::project_node(NodeIndex index, PendingList pending, bool conditional) {
  if (project_cells(index, pending, conditional)) return;
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

bool ColumnCompiler::project_cells(NodeIndex index, PendingList& pending, bool conditional) {
  PendingList cells;
  std::erase_if(pending, [&](const Pending& item) {
    const ColumnRequest& request = requests_[item.slot];
    const bool is_cell = is_json(request.type) && item.depth == request.path.steps.size();
    if (is_cell) cells.push_back(item);
    return is_cell;
  });
  for (size_t i = 0; i < cells.size(); ++i) {
    const uint32_t slot = cells[i].slot;
    const bool is_last = pending.empty() && i + 1 == cells.size();
    set_state(slot, CellState::kValue, conditional);
    if (!is_last) emit({Op::kPeek});
    emit({Op::kBeginCell, 0, slot});
    put(index, index);
    emit({Op::kEndCell, 0, slot});
    if (!is_last) emit({Op::kUnpeek});
  }
  return !cells.empty() && pending.empty();
}

void ColumnCompiler::project_union(NodeIndex index, const PendingList& pending) {
  const SchemaNode& node = schema_.node(index);
  emit_union(node.branches.size(), [&](size_t branch) {
    const NodeIndex branch_node = node.branches[branch];
    if (schema_.node(branch_node).type != SchemaType::kNull)
      return project_node(branch_node, pending, true);
    for (const Pending& item : pending) set_state(item.slot, CellState::kNull, true);
  });
}

bool ColumnCompiler::project_nullable(const SchemaNode& node, const PendingList& pending) {
  const auto value = value_branch(node, schema_);
  if (!value || pending.size() != 1) return false;
  const uint32_t slot = pending.front().slot;
  const auto ops = direct_ops(schema_.node(node.branches[*value]), requests_[slot].type);
  if (!ops) return false;
  emit({ops->nullable, static_cast<uint8_t>(1 - *value), slot});
  return true;
}

void ColumnCompiler::project_record(const SchemaNode& node, const PendingList& deeper,
                                    bool conditional) {
  for (const SchemaField& field : node.fields) {
    PendingList below;
    for (const Pending& item : deeper) {
      if (path_step(item).name == field.name) below.push_back({item.slot, item.depth + 1});
    }
    project_node(field.node, below, conditional);
  }
}

void ColumnCompiler::project_map(const SchemaNode& node, const PendingList& deeper) {
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

void ColumnCompiler::project_scalar(NodeIndex index, const PendingList& pending, bool conditional) {
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

void ColumnCompiler::read_scalar(NodeIndex index, uint32_t slot, bool conditional) {
  const SchemaNode& node = schema_.node(index);
  // A decimal that is too long is found out by the target, which sets the state of each.
  if (!is_decimal(node)) set_state(slot, CellState::kValue, conditional);
  if (const auto ops = direct_ops(node, requests_[slot].type)) {
    emit({ops->plain, 0, slot, index});
  } else {
    emit({plain_op(node.type), 0, slot, index});
  }
}

void ColumnCompiler::set_state(uint32_t slot, CellState state, bool conditional) {
  if (!conditional) {
    (*constant_states_)[slot] = state;
  } else {
    emit({Op::kSetState, static_cast<uint8_t>(state), slot});
  }
}

const FieldPath::Step& ColumnCompiler::path_step(const Pending& pending) const {
  return requests_[pending.slot].path.steps[pending.depth];
}

}  // namespace mseavro
