#include "events/role/field_match.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace mseavro {
namespace {

using Words = std::vector<std::string>;

bool admits(ParentMeaning parent, const NameMatch& match) {
  const bool is_truth = match.role == Role::kActual || match.role == Role::kLabelTimestamp ||
                        match.role == Role::kDeleted;
  switch (parent) {
    case ParentMeaning::kEnvelope:
      return true;
    case ParentMeaning::kOutput:
      return !is_truth;
    case ParentMeaning::kTruth:
      return is_truth;
    case ParentMeaning::kUnknown:
    case ParentMeaning::kInput:
      return false;
  }
  return false;
}

// What the steps mean when the last two are read as one name (model.version) or, in records that
// add nothing of their own (meta.ts), the last one alone. A single weak word such as `version` says
// too little alone: in `meta` it is the version of something else.
std::optional<NameMatch> match_nested(std::span<const Words> steps, SourceKind source) {
  const Words& last = steps.back();
  const Words& parent = steps[steps.size() - 2];
  const auto outer = steps.first(steps.size() - 2);
  const bool outer_is_plain = std::all_of(outer.begin(), outer.end(), [](const Words& words) {
    return parent_meaning(words) == ParentMeaning::kEnvelope;
  });
  if (!outer_is_plain) return std::nullopt;

  Words joined = parent;
  joined.insert(joined.end(), last.begin(), last.end());
  if (auto match = match_name(joined, source)) return match;
  if (!parent.empty() && parent.back().size() > 1 && parent.back().ends_with('s')) {
    joined[parent.size() - 1].pop_back();  // predictions.value is a prediction value.
    if (auto match = match_name(joined, source)) return match;
  }

  const auto match = match_name(last, source);
  if (!match || !admits(parent_meaning(parent), *match)) return std::nullopt;
  if (match->rank == NameRank::kFaint) return std::nullopt;
  if (match->rank == NameRank::kWeak && last.size() < 2) return std::nullopt;
  return match;
}

std::optional<NameMatch> match_steps(std::span<const Words> steps, SourceKind source) {
  if (steps.size() == 1) return match_name(steps.front(), source);
  if (auto match = match_nested(steps, source)) return match;
  // Wrappers hold the value itself in a field of this name: model_version.value.
  if (steps.back() != Words{"value"}) return std::nullopt;
  return match_steps(steps.first(steps.size() - 1), source);
}

}  // namespace

std::optional<NameMatch> match_field(const CandidateField& field, SourceKind source) {
  std::vector<Words> steps;
  for (const FieldPath::Step& step : field.path.steps) {
    if (step.is_map_key) return std::nullopt;
    if (!steps.empty() && parent_meaning(steps.back()) == ParentMeaning::kInput) {
      return std::nullopt;
    }
    steps.push_back(name_words(step.name));
  }
  std::optional<NameMatch> best = match_steps(steps, source);
  // What log shippers add begins with @; their @version is that of an event's form.
  const bool is_shippers = !steps.empty() && field.path.steps.front().name.starts_with('@');
  if (best && is_shippers && !is_time_role(best->role)) best.reset();
  for (const std::string& alias : field.aliases) {
    steps.back() = name_words(alias);
    std::optional<NameMatch> match = match_steps(steps, source);
    if (match && match->rank == NameRank::kExact) match->rank = NameRank::kAlias;
    if (match && (!best || match->rank < best->rank)) best = match;
  }
  return best;
}

}  // namespace mseavro
