#include "events/logline/line_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "avro/schema/schema_print.h"
#include "base/result/edit_distance.h"
#include "base/result/result.h"
#include "events/logline/field_value.h"
#include "events/logline/way_cover.h"

namespace mseavro {
namespace {

// A captured field and the slot of its text.
struct Source {
  const CapturedField* field;
  uint32_t slot;
  bool is_parameter = false;
  const std::string* constant = nullptr;  // The only text that it takes.
};

Source source_of(const Capture& capture, uint32_t slot) {
  return {&capture.field, slot, false, capture.value ? &*capture.value : nullptr};
}

// How to capture the field, in all ways that fit; "" when none does.
std::string fitting_captures(const Schema& schema, const SchemaNode* node, const Source& source) {
  std::vector<std::string> captures;
  for (const auto& [name, type] : capture_types()) {
    if (node == nullptr || !form_of(schema, *node, type)) continue;
    const std::string capture = fmt::format("{}:{}", source.field->name, name);
    captures.push_back(source.is_parameter ? capture : fmt::format("{{{}}}", capture));
  }
  return fmt::format("{}", fmt::join(captures, " or "));
}

std::vector<std::string_view> field_names(const Schema& schema) {
  std::vector<std::string_view> names;
  for (const SchemaField& field : schema.root().fields) names.push_back(field.name);
  return names;
}

// What captures the field, alone or as a parameter; nullptr: nothing does.
const CapturedField* find_captured(const std::vector<Capture>& captures, std::string_view name) {
  for (const Capture& capture : captures) {
    if (capture.field.name == name) return &capture.field;
    const auto parameter = std::ranges::find(capture.parameters, name, &CapturedField::name);
    if (parameter != capture.parameters.end()) return &*parameter;
  }
  return nullptr;
}

// A pattern of the rules and what it was compiled to.
struct PlacedPattern {
  const RuleText* text;
  const CompiledEvent* event;
  size_t way_begin;  // Of the event's ways.
  size_t way_end;

  std::span<const EventWay> ways() const {
    return std::span(event->ways).subspan(way_begin, way_end - way_begin);
  }
};

// Whether a range is none of the rules' own.
bool is_of_option(const FieldRange& range) { return range.field.line < 0; }

std::string closest_number(std::string_view name, const std::set<std::string_view>& numbers) {
  if (numbers.empty()) return "only numbers have ranges, and the patterns capture none";
  return did_you_mean(name, {numbers.begin(), numbers.end()},
                      fmt::format("the numbers are {}", fmt::join(numbers, ", ")));
}

}  // namespace

class RuleCompiler {
 public:
  RuleCompiler(RuleSet rules, const SchemaLoader& load, const CompileOptions& options)
      : made_(new LineRules), load_(load), options_(options) {
    made_->rules_ = std::move(rules);
    made_->reasons_ = {"empty_line",    "missing_field",   "bad_time",
                       "unknown_event", "malformed_event", "line_too_long"};
  }

  Result<std::shared_ptr<const LineRules>> compile() {
    MSEAVRO_TRY(compile_time_format());
    if (rules().line) MSEAVRO_TRY(compile_line());
    made_->slot_count_ = line_slot_count();
    for (EventRule& event : made_->rules_.events) MSEAVRO_TRY(add_event(&event));
    MSEAVRO_TRY(check_line());
    for (size_t index = 0; index < rules().events.size(); ++index) {
      MSEAVRO_TRY(compile_patterns(rules().events[index], &made_->events_[index]));
    }
    MSEAVRO_TRY(check_ranges_are_used());
    MSEAVRO_TRY(check_patterns_are_reached());
    return std::shared_ptr<const LineRules>(std::move(made_));
  }

 private:
  const RuleSet& rules() const { return made_->rules_; }

  uint32_t line_slot_count() const {
    return made_->line_ ? static_cast<uint32_t>(made_->line_->captures().size()) : 0;
  }

  // An error of a pattern or format, at its place in the file.
  tl::unexpected<Error> placed(const RuleText& where, Error error) const {
    if (error.code != ErrorCode::kBadRules) return tl::unexpected<Error>(std::move(error));
    return rule_error(rules(), where, error.message, std::move(error.help), error.place.byte);
  }

  Status compile_time_format() {
    auto zone = TimeZone::find(rules().time_zone.text);
    if (!zone) {
      const RuleText& text = rules().time_zone;
      zone.error().message = fmt::format("column {}: {}", text.column, zone.error().message);
      zone.error().place = {.file = rules().path, .line = text.line};
      return tl::unexpected<Error>(std::move(zone.error()));
    }
    auto format = TimeFormat::make(rules().time_format.text, std::move(*zone));
    if (!format) return placed(rules().time_format, std::move(format.error()));
    made_->time_format_ = std::move(*format);
    return {};
  }

  Status compile_line() {
    const RuleText& text = *rules().line;
    auto ways = LinePattern::parse(text.text);
    if (!ways) return placed(text, std::move(ways.error()));
    if (ways->size() > 1) {
      return rule_error(rules(), text, "the pattern of all lines has an optional part",
                        "put it into the patterns of the events; a [ of the line is doubled: [[");
    }
    made_->line_ = std::move(ways->front());
    const std::vector<Capture>& captures = made_->line_->captures();
    const auto event = std::ranges::find_if(
        captures, [](const Capture& capture) { return capture.field.name == kEventCapture; });
    if (event == captures.end()) {
      return rule_error(rules(), text, "the pattern of all lines leaves nothing to the events",
                        "it needs {event}, or {event...}, where the events' patterns go on");
    }
    made_->event_slot_ = static_cast<uint32_t>(event - captures.begin());
    for (size_t slot = 0; slot < captures.size(); ++slot) {
      if (captures[slot].is_query()) {
        return rule_error(rules(), text, "a query string belongs into the patterns of the events",
                          "let {event} begin before it", captures[slot].parameters.front().offset);
      }
      if (captures[slot].field.type != CaptureType::kTime) continue;
      if (made_->time_slot_) {
        return rule_error(rules(), text, "a line has one time",
                          "capture the other as it stands, without :time",
                          captures[slot].field.offset);
      }
      made_->time_slot_ = static_cast<uint32_t>(slot);
    }
    return {};
  }

  Status add_event(EventRule* rule) {
    merge_ranges(rule);
    CompiledEvent event{rule->name.text, rule->output.text, {}, {}, true};
    MSEAVRO_ASSIGN(const auto schema, load_schema(*rule));
    MSEAVRO_ASSIGN(event.plan, WritePlan::compile(schema));
    made_->events_.push_back(std::move(event));
    return {};
  }

  // What the line captures is a field of an event. This is found before the fields that, for want
  // of it, nothing captures.
  Status check_line() const {
    if (!made_->line_) return {};
    const std::vector<std::string_view> known = all_field_names();
    for (const Capture& capture : made_->line_->captures()) {
      const std::string& name = capture.field.name;
      if (name.empty() || name == kEventCapture || capture.field.type == CaptureType::kTime ||
          std::ranges::count(known, name) > 0) {
        continue;
      }
      return rule_error(rules(), *rules().line, fmt::format("no event has a field \"{}\"", name),
                        did_you_mean(name, known, "write {} for what is not kept"),
                        capture.field.offset);
    }
    return {};
  }

  std::vector<std::string_view> all_field_names() const {
    std::vector<std::string_view> all;
    for (const CompiledEvent& event : made_->events_) {
      const std::vector<std::string_view> names = field_names(event.plan->schema());
      all.insert(all.end(), names.begin(), names.end());
    }
    return all;
  }

  Status compile_patterns(const EventRule& rule, CompiledEvent* event) {
    for (const RuleText& text : rule.patterns) {
      const size_t way_begin = event->ways.size();
      auto patterns = LinePattern::parse(text.text);
      if (!patterns) return placed(text, std::move(patterns.error()));
      // The first way has all optional parts.
      const std::vector<Capture> all_captures = patterns->front().captures();
      for (LinePattern& pattern : *patterns) {
        MSEAVRO_ASSIGN(EventWay way,
                       compile_way(rule, text, *event->plan, std::move(pattern), all_captures));
        event->has_time = event->has_time && (way.time_slot || made_->time_slot_);
        event->ways.push_back(std::move(way));
      }
      patterns_.push_back({&text, event, way_begin, event->ways.size()});
    }
    return {};
  }

  // A pattern that those before it leave no line is a mistake.
  Status check_patterns_are_reached() const {
    for (auto pattern = patterns_.begin(); pattern != patterns_.end(); ++pattern) {
      const std::span<const PlacedPattern> before(patterns_.begin(), pattern);
      const RuleText* taker = nullptr;
      for (const EventWay& way : pattern->ways()) {
        taker = find_taker(before, {*pattern->event, way});
        if (taker == nullptr) break;
      }
      if (taker == nullptr) continue;
      return rule_error(
          rules(), *pattern->text,
          fmt::format("no line comes here: the pattern in line {} takes them all", taker->line),
          "patterns are tried in the order of the file: leave one of them out, or put the one that "
          "takes less first");
    }
    return {};
  }

  const RuleText* find_taker(std::span<const PlacedPattern> patterns, const WayOfEvent& way) const {
    for (const PlacedPattern& pattern : patterns) {
      for (const EventWay& first : pattern.ways()) {
        if (takes_all_lines(*made_, {*pattern.event, first}, way)) return pattern.text;
      }
    }
    return nullptr;
  }

  void merge_ranges(EventRule* rule) {
    for (const FieldRange& range : options_.ranges) {
      const auto own = std::ranges::find_if(rule->ranges, [&](const FieldRange& other) {
        return other.field.text == range.field.text;
      });
      if (own == rule->ranges.end()) {
        rule->ranges.push_back(range);
      } else {
        *own = range;
      }
    }
  }

  Result<std::shared_ptr<const Schema>> load_schema(const EventRule& rule) {
    if (options_.is_typed && !rule.typed_schema) {
      return rule_error(rules(), rule.name, "the event has no \"typed_schema\"",
                        "add one, or leave out --typed");
    }
    const RuleText& name = options_.is_typed ? *rule.typed_schema : rule.schema;
    auto text = load_(name.text);
    if (!text) return rule_error(rules(), name, text.error().message, text.error().help);
    auto schema = Schema::parse(*text);
    if (!schema) {
      schema.error().place.file = name.text;
      return schema;
    }
    if ((*schema)->root().type == SchemaType::kRecord) return schema;
    return rule_error(rules(), name, "the schema is no record",
                      "as one that is: mseavro schema show movie_rating_schema");
  }

  Result<EventWay> compile_way(const EventRule& rule, const RuleText& text, const WritePlan& plan,
                               LinePattern pattern, const std::vector<Capture>& all_captures) {
    EventWay way{std::move(pattern), {}, {}, std::nullopt};
    const std::vector<Source> sources = sources_of(way);
    MSEAVRO_TRY(check_sources(rule, text, plan, sources));
    const SchemaNode& record = plan.schema().root();
    std::string constant;
    for (uint32_t slot = 0; slot < record.fields.size(); ++slot) {
      const SchemaField& field = record.fields[slot];
      const auto source = std::ranges::find_if(
          sources, [&](const Source& other) { return other.field->name == field.name; });
      const std::string* absent = plan.default_bytes(plan.schema().root_index(), slot);
      if (source != sources.end()) {
        MSEAVRO_ASSIGN(FieldStep step, make_step(rule, text, plan.schema(), field, *source));
        MSEAVRO_TRY(check_constant(text, plan, field, step, *source));
        if (source->is_parameter && absent != nullptr) step.absent = *absent;
        if (step.absent) step.absent->insert(0, constant);
        step.before.insert(0, std::exchange(constant, {}));
        way.steps.push_back(std::move(step));
      } else if (absent != nullptr) {
        constant += *absent;
      } else {
        return missing_field(rule, text, field, find_captured(all_captures, field.name));
      }
    }
    way.after = std::move(constant);
    return way;
  }

  // `optional` is what captures the field in another way through the pattern, if anything does.
  tl::unexpected<Error> missing_field(const EventRule& rule, const RuleText& text,
                                      const SchemaField& field,
                                      const CapturedField* optional) const {
    if (optional != nullptr) {
      return rule_error(
          rules(), text,
          fmt::format("the field \"{}\" of {} has no default, and stands in an optional part",
                      field.name, rule.name.text),
          "take it out of the brackets, or give the schema's field a default, as null in a "
          "union with null",
          optional->offset);
    }
    if (const CapturedField* time = misspelt_time(field)) {
      return rule_error(rules(), *rules().line,
                        fmt::format("no event has a field \"{}\"", time->name),
                        fmt::format("did you mean {}?", field.name), time->offset);
    }
    return rule_error(rules(), text,
                      fmt::format("nothing captures the field \"{}\" of {}, and it has no default",
                                  field.name, rule.name.text),
                      fmt::format("put {{{}}} where it stands in the line", field.name));
  }

  // The time of the line, if it is called nearly like the field, and like none. It need not be one.
  const CapturedField* misspelt_time(const SchemaField& field) const {
    if (!made_->time_slot_) return nullptr;
    const CapturedField& time = made_->line_->captures()[*made_->time_slot_].field;
    const bool is_close = !closest_name(time.name, {field.name}).empty();
    return is_close && std::ranges::count(all_field_names(), time.name) == 0 ? &time : nullptr;
  }

  // The way's captures and parameters, then those of the line; a way's name hides a line's.
  std::vector<Source> sources_of(EventWay& way) {
    std::vector<Source> sources;
    uint32_t slot = line_slot_count();
    for (const Capture& capture : way.pattern.captures()) {
      if (!capture.field.name.empty()) sources.push_back(source_of(capture, slot));
      if (capture.field.type == CaptureType::kTime && !made_->time_slot_) way.time_slot = slot;
      ++slot;
    }
    for (const Capture& capture : way.pattern.captures()) {
      for (const CapturedField& field : capture.parameters)
        sources.push_back({&field, slot++, true});
    }
    made_->slot_count_ = std::max<size_t>(made_->slot_count_, slot);
    way_source_count_ = sources.size();
    if (made_->line_) {
      uint32_t line_slot = 0;
      for (const Capture& capture : made_->line_->captures()) {
        if (!capture.field.name.empty()) sources.push_back(source_of(capture, line_slot));
        ++line_slot;
      }
    }
    return sources;
  }

  Status check_sources(const EventRule& rule, const RuleText& text, const WritePlan& plan,
                       const std::vector<Source>& sources) {
    std::set<std::string_view> names;
    const Schema& schema = plan.schema();
    for (size_t index = 0; index < way_source_count_; ++index) {
      const CapturedField& field = *sources[index].field;
      const std::string& name = field.name;
      if (!plan.find(schema.root_index(), name)) {
        return rule_error(rules(), text,
                          fmt::format("the schema of {} has no field \"{}\"", rule.name.text, name),
                          did_you_mean(name, field_names(schema),
                                       "name a field, or write {} for what is not kept"),
                          field.offset);
      }
      if (!names.insert(name).second) {
        return rule_error(rules(), text, fmt::format("\"{}\" is captured twice", name),
                          "write {} for the one that is not kept", field.offset);
      }
    }
    return {};
  }

  Result<FieldStep> make_step(const EventRule& rule, const RuleText& text, const Schema& schema,
                              const SchemaField& field, const Source& source) {
    const auto type = type_of(schema, field.node);
    const SchemaNode* node = type ? &schema.node(type->node) : nullptr;
    const auto form = type ? form_of(schema, *node, source.field->type) : std::nullopt;
    if (!form) {
      const std::string captures = fitting_captures(schema, node, source);
      return rule_error(rules(), text_of(source, text),
                        fmt::format("what \"{}\" captures cannot become {}, the type of the field "
                                    "in the schema of {}",
                                    field.name, type_words(schema, field.node), rule.name.text),
                        captures.empty() ? "no capture does: give the field a default and leave it "
                                           "out here, or change the schema"
                                         : fmt::format("write {}, or change the schema", captures),
                        source.field->offset);
    }
    FieldStep step;
    step.form = *form;
    step.slot = source.slot;
    step.node = type->node;
    step.before = type->branch;
    if (source.is_parameter) step.absent = type->null;
    step.is_count = source.field->type == CaptureType::kCount;
    const bool is_int = node->type == SchemaType::kInt;
    step.low = is_int ? std::numeric_limits<int32_t>::min() : std::numeric_limits<int64_t>::min();
    step.high = is_int ? std::numeric_limits<int32_t>::max() : std::numeric_limits<int64_t>::max();
    step.units_per_second = timestamp_units(node->logical).value_or(0);
    MSEAVRO_TRY(add_range(rule, field.name, &step));
    return step;
  }

  // A line with the only text that its capture takes must have a chance.
  Status check_constant(const RuleText& text, const WritePlan& plan, const SchemaField& field,
                        const FieldStep& step, const Source& source) const {
    if (source.constant == nullptr) return {};
    FieldStep any = step;
    any.range = nullptr;
    const bool is_value = is_value_of(any, plan, made_->time_format(), *source.constant);
    // What a range of the command line leaves out is left out on purpose.
    const bool has_own_range = step.range != nullptr && !is_of_option(*step.range);
    if (is_value &&
        (!has_own_range || is_value_of(step, plan, made_->time_format(), *source.constant))) {
      return {};
    }
    return rule_error(
        rules(), text_of(source, text),
        is_value
            ? fmt::format("\"{}\" is outside of the range of \"{}\"", *source.constant, field.name)
            : fmt::format("\"{}\" is no value of \"{}\", which is {}", *source.constant, field.name,
                          type_words(plan.schema(), field.node)),
        fmt::format("no line would become an event: write {{{}}} to take any value", field.name),
        source.field->offset);
  }

  // The pattern in which it captures.
  const RuleText& text_of(const Source& source, const RuleText& text) const {
    return source.slot < line_slot_count() ? *rules().line : text;
  }

  Status add_range(const EventRule& rule, const std::string& name, FieldStep* step) {
    if (is_number(step->form)) numbers_[&rule].insert(name);
    const auto range = std::ranges::find_if(
        rule.ranges, [&](const FieldRange& other) { return other.field.text == name; });
    if (range == rule.ranges.end()) return {};
    if (!is_number(step->form)) {
      // A range of the command line is for the events that have such a number.
      if (is_of_option(*range)) return {};
      return rule_error(rules(), range->field, fmt::format("\"{}\" is no number", name),
                        "only numbers have ranges: leave it out");
    }
    step->range = &*range;
    step->range_reason = reason_of(name + "_out_of_range");
    return {};
  }

  uint32_t reason_of(const std::string& reason) {
    const auto found = std::ranges::find(made_->reasons_, reason);
    if (found == made_->reasons_.end()) made_->reasons_.push_back(reason);
    return static_cast<uint32_t>(std::ranges::find(made_->reasons_, reason) -
                                 made_->reasons_.begin());
  }

  Status check_ranges_are_used() const {
    std::set<std::string_view> all_numbers;
    for (const EventRule& rule : rules().events) {
      const std::set<std::string_view> numbers = numbers_of(rule);
      all_numbers.insert(numbers.begin(), numbers.end());
      for (const FieldRange& range : rule.ranges) {
        if (is_of_option(range) || numbers.contains(range.field.text)) continue;
        return rule_error(
            rules(), range.field,
            fmt::format("no pattern of {} captures \"{}\"", rule.name.text, range.field.text),
            closest_number(range.field.text, numbers));
      }
    }
    for (const FieldRange& range : options_.ranges) {
      if (all_numbers.contains(range.field.text)) continue;
      return fail(ErrorCode::kBadOptionValue,
                  fmt::format("--range: no event has a number \"{}\"", range.field.text),
                  closest_number(range.field.text, all_numbers));
    }
    return {};
  }

  // The numbers that patterns of the event capture.
  std::set<std::string_view> numbers_of(const EventRule& rule) const {
    const auto found = numbers_.find(&rule);
    return found == numbers_.end() ? std::set<std::string_view>() : found->second;
  }

  std::shared_ptr<LineRules> made_;
  const SchemaLoader& load_;
  const CompileOptions& options_;
  std::vector<PlacedPattern> patterns_;  // In the order in which lines try them.
  size_t way_source_count_ = 0;
  // Views into the schemas.
  std::map<const EventRule*, std::set<std::string_view>> numbers_;
};

Result<std::shared_ptr<const LineRules>> LineRules::compile(RuleSet rules, const SchemaLoader& load,
                                                            const CompileOptions& options) {
  return RuleCompiler(std::move(rules), load, options).compile();
}

}  // namespace mseavro
