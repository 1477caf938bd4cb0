#include "avro/wire/value_forms.h"

#include <optional>

namespace mseavro {
namespace {

struct Form {
  Op op;
  uint8_t null_branch = 0;
  size_t end = 0;  // The step behind those that it stands for.
};

std::optional<Op> field_form(Op value) {
  switch (value) {
    case Op::kLong:
      return Op::kLongField;
    case Op::kInt:
      return Op::kIntField;
    case Op::kDouble:
      return Op::kDoubleField;
    case Op::kString:
      return Op::kStringField;
    default:
      return std::nullopt;
  }
}

std::optional<Op> nullable_field_form(Op value) {
  switch (value) {
    case Op::kLong:
      return Op::kNullableLongField;
    case Op::kInt:
      return Op::kNullableIntField;
    case Op::kDouble:
      return Op::kNullableDoubleField;
    case Op::kString:
      return Op::kNullableStringField;
    default:
      return std::nullopt;
  }
}

class FormFinder {
 public:
  FormFinder(const StepProgram& program, const Schema& schema)
      : program_(program), schema_(schema) {}

  // No sequence looked for goes beyond the last step, for that is a kEndDatum or kReturn.
  std::optional<Form> at(size_t index) const {
    switch (op(index)) {
      case Op::kField:
        if (const auto form = field_form(op(index + 1))) return Form{*form, 0, index + 2};
        return nullable_field(index + 1);
      case Op::kItem:
        if (op(index + 1) != Op::kString) return std::nullopt;
        return Form{Op::kStringItem, 0, index + 2};
      case Op::kKey:
        if (op(index + 1) != Op::kString) return std::nullopt;
        return Form{Op::kStringEntry, 0, index + 2};
      case Op::kBeginArray:
        if (op(index + 1) != Op::kItems || op(index + 2) != Op::kItem ||
            op(index + 3) != Op::kDouble || op(index + 4) != Op::kNextItem) {
          return std::nullopt;
        }
        return Form{Op::kDoubleItems, 0, index + 6};
      default:
        return std::nullopt;
    }
  }

 private:
  Op op(size_t index) const { return program_.steps[index].op; }

  // A branch is kBeginBranch, a value of one step, kEndBranch; behind the first a kJump follows.
  std::optional<Form> nullable_field(size_t index) const {
    constexpr size_t kBranchSteps = 3;
    const Step& choice = program_.steps[index];
    if (choice.op != Op::kUnion || choice.slot != 2) return std::nullopt;
    const size_t first = index + 1;
    const size_t second = first + kBranchSteps + 1;
    const auto jumps = program_.jumps.begin() + choice.operand;
    if (jumps[0] != first || jumps[1] != second) return std::nullopt;
    if (!is_branch(first) || !is_branch(second)) return std::nullopt;
    const uint8_t null_branch = op(first + 1) == Op::kNull ? 0 : 1;
    const size_t null_value = (null_branch == 0 ? first : second) + 1;
    const size_t value = (null_branch == 0 ? second : first) + 1;
    const auto form = nullable_field_form(op(value));
    if (op(null_value) != Op::kNull || !form) return std::nullopt;
    return Form{*form, null_branch, second + kBranchSteps};
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

StepProgram with_value_forms(const StepProgram& program, const Schema& schema) {
  StepProgram formed = program;
  const FormFinder finder(program, schema);
  for (size_t index = 0; index < program.steps.size(); ++index) {
    const auto form = finder.at(index);
    if (!form) continue;
    Step& step = formed.steps[index];
    step.op = form->op;
    if (form->op != Op::kStringItem) step.flags = form->null_branch;
    step.operand = static_cast<int64_t>(form->end);
  }
  return formed;
}

}  // namespace mseavro
