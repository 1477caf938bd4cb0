#include "events/logline/field_value.h"

#include <cmath>

#include "base/text/number_text.h"

namespace mseavro {
namespace {

bool is_within(const FieldRange* range, double value) {
  return range == nullptr || (value >= range->low && value <= range->high);
}

}  // namespace

bool is_value_of(const FieldStep& step, const WritePlan& plan, const TimeFormat& time_format,
                 std::string_view text) {
  switch (step.form) {
    case FieldForm::kText:
    case FieldForm::kBytes:
    case FieldForm::kList:
      return true;
    case FieldForm::kTimeText:
      return time_format.read(text).has_value();
    case FieldForm::kTimeNumber: {
      const auto time = time_format.read(text);
      return time && time->in_units(step.units_per_second);
    }
    case FieldForm::kInteger: {
      const auto value = integer_of(text, step.is_count);
      return value && *value >= step.low && *value <= step.high &&
             is_within(step.range, static_cast<double>(*value));
    }
    case FieldForm::kFloat: {
      const auto value = parse_number32(text);
      return value && std::isfinite(*value) && is_within(step.range, *parse_number(text));
    }
    case FieldForm::kDouble: {
      const auto value = parse_number(text);
      return value && std::isfinite(*value) && is_within(step.range, *value);
    }
    case FieldForm::kBoolean:
      return boolean_of(text).has_value();
    case FieldForm::kEnum:
      return plan.find(step.node, text).has_value();
  }
  return false;
}

}  // namespace mseavro
