#include "events/contract/event_lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "avro/schema/logical_type.h"
#include "avro/schema/schema_names.h"
#include "avro/schema/schema_print.h"
#include "base/result/result.h"
#include "base/text/json_document.h"
#include "base/text/number_text.h"
#include "events/contract/contract.h"
#include "events/role/field_match.h"
#include "events/role/synonyms.h"
#include "events/source/schema_fields.h"

namespace mseavro {
namespace {

constexpr LintRule kTextNumber = {"text-number",
                                  "text sorts and sums wrongly, \"3,5\" and \"n/a\" get in, and "
                                  "every reader parses it in its own "
                                  "way"};
constexpr LintRule kPlainTime = {
    "plain-time",
    "nobody can tell seconds from milliseconds but by guessing, and engines show a "
    "number"};
constexpr LintRule kNoVersion = {
    "no-version",
    "the errors of two models are mixed in one number, and a bad release does not show"};
constexpr LintRule kNoTimestamp = {
    "no-timestamp", "without the time of the event there are no windows and no answer as of a day"};
constexpr LintRule kLateField = {
    "late-field", "the truth comes after the prediction, so that a value must be made up for it"};

using Words = std::vector<std::string>;

template <size_t count>
bool is_one_of(std::string_view word, const std::string_view (&words)[count]) {
  return std::ranges::find(words, word) != std::end(words);
}

// What a name says is counted or measured. Words that are as often something else (`value`,
// `error`, `size`) are not here.
std::optional<SchemaType> number_by_name(Words words) {
  static constexpr std::string_view kCounts[] = {
      "count", "quantity", "qty", "minute", "minutes", "seconds", "millis", "bytes", "hour", "age"};
  static constexpr std::string_view kMeasures[] = {
      "prediction",  "score",      "price",    "amount",     "cost",      "ratio",
      "percent",     "percentage", "latency",  "latitude",   "longitude", "probability",
      "temperature", "distance",   "residual", "confidence", "rating",    "lat",
      "lon",         "lng",        "height",   "weight"};
  static constexpr std::string_view kUnits[] = {
      "c",  "f",  "k",   "kg",  "g",   "lb",  "km",  "m",   "cm", "mm", "mi",
      "ft", "ms", "sec", "pct", "deg", "eur", "usd", "gbp", "mb", "gb", "kb"};
  // A class, a style or an opening time; the last word alone would be a number.
  static constexpr std::pair<std::string_view, std::string_view> kTexts[] = {
      {"content", "rating"}, {"age", "rating"},      {"credit", "rating"}, {"parental", "rating"},
      {"mpaa", "rating"},    {"maturity", "rating"}, {"font", "weight"},   {"line", "height"},
      {"opening", "hour"},   {"closing", "hour"}};
  if (words.size() > 1 && is_one_of(words.back(), kUnits) &&
      (is_one_of(words[words.size() - 2], kCounts) ||
       is_one_of(words[words.size() - 2], kMeasures))) {
    words.pop_back();
  }
  if (words.empty()) return std::nullopt;
  if (words.size() > 1 &&
      std::ranges::find(kTexts, std::pair<std::string_view, std::string_view>(
                                    words[words.size() - 2], words.back())) != std::end(kTexts)) {
    return std::nullopt;
  }
  if (is_one_of(words.back(), kCounts)) return SchemaType::kLong;
  if (is_one_of(words.back(), kMeasures)) return SchemaType::kDouble;
  const auto match = match_name(words, SourceKind::kPredictions);
  if (!match) return std::nullopt;
  const bool is_number = match->role == Role::kSquaredError || match->role == Role::kPrediction ||
                         (match->role == Role::kActual && words.front() == "actual");
  if (is_number && match->rank <= NameRank::kStrong) return SchemaType::kDouble;
  return std::nullopt;
}

// How a name that speaks of an instant says it is counted.
struct TimeName {
  std::optional<TimeUnit> unit;
  bool is_day = false;
};

std::optional<TimeName> time_by_name(Words words) {
  static constexpr std::pair<std::string_view, TimeUnit> kUnits[] = {
      {"s", TimeUnit::kSeconds},     {"sec", TimeUnit::kSeconds},   {"seconds", TimeUnit::kSeconds},
      {"ms", TimeUnit::kMillis},     {"millis", TimeUnit::kMillis}, {"us", TimeUnit::kMicros},
      {"micros", TimeUnit::kMicros}, {"ns", TimeUnit::kNanos},      {"nanos", TimeUnit::kNanos}};
  static constexpr std::string_view kInstants[] = {"time",     "timestamp", "ts",  "at",
                                                   "datetime", "epoch",     "date"};
  // A response time is a length of time.
  static constexpr std::string_view kLengths[] = {
      "response", "elapsed", "run",       "watch",     "wait", "processing", "travel",
      "cpu",      "load",    "play",      "idle",      "lead", "up",         "down",
      "total",    "service", "execution", "inference", "read", "write",      "render"};
  TimeName name;
  if (!words.empty()) {
    for (const auto& [word, unit] : kUnits) {
      if (words.back() == word) name.unit = unit;
    }
    if (name.unit) words.pop_back();
  }
  if (words.empty() || !is_one_of(words.back(), kInstants)) return std::nullopt;
  if (words.size() > 1 && is_one_of(words[words.size() - 2], kLengths)) return std::nullopt;
  name.is_day = words.back() == "date";
  return name;
}

// The same of names that speak of an instant without a word for it, which for less than a long, or
// inside of something else, would rather be a count, a flag or an offset.
std::optional<TimeName> time_by_event(const Words& words, const SchemaNode& record,
                                      SchemaType type) {
  static constexpr std::string_view kEvents[] = {"created", "modified", "updated", "expires"};
  static constexpr std::string_view kLast[] = {"seen",    "login", "active",  "modified",
                                               "updated", "used",  "accessed"};
  static constexpr std::string_view kEnds[] = {"start", "end"};
  static constexpr std::string_view kStretches[] = {"span",  "range", "slice", "segment", "chunk",
                                                    "token", "page",  "match", "offset",  "entity"};
  const bool is_long = type == SchemaType::kLong;
  if (words.size() == 1) {
    if (words[0] == "birthday") return TimeName{std::nullopt, true};
    if (is_long && is_one_of(words[0], kEvents)) return TimeName{};
    const Words names = name_words(unqualified_name(record.name));
    const bool is_stretch = !names.empty() && is_one_of(names.back(), kStretches);
    if (is_long && is_one_of(words[0], kEnds) && !is_stretch) return TimeName{};
  }
  if (words.size() == 2) {
    if (words[0] == "last" && is_one_of(words[1], kLast)) return TimeName{};
    if (is_long && words[0] == "date" && is_one_of(words[1], kEvents)) return TimeName{};
  }
  return std::nullopt;
}

// A field's only type beside null, and where it stands.
struct PlainType {
  NodeIndex node;
  std::optional<size_t> branch;  // Of the union, when it is one.
};

std::optional<PlainType> plain_type(const Schema& schema, const SchemaField& field) {
  const SchemaNode& type = schema.node(field.node);
  if (type.type != SchemaType::kUnion) return PlainType{field.node, std::nullopt};
  std::optional<PlainType> plain;
  for (size_t i = 0; i < type.branches.size(); ++i) {
    if (schema.node(type.branches[i]).type == SchemaType::kNull) continue;
    if (plain) return std::nullopt;
    plain = PlainType{type.branches[i], i};
  }
  return plain;
}

bool is_optional(const Schema& schema, const SchemaField& field) {
  const SchemaNode& type = schema.node(field.node);
  return type.type == SchemaType::kNull ||
         std::ranges::any_of(type.branches, [&](NodeIndex branch) {
           return schema.node(branch).type == SchemaType::kNull;
         });
}

// Digits of a default that is text; nullopt when it says no number.
std::optional<std::string> default_number(const SchemaField& field) {
  JsonDocument json;
  if (!field.default_json || !json.parse(*field.default_json)) return std::nullopt;
  if (json.root().kind() != JsonKind::kString) return std::nullopt;
  const std::string text(json.root().text());
  return parse_number(text) && is_json_number(text) ? std::optional(text) : std::nullopt;
}

class EventLinter {
 public:
  EventLinter(const Schema& schema, const Schema* former, SchemaLint& lint)
      : schema_(schema), former_(former), lint_(lint), catalog_(list_schema_fields(schema)) {}

  void run() {
    for (NodeIndex index = 0; index < schema_.node_count(); ++index) {
      const SchemaNode& node = schema_.node(index);
      for (size_t i = 0; i < node.fields.size(); ++i) {
        check_number(index, i);
        check_time(index, i);
      }
    }
    if (schema_.root().type != SchemaType::kRecord) return;
    if (is_prediction_event()) {
      check_prediction_event();
    } else if (is_label_event()) {
      check_label_event();
    }
  }

 private:
  // Whether a field has the role by what the schema says of it, or by a name that says it no worse
  // than `worst`.
  static bool has_role(const CandidateField& field, Role role, SourceKind source, NameRank worst) {
    if (field.role_property) return *field.role_property == role_name(role);
    if (field.kind == FieldKind::kOther) return false;
    const auto match = match_field(field, source);
    return match && match->role == role && match->rank <= worst;
  }

  bool has_role(Role role, SourceKind source, NameRank worst) const {
    return std::ranges::any_of(catalog_, [&](const CandidateField& field) {
      return has_role(field, role, source, worst);
    });
  }

  // An integer called `predictions` is a count of them.
  bool is_prediction_event() const {
    return std::ranges::any_of(catalog_, [](const CandidateField& field) {
      const NameRank worst =
          field.kind == FieldKind::kInteger ? NameRank::kAlias : NameRank::kStrong;
      return has_role(field, Role::kPrediction, SourceKind::kPredictions, worst);
    });
  }

  bool is_label_event() const {
    return has_role(Role::kActual, SourceKind::kLabels, NameRank::kStrong) &&
           has_role(Role::kPredictionId, SourceKind::kLabels, NameRank::kWeak);
  }

  static std::string place_of(const SchemaNode& record, const SchemaField& field) {
    return fmt::format("{}.{}", shown_name(record.name), shown_name(field.name));
  }

  bool is_shipped(const SchemaNode& record, const SchemaField& field) const {
    if (former_ == nullptr) return false;
    for (NodeIndex index = 0; index < former_->node_count(); ++index) {
      const SchemaNode& node = former_->node(index);
      const bool is_former = node.name == record.name ||
                             (&node == &former_->root() && &record == &schema_.root()) ||
                             std::ranges::find(record.aliases, node.name) != record.aliases.end();
      if (!is_former) continue;
      if (std::ranges::find(node.fields, field.name, &SchemaField::name) != node.fields.end()) {
        return true;
      }
    }
    return false;
  }

  // Gives the field a type instead of its plain one.
  void replace_type(NodeIndex record, size_t i, const PlainType& plain, NodeIndex type) {
    SchemaDraft& draft = lint_.draft();
    const NodeIndex now = draft.node(record).fields[i].node;
    NodeIndex replaced = type;
    if (draft.node(now).type == SchemaType::kUnion) {
      SchemaNode changed = draft.node(now);
      std::ranges::replace(changed.branches, plain.node, type);
      replaced = draft.add(std::move(changed));
    }
    draft.node(record).fields[i].node = replaced;
  }

  void check_number(NodeIndex index, size_t i) {
    const SchemaNode& record = schema_.node(index);
    const SchemaField& field = record.fields[i];
    const auto plain = plain_type(schema_, field);
    if (!plain) return;
    const SchemaNode& type = schema_.node(plain->node);
    if (type.type != SchemaType::kString || type.logical != LogicalType::kNone) return;
    const auto number = default_number(field);
    const auto by_name = number_by_name(name_words(field.name));
    if (!number && !by_name) return;
    const SchemaType wanted = by_name.value_or(SchemaType::kDouble);
    const bool stays = is_shipped(record, field);
    if (!lint_.find(kTextNumber, field.properties, place_of(record, field),
                    number ? "the field is text, and its default is a number"
                           : "the field is text, and its name says that it is a number",
                    stays ? fmt::format("a new field of type {} beside it; this one has readers",
                                        schema_type_name(wanted))
                          : fmt::format("the type {}", schema_type_name(wanted)),
                    stays) ||
        stays) {
      return;
    }
    replace_type(index, i, *plain, lint_.draft().add(wanted));
    const bool has_text_default = field.default_json && field.default_json->front() == '"';
    if (number) lint_.draft().node(index).fields[i].default_json = number;
    if (!number && has_text_default) make_optional(lint_.draft(), index, i);
  }

  void check_time(NodeIndex index, size_t i) {
    const SchemaNode& record = schema_.node(index);
    const SchemaField& field = record.fields[i];
    const auto plain = plain_type(schema_, field);
    if (!plain) return;
    const SchemaNode& type = schema_.node(plain->node);
    const bool is_integer = type.type == SchemaType::kLong || type.type == SchemaType::kInt;
    if (!is_integer || type.logical != LogicalType::kNone) return;
    const Words words = name_words(field.name);
    auto name = time_by_name(words);
    if (!name) name = time_by_event(words, record, type.type);
    if (!name) return;
    const bool is_day = name->is_day && type.type == SchemaType::kInt;
    const LogicalType logical = is_day                            ? LogicalType::kDate
                                : name->unit == TimeUnit::kMicros ? LogicalType::kTimestampMicros
                                : name->unit == TimeUnit::kNanos  ? LogicalType::kTimestampNanos
                                                                  : LogicalType::kTimestampMillis;
    std::string fix = fmt::format("the logical type {}", logical_type_name(logical));
    if (name->unit == TimeUnit::kSeconds) fix += ", for which writers count in milliseconds";
    if (!name->unit && !is_day) fix += ", if that is what writers count in";
    if (!lint_.find(kPlainTime, field.properties, place_of(record, field),
                    fmt::format("the field is a time and a plain {}", schema_type_name(type.type)),
                    fix)) {
      return;
    }
    const SchemaType wanted = is_day ? SchemaType::kInt : SchemaType::kLong;
    replace_type(index, i, *plain, lint_.draft().add(wanted, logical));
  }

  void check_prediction_event() {
    const SourceKind source = SourceKind::kPredictions;
    check_role(kNoVersion, Role::kModelVersion, source, prediction_event_schema(),
               "a prediction event without a model version");
    check_role(kNoTimestamp, Role::kTimestamp, source, prediction_event_schema(),
               "a prediction event without a timestamp");
    for (const CandidateField& field : catalog_) check_late_field(field);
  }

  void check_label_event() {
    check_role(kNoTimestamp, Role::kLabelTimestamp, SourceKind::kLabels, label_event_schema(),
               "a label event without the time at which the truth was known");
  }

  // The field that lacks is taken from the schema that we ship.
  void check_role(const LintRule& rule, Role role, SourceKind source, std::string_view shipped,
                  const char* message) {
    if (has_role(role, source, NameRank::kFaint)) return;
    const SchemaNode& root = schema_.root();
    if (!lint_.find(rule, root.properties, shown_name(root.name), message,
                    fmt::format("the optional field {}", role_name(role)))) {
      return;
    }
    const auto contract = Schema::parse(shipped);
    MSEAVRO_CHECK(contract);
    for (const SchemaField& field : (*contract)->root().fields) {
      if (field.name == role_name(role)) add_optional(**contract, field);
    }
  }

  void add_optional(const Schema& from, const SchemaField& field) {
    SchemaDraft& draft = lint_.draft();
    SchemaField added = field;
    added.node = draft.add_copy(from, field.node);
    // Two names of the record must not be one.
    added.aliases.clear();
    std::vector<SchemaField>& fields = draft.node(schema_.root_index()).fields;
    fields.push_back(std::move(added));
    make_optional(draft, schema_.root_index(), fields.size() - 1);
  }

  void check_late_field(const CandidateField& candidate) {
    const auto is_late = [&](Role role) {
      return has_role(candidate, role, SourceKind::kPredictions, NameRank::kWeak);
    };
    if (candidate.path.steps.size() != 1 ||
        !(is_late(Role::kActual) || is_late(Role::kLabelTimestamp) ||
          is_late(Role::kSquaredError))) {
      return;
    }
    const SchemaNode& root = schema_.root();
    const auto field =
        std::ranges::find(root.fields, candidate.path.steps[0].name, &SchemaField::name);
    if (is_optional(schema_, *field)) return;
    if (lint_.find(kLateField, field->properties, place_of(root, *field),
                   "the field is known only after the prediction and cannot be null",
                   "an optional field, null by default")) {
      make_optional(lint_.draft(), schema_.root_index(),
                    static_cast<size_t>(field - root.fields.begin()));
    }
  }

  const Schema& schema_;
  const Schema* former_;
  SchemaLint& lint_;
  std::vector<CandidateField> catalog_;
};

}  // namespace

Result<SchemaLint> lint_event_schema(const Schema& schema, const Schema* former) {
  MSEAVRO_ASSIGN(SchemaLint lint, lint_schema(schema, former));
  EventLinter(schema, former, lint).run();
  return lint;
}

Result<MendedSchema> mend_event_schema(const Schema& schema, const Schema* former) {
  constexpr int kRounds = 16;
  const auto is_in = [](const std::vector<SchemaFinding>& findings, const SchemaFinding& one) {
    return std::ranges::any_of(findings, [&](const SchemaFinding& other) {
      return other.rule == one.rule && other.place == one.place;
    });
  };
  MSEAVRO_ASSIGN(SchemaLint lint, lint_event_schema(schema, former));
  std::vector<SchemaFinding> mended;
  std::string text = print_schema(schema);
  for (int round = 0; round < kRounds; ++round) {
    std::string next = lint.draft().text();
    if (next == text) break;
    std::ranges::copy_if(lint.findings(), std::back_inserter(mended), [&](const auto& finding) {
      return !finding.is_left && !is_in(mended, finding);
    });
    text = std::move(next);
    MSEAVRO_ASSIGN(const auto parsed, Schema::parse(text));
    MSEAVRO_ASSIGN(lint, lint_event_schema(*parsed, former));
  }
  std::erase_if(mended, [&](const auto& finding) { return is_in(lint.findings(), finding); });
  return MendedSchema{std::move(text), std::move(mended), std::move(lint)};
}

}  // namespace mseavro
