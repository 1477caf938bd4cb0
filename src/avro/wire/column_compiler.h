// From a schema and requests to the steps that decode columns.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "avro/wire/read_plan.h"
#include "avro/wire/value_compiler.h"

namespace mseavro {

// Columns of JSON take whole values; the compiler of those puts them.
class ColumnCompiler : private ValueCompiler {
 public:
  explicit ColumnCompiler(const Schema& schema) : ValueCompiler(schema) {}

  // The steps that decode `requests`, whose paths exist, into columns. `constant_states` gets, for
  // each request, the state that its cells have in every row, or nullopt when steps set it.
  StepProgram project(std::span<const ColumnRequest> requests,
                      std::vector<std::optional<CellState>>* constant_states);

 private:
  // A request below the node that is being compiled: `depth` steps of its path are behind.
  struct Pending {
    uint32_t slot;
    size_t depth;
  };
  using PendingList = std::vector<Pending>;

  void project_node(NodeIndex node, PendingList pending, bool conditional);
  // Takes the columns of JSON that end at the node off `pending`. Returns whether one of them reads
  // past the node, because no other column is left to.
  bool project_cells(NodeIndex node, PendingList& pending, bool conditional);
  void project_union(NodeIndex node, const PendingList& pending);
  bool project_nullable(const SchemaNode& node, const PendingList& pending);
  void project_record(const SchemaNode& node, const PendingList& deeper, bool conditional);
  void project_map(const SchemaNode& node, const PendingList& deeper);
  void project_scalar(NodeIndex node, const PendingList& pending, bool conditional);
  void read_scalar(NodeIndex node, uint32_t slot, bool conditional);

  void set_state(uint32_t slot, CellState state, bool conditional);
  const FieldPath::Step& path_step(const Pending& pending) const;

  std::span<const ColumnRequest> requests_;
  std::vector<std::optional<CellState>>* constant_states_ = nullptr;
};

}  // namespace mseavro
