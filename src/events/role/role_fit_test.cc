#include "events/role/role_fit.h"

#include <gtest/gtest.h>

#include <vector>

namespace mseavro {
namespace {

TEST(UnitByMagnitude, KnowsTheYears1990To2100InEachUnit) {
  double scale = 1;
  for (TimeUnit unit :
       {TimeUnit::kSeconds, TimeUnit::kMillis, TimeUnit::kMicros, TimeUnit::kNanos}) {
    const double first = 631152000 * scale;
    const double end = 4102444800 * scale;
    EXPECT_EQ(unit_by_magnitude(first, first), unit);
    EXPECT_EQ(unit_by_magnitude(first, end * 0.999), unit);
    EXPECT_EQ(unit_by_magnitude(first - scale, first), std::nullopt);
    EXPECT_EQ(unit_by_magnitude(first, end), std::nullopt);
    scale *= 1000;
  }
}

TEST(UnitByMagnitude, KnowsNoUnitOfMixedOrOtherNumbers) {
  EXPECT_EQ(unit_by_magnitude(1738102210, 1738102210000), std::nullopt);
  EXPECT_EQ(unit_by_magnitude(-1738102210, 1738102210), std::nullopt);
  EXPECT_EQ(unit_by_magnitude(0, 0), std::nullopt);
  EXPECT_EQ(unit_by_magnitude(20250728, 20250729), std::nullopt);
}

constexpr FieldKind kKinds[] = {FieldKind::kInteger,      FieldKind::kNumber, FieldKind::kBoolean,
                                FieldKind::kText,         FieldKind::kBytes,  FieldKind::kInstant,
                                FieldKind::kLocalInstant, FieldKind::kDate,   FieldKind::kOther};

bool is_right_kind(Role role, FieldKind kind) {
  switch (role) {
    case Role::kPrediction:
    case Role::kActual:
    case Role::kSquaredError:
      return kind == FieldKind::kInteger || kind == FieldKind::kNumber;
    case Role::kPredictionId:
      return kind == FieldKind::kInteger || kind == FieldKind::kText || kind == FieldKind::kBytes;
    case Role::kModelVersion:
    case Role::kFeaturesetVersion:
      return kind == FieldKind::kInteger || kind == FieldKind::kNumber || kind == FieldKind::kText;
    case Role::kTimestamp:
    case Role::kLabelTimestamp:
      return kind == FieldKind::kInteger || kind == FieldKind::kNumber ||
             kind == FieldKind::kText || kind == FieldKind::kInstant ||
             kind == FieldKind::kLocalInstant || kind == FieldKind::kDate;
    case Role::kDeleted:
      return kind == FieldKind::kBoolean;
  }
  return false;
}

// A field of the kind whose evidence is as favourable to every role as the kind allows.
CandidateField likely_field(const char* name, FieldKind kind) {
  CandidateField field;
  field.path.steps.push_back({name});
  field.kind = kind;
  field.evidence = {.row_count = 100, .null_count = 0, .distinct_count = 100};
  if (kind == FieldKind::kInteger || kind == FieldKind::kNumber) {
    field.evidence.minimum = 1738102210;
    field.evidence.maximum = 1738199999;
  }
  field.evidence.texts_are_times = kind == FieldKind::kText;
  field.evidence.example = "2025-07-28";
  return field;
}

TEST(RoleFit, NeverGivesARoleToAWrongKind) {
  const char* kNames[] = {"prediction_id",
                          "prediction",
                          "model_version",
                          "timestamp",
                          "actual",
                          "squared_error",
                          "featureset_version",
                          "label_timestamp",
                          "deleted",
                          "pred_id",
                          "request_id",
                          "id",
                          "y_hat",
                          "score",
                          "version",
                          "model_id",
                          "prediction_ts",
                          "ts",
                          "created_at",
                          "date",
                          "y_true",
                          "value",
                          "sq_err",
                          "fs_version",
                          "label_ts",
                          "updated_at",
                          "tombstone"};
  size_t bound_count = 0;
  for (SourceKind source : {SourceKind::kPredictions, SourceKind::kLabels}) {
    for (const char* name : kNames) {
      for (FieldKind kind : kKinds) {
        const FieldCatalog catalog{"first.avro", {likely_field(name, kind)}};
        const auto mapping = infer_roles(catalog, {.source = source});
        if (!mapping || mapping->roles.empty()) continue;
        ++bound_count;
        EXPECT_TRUE(is_right_kind(mapping->roles[0].role, kind))
            << name << " of kind " << field_kind_name(kind) << ": " << mapping->text();
      }
    }
  }
  EXPECT_GT(bound_count, 50u);
}

TEST(RoleFit, NeverGivesARoleToAWrongKindThatIsDeclared) {
  for (SourceKind source : {SourceKind::kPredictions, SourceKind::kLabels}) {
    for (Role role : roles_of(source)) {
      for (FieldKind kind : kKinds) {
        const CandidateField field = likely_field("q17", kind);
        const auto mapping = infer_roles({"first.avro", {field}},
                                         {.source = source, .overrides = {{role, {field.path}}}});
        EXPECT_EQ(mapping.has_value(), is_right_kind(role, kind))
            << role_name(role) << " on " << field_kind_name(kind);
      }
    }
  }
}

TEST(RoleFit, KeepsTheUnitOfALogicalType) {
  CandidateField field = likely_field("timestamp", FieldKind::kInstant);
  field.unit = TimeUnit::kNanos;
  const auto mapping = infer_roles({"first.avro", {field}}, {.time_unit = TimeUnit::kSeconds});
  ASSERT_TRUE(mapping);
  const TimeReading& time = mapping->find(Role::kTimestamp)->time;
  EXPECT_EQ(time.form, TimeReading::Form::kCount);
  EXPECT_EQ(time.unit, TimeUnit::kNanos);
  EXPECT_FALSE(time.is_local);
  EXPECT_FALSE(time.unit_was_inferred);
}

TEST(RoleFit, ReadsDatesAndLocalTimesInTheZoneOfTheQuestion) {
  for (FieldKind kind : {FieldKind::kDate, FieldKind::kLocalInstant}) {
    const auto mapping = infer_roles({"first.avro", {likely_field("timestamp", kind)}}, {});
    ASSERT_TRUE(mapping);
    EXPECT_TRUE(mapping->find(Role::kTimestamp)->time.is_local);
  }
}

TEST(RoleFit, TakesZerosAndOnesForDeleted) {
  for (const auto& [maximum, is_flag] : {std::pair(1.0, true), std::pair(2.0, false)}) {
    CandidateField field = likely_field("deleted", FieldKind::kInteger);
    field.evidence.minimum = 0;
    field.evidence.maximum = maximum;
    EXPECT_EQ(infer_roles({"first.avro", {field}}, {.source = SourceKind::kLabels}).has_value(),
              is_flag)
        << maximum;
  }
}

TEST(RoleFit, TakesFlagsOfCsvForDeleted) {
  for (const auto& [example, is_flag] : {std::pair("true", true), std::pair("0", true),
                                         std::pair("gone", false), std::pair("", false)}) {
    CandidateField field = likely_field("deleted", FieldKind::kText);
    field.origin = FieldOrigin::kCsv;
    field.evidence.example = example;
    EXPECT_EQ(infer_roles({"first.csv", {field}}, {.source = SourceKind::kLabels}).has_value(),
              is_flag)
        << example;
  }
}

}  // namespace
}  // namespace mseavro
