#include "events/role/field_match.h"

#include <gtest/gtest.h>

#include <string>

namespace mseavro {
namespace {

std::string meaning(const char* path, SourceKind source = SourceKind::kPredictions) {
  CandidateField field;
  field.path = *FieldPath::parse(path);
  const auto match = match_field(field, source);
  return match ? std::string(role_name(match->role)) : "";
}

TEST(MatchField, ReadsNestedNamesWithTheRecordsAroundThem) {
  const struct {
    const char* path;
    const char* role;
  } kCases[] = {
      {"prediction.value", "prediction"},
      {"predictions.value", "prediction"},
      {"model.version", "model_version"},
      {"model_spec.version.value", "model_version"},
      {"timestamp.value", "timestamp"},
      {"event.id", "prediction_id"},
      {"meta.ts", "timestamp"},
      {"header.meta.ts", "timestamp"},
      {"response.prediction", "prediction"},
      {"labels.label", "actual"},
      {"label.timestamp", "label_timestamp"},
      // A single weak word says nothing in a record of something else.
      {"meta.version", ""},
      {"meta.id", ""},
      {"meta.time", ""},
      {"model.id", "model_version"},
      {"user.id", ""},
      // What the model says is no truth, and the truth is no prediction.
      {"response.label", ""},
      {"labels.score", ""},
      // Records of unknown meaning, of inputs, and maps.
      {"baseline.prediction", ""},
      {"customer.meta.timestamp", ""},
      {"features.prediction", ""},
      {"features.meta.timestamp", ""},
      {"tags[\"prediction\"]", ""},
      {"tags[\"a\"].prediction", ""},
  };
  for (const auto& test : kCases) EXPECT_EQ(meaning(test.path), test.role) << test.path;
}

TEST(MatchField, TakesTheBetterOfNameAndAliases) {
  CandidateField field;
  field.path = *FieldPath::parse("score");
  field.aliases = {"something", "y_hat"};
  EXPECT_EQ(match_field(field, SourceKind::kPredictions)->rank, NameRank::kStrong);
  field.aliases.push_back("prediction");
  EXPECT_EQ(match_field(field, SourceKind::kPredictions)->rank, NameRank::kAlias);
  field.path = *FieldPath::parse("prediction");
  EXPECT_EQ(match_field(field, SourceKind::kPredictions)->rank, NameRank::kExact);
}

TEST(MatchField, LeavesAllButTimesOfLogShippersAlone) {
  EXPECT_EQ(meaning("@timestamp"), "timestamp");
  EXPECT_EQ(meaning("@version"), "");
}

}  // namespace
}  // namespace mseavro
