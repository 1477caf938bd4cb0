// What all compilers of steps share: emitting, skipping, and records as routines.
#pragma once

#include <limits>
#include <optional>
#include <unordered_map>
#include <vector>

#include "avro/schema/schema.h"
#include "avro/wire/step.h"

namespace mseavro {

// Bytes that every value of a node takes, or nullopt when they differ or must be looked at. One
// element for each node of the schema.
std::vector<std::optional<int64_t>> fixed_sizes(const Schema& schema);

// The op that hands a value of a scalar type to the target.
Op plain_op(SchemaType type);

bool is_string(const SchemaNode& node);

// The other branch's position in a union of null and one other.
std::optional<size_t> value_branch(const SchemaNode& node, const Schema& schema);

// Compiles once, then is thrown away. Types may refer to each other in chains and cycles of any
// length, and one type may stand in many places, so records are inlined only up to a bound; beyond
// it they become routines, each compiled once, from a queue rather than by recursion. What values
// are made into is up to the compilers that derive from it.
class PlanCompiler {
 protected:
  static constexpr NodeIndex kSkipped = std::numeric_limits<NodeIndex>::max();

  explicit PlanCompiler(const Schema& writer);

  void skip(NodeIndex node);

  // Emits a record of the writer by `emit_body()`, or a call of the routine that does. `reader` is
  // what it is read as, or kSkipped.
  template <class EmitBody>
  void record_or_call(NodeIndex writer, NodeIndex reader, const EmitBody& emit_body) {
    if (may_inline(writer)) {
      inline_record(writer, emit_body);
    } else {
      call(writer, reader);
    }
  }

  // Ends the datum, compiles what was called, records that are read by `emit_record(writer,
  // reader)`, and hands over the program.
  template <class EmitRecord>
  StepProgram finish(const EmitRecord& emit_record) {
    emit({Op::kEndDatum});
    // Compiling one may add more.
    for (size_t i = 0; i < routines_.size(); ++i) {
      routines_[i].begin = label();
      const auto [writer, reader, begin] = routines_[i];
      inline_record(writer, [&, writer = writer, reader = reader] {
        if (reader == kSkipped) return skip_fields(writer);
        emit_record(writer, reader);
      });
      emit({Op::kReturn});
    }
    return link();
  }

  size_t emit(Step step);
  void emit_skip_strings(int64_t count);
  // The next step: something jumps to it, so steps do not merge across it.
  uint32_t label();

  // Emits a kUnion over `count` indexes; `emit_branch(index)` emits each one's steps.
  template <class EmitBranch>
  void emit_union(size_t count, const EmitBranch& emit_branch) {
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

  const Schema& schema_;  // The writer's.
  const std::vector<std::optional<int64_t>> fixed_sizes_;
  StepProgram program_;

 private:
  struct Routine {
    NodeIndex writer;
    NodeIndex reader;
    uint32_t begin;
  };

  bool skip_as_items(NodeIndex item, bool is_map);
  bool skip_nullable(const SchemaNode& node);
  void skip_loop(NodeIndex item, bool is_map);
  void skip_fields(NodeIndex record);
  void emit_skip_fixed(int64_t size);
  bool may_merge_with(Op op) const;

  bool may_inline(NodeIndex writer) const;
  template <class EmitBody>
  void inline_record(NodeIndex writer, const EmitBody& emit_body) {
    is_open_[writer] = true;
    ++open_count_;
    emit_body();
    is_open_[writer] = false;
    --open_count_;
  }
  void call(NodeIndex writer, NodeIndex reader);
  StepProgram link();

  size_t last_label_ = 0;  // Steps before it must not change: something jumps behind them.
  std::vector<Routine> routines_;
  std::unordered_map<uint64_t, uint32_t> routine_of_pair_;
  std::vector<bool> is_open_;  // Records that are being inlined right now.
  size_t open_count_ = 0;
};

}  // namespace mseavro
