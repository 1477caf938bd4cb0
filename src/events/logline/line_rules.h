// Rules and schemas compiled: how each kind of line becomes a datum.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "avro/wire/write_plan.h"
#include "events/logline/field_form.h"
#include "events/logline/line_pattern.h"
#include "events/logline/rule_set.h"
#include "events/logline/time_format.h"
#include "mseavro/error.h"

namespace mseavro {

// The fields of a datum, one step for each that comes from the line.
struct FieldStep {
  FieldForm form = FieldForm::kText;
  bool is_count = false;                // Of kInteger: without a sign.
  uint32_t slot = 0;                    // Of the captured texts.
  std::string before{};                 // Bytes of the constant fields before it and of its branch.
  std::optional<std::string> absent{};  // In place of all of it when its parameter is not there.
  int64_t low = 0;                      // Of kInteger: what its type holds.
  int64_t high = 0;
  int64_t units_per_second = 0;       // Of kTimeNumber.
  NodeIndex node = 0;                 // Of kEnum.
  const FieldRange* range = nullptr;  // Of numbers; the rules own it.
  uint32_t range_reason = 0;
};

// One way in which lines of an event may look.
struct EventWay {
  LinePattern pattern;
  std::vector<FieldStep> steps;       // In the order of the schema.
  std::string after;                  // Bytes of the constant fields behind the last step.
  std::optional<uint32_t> time_slot;  // Of the event's own time, if the line pattern has none.
};

struct CompiledEvent {
  std::string name;
  std::string output;
  std::shared_ptr<const WritePlan> plan;
  std::vector<EventWay> ways;
  bool has_time = false;  // Whether every way knows when the event was.
};

// What is wrong with lines of the rules. A reason is an index into LineRules::reasons(); those of
// ranges ("rating_out_of_range") follow these.
enum FixedReason : uint32_t {
  kEmptyLine,
  kMissingField,
  kBadTimeReason,
  kUnknownEvent,
  kMalformedEvent,
  kLineTooLong,
  kFixedReasonCount,
};

struct CompileOptions {
  bool is_typed = false;  // Takes the typed schemas.
  // In place of the rules' ranges of the same fields. Errors name `option` as their place.
  std::vector<FieldRange> ranges{};
};

// The text of a schema by the name that the rules give it.
using SchemaLoader = std::function<Result<std::string>(const std::string& name)>;

// Immutable and thread-safe.
class LineRules {
 public:
  // Errors: kBadRules, with line and column; those of `load` and of schemas; kBadTimeZone;
  // kBadOptionValue, for a range of a field that no event has.
  static Result<std::shared_ptr<const LineRules>> compile(RuleSet rules, const SchemaLoader& load,
                                                          const CompileOptions& options);

  const std::vector<CompiledEvent>& events() const { return events_; }
  const std::vector<std::string>& reasons() const { return reasons_; }

  // The line pattern and the slot of what it leaves to the events; nullptr: the whole line.
  const LinePattern* line() const { return line_ ? &*line_ : nullptr; }
  uint32_t event_slot() const { return event_slot_; }
  // The slot of the line pattern's time.
  std::optional<uint32_t> time_slot() const { return time_slot_; }
  const TimeFormat& time_format() const { return *time_format_; }
  // Captured texts of a line: first those of the line pattern, then those of the way, then the
  // parameters of its query strings.
  size_t slot_count() const { return slot_count_; }

 private:
  friend class RuleCompiler;
  LineRules() = default;

  RuleSet rules_;
  std::optional<LinePattern> line_;
  uint32_t event_slot_ = 0;
  std::optional<uint32_t> time_slot_;
  std::optional<TimeFormat> time_format_;
  size_t slot_count_ = 0;
  std::vector<CompiledEvent> events_;
  std::vector<std::string> reasons_;
};

}  // namespace mseavro
