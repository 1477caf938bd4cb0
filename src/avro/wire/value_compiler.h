// From a schema, or a pair of them, to the steps that hand every value to the target.
#pragma once

#include <utility>

#include "avro/wire/plan_compiler.h"
#include "avro/wire/read_plan.h"
#include "avro/wire/resolution.h"

namespace mseavro {

class ValueCompiler : protected PlanCompiler {
 public:
  // Values as the schema has them.
  explicit ValueCompiler(const Schema& schema, FieldSelection selection = {})
      : PlanCompiler(schema),
        reader_schema_(schema),
        resolution_(nullptr),
        selection_(std::move(selection)) {}

  // The writer's bytes as values of the reader. `resolution` and its schemas must outlive this.
  ValueCompiler(const Resolution& resolution, FieldSelection selection)
      : PlanCompiler(resolution.writer()),
        reader_schema_(resolution.reader()),
        resolution_(&resolution),
        selection_(std::move(selection)) {}

  StepProgram compile();

 protected:
  void put(NodeIndex writer, NodeIndex reader);
  // As PlanCompiler::finish.
  StepProgram finish_values();

 private:
  void put_union(NodeIndex writer, NodeIndex reader);
  void put_enum(NodeIndex writer, NodeIndex reader);
  void put_record(NodeIndex writer, NodeIndex reader);
  void put_resolved_fields(const Resolution::Pair& pair);
  void put_default(const Resolution::Pair& pair, uint32_t slot);
  void put_field(NodeIndex writer, NodeIndex record, uint32_t slot, uint8_t flags);
  void put_items(NodeIndex writer, NodeIndex reader);
  template <class PutValue>
  void put_branch(NodeIndex reader, size_t branch, const PutValue& put_value);
  void refuse(Mismatch mismatch);

  // Whether a field of the reader is wanted.
  bool is_selected(NodeIndex record, uint32_t slot) const {
    return selection_.empty() || record != reader_schema_.root_index() || selection_[slot];
  }

  const Schema& reader_schema_;
  const Resolution* const resolution_;  // nullptr: writer and reader are the same.
  const FieldSelection selection_;
  // What is being compiled, for refusals: a record and the reader's name of the field in it.
  const Resolution::Pair* pair_ = nullptr;
  std::string_view field_;
};

}  // namespace mseavro
