#include "events/logline/way_cover.h"

#include <algorithm>

#include "events/logline/field_value.h"

namespace mseavro {
namespace {

// The one text that a capture takes, or nullptr.
const std::string* constant_at(const LineRules& rules, const EventWay& way, uint32_t slot) {
  const size_t line_slot_count = rules.line() == nullptr ? 0 : rules.line()->captures().size();
  const bool is_of_line = slot < line_slot_count;
  const std::vector<Capture>& captures =
      is_of_line ? rules.line()->captures() : way.pattern.captures();
  const size_t index = is_of_line ? slot : slot - line_slot_count;
  if (index >= captures.size()) return nullptr;  // A parameter.
  return captures[index].value ? &*captures[index].value : nullptr;
}

bool takes_range(const FieldRange* first, const FieldRange* second) {
  if (first == nullptr) return true;
  return second != nullptr && first->low <= second->low && second->high <= first->high;
}

// A field and the schema that has it.
struct StepOfSchema {
  const FieldStep& step;
  const Schema& schema;

  const std::vector<std::string>& symbols() const { return schema.node(step.node).symbols; }
};

// Whether each text that is a value of the second is one of the first.
bool takes_all_values(const StepOfSchema& first, const StepOfSchema& second) {
  const FieldStep& step = first.step;
  const FieldStep& other = second.step;
  switch (step.form) {
    case FieldForm::kBytes:
      return true;
    case FieldForm::kText:
    case FieldForm::kList:
      return other.form != FieldForm::kBytes;
    case FieldForm::kInteger:
      return other.form == step.form && (other.is_count || !step.is_count) &&
             step.low <= other.low && other.high <= step.high &&
             takes_range(step.range, other.range);
    case FieldForm::kFloat:
    case FieldForm::kDouble:
      return other.form == step.form && takes_range(step.range, other.range);
    case FieldForm::kTimeText:
    case FieldForm::kBoolean:
      return other.form == step.form;
    case FieldForm::kTimeNumber:
      return other.form == step.form && other.units_per_second == step.units_per_second;
    case FieldForm::kEnum:
      return other.form == step.form && second.symbols() == first.symbols();
  }
  return false;
}

}  // namespace

bool takes_all_lines(const LineRules& rules, const WayOfEvent& first, const WayOfEvent& second) {
  if (!first.way.pattern.takes_all_of(second.way.pattern)) return false;
  return std::ranges::all_of(first.way.steps, [&](const FieldStep& step) {
    if (const std::string* constant = constant_at(rules, second.way, step.slot)) {
      return is_value_of(step, *first.event.plan, rules.time_format(), *constant);
    }
    // The line's own time is read before any event is tried.
    if (step.slot == rules.time_slot() && step.form == FieldForm::kTimeText) return true;
    const auto other = std::ranges::find(second.way.steps, step.slot, &FieldStep::slot);
    if (other == second.way.steps.end()) return step.form == FieldForm::kBytes;
    return (step.absent || !other->absent) &&
           takes_all_values({step, first.event.plan->schema()},
                            {*other, second.event.plan->schema()});
  });
}

}  // namespace mseavro
