#include "avro/wire/read_plan.h"

#include <algorithm>
#include <string>
#include <utility>

#include "avro/wire/column_compiler.h"
#include "avro/wire/resolution.h"
#include "avro/wire/value_compiler.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr size_t kNamesShown = 12;

}  // namespace

std::string known_field_names(const SchemaNode& record) {
  std::string names;
  for (size_t i = 0; i < record.fields.size() && i < kNamesShown; ++i) {
    names += (i == 0 ? "" : ", ") + record.fields[i].name;
  }
  return record.fields.size() > kNamesShown ? names + ", ..." : names;
}

Status check_has_columns(const Schema& schema) {
  if (schema.root().type == SchemaType::kRecord) return {};
  return fail(ErrorCode::kBadSchema, "the schema's root is not a record, so it has no columns",
              "read it as JSON: mseavro cat", std::string(schema.root().branch_name()));
}

Result<std::shared_ptr<const ReadPlan>> ReadPlan::project(std::shared_ptr<const Schema> schema,
                                                          std::span<const ColumnRequest> requests) {
  MSEAVRO_TRY(check_has_columns(*schema));
  std::shared_ptr<ReadPlan> plan(new ReadPlan(schema));
  for (const ColumnRequest& request : requests) {
    if (!find_node(*schema, request.path)) {
      const std::string path = request.path.text();
      return fail(ErrorCode::kFieldMissing, "the schema has no field " + path,
                  "its fields are " + known_field_names(schema->root()), path, {.field = path});
    }
    plan->column_types_.push_back(request.type);
  }
  plan->program_ = ColumnCompiler(*schema).project(requests, &plan->constant_states_);
  if (std::ranges::none_of(plan->column_types_, is_json)) {
    plan->lane_program_ = LaneProgram::of(plan->program_);
  }
  return plan;
}

std::shared_ptr<const ReadPlan> ReadPlan::whole(std::shared_ptr<const Schema> schema,
                                                const FieldSelection& selection) {
  std::shared_ptr<ReadPlan> plan(new ReadPlan(schema));
  plan->program_ = ValueCompiler(*schema, selection).compile();
  return plan;
}

Result<std::shared_ptr<const ReadPlan>> ReadPlan::resolve(const Schema& writer,
                                                          std::shared_ptr<const Schema> reader,
                                                          const FieldSelection& selection) {
  MSEAVRO_ASSIGN(const Resolution resolution, Resolution::of(writer, *reader));
  std::shared_ptr<ReadPlan> plan(new ReadPlan(std::move(reader)));
  plan->program_ = ValueCompiler(resolution, selection).compile();
  return plan;
}

}  // namespace mseavro
