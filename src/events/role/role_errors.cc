#include "events/role/role_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text/number_text.h"
#include "base/text/shell_word.h"

namespace mseavro {
namespace {

constexpr size_t kListedFieldCount = 12;
constexpr size_t kSuggestedFieldCount = 3;

Error make_error(ErrorCode code, std::string message, std::string help,
                 const FieldCatalog& catalog) {
  Error error{code, std::move(message), std::move(help), {}, {}};
  error.place.file = catalog.file;
  return error;
}

std::vector<std::string> words_of(const CandidateField& field) {
  std::vector<std::string> words;
  for (const FieldPath::Step& step : field.path.steps) {
    for (std::string& word : name_words(step.name)) words.push_back(std::move(word));
  }
  return words;
}

bool is_time_type(FieldKind kind) {
  return kind == FieldKind::kInstant || kind == FieldKind::kLocalInstant ||
         kind == FieldKind::kDate;
}

// Fields that could have the role though nothing in the table says so: nothing else is known of
// them, their type would do, and a word of the name, or the type of time itself, points to the
// role.
std::vector<const CandidateField*> suggest(const FieldCatalog& catalog, Role role,
                                           const RoleQuestion& question,
                                           const RoleMapping& mapping) {
  std::vector<const CandidateField*> suggested;
  for (const CandidateField& field : catalog.fields) {
    if (mapping.uses(field)) continue;
    const Fit fit = judge_fit(field, role, NameRank::kExact, std::nullopt, question);
    if (fit.misfit != Misfit::kNone) continue;
    if (hints_at(words_of(field), role) || (is_time_role(role) && is_time_type(field.kind))) {
      suggested.push_back(&field);
    }
  }
  return suggested;
}

// "y_hat (number), region (text) and 30 more", those in `first` before the others.
std::string list_fields(const FieldCatalog& catalog,
                        const std::vector<const CandidateField*>& first) {
  std::vector<const CandidateField*> fields = first;
  for (const CandidateField& field : catalog.fields) {
    if (field.kind == FieldKind::kOther) continue;
    if (std::find(first.begin(), first.end(), &field) == first.end()) fields.push_back(&field);
  }
  if (fields.empty()) return "it has no fields of single values";
  std::string text = "its fields are ";
  for (size_t index = 0; index < std::min(fields.size(), kListedFieldCount); ++index) {
    text += fmt::format("{}{} ({})", index == 0 ? "" : ", ", fields[index]->path.text(),
                        field_kind_name(fields[index]->kind));
  }
  if (fields.size() > kListedFieldCount) {
    text += fmt::format(" and {} more", fields.size() - kListedFieldCount);
  }
  return text;
}

// A number with a decimal comma as it should be; nullopt for what is none.
std::optional<std::string> with_point(std::string text) {
  const size_t comma = text.find(',');
  if (comma == std::string::npos) return std::nullopt;
  text[comma] = '.';
  return parse_number(text) ? std::optional(text) : std::nullopt;
}

bool is_required(const RoleQuestion& question, Role role) {
  return std::find(question.required.begin(), question.required.end(), role) !=
         question.required.end();
}

// The ways out that are always open: another field, or none where none is needed.
std::string other_ways(Role role, const RoleQuestion& question) {
  std::string ways = fmt::format("name another field with --map {}=FIELD", role_name(role));
  if (!is_required(question, role)) {
    ways += fmt::format(", or do without one by --map {}=", role_name(role));
  }
  return ways;
}

// The value that speaks against numbers or times in a text, rather than one that is sound.
const std::string& odd_value(const FieldEvidence& evidence) {
  return evidence.word_count > 0 ? evidence.first_word : evidence.example;
}

// ": 40 of its first 50 values are neither a time nor a number"; empty when nothing is known.
std::string share_of_words(const FieldEvidence& evidence) {
  if (evidence.word_count == 0) return {};
  return fmt::format(": {} of its first {} values are neither a time nor a number",
                     format_thousands(evidence.word_count),
                     format_thousands(evidence.value_count()));
}

// "--map key=user_id,movie_id", of as many fields as the key has on the other side.
std::string key_flag(std::span<const CandidateField* const> fields, size_t count) {
  std::string list;
  for (size_t i = 0; i < count; ++i) {
    list += (i == 0 ? "" : ",") + (fields.size() == count ? fields[i]->path.text() : "FIELD");
  }
  return "--map " + shell_word(fmt::format("{}={}", kKeyName, list));
}

}  // namespace

std::string map_flags(Role role, std::span<const CandidateField* const> fields) {
  if (fields.empty()) return fmt::format("--map {}=FIELD", role_name(role));
  std::string flags;
  for (const CandidateField* field : fields.first(std::min(fields.size(), kSuggestedFieldCount))) {
    flags += flags.empty() ? "--map " : " or --map ";
    flags += shell_word(fmt::format("{}={}", role_name(role), field->path.text()));
  }
  return flags;
}

Error roles_missing(const FieldCatalog& catalog, std::span<const MissingRole> missing,
                    const RoleQuestion& question, const RoleMapping& mapping) {
  std::string names, details, flags;
  std::vector<const CandidateField*> suggested;
  bool has_labels_elsewhere = false;
  for (const auto& [role, detail] : missing) {
    const auto fields = suggest(catalog, role, question, mapping);
    const bool is_key = role == Role::kPredictionId && !question.other_key.empty();
    names += fmt::format("{}{}", names.empty() ? "" : " and ", is_key ? kKeyName : role_name(role));
    if (!detail.empty()) details += ": " + detail;
    // Side by side, the flags of several roles are one command, not a choice.
    const bool is_choice = fields.size() > 1 && missing.size() > 1;
    flags += flags.empty() ? "" : " ";
    flags += is_key      ? key_flag(fields, question.other_key.size())
             : is_choice ? map_flags(role, {})
                         : map_flags(role, fields);
    has_labels_elsewhere |= role == Role::kActual && fields.empty();
    for (const CandidateField* field : fields) {
      if (std::ranges::find(suggested, field) == suggested.end()) suggested.push_back(field);
    }
  }
  has_labels_elsewhere &= question.source == SourceKind::kPredictions;
  const bool is_one = missing.size() == 1;
  return make_error(
      ErrorCode::kRoleMissing,
      fmt::format("no field of this file is known to have the role {}{}; {}", names, details,
                  list_fields(catalog, suggested)),
      fmt::format("{}say which {} {}",
                  has_labels_elsewhere ? "labels in other files: --labels SRC; or " : "",
                  is_one ? "one it is:" : "ones they are:", flags),
      catalog);
}

Error role_ambiguous(const FieldCatalog& catalog, Role role, const RoleQuestion& question,
                     std::span<const CandidateField* const> fields) {
  std::string names;
  for (size_t index = 0; index < fields.size(); ++index) {
    const char* before = index == 0 ? "" : index + 1 == fields.size() ? " and " : ", ";
    names += before + fields[index]->path.text();
  }
  const std::string none =
      is_required(question, role) ? "" : fmt::format(", or none: --map {}=", role_name(role));
  return make_error(ErrorCode::kRoleAmbiguous,
                    fmt::format("{} could each have the role {}, and nothing decides between them",
                                names, role_name(role)),
                    "choose one: " + map_flags(role, fields) + none, catalog);
}

Error field_missing(const FieldCatalog& catalog, const RoleOverride& override,
                    const FieldPath& path) {
  const std::string_view said = override.is_called_key ? kKeyName : role_name(override.role);
  Error error =
      make_error(ErrorCode::kFieldMissing,
                 fmt::format("there is no field {}, which --map {}={} names; {}", path.text(), said,
                             list_paths(override.paths), list_fields(catalog, {})),
                 fmt::format("write --map {}=FIELD with one of them", said), catalog);
  error.value = path.text();
  return error;
}

Error role_misfit(const FieldCatalog& catalog, Role role, const RoleQuestion& question,
                  const CandidateField& field, const Fit& fit) {
  const std::string path = field.path.text();
  const std::string ways = other_ways(role, question);
  Error error = make_error(ErrorCode::kWrongRoleType, {}, {}, catalog);
  error.place.field = path;
  error.value = field.evidence.example;
  switch (fit.misfit) {
    case Misfit::kTextNumber:
      error.code = ErrorCode::kTextNumber;
      error.message = fmt::format(
          "the field {} with the role {} is text, which is read as numbers only when asked for",
          path, role_name(role));
      error.help = "--parse-text-numbers reads them; or " + ways;
      break;
    case Misfit::kClasses:
      if (const auto number = with_point(field.evidence.example)) {
        error.message = fmt::format("the field {} with the role {} has numbers with a comma", path,
                                    role_name(role));
        error.help = fmt::format("write them with a decimal point, as in {}; or {}", *number, ways);
        break;
      }
      error.code = ErrorCode::kClassLabels;
      error.value = odd_value(field.evidence);
      error.message = fmt::format(
          "the field {} with the role {} holds classes, not numbers, so MSE is the wrong metric{}",
          path, role_name(role), share_of_words(field.evidence));
      error.help = "measure a classifier by its log loss or accuracy; or " + ways;
      break;
    case Misfit::kUnclearUnit:
      error.code = ErrorCode::kTimeUnitUnclear;
      error.message = fmt::format("the unit of the {} is unclear: {}", role_name(role), fit.detail);
      error.help = "state it with --time-unit s (or ms, us, ns); or " + ways;
      break;
    case Misfit::kNone:
    case Misfit::kRepeats:
    case Misfit::kWrongType:
      error.message = fmt::format("the field {} ({}) cannot have the role {}", path,
                                  field_kind_name(field.kind), role_name(role));
      error.help = ways;
      if (is_time_role(role)) {
        error.value = odd_value(field.evidence);
        error.message += share_of_words(field.evidence);
        error.help = "log an Avro timestamp, ISO 8601 text or a plain number; or " + ways;
      }
      break;
  }
  return error;
}

}  // namespace mseavro
