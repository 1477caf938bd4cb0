// From a schema to the steps of the walk.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "avro/schema/schema.h"
#include "avro/wire/read_plan.h"
#include "avro/wire/step.h"

namespace mseavro {

// Bytes that every value of a node takes, or nullopt when they differ or must be looked at. One
// element for each node of the schema.
std::vector<std::optional<int64_t>> fixed_sizes(const Schema& schema);

// Compiles once, then is thrown away. Types may refer to each other in chains and cycles of any
// length, and one type may stand in many places, so records are inlined only up to a bound; beyond
// it they become routines, each compiled once, from a queue rather than by recursion.
class PlanCompiler {
 public:
  explicit PlanCompiler(const Schema& schema);

  // The steps that decode `requests`, whose paths exist, into columns. `constant_states` gets, for
  // each request, the state that its cells have in every row, or nullopt when steps set it.
  StepProgram project(std::span<const ColumnRequest> requests,
                      std::vector<std::optional<CellState>>* constant_states);

  // The steps that hand every value to the target.
  StepProgram whole();

 private:
  // A request below the node that is being compiled: `depth` steps of its path are behind.
  struct Pending {
    uint32_t slot;
    size_t depth;
  };
  using PendingList = std::vector<Pending>;
  enum class Purpose : uint8_t { kSkip, kWhole };

  void skip(NodeIndex node);
  bool skip_as_items(NodeIndex item, bool is_map);
  bool skip_nullable(const SchemaNode& node);
  void skip_loop(NodeIndex item, bool is_map);

  void put(NodeIndex node);
  void put_record(NodeIndex node);
  void put_items(NodeIndex node);
  void put_union(NodeIndex node);

  void project_node(NodeIndex node, const PendingList& pending, bool conditional);
  void project_union(NodeIndex node, const PendingList& pending);
  bool project_nullable(const SchemaNode& node, const PendingList& pending);
  void project_record(const SchemaNode& node, const PendingList& deeper, bool conditional);
  void project_map(const SchemaNode& node, const PendingList& deeper);
  void project_scalar(NodeIndex node, const PendingList& pending, bool conditional);
  void read_scalar(NodeIndex node, uint32_t slot, bool conditional);

  void record_or_call(NodeIndex node, Purpose purpose);
  void record_body(NodeIndex node, Purpose purpose);
  void compile_routines();

  void set_state(uint32_t slot, CellState state, bool conditional);
  const FieldPath::Step& path_step(const Pending& pending) const;

  size_t emit(Step step);
  void emit_skip_fixed(int64_t size);
  void emit_skip_strings(int64_t count);
  bool may_merge_with(Op op) const;
  uint32_t label();
  // Emits a kUnion over `node`'s branches; `emit_branch(index)` emits each branch's steps.
  template <class EmitBranch>
  void emit_union(const SchemaNode& node, const EmitBranch& emit_branch);

  const Schema& schema_;
  const std::vector<std::optional<int64_t>> fixed_sizes_;
  std::span<const ColumnRequest> requests_;
  std::vector<std::optional<CellState>>* constant_states_ = nullptr;

  StepProgram program_;
  size_t last_label_ = 0;  // Steps before it must not change: something jumps behind them.

  struct Routine {
    NodeIndex node;
    Purpose purpose;
    uint32_t begin;
  };
  std::vector<Routine> routines_;
  std::vector<uint32_t> routine_of_node_;
  std::vector<bool> is_open_;  // Records that are being inlined right now.
  size_t open_count_ = 0;
};

}  // namespace mseavro
