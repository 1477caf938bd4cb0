#include "events/role/synonyms.h"

#include <algorithm>
#include <array>

#include "base/result/ascii.h"

namespace mseavro {
namespace {

enum class Where : uint8_t { kBoth, kPredictions, kLabels };

struct Synonym {
  std::string_view name;  // Its words joined by underscores, which matching passes over.
  Role role;
  NameRank rank;
  Where where = Where::kBoth;
  bool needs_y_prediction = false;
};

using enum Role;
using enum NameRank;
using enum Where;

constexpr Synonym kSynonyms[] = {
    {"pred_id", kPredictionId, kStrong},
    {"predict_id", kPredictionId, kStrong},
    {"prediction_uuid", kPredictionId, kStrong},
    {"prediction_guid", kPredictionId, kStrong},
    {"prediction_key", kPredictionId, kStrong},
    {"prediction_event_id", kPredictionId, kStrong},
    {"forecast_id", kPredictionId, kStrong},
    {"inference_id", kPredictionId, kStrong},
    {"partner_inference_id", kPredictionId, kStrong},
    {"inference_request_id", kPredictionId, kStrong},
    {"scoring_id", kPredictionId, kStrong},
    {"scoring_request_id", kPredictionId, kStrong},
    {"association_id", kPredictionId, kStrong},
    {"p_id", kPredictionId, kWeak},
    {"request_id", kPredictionId, kWeak},
    {"req_id", kPredictionId, kWeak},
    {"x_request_id", kPredictionId, kWeak},
    {"databricks_request_id", kPredictionId, kWeak},
    {"event_id", kPredictionId, kWeak},
    {"evt_id", kPredictionId, kWeak},
    {"record_id", kPredictionId, kWeak},
    {"row_id", kPredictionId, kWeak},
    {"sample_id", kPredictionId, kWeak},
    {"example_id", kPredictionId, kWeak},
    {"observation_id", kPredictionId, kWeak},
    {"transaction_id", kPredictionId, kWeak},
    {"correlation_id", kPredictionId, kWeak},
    {"invocation_id", kPredictionId, kWeak},
    {"message_id", kPredictionId, kWeak},
    {"trace_id", kPredictionId, kWeak},
    {"decision_id", kPredictionId, kWeak},
    {"recommendation_id", kPredictionId, kWeak},
    {"id", kPredictionId, kFaint},
    {"uuid", kPredictionId, kFaint},
    {"guid", kPredictionId, kFaint},
    {"identifier", kPredictionId, kFaint},
    {"unique_id", kPredictionId, kFaint},
    {"key", kPredictionId, kFaint},
    {"client_request_id", kPredictionId, kFaint},

    {"pred", kPrediction, kStrong, kPredictions},
    {"preds", kPrediction, kStrong, kPredictions},
    {"predict", kPrediction, kStrong, kPredictions},
    {"predicted", kPrediction, kStrong, kPredictions},
    {"predictions", kPrediction, kStrong, kPredictions},
    {"prediction_value", kPrediction, kStrong, kPredictions},
    {"predicted_value", kPrediction, kStrong, kPredictions},
    {"pred_value", kPrediction, kStrong, kPredictions},
    {"prediction_score", kPrediction, kStrong, kPredictions},
    {"predicted_score", kPrediction, kStrong, kPredictions},
    {"pred_score", kPrediction, kStrong, kPredictions},
    {"prediction_label", kPrediction, kStrong, kPredictions},
    {"predicted_label", kPrediction, kStrong, kPredictions},
    {"prediction_output", kPrediction, kStrong, kPredictions},
    {"prediction_result", kPrediction, kStrong, kPredictions},
    {"output_prediction", kPrediction, kStrong, kPredictions},
    {"predicted_target", kPrediction, kStrong, kPredictions},
    {"predicted_y", kPrediction, kStrong, kPredictions},
    {"y_predicted", kPrediction, kStrong, kPredictions},
    {"y_pred", kPrediction, kStrong, kPredictions},
    {"y_hat", kPrediction, kStrong, kPredictions},
    {"model_prediction", kPrediction, kStrong, kPredictions},
    {"model_output", kPrediction, kStrong, kPredictions},
    {"model_score", kPrediction, kStrong, kPredictions},
    {"scored_label", kPrediction, kStrong, kPredictions},
    {"scored_labels", kPrediction, kStrong, kPredictions},
    {"forecast", kPrediction, kStrong, kPredictions},
    {"forecast_value", kPrediction, kStrong, kPredictions},
    {"estimate", kPrediction, kStrong, kPredictions},
    {"estimated_value", kPrediction, kStrong, kPredictions},
    {"score", kPrediction, kWeak, kPredictions},
    {"y_score", kPrediction, kWeak, kPredictions},
    {"output", kPrediction, kWeak, kPredictions},
    {"outputs", kPrediction, kWeak, kPredictions},
    {"output_value", kPrediction, kWeak, kPredictions},
    {"output_score", kPrediction, kWeak, kPredictions},
    {"response_score", kPrediction, kWeak, kPredictions},
    {"result_score", kPrediction, kWeak, kPredictions},
    {"scored_value", kPrediction, kWeak, kPredictions},
    {"fitted_value", kPrediction, kWeak, kPredictions},

    {"mdl_version", kModelVersion, kStrong, kPredictions},
    {"mdl_ver", kModelVersion, kStrong, kPredictions},
    {"model_ver", kModelVersion, kStrong, kPredictions},
    {"model_version_id", kModelVersion, kStrong, kPredictions},
    {"model_version_name", kModelVersion, kStrong, kPredictions},
    {"model_version_number", kModelVersion, kStrong, kPredictions},
    {"model_rev", kModelVersion, kStrong, kPredictions},
    {"model_revision", kModelVersion, kStrong, kPredictions},
    {"model_release", kModelVersion, kStrong, kPredictions},
    {"served_model_version", kModelVersion, kStrong, kPredictions},
    {"deployed_model_version", kModelVersion, kStrong, kPredictions},
    {"model_spec_version", kModelVersion, kStrong, kPredictions},
    {"algorithm_version", kModelVersion, kStrong, kPredictions},
    {"predictor_version", kModelVersion, kStrong, kPredictions},
    {"version", kModelVersion, kWeak, kPredictions},
    {"ver", kModelVersion, kWeak, kPredictions},
    {"model_tag", kModelVersion, kWeak, kPredictions},
    {"model_id", kModelVersion, kFaint, kPredictions},
    {"served_model_id", kModelVersion, kFaint, kPredictions},
    {"deployed_model_id", kModelVersion, kFaint, kPredictions},

    {"prediction_timestamp", kTimestamp, kSpecific, kPredictions},
    {"prediction_datetime", kTimestamp, kSpecific, kPredictions},
    {"prediction_time", kTimestamp, kSpecific, kPredictions},
    {"prediction_date", kTimestamp, kSpecific, kPredictions},
    {"prediction_ts", kTimestamp, kSpecific, kPredictions},
    {"predicted_at", kTimestamp, kSpecific, kPredictions},
    {"pred_timestamp", kTimestamp, kSpecific, kPredictions},
    {"pred_time", kTimestamp, kSpecific, kPredictions},
    {"pred_ts", kTimestamp, kSpecific, kPredictions},
    {"scored_at", kTimestamp, kSpecific, kPredictions},
    {"scoring_time", kTimestamp, kSpecific, kPredictions},
    {"scoring_timestamp", kTimestamp, kSpecific, kPredictions},
    {"scoring_ts", kTimestamp, kSpecific, kPredictions},
    {"inference_timestamp", kTimestamp, kSpecific, kPredictions},
    {"inference_ts", kTimestamp, kSpecific, kPredictions},
    {"ts", kTimestamp, kStrong, kPredictions},
    {"datetime", kTimestamp, kStrong, kPredictions},
    {"event_timestamp", kTimestamp, kStrong, kPredictions},
    {"event_datetime", kTimestamp, kStrong, kPredictions},
    {"event_time", kTimestamp, kStrong, kPredictions},
    {"event_ts", kTimestamp, kStrong, kPredictions},
    {"evt_time", kTimestamp, kStrong, kPredictions},
    {"evt_ts", kTimestamp, kStrong, kPredictions},
    {"occurred_at", kTimestamp, kStrong, kPredictions},
    {"unix_timestamp", kTimestamp, kStrong, kPredictions},
    {"unix_time", kTimestamp, kStrong, kPredictions},
    {"epoch_time", kTimestamp, kStrong, kPredictions},
    {"epoch", kTimestamp, kStrong, kPredictions},
    {"created_at", kTimestamp, kWeak, kPredictions},
    {"created", kTimestamp, kWeak, kPredictions},
    {"created_timestamp", kTimestamp, kWeak, kPredictions},
    {"created_time", kTimestamp, kWeak, kPredictions},
    {"created_ts", kTimestamp, kWeak, kPredictions},
    {"creation_time", kTimestamp, kWeak, kPredictions},
    {"logged_at", kTimestamp, kWeak, kPredictions},
    {"logging_time", kTimestamp, kWeak, kPredictions},
    {"log_timestamp", kTimestamp, kWeak, kPredictions},
    {"log_time", kTimestamp, kWeak, kPredictions},
    {"log_ts", kTimestamp, kWeak, kPredictions},
    {"request_timestamp", kTimestamp, kWeak, kPredictions},
    {"request_time", kTimestamp, kWeak, kPredictions},
    {"request_ts", kTimestamp, kWeak, kPredictions},
    {"requested_at", kTimestamp, kWeak, kPredictions},
    {"served_at", kTimestamp, kWeak, kPredictions},
    {"inference_time", kTimestamp, kWeak, kPredictions},  // Often a latency; its magnitude tells.
    {"event_date", kTimestamp, kWeak, kPredictions},
    {"time", kTimestamp, kWeak, kPredictions},
    {"date", kTimestamp, kFaint, kPredictions},
    {"day", kTimestamp, kFaint, kPredictions},
    {"dt", kTimestamp, kFaint, kPredictions},
    {"ds", kTimestamp, kFaint, kPredictions},

    {"actuals", kActual, kStrong},
    {"actual_value", kActual, kStrong},
    {"actual_label", kActual, kStrong},
    {"actual_score", kActual, kStrong},
    {"actual_outcome", kActual, kStrong},
    {"y_true", kActual, kStrong},
    {"y_actual", kActual, kStrong},
    {"true_value", kActual, kStrong},
    {"true_label", kActual, kStrong},
    {"true_target", kActual, kStrong},
    {"truth", kActual, kStrong},
    {"truth_value", kActual, kStrong},
    {"ground_truth", kActual, kStrong},
    {"ground_truth_value", kActual, kStrong},
    {"ground_truth_label", kActual, kStrong},
    {"gt", kActual, kStrong},
    {"gt_value", kActual, kStrong},
    {"label", kActual, kStrong},
    {"labels", kActual, kStrong},
    {"label_value", kActual, kStrong},
    {"target", kActual, kStrong},
    {"targets", kActual, kStrong},
    {"target_value", kActual, kStrong},
    {"output_target", kActual, kStrong},
    {"outcome", kActual, kStrong},
    {"outcome_value", kActual, kStrong},
    {"observed", kActual, kStrong},
    {"observed_value", kActual, kStrong},
    {"realized", kActual, kStrong},
    {"realized_value", kActual, kStrong},
    {"realised_value", kActual, kStrong},
    {"observation", kActual, kWeak},
    {"measurement", kActual, kWeak},
    {"measured", kActual, kWeak},
    {"measured_value", kActual, kWeak},
    {"value", kActual, kWeak, kLabels},
    {"result", kActual, kWeak, kLabels},
    {"rating", kActual, kWeak, kLabels},
    {"feedback", kActual, kWeak, kLabels},
    {"feedback_value", kActual, kWeak, kLabels},
    {"y", kActual, kWeak, kLabels},
    {"y", kActual, kFaint, kPredictions, true},

    {"sq_error", kSquaredError, kStrong, kPredictions},
    {"sq_err", kSquaredError, kStrong, kPredictions},
    {"squared_err", kSquaredError, kStrong, kPredictions},
    {"square_error", kSquaredError, kStrong, kPredictions},
    {"error_squared", kSquaredError, kStrong, kPredictions},
    {"err_sq", kSquaredError, kStrong, kPredictions},
    {"squared_residual", kSquaredError, kStrong, kPredictions},

    {"feature_set_ver", kFeaturesetVersion, kStrong, kPredictions},
    {"feature_version", kFeaturesetVersion, kStrong, kPredictions},
    {"features_version", kFeaturesetVersion, kStrong, kPredictions},
    {"fs_version", kFeaturesetVersion, kStrong, kPredictions},
    {"fs_ver", kFeaturesetVersion, kStrong, kPredictions},

    {"label_datetime", kLabelTimestamp, kSpecific},
    {"label_time", kLabelTimestamp, kSpecific},
    {"label_date", kLabelTimestamp, kSpecific},
    {"label_ts", kLabelTimestamp, kSpecific},
    {"labeled_at", kLabelTimestamp, kSpecific},
    {"labelled_at", kLabelTimestamp, kSpecific},
    {"actual_timestamp", kLabelTimestamp, kSpecific},
    {"actual_time", kLabelTimestamp, kSpecific},
    {"actual_ts", kLabelTimestamp, kSpecific},
    {"actual_at", kLabelTimestamp, kSpecific},
    {"ground_truth_timestamp", kLabelTimestamp, kSpecific},
    {"ground_truth_time", kLabelTimestamp, kSpecific},
    {"ground_truth_ts", kLabelTimestamp, kSpecific},
    {"gt_timestamp", kLabelTimestamp, kSpecific},
    {"gt_time", kLabelTimestamp, kSpecific},
    {"gt_ts", kLabelTimestamp, kSpecific},
    {"outcome_timestamp", kLabelTimestamp, kSpecific},
    {"outcome_time", kLabelTimestamp, kSpecific},
    {"outcome_ts", kLabelTimestamp, kSpecific},
    {"outcome_at", kLabelTimestamp, kSpecific},
    {"observed_at", kLabelTimestamp, kSpecific, kLabels},
    {"observation_timestamp", kLabelTimestamp, kSpecific, kLabels},
    {"observation_time", kLabelTimestamp, kSpecific, kLabels},
    {"measured_at", kLabelTimestamp, kSpecific, kLabels},
    {"realized_at", kLabelTimestamp, kSpecific, kLabels},
    {"resolved_at", kLabelTimestamp, kSpecific, kLabels},
    {"feedback_timestamp", kLabelTimestamp, kSpecific, kLabels},
    {"feedback_time", kLabelTimestamp, kSpecific, kLabels},
    {"feedback_ts", kLabelTimestamp, kSpecific, kLabels},
    {"timestamp", kLabelTimestamp, kStrong, kLabels},
    {"ts", kLabelTimestamp, kWeak, kLabels},
    {"datetime", kLabelTimestamp, kWeak, kLabels},
    {"event_timestamp", kLabelTimestamp, kWeak, kLabels},
    {"event_datetime", kLabelTimestamp, kWeak, kLabels},
    {"event_time", kLabelTimestamp, kWeak, kLabels},
    {"event_ts", kLabelTimestamp, kWeak, kLabels},
    {"evt_time", kLabelTimestamp, kWeak, kLabels},
    {"evt_ts", kLabelTimestamp, kWeak, kLabels},
    {"occurred_at", kLabelTimestamp, kWeak, kLabels},
    {"unix_timestamp", kLabelTimestamp, kWeak, kLabels},
    {"unix_time", kLabelTimestamp, kWeak, kLabels},
    {"epoch_time", kLabelTimestamp, kWeak, kLabels},
    {"epoch", kLabelTimestamp, kWeak, kLabels},
    {"recorded_at", kLabelTimestamp, kWeak, kLabels},
    {"updated_at", kLabelTimestamp, kWeak, kLabels},
    {"created_at", kLabelTimestamp, kFaint, kLabels},
    {"created", kLabelTimestamp, kFaint, kLabels},
    {"created_timestamp", kLabelTimestamp, kFaint, kLabels},
    {"created_time", kLabelTimestamp, kFaint, kLabels},
    {"logged_at", kLabelTimestamp, kFaint, kLabels},
    {"received_at", kLabelTimestamp, kFaint, kLabels},
    {"time", kLabelTimestamp, kFaint, kLabels},
    {"date", kLabelTimestamp, kFaint, kLabels},

    {"is_deleted", kDeleted, kStrong, kLabels},
    {"deleted_flag", kDeleted, kStrong, kLabels},
    {"tombstone", kDeleted, kStrong, kLabels},
    {"is_tombstone", kDeleted, kStrong, kLabels},
    {"retracted", kDeleted, kStrong, kLabels},
    {"is_retracted", kDeleted, kStrong, kLabels},
    {"removed", kDeleted, kStrong, kLabels},
    {"is_removed", kDeleted, kStrong, kLabels},
};

constexpr Role kPredictionRoles[] = {kPredictionId,      kPrediction,    kModelVersion,
                                     kTimestamp,         kActual,        kSquaredError,
                                     kFeaturesetVersion, kLabelTimestamp};
constexpr Role kLabelRoles[] = {kPredictionId, kActual, kLabelTimestamp, kDeleted};

struct UnitWord {
  std::string_view word;
  std::optional<TimeUnit> unit;
};
// Last words that say how a time is written, not what it is the time of.
constexpr UnitWord kUnitWords[] = {
    {"s", TimeUnit::kSeconds},    {"sec", TimeUnit::kSeconds},
    {"secs", TimeUnit::kSeconds}, {"seconds", TimeUnit::kSeconds},
    {"ms", TimeUnit::kMillis},    {"millis", TimeUnit::kMillis},
    {"msec", TimeUnit::kMillis},  {"milliseconds", TimeUnit::kMillis},
    {"us", TimeUnit::kMicros},    {"micros", TimeUnit::kMicros},
    {"usec", TimeUnit::kMicros},  {"microseconds", TimeUnit::kMicros},
    {"ns", TimeUnit::kNanos},     {"nanos", TimeUnit::kNanos},
    {"nsec", TimeUnit::kNanos},   {"nanoseconds", TimeUnit::kNanos},
    {"utc", std::nullopt},        {"unix", std::nullopt},
    {"epoch", std::nullopt},
};

bool applies(const Synonym& synonym, SourceKind source) {
  return synonym.where == kBoth ||
         (synonym.where == kPredictions) == (source == SourceKind::kPredictions);
}

// Whether `name`, with its underscores left out, is the words joined.
bool is_spelled(std::string_view name, std::string_view joined) {
  for (const char letter : name) {
    if (letter == '_') continue;
    if (!joined.starts_with(letter)) return false;
    joined.remove_prefix(1);
  }
  return joined.empty();
}

std::string join_words(std::span<const std::string> words) {
  std::string joined;
  for (const std::string& word : words) joined += word;
  return joined;
}

const Synonym* find_synonym(std::string_view joined, SourceKind source) {
  for (const Synonym& synonym : kSynonyms) {
    if (applies(synonym, source) && is_spelled(synonym.name, joined)) return &synonym;
  }
  return nullptr;
}

std::optional<NameMatch> match_plain_name(std::string_view joined, SourceKind source) {
  for (const Role role : roles_of(source)) {
    if (is_spelled(role_name(role), joined)) return NameMatch{role, kExact, std::nullopt};
  }
  if (const Synonym* synonym = find_synonym(joined, source)) {
    return NameMatch{synonym->role, synonym->rank, std::nullopt, synonym->needs_y_prediction};
  }
  return std::nullopt;
}

template <size_t count>
bool contains(const std::string_view (&words)[count], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// Bytes of other scripts are letters.
bool is_in_word(char c) { return is_letter_or_digit(c) || static_cast<unsigned char>(c) >= 0x80; }

// "modelVersion" breaks before V, "HTTPServer" before S, "id2Name" before N.
bool breaks_before(std::string_view name, size_t index) {
  if (index == 0 || !is_upper(name[index])) return false;
  if (!is_upper(name[index - 1])) return true;
  return index + 1 < name.size() && is_lower(name[index + 1]);
}

std::span<const std::string_view> hints_of(Role role) {
  static constexpr std::string_view kIds[] = {"id", "ids", "uuid", "guid", "key"};
  static constexpr std::string_view kPredictionHints[] = {
      "pred", "predict", "hat", "yhat", "score", "forecast", "estimate", "output"};
  static constexpr std::string_view kVersions[] = {"version", "ver", "model", "mdl", "rev"};
  static constexpr std::string_view kTimes[] = {"time", "date",  "ts",      "at",
                                                "day",  "epoch", "created", "dttm"};
  static constexpr std::string_view kActuals[] = {"actual", "true",   "truth", "label",
                                                  "target", "observ", "y",     "outcome"};
  static constexpr std::string_view kErrors[] = {"squared", "error"};
  static constexpr std::string_view kFeatures[] = {"feature", "featureset"};
  static constexpr std::string_view kDeletions[] = {"deleted", "tombstone", "removed"};
  switch (role) {
    case kPredictionId:
      return kIds;
    case kPrediction:
      return kPredictionHints;
    case kModelVersion:
      return kVersions;
    case kTimestamp:
    case kLabelTimestamp:
      return kTimes;
    case kActual:
      return kActuals;
    case kSquaredError:
      return kErrors;
    case kFeaturesetVersion:
      return kFeatures;
    case kDeleted:
      return kDeletions;
  }
  return {};
}

}  // namespace

bool is_time_role(Role role) { return role == kTimestamp || role == kLabelTimestamp; }

std::vector<std::string> name_words(std::string_view name) {
  std::vector<std::string> words;
  bool in_word = false;
  for (size_t index = 0; index < name.size(); ++index) {
    const char c = name[index];
    if (!is_in_word(c)) {
      in_word = false;
      continue;
    }
    if (!in_word || breaks_before(name, index)) words.emplace_back();
    in_word = true;
    words.back() += to_lower(c);
  }
  return words;
}

std::span<const Role> roles_of(SourceKind source) {
  if (source == SourceKind::kLabels) return kLabelRoles;
  return kPredictionRoles;
}

std::optional<NameMatch> match_name(std::span<const std::string> words, SourceKind source) {
  if (words.empty()) return std::nullopt;
  if (auto match = match_plain_name(join_words(words), source)) return match;

  for (const UnitWord& unit : kUnitWords) {
    if (unit.word != words.back()) continue;
    auto match = match_plain_name(join_words(words.first(words.size() - 1)), source);
    if (!match || !is_time_role(match->role)) return std::nullopt;
    if (match->rank == kExact) match->rank = kStrong;
    match->unit = unit.unit;
    return match;
  }
  return std::nullopt;
}

bool is_y_prediction(std::span<const std::string> words) {
  const std::string joined = join_words(words);
  return joined == "yhat" || joined == "ypred";
}

bool hints_at(std::span<const std::string> words, Role role) {
  for (const std::string_view hint : hints_of(role)) {
    for (const std::string& word : words) {
      if (hint.size() < 4 ? word == hint : word.starts_with(hint)) return true;
    }
  }
  return false;
}

ParentMeaning parent_meaning(std::span<const std::string> words) {
  static constexpr std::string_view kInputs[] = {"feature", "features",   "input",    "inputs",
                                                 "params",  "parameters", "instance", "instances"};
  static constexpr std::string_view kEnvelopes[] = {
      "event",  "meta",    "metadata", "header", "headers", "envelope", "payload", "data",
      "record", "message", "msg",      "body",   "log",     "info",     "common",  "base"};
  static constexpr std::string_view kOutputs[] = {"output",      "outputs",  "response",
                                                  "result",      "results",  "prediction",
                                                  "predictions", "inference"};
  static constexpr std::string_view kTruths[] = {"label",   "labels",  "actual", "actuals",
                                                 "ground",  "truth",   "target", "targets",
                                                 "outcome", "feedback"};
  ParentMeaning meaning = ParentMeaning::kEnvelope;
  for (const std::string& word : words) {
    if (contains(kInputs, word)) return ParentMeaning::kInput;
    if (contains(kOutputs, word)) {
      meaning = ParentMeaning::kOutput;
    } else if (contains(kTruths, word)) {
      meaning = ParentMeaning::kTruth;
    } else if (!contains(kEnvelopes, word)) {
      return ParentMeaning::kUnknown;
    }
  }
  return meaning;
}

}  // namespace mseavro
