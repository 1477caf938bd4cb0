// Who has which role: overrides first, then schema properties, then names in the order of what they
// say, each supported by type and evidence.
//
// For each role the fields whose names speak for it stand in a ladder. The first rung that anything
// stands on decides: one field that fits has the role, two are ambiguous, none that fits ends the
// search. A field further down is never taken because a better name turned out wrong: what the log
// calls its prediction and is text is no reason to score `score` instead.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/result/result.h"
#include "events/role/field_match.h"
#include "events/role/role.h"
#include "events/role/role_errors.h"
#include "events/role/role_fit.h"
#include "events/role/synonyms.h"

namespace mseavro {
namespace {

struct Candidate {
  const CandidateField* field;
  NameMatch match;
  int rung;  // Smaller is better; equal is equal.
};

// A nested field stands below every top-level field whose name says the role well.
int rung_of(NameRank rank, bool is_nested) {
  switch (rank) {
    case NameRank::kExact:
      return is_nested ? 4 : 0;
    case NameRank::kAlias:
      return is_nested ? 4 : 1;
    case NameRank::kSpecific:
      return is_nested ? 5 : 2;
    case NameRank::kStrong:
      return is_nested ? 6 : 3;
    case NameRank::kWeak:
      return is_nested ? 8 : 7;
    case NameRank::kFaint:
      return is_nested ? 10 : 9;
  }
  return 10;
}
// A path key such as date=2025-07-28 is the time of the folder; any time in the rows is better.
constexpr int kPathTimeRung = 11;

// Roles whose absence changes the answer without a trace: a version left out mixes models.
bool must_not_be_left_out(Role role) {
  return role == Role::kModelVersion || role == Role::kActual || role == Role::kLabelTimestamp ||
         role == Role::kDeleted;
}

const char* reason(NameRank rank) {
  if (rank == NameRank::kExact) return "name";
  return rank == NameRank::kAlias ? "alias" : "synonym";
}

bool is_time_valued(const CandidateField& field) {
  return field.kind == FieldKind::kInstant || field.kind == FieldKind::kLocalInstant ||
         field.kind == FieldKind::kDate || field.evidence.texts_are_times;
}

// Folders are named for versions and days; `label=cat` and `target=price` name something else.
bool is_for_path_keys(const NameMatch& match) {
  return match.rank == NameRank::kExact || is_time_role(match.role) ||
         match.role == Role::kModelVersion || match.role == Role::kFeaturesetVersion;
}

class Inference {
 public:
  Inference(const FieldCatalog& catalog, const RoleQuestion& question)
      : catalog_(catalog), question_(question) {
    const auto roles = roles_of(question.source);
    roles_.assign(roles.begin(), roles.end());
    for (const Role role : question.required) {
      if (!contains(roles_, role)) roles_.push_back(role);
    }
  }

  Result<RoleMapping> run() {
    MSEAVRO_TRY(bind_overrides());
    MSEAVRO_TRY(bind_properties());
    list_candidates();
    for (const Role role : roles_) {
      const Status decided = is_open(role) ? decide(role) : Status();
      if (decided) continue;
      // What is missing was met first.
      if (missing_.empty()) return tl::unexpected<Error>(decided.error());
      break;
    }
    if (!missing_.empty())
      return tl::unexpected(roles_missing(catalog_, missing_, question_, mapping_));
    std::sort(mapping_.roles.begin(), mapping_.roles.end(),
              [](const BoundRole& a, const BoundRole& b) { return a.role < b.role; });
    return std::move(mapping_);
  }

 private:
  static bool contains(const std::vector<Role>& roles, Role role) {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  }
  // Whether nobody has said who has the role. A required role cannot be done without.
  bool is_open(Role role) const {
    return mapping_.find(role) == nullptr && (is_required(role) || !contains(unwanted_, role));
  }
  bool is_required(Role role) const { return contains(question_.required, role); }

  // The second field of one role is a part of its key.
  void bind(Role role, const CandidateField& field, const Fit& fit, std::string why) {
    if (!mapping_.roles.empty() && mapping_.roles.back().role == role) {
      mapping_.roles.back().further_paths.push_back(field.path);
      return;
    }
    if (!fit.detail.empty()) why += "; " + fit.detail;
    if (field.origin == FieldOrigin::kPathKey) why += "; path key";
    const bool has_types =
        field.origin == FieldOrigin::kSchema || field.origin == FieldOrigin::kJson;
    const bool parses_texts =
        question_.parse_text_numbers && has_types && field.kind == FieldKind::kText;
    mapping_.roles.push_back(
        {role, field.path, {}, field.kind, field.origin, parses_texts, fit.time, why});
  }

  // A role that the user or the schema declares: types are checked, evidence is not.
  Status bind_declared(Role role, const CandidateField& field, const char* why) {
    const auto match = match_field(field, question_.source);
    const auto unit = match ? match->unit : std::nullopt;
    const Fit fit = judge_fit(field, role, NameRank::kExact, unit, question_);
    if (fit.misfit != Misfit::kNone) {
      return tl::unexpected(role_misfit(catalog_, role, question_, field, fit));
    }
    bind(role, field, fit, why);
    return {};
  }

  Status bind_overrides() {
    for (const RoleOverride& override : question_.overrides) {
      if (!contains(roles_, override.role)) continue;
      // Of several overrides for one role the last one counts, as with other options.
      std::erase_if(mapping_.roles,
                    [&](const BoundRole& bound) { return bound.role == override.role; });
      std::erase(unwanted_, override.role);
      if (override.paths.empty()) unwanted_.push_back(override.role);
      for (const FieldPath& path : override.paths) {
        const CandidateField* field = catalog_.find(path);
        if (field == nullptr) return tl::unexpected(field_missing(catalog_, override, path));
        MSEAVRO_TRY(bind_declared(override.role, *field, "--map"));
      }
    }
    return {};
  }

  Status bind_properties() {
    for (const Role role : roles_) {
      if (!is_open(role)) continue;
      std::vector<const CandidateField*> declared;
      for (const CandidateField& field : catalog_.fields) {
        if (field.role_property == role_name(role)) declared.push_back(&field);
      }
      if (declared.size() > 1) {
        return tl::unexpected(role_ambiguous(catalog_, role, question_, declared));
      }
      if (declared.size() == 1) {
        MSEAVRO_TRY(bind_declared(role, *declared.front(), "schema property"));
      }
    }
    return {};
  }

  bool has_y_prediction() const {
    return std::any_of(catalog_.fields.begin(), catalog_.fields.end(), [](const auto& field) {
      return field.path.steps.size() == 1 && is_y_prediction(name_words(field.path.steps[0].name));
    });
  }

  // A record whose fields are in the catalog is no value of its own.
  bool is_record(const CandidateField& outer) const {
    if (outer.kind != FieldKind::kOther) return false;
    const auto& steps = outer.path.steps;
    return std::any_of(catalog_.fields.begin(), catalog_.fields.end(), [&](const auto& field) {
      return field.path.steps.size() > steps.size() &&
             std::equal(steps.begin(), steps.end(), field.path.steps.begin());
    });
  }

  // A file's own field hides the path key of the same name, as it does for the reader of rows.
  bool is_hidden(const CandidateField& key) const {
    return std::any_of(catalog_.fields.begin(), catalog_.fields.end(), [&](const auto& field) {
      return field.origin != FieldOrigin::kPathKey && field.path == key.path;
    });
  }

  bool is_candidate(const CandidateField& field, const NameMatch& match) const {
    if (mapping_.uses(field) || field.role_property || is_record(field)) return false;
    if (match.needs_y_prediction && !has_y_prediction()) return false;
    return field.origin != FieldOrigin::kPathKey || (is_for_path_keys(match) && !is_hidden(field));
  }

  void list_candidates() {
    for (const CandidateField& field : catalog_.fields) {
      const auto match = match_field(field, question_.source);
      if (!match || !is_candidate(field, *match)) continue;
      const bool is_path_time = field.origin == FieldOrigin::kPathKey && is_time_role(match->role);
      const int rung =
          is_path_time ? kPathTimeRung : rung_of(match->rank, field.path.steps.size() > 1);
      candidates_.push_back({&field, *match, rung});
    }
  }

  // What stands on one rung, split by whether it fits.
  struct Rung {
    std::vector<const CandidateField*> fitting;
    const Candidate* chosen = nullptr;  // The last fitting one.
    Fit fit;
    const Candidate* misfit = nullptr;  // The first that does not fit.
    Fit misfit_fit;
  };

  Rung judge_rung(Role role, int number) const {
    Rung rung;
    for (const Candidate& candidate : candidates_) {
      if (candidate.match.role != role || candidate.rung != number) continue;
      Fit fit =
          judge_fit(*candidate.field, role, candidate.match.rank, candidate.match.unit, question_);
      if (fit.misfit == Misfit::kNone) {
        rung.fitting.push_back(candidate.field);
        rung.chosen = &candidate;
        rung.fit = std::move(fit);
      } else if (rung.misfit == nullptr) {
        rung.misfit = &candidate;
        rung.misfit_fit = std::move(fit);
      }
    }
    return rung;
  }

  Status decide(Role role) {
    if (role == Role::kPredictionId && !question_.other_key.empty()) {
      if (is_required(role)) {
        missing_.push_back(
            {role, fmt::format("elsewhere it has {} fields, {}", question_.other_key.size(),
                               list_paths(question_.other_key))});
      }
      return {};
    }
    std::string passed_over;  // Why a weak name of an id was no id.
    for (int number = 0; number <= kPathTimeRung; ++number) {
      if (number == kPathTimeRung && !may_use_path_time(role)) break;
      const Rung rung = judge_rung(role, number);
      if (rung.fitting.size() > 1) return leave_ambiguous(role, rung.fitting);
      if (rung.chosen != nullptr) {
        bind(role, *rung.chosen->field, rung.fit, reason(rung.chosen->match.rank));
        return {};
      }
      if (rung.misfit == nullptr) continue;
      const bool is_weak = rung.misfit->match.rank >= NameRank::kWeak;
      if (!is_weak || rung.misfit_fit.misfit != Misfit::kRepeats) {
        return leave_misfit(role, *rung.misfit, rung.misfit_fit);
      }
      passed_over = rung.misfit_fit.detail;
    }
    if (is_required(role)) missing_.push_back({role, passed_over});
    return {};
  }

  bool may_use_path_time(Role role) const {
    const bool rows_have_time =
        std::any_of(catalog_.fields.begin(), catalog_.fields.end(), [](const auto& field) {
          return field.origin != FieldOrigin::kPathKey && is_time_valued(field);
        });
    return is_required(role) && !rows_have_time;
  }

  Status leave_ambiguous(Role role, const std::vector<const CandidateField*>& fields) {
    if (is_required(role) || must_not_be_left_out(role)) {
      return tl::unexpected(role_ambiguous(catalog_, role, question_, fields));
    }
    if (role != Role::kPredictionId) {
      mapping_.notes.push_back(
          fmt::format("no {}: choose with {}", role_name(role), map_flags(role, fields)));
    }
    return {};
  }

  Status leave_misfit(Role role, const Candidate& candidate, const Fit& fit) {
    const NameRank rank = candidate.match.rank;
    if (is_required(role)) {
      const bool is_far_off = fit.misfit == Misfit::kWrongType && rank >= NameRank::kWeak;
      if (is_far_off || fit.misfit == Misfit::kRepeats) {
        missing_.push_back({role, fit.detail});
        return {};
      }
      return tl::unexpected(role_misfit(catalog_, role, question_, *candidate.field, fit));
    }
    if (must_not_be_left_out(role) && rank <= NameRank::kAlias) {
      return tl::unexpected(role_misfit(catalog_, role, question_, *candidate.field, fit));
    }
    if (rank <= NameRank::kStrong && role != Role::kPredictionId) {
      mapping_.notes.push_back(fmt::format("no {}: {} ({}) does not fit", role_name(role),
                                           candidate.field->path.text(),
                                           field_kind_name(candidate.field->kind)));
    }
    return {};
  }

  const FieldCatalog& catalog_;
  const RoleQuestion& question_;
  std::vector<Role> roles_;     // What is looked for.
  std::vector<Role> unwanted_;  // What the user will have no field for.
  RoleMapping mapping_;
  std::vector<MissingRole> missing_;  // Required ones that nothing has; said all at once.
  std::vector<Candidate> candidates_;
};

}  // namespace

Result<RoleMapping> infer_roles(const FieldCatalog& catalog, const RoleQuestion& question) {
  return Inference(catalog, question).run();
}

}  // namespace mseavro
