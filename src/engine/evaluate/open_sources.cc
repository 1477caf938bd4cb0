#include "engine/evaluate/open_sources.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/result/result.h"
#include "events/role/synonyms.h"

namespace mseavro {
namespace {

tl::unexpected<Error> label_times_missing(const std::string& file, const char* what) {
  return fail(ErrorCode::kLabelTimesMissing,
              fmt::format("{}, so nobody can say what was known when", what),
              "name the field with --map label_timestamp=FIELD, or drop --as-of and "
              "--max-label-delay",
              {}, {.file = file});
}

// "one field (id)", "2 fields (user,movie)".
std::string key_text(const BoundRole& key) {
  if (key.further_paths.empty()) return fmt::format("one field ({})", key.path.text());
  return fmt::format("{} fields ({},{})", key.further_paths.size() + 1, key.path.text(),
                     list_paths(key.further_paths));
}

// Of ids with another number of fields none would ever match.
Status check_key_sizes(const std::vector<const MappedSource*>& sources) {
  const BoundRole* first = sources.front()->mapping.find(Role::kPredictionId);
  for (const MappedSource* source : sources) {
    const BoundRole* bound = source->mapping.find(Role::kPredictionId);
    if (bound->further_paths.size() == first->further_paths.size()) continue;
    const std::string& file = sources.front()->files.catalog.file;
    return fail(ErrorCode::kConflictingOptions,
                fmt::format("the id has {} here and {} in {}, so that none can be equal",
                            key_text(*bound), key_text(*first), file),
                fmt::format("name as many fields for both, in one order: --map {0}={1} --map "
                            "{0}={1}",
                            kKeyName, "FIELD,FIELD"),
                {}, {.file = source->files.catalog.file});
  }
  return {};
}

class SourceOpener {
 public:
  SourceOpener(const Spec& spec, const std::optional<Filter>& filter, const ScanOptions& options)
      : spec_(spec), filter_(filter), options_(options) {}

  Result<OpenSources> open(const std::vector<std::string>& predictions,
                           const std::vector<std::string>& labels) {
    has_labels_ = !labels.empty();
    if (spec_.match == MatchPolicy::kLatestBefore && !has_labels_) {
      return fail(ErrorCode::kConflictingOptions,
                  "--match latest-before is about labels that come by themselves, and there are "
                  "none",
                  "name them with --labels SRC; an actual in a prediction event is its own");
    }
    find_needs();
    MSEAVRO_ASSIGN(prediction_files_, list_source_files(predictions, options_, open_.notes));
    if (!labels.empty()) {
      MSEAVRO_ASSIGN(label_files_, list_source_files(labels, options_, open_.notes));
    }
    for (const SourceFiles& files : prediction_files_) MSEAVRO_TRY(add_predictions(files));
    for (const SourceFiles& files : label_files_) MSEAVRO_TRY(add_labels(files));
    if (open_.joins) MSEAVRO_TRY(check_key_sizes(all_sources()));
    return std::move(open_);
  }

 private:
  std::vector<const MappedSource*> all_sources() const {
    std::vector<const MappedSource*> sources;
    for (const MappedSource& source : open_.predictions) sources.push_back(&source);
    for (const MappedSource& source : open_.labels) sources.push_back(&source);
    return sources;
  }

  void find_needs() {
    const bool by_time = spec_.match == MatchPolicy::kLatestBefore;
    open_.joins = has_labels_ || spec_.duplicates == DuplicatePolicy::kDrop;
    open_.prediction_needs.id = open_.joins;
    open_.prediction_needs.time = spec_.window.kind != WindowKind::kNone || spec_.from ||
                                  spec_.to || spec_.as_of || spec_.max_label_delay_micros ||
                                  by_time;
    open_.label_needs.id = true;
    open_.label_needs.time = spec_.as_of || spec_.max_label_delay_micros || by_time;
  }

  Status add_predictions(SourceFiles files) {
    RoleQuestion question = question_for(files, SourceKind::kPredictions);
    question.required = {Role::kPrediction};
    if (open_.prediction_needs.id) question.required.push_back(Role::kPredictionId);
    if (open_.prediction_needs.time) question.required.push_back(Role::kTimestamp);
    if (!has_labels_) question.required.push_back(Role::kActual);
    MSEAVRO_ASSIGN(RoleMapping mapping, infer_roles(files.catalog, question));
    const bool has_label_times = mapping.find(Role::kLabelTimestamp) != nullptr;
    if (mapping.find(Role::kActual) != nullptr) {
      // Beside other labels, only the rows that do carry an actual cannot be used.
      if (spec_.as_of && !has_label_times && !has_labels_) {
        return label_times_missing(files.catalog.file, "the actuals in these events have no time");
      }
      open_.labels_have_times |= has_label_times;
    }
    MSEAVRO_TRY(check_columns(files, spec_, filter_, mapping, options_));
    open_.pruned_file_count += prune_files(files, filter_, mapping);
    open_.predictions.push_back({std::move(files), std::move(mapping)});
    return {};
  }

  Status add_labels(SourceFiles files) {
    RoleQuestion question = question_for(files, SourceKind::kLabels);
    question.required = {Role::kPredictionId, Role::kActual};
    if (spec_.match == MatchPolicy::kLatestBefore) {
      question.required.push_back(Role::kLabelTimestamp);
    }
    MSEAVRO_ASSIGN(RoleMapping mapping, infer_roles(files.catalog, question));
    const bool has_times = mapping.find(Role::kLabelTimestamp) != nullptr;
    if (open_.label_needs.time && !has_times) {
      return label_times_missing(files.catalog.file, "these labels have no time");
    }
    open_.labels_have_times |= has_times;
    open_.labels.push_back({std::move(files), std::move(mapping)});
    return {};
  }

  RoleQuestion question_for(const SourceFiles& files, SourceKind kind) const {
    RoleQuestion question;
    question.source = kind;
    question.time_unit = spec_.time_unit;
    question.parse_text_numbers = spec_.parse_text_numbers;
    for (const RoleOverride& override : spec_.map) {
      if (concerns(override, files.catalog, kind)) {
        question.overrides.push_back(override);
      } else if (override.paths.size() > 1) {
        question.other_key = override.paths;
      }
    }
    return question;
  }

  // An override counts in the sources that have its field, so that `--map prediction_id=pid` can be
  // said of one source and not of the other. One that no source has goes to those where the role
  // belongs: inference then names the fields there are. One without a field, which says that there
  // is no such role, goes to all.
  bool concerns(const RoleOverride& override, const FieldCatalog& catalog, SourceKind kind) const {
    if (override.paths.empty()) return true;
    const bool is_of_labels = has_labels_ && is_label_role(override.role);
    const bool is_at_home = !is_of_labels || kind == SourceKind::kLabels;
    if (has_all(catalog, override)) {
      // The same name in the predictions is most likely their own time.
      return is_at_home || override.role == Role::kActual ||
             !is_found(override, SourceKind::kLabels, label_files_);
    }
    return is_at_home && !is_found(override, SourceKind::kPredictions, prediction_files_) &&
           !is_found(override, SourceKind::kLabels, label_files_);
  }

  // What an event of its own says of a prediction, where labels come by themselves.
  static bool is_label_role(Role role) {
    return role == Role::kActual || role == Role::kLabelTimestamp || role == Role::kDeleted;
  }

  // Whether sources that can have the role have the field.
  static bool is_found(const RoleOverride& override, SourceKind kind,
                       const std::vector<SourceFiles>& sources) {
    const auto roles = roles_of(kind);
    return std::find(roles.begin(), roles.end(), override.role) != roles.end() &&
           std::any_of(sources.begin(), sources.end(),
                       [&](const SourceFiles& files) { return has_all(files.catalog, override); });
  }

  static bool has_all(const FieldCatalog& catalog, const RoleOverride& override) {
    return std::ranges::all_of(
        override.paths, [&](const FieldPath& path) { return catalog.find(path) != nullptr; });
  }

  const Spec& spec_;
  const std::optional<Filter>& filter_;
  const ScanOptions& options_;
  bool has_labels_ = false;
  std::vector<SourceFiles> prediction_files_;
  std::vector<SourceFiles> label_files_;
  OpenSources open_;
};

}  // namespace

Result<OpenSources> open_sources(const Spec& spec, const std::optional<Filter>& filter,
                                 const std::vector<std::string>& predictions,
                                 const std::vector<std::string>& labels,
                                 const ScanOptions& options) {
  return SourceOpener(spec, filter, options).open(predictions, labels);
}

}  // namespace mseavro
