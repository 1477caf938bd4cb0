#include "avro/wire/value_forms.h"

#include <algorithm>
#include <optional>

namespace mseavro {
namespace {

struct Field {
  FieldForm form;
  uint32_t end;  // The step behind those that it stands for.
};

// Of a whole array or map.
struct Form {
  Op op;
  uint32_t end;
};

std::optional<FieldKind> field_kind(Op value) {
  switch (value) {
    case Op::kBoolean:
      return FieldKind::kBoolean;
    case Op::kInt:
      return FieldKind::kInt;
    case Op::kLong:
      return FieldKind::kLong;
    case Op::kFloat:
      return FieldKind::kFloat;
    case Op::kDouble:
      return FieldKind::kDouble;
    case Op::kEnum:
      return FieldKind::kEnum;
    case Op::kString:
      return FieldKind::kString;
    default:
      return std::nullopt;
  }
}

std::optional<FieldKind> nullable_field_kind(Op value) {
  switch (value) {
    case Op::kInt:
      return FieldKind::kNullableInt;
    case Op::kLong:
      return FieldKind::kNullableLong;
    case Op::kDouble:
      return FieldKind::kNullableDouble;
    case Op::kString:
      return FieldKind::kNullableString;
    default:
      return std::nullopt;
  }
}

FieldKind items_kind(Op form) {
  switch (form) {
    case Op::kFloatItems:
      return FieldKind::kFloatArray;
    case Op::kDoubleItems:
      return FieldKind::kDoubleArray;
    case Op::kStringItems:
      return FieldKind::kStringArray;
    default:
      return FieldKind::kStringMap;
  }
}

class FormFinder {
 public:
  FormFinder(const StepProgram& program, const Schema& schema)
      : program_(program), schema_(schema) {}

  // No sequence looked for goes beyond the last step, for that is a kEndDatum or kReturn.
  std::optional<Form> form_at(uint32_t index) const {
    const Op first = op(index);
    if (first != Op::kBeginArray && first != Op::kBeginMap) return std::nullopt;
    const bool is_map = first == Op::kBeginMap;
    const Op value = op(index + 3);
    if (op(index + 1) != Op::kItems || op(index + 2) != (is_map ? Op::kKey : Op::kItem) ||
        op(index + 4) != Op::kNextItem) {
      return std::nullopt;
    }
    const uint32_t end = index + 6;
    if (value == Op::kString) return Form{is_map ? Op::kStringEntries : Op::kStringItems, end};
    if (is_map) return std::nullopt;
    if (value == Op::kFloat) return Form{Op::kFloatItems, end};
    if (value == Op::kDouble) return Form{Op::kDoubleItems, end};
    return std::nullopt;
  }

  std::optional<Field> field_at(uint32_t index) const {
    if (op(index) != Op::kField) return std::nullopt;
    if (const auto kind = field_kind(op(index + 1))) {
      return Field{{*kind, index_limit(index + 1), index}, index + 2};
    }
    if (const auto form = form_at(index + 1)) {
      return Field{{items_kind(form->op), 0, index}, form->end};
    }
    return nullable_field_at(index);
  }

 private:
  Op op(size_t index) const { return program_.steps[index].op; }

  // Of the enum at that step, and of those of its symbols whose index takes one byte.
  uint8_t index_limit(uint32_t index) const {
    constexpr size_t kMostSymbols = 64;
    if (op(index) != Op::kEnum) return 0;
    const auto node = static_cast<NodeIndex>(program_.steps[index].operand);
    return static_cast<uint8_t>(2 * std::min(kMostSymbols, schema_.node(node).symbols.size()));
  }

  // A branch is kBeginBranch, a value of one step, kEndBranch; behind the first a kJump follows.
  std::optional<Field> nullable_field_at(uint32_t index) const {
    constexpr uint32_t kBranchSteps = 3;
    const Step& choice = program_.steps[index + 1];
    if (choice.op != Op::kUnion || choice.slot != 2) return std::nullopt;
    const uint32_t first = index + 2;
    const uint32_t second = first + kBranchSteps + 1;
    const auto jumps = program_.jumps.begin() + choice.operand;
    if (jumps[0] != first || jumps[1] != second) return std::nullopt;
    if (!is_branch(first) || !is_branch(second)) return std::nullopt;
    const bool is_null_first = op(first + 1) == Op::kNull;
    const uint32_t null_value = (is_null_first ? first : second) + 1;
    const uint32_t value = (is_null_first ? second : first) + 1;
    const auto kind = nullable_field_kind(op(value));
    if (op(null_value) != Op::kNull || !kind) return std::nullopt;
    const uint8_t null_byte = is_null_first ? 0 : 2;
    return Field{{*kind, null_byte, index}, second + kBranchSteps};
  }

  // In a reader's union of more branches a value has other hooks.
  bool is_branch(size_t index) const {
    if (op(index) != Op::kBeginBranch || op(index + 2) != Op::kEndBranch) return false;
    const auto node = static_cast<NodeIndex>(program_.steps[index].operand);
    return schema_.node(node).branches.size() == 2;
  }

  const StepProgram& program_;
  const Schema& schema_;
};

}  // namespace

FormedProgram with_value_forms(const StepProgram& program, const Schema& schema,
                               int32_t depth_limit) {
  FormedProgram formed{.program = program, .fields = {}};
  const FormFinder finder(program, schema);
  uint32_t list_end = 0;  // Behind the last field of the list that is open.
  const auto close_list = [&] {
    if (list_end != 0) formed.fields.push_back({FieldKind::kEnd, 0, list_end});
  };
  bool is_routine = false;
  int32_t depth = 0;
  for (uint32_t index = 0; index < program.steps.size(); ++index) {
    Step& step = formed.program.steps[index];
    is_routine |= step.op == Op::kEndDatum;
    if (step.op == Op::kItems) ++depth;
    if (step.op == Op::kNextItem) --depth;
    if (const auto form = finder.form_at(index)) {
      step.op = form->op;
      step.operand = form->end;
    }
    if (is_routine || depth >= depth_limit) continue;
    const auto field = finder.field_at(index);
    if (!field) continue;
    if (list_end != index) close_list();
    step.op = Op::kFields;
    step.slot = static_cast<uint32_t>(formed.fields.size());
    formed.fields.push_back(field->form);
    list_end = field->end;
  }
  close_list();
  return formed;
}

}  // namespace mseavro
