#include "events/role/synonyms.h"

#include <gtest/gtest.h>

namespace mseavro {
namespace {

using Words = std::vector<std::string>;

TEST(NameWords, SplitsAtCaseAndSigns) {
  const struct {
    const char* name;
    Words words;
  } kCases[] = {
      {"prediction_id", {"prediction", "id"}},
      {"predictionId", {"prediction", "id"}},
      {"PREDICTION_ID", {"prediction", "id"}},
      {"Prediction-Id", {"prediction", "id"}},
      {"HTTPServerID", {"http", "server", "id"}},
      {"Scored Labels", {"scored", "labels"}},
      {"__event_id", {"event", "id"}},
      {"@timestamp", {"timestamp"}},
      {"p10Forecast", {"p10", "forecast"}},
      {"yHat", {"y", "hat"}},
      {"größe", {"größe"}},
      {"", {}},
      {"__", {}},
  };
  for (const auto& test : kCases) EXPECT_EQ(name_words(test.name), test.words) << test.name;
}

TEST(MatchName, KnowsRolesByTheirOwnNames) {
  for (SourceKind source : {SourceKind::kPredictions, SourceKind::kLabels}) {
    for (Role role : roles_of(source)) {
      const auto match = match_name(name_words(role_name(role)), source);
      ASSERT_TRUE(match) << role_name(role);
      EXPECT_EQ(match->role, role);
      EXPECT_EQ(match->rank, NameRank::kExact);
    }
  }
}

TEST(MatchName, RanksSynonyms) {
  const auto rank = [](const char* name) {
    return match_name(name_words(name), SourceKind::kPredictions)->rank;
  };
  EXPECT_EQ(rank("prediction"), NameRank::kExact);
  EXPECT_EQ(rank("prediction_ts"), NameRank::kSpecific);
  EXPECT_EQ(rank("y_hat"), NameRank::kStrong);
  EXPECT_EQ(rank("yhat"), NameRank::kStrong);
  EXPECT_EQ(rank("score"), NameRank::kWeak);
  EXPECT_EQ(rank("id"), NameRank::kFaint);
}

TEST(MatchName, ReadsTheUnitOffTheEnd) {
  const auto match = match_name(name_words("eventTimeMillis"), SourceKind::kPredictions);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->role, Role::kTimestamp);
  EXPECT_EQ(match->unit, TimeUnit::kMillis);
  EXPECT_EQ(match_name(name_words("timestamp_utc"), SourceKind::kPredictions)->unit, std::nullopt);
  EXPECT_EQ(match_name(name_words("timestamp_ns"), SourceKind::kLabels)->role,
            Role::kLabelTimestamp);
}

TEST(MatchName, TakesAUnitForTimesOnly) {
  EXPECT_FALSE(match_name(name_words("prediction_ms"), SourceKind::kPredictions));
  EXPECT_FALSE(match_name(name_words("execution_time_ms"), SourceKind::kPredictions));
}

TEST(MatchName, ReadsGenericTimesByTheSource) {
  for (const char* name : {"ts", "event_time", "created_at"}) {
    EXPECT_EQ(match_name(name_words(name), SourceKind::kPredictions)->role, Role::kTimestamp);
    EXPECT_EQ(match_name(name_words(name), SourceKind::kLabels)->role, Role::kLabelTimestamp);
  }
}

TEST(MatchName, KnowsNothingOfOtherNames) {
  for (const char* name : {"specversion", "schema_version", "eventVersion", "user_id", "latency",
                           "prediction_lower", "y_pred_proba", "features_score", "count", ""}) {
    EXPECT_FALSE(match_name(name_words(name), SourceKind::kPredictions)) << name;
  }
}

TEST(ParentMeaning, TellsEnvelopesFromInputsOutputsAndTruths) {
  const struct {
    const char* name;
    ParentMeaning meaning;
  } kCases[] = {
      {"meta", ParentMeaning::kEnvelope},         {"eventMetadata", ParentMeaning::kEnvelope},
      {"response", ParentMeaning::kOutput},       {"output_data", ParentMeaning::kOutput},
      {"groundTruthData", ParentMeaning::kTruth}, {"features", ParentMeaning::kInput},
      {"model_inputs", ParentMeaning::kUnknown},  {"endpointInput", ParentMeaning::kUnknown},
      {"baseline", ParentMeaning::kUnknown},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(parent_meaning(name_words(test.name)), test.meaning) << test.name;
  }
}

}  // namespace
}  // namespace mseavro
