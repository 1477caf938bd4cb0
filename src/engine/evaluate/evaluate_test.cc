#include "engine/evaluate/evaluate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "engine/evaluate/testing/event_files.h"

namespace mseavro {
namespace {

using Texts = std::vector<std::string>;

constexpr Instant kDay = kMicrosPerDay;
// 2013-01-01T00:00:00Z
constexpr Instant kNewYear = 1'356'998'400 * kMicrosPerSecond;

std::string event_schema(const std::string& fields) {
  return R"({"type":"record","name":"Event","fields":[)" + fields + "]}";
}

TEST(Evaluate, ScoresEventsByVersionWindowAndSlice) {
  const ScratchFolder folder;
  const std::string file = folder.write(
      "p.avro",
      prediction_file({{.prediction = 1, .version = "v1", .time = 0, .actual = 3, .region = "eu"},
                       {.prediction = 1, .version = "v1", .time = 5, .actual = 2, .region = "eu"},
                       {.prediction = 1, .version = "v1", .time = kDay, .region = "eu"},
                       {.prediction = 1, .version = "v2", .time = -1, .actual = 1}}));
  Spec spec;
  spec.window = {.kind = WindowKind::kDay};
  spec.by = {path_of("region")};
  const Evaluation evaluation = answer(spec, {file});
  EXPECT_EQ(describe(evaluation.rows), (Texts{"v1 region=eu 1970-01-01T00:00:00Z: 2 scored",
                                              "v1 region=eu 1970-01-02T00:00:00Z: 1 unlabelled",
                                              "v2 region=null 1969-12-31T00:00:00Z: 1 scored"}));
  EXPECT_EQ(evaluation.rows[0].metrics.mse.value, 2.5);
  EXPECT_EQ(evaluation.rows[0].metrics.bias.value, -1.5);
  EXPECT_EQ(evaluation.rows[1].metrics.mse.value, std::nullopt);
  EXPECT_STREQ(evaluation.rows[1].metrics.mse.reason, "no_rows");
  EXPECT_EQ(evaluation.rows[2].metrics.mse.value, 0);
}

TEST(Evaluate, SaysTheMappingAndThatRepeatsAreKept) {
  const ScratchFolder folder;
  const std::string file = folder.write("p.avro", prediction_file({{.id = "a", .actual = 1}}));
  const std::string labels = folder.write("l.avro", label_file({{"a", 1, 1}}));
  Texts said;
  EvaluateOptions options;
  options.say = [&](const std::string& text) { said.push_back(text); };
  const Evaluation evaluation = answer({}, {file}, {}, options);
  ASSERT_EQ(said.size(), 2u);
  EXPECT_TRUE(said[0].starts_with("roles of predictions: prediction_id=")) << said[0];
  EXPECT_NE(said[1].find("repeats: kept"), std::string::npos);
  EXPECT_EQ("roles of predictions: " + evaluation.mapping, said[0]);
  EXPECT_EQ(evaluation.label_mapping, "");

  said.clear();
  const Evaluation joined = answer({}, {file}, {labels}, options);
  ASSERT_EQ(said.size(), 2u);
  EXPECT_EQ("roles of labels: " + joined.label_mapping, said[1]);
}

TEST(Evaluate, KeepsVersionsApartUnlessTheyAreMixed) {
  const ScratchFolder folder;
  const std::string file =
      folder.write("p.avro", prediction_file({{.id = "a", .version = "v1", .actual = 1},
                                              {.id = "a", .version = "v2", .actual = 1},
                                              {.id = "a", .version = {}, .actual = 1}}));
  Spec spec;
  EXPECT_EQ(describe(answer(spec, {file}).rows),
            (Texts{"null: 1 scored", "v1: 1 scored", "v2: 1 scored"}));
  spec.mix_versions = true;
  EXPECT_EQ(describe(answer(spec, {file}).rows), Texts{"*: 3 scored"});
  // A version is part of what a prediction is, mixed or not: these are no repeats.
  spec.duplicates = DuplicatePolicy::kDrop;
  EXPECT_EQ(describe(answer(spec, {file}).rows), Texts{"*: 3 scored"});
}

TEST(Evaluate, HeaderOnlyFilesGiveNoRows) {
  const ScratchFolder folder;
  const std::string predictions = folder.write("p/0.avro", prediction_file({}));
  const std::string labels = folder.write("l/0.avro", label_file({}));
  folder.write("l/0.csv", "prediction_id,actual\n");
  Spec spec;
  spec.window = {.kind = WindowKind::kMonth};
  spec.by = {path_of("region")};
  spec.where = "region == 'eu'";
  for (auto policy : {DuplicatePolicy::kWhenIdsAreRead, DuplicatePolicy::kDrop}) {
    spec.duplicates = policy;
    for (int thread_count : {1, 4}) {
      EvaluateOptions options;
      options.thread_count = thread_count;
      const Evaluation evaluation = answer(spec, {predictions}, {}, options);
      EXPECT_TRUE(evaluation.rows.empty());
      EXPECT_TRUE(evaluation.warnings.empty());
      EXPECT_EQ(evaluation.accounting.prediction_rows, 0);
      EXPECT_TRUE(answer(spec, {predictions}, {folder.path() + "/l"}, options).rows.empty());
    }
  }
  // An empty file beside others, wherever it stands.
  spec.duplicates = DuplicatePolicy::kKeep;
  folder.write("p/1.avro", prediction_file({{.actual = 1, .region = "eu"}}));
  folder.write("p/2.avro", prediction_file({}));
  EXPECT_EQ(answer(spec, {folder.path() + "/p"}).rows.size(), 1u);
}

TEST(Evaluate, PathKeysFillRolesAndSlices) {
  const ScratchFolder folder;
  const std::string schema =
      event_schema(R"({"name":"prediction","type":"double"},{"name":"actual","type":"double"})");
  const std::string bytes = avro_file(schema, {[](Encoder& to) {
                                        to.put_double(1);
                                        to.put_double(2);
                                      }});
  for (const char* path :
       {"model_version=v1/date=2013-01-01/region=eu", "model_version=v1/date=2013-01-02/region=us",
        "model_version=v2/date=2013-01-02/region=us",
        "model_version=__HIVE_DEFAULT_PARTITION__/date=2013-01-02/region=a%3Db"}) {
    folder.write(std::string(path) + "/x.avro", bytes);
  }
  Spec spec;
  spec.window = {.kind = WindowKind::kDay};
  spec.by = {path_of("region")};
  const Texts all = {"null region=a=b 2013-01-02T00:00:00Z: 1 scored",
                     "v1 region=eu 2013-01-01T00:00:00Z: 1 scored",
                     "v1 region=us 2013-01-02T00:00:00Z: 1 scored",
                     "v2 region=us 2013-01-02T00:00:00Z: 1 scored"};
  EXPECT_EQ(describe(answer(spec, {folder.path()}).rows), all);

  struct Case {
    const char* where;
    Texts rows;
    int64_t pruned_files;
  };
  const Case cases[] = {
      {"region == 'us'", {all[2], all[3]}, 2},
      {"region != 'us' and model_version is not null", {all[1]}, 3},
      {"model_version == 'v2'", {all[3]}, 3},
      {"model_version is null", {all[0]}, 3},
      {"date >= '2013-01-02'", {all[0], all[2], all[3]}, 1},
      {"region == 'xx'", {}, 4},
      // Only the rows can tell.
      {"region == 'us' and prediction > 0", {all[2], all[3]}, 0},
      {"prediction < 0", {}, 0},
  };
  for (const Case& c : cases) {
    spec.where = c.where;
    const Evaluation evaluation = answer(spec, {folder.path()});
    EXPECT_EQ(describe(evaluation.rows), c.rows) << c.where;
    EXPECT_EQ(evaluation.accounting.pruned_files, c.pruned_files) << c.where;
    EXPECT_EQ(evaluation.accounting.prediction_rows, 4 - c.pruned_files) << c.where;
  }
}

// `--map model_version=build` makes the role's name stand for that field, not for the path key.
TEST(Evaluate, PrunesByTheFieldThatARoleStandsFor) {
  const ScratchFolder folder;
  const std::string schema = event_schema(
      R"({"name":"prediction","type":"double"},{"name":"actual","type":"double"},
         {"name":"build","type":"string"})");
  folder.write("model_version=outer/x.avro", avro_file(schema, {[](Encoder& to) {
                                                         to.put_double(1);
                                                         to.put_double(2);
                                                         to.put_bytes("inner");
                                                       }}));
  Spec spec;
  spec.map = {*parse_role_override("model_version=build")};
  spec.where = "model_version == 'inner'";
  const Evaluation evaluation = answer(spec, {folder.path()});
  EXPECT_EQ(evaluation.accounting.pruned_files, 0);
  EXPECT_EQ(describe(evaluation.rows), Texts{"inner: 1 scored"});
}

TEST(Evaluate, ReadsDecimalsAndEveryKindOfNumber) {
  const ScratchFolder folder;
  const std::string file = folder.write(
      "p.avro",
      avro_file(event_schema(
                    R"({"name":"prediction","type":{"type":"bytes","logicalType":"decimal",
                        "precision":9,"scale":2}},
                       {"name":"actual","type":["null","float"]},
                       {"name":"model_version","type":"int"})"),
                {[](Encoder& to) {
                   to.put_bytes(std::string("\x04\xD2", 2));  // 12.34
                   to.put_long(1);
                   to.put_float(0.1f);
                   to.put_int(7);
                 },
                 [](Encoder& to) {
                   to.put_bytes(std::string("\xFF", 1));  // -0.01
                   to.put_long(1);
                   to.put_float(2);
                   to.put_int(7);
                 }}));
  const Evaluation evaluation = answer({}, {file});
  EXPECT_EQ(describe(evaluation.rows), Texts{"7: 2 scored"});
  const double first = static_cast<double>(0.1f) - 12.34;
  const double second = 2 - -0.01;
  EXPECT_EQ(evaluation.rows[0].metrics.mae.value, (second - first) / 2);
}

TEST(Evaluate, ReadsNumbersFromTextOnlyWhenThatIsAllowed) {
  const ScratchFolder folder;
  const auto event = [](const char* prediction, const char* actual, const char* time) {
    return [=](Encoder& to) {
      to.put_bytes(prediction);
      to.put_bytes(actual);
      to.put_bytes(time);
    };
  };
  const std::string file = folder.write(
      "p.avro", avro_file(event_schema(R"({"name":"prediction","type":"string"},
                                          {"name":"actual","type":"string"},
                                          {"name":"timestamp","type":"string"})"),
                          {event("1.5", "2", "1357000000"), event("x", "2", "1357000000"),
                           event("1", "y", "1357000000"), event("1", "nan", "1357000000"),
                           event("1", "1", "soon")}));
  Spec spec = lenient_spec();
  spec.window = {.kind = WindowKind::kYear};
  EXPECT_EQ(evaluate(spec, {file}, {}, {}).error().code, ErrorCode::kTextNumber);
  spec.parse_text_numbers = true;
  spec.time_unit = TimeUnit::kSeconds;
  spec.map = {*parse_role_override("timestamp=timestamp")};
  const auto evaluation = evaluate(spec, {file}, {}, {});
  // One text that is no time makes the whole field none; without it the count is read from text.
  if (!evaluation) {
    EXPECT_EQ(evaluation.error().code, ErrorCode::kWrongRoleType);
    spec.window = {};
    spec.map = {*parse_role_override("timestamp=")};
  }
  const Accounting counts = answer(spec, {file}).accounting;
  EXPECT_EQ(counts.predictions[Outcome::kScored] + counts.predictions[Outcome::kRejected], 5);
  EXPECT_EQ(counts.rejected_predictions[static_cast<size_t>(RejectReason::kPredictionWrongType)],
            1);
  EXPECT_EQ(counts.rejected_predictions[static_cast<size_t>(RejectReason::kActualWrongType)], 1);
  EXPECT_EQ(counts.rejected_predictions[static_cast<size_t>(RejectReason::kActualNotFinite)], 1);
}

TEST(Evaluate, TakesLabelsFromAvroAndTextTogether) {
  const ScratchFolder folder;
  const std::string predictions =
      folder.write("p.avro", prediction_file({{.id = "a", .prediction = 1, .time = kNewYear},
                                              {.id = "b", .prediction = 1, .time = kNewYear},
                                              {.id = "c", .prediction = 1, .time = kNewYear}}));
  folder.write("l/a.avro", label_file({{"a", 2, kNewYear + 5}, {"b", 3, kNewYear + 5}}));
  folder.write("l/b.csv", "id,truth,labelled_at\nb,4,2013-01-01T00:00:01Z\nc,5,2013-01-01\n");
  // Overrides count in the sources that have their fields.
  Spec spec;
  spec.map = {*parse_role_override("prediction_id=id"), *parse_role_override("actual=truth"),
              *parse_role_override("label_timestamp=labelled_at")};
  const Evaluation evaluation = answer(spec, {predictions}, {folder.path() + "/l"});
  EXPECT_EQ(describe(evaluation.accounting.labels), "3 matched, 1 superseded");
  ASSERT_EQ(describe(evaluation.rows), Texts{"v1: 3 scored"});
  EXPECT_EQ(evaluation.rows[0].metrics.mse.value, (1.0 + 9 + 16) / 3);
}

TEST(Evaluate, TakesPredictionsAndLabelsFromJsonLines) {
  const ScratchFolder folder;
  const std::string predictions =
      folder.write("p.jsonl",
                   "{\"id\":\"a\",\"out\":{\"prediction\":1.5},\"ts\":\"2013-01-01T00:00:00Z\"}\n"
                   "{\"id\":\"b\",\"out\":{\"prediction\":2},\"ts\":\"2013-01-02T00:00:00Z\"}\n"
                   "{\"id\":\"c\",\"ts\":\"2013-01-02T00:00:00Z\"}\n");
  const std::string labels =
      folder.write("l.ndjson", "{\"id\":\"a\",\"actual\":3}\n{\"actual\":4,\"id\":\"b\"}\n");
  Spec spec = lenient_spec();
  spec.window = {.kind = WindowKind::kDay};
  spec.map = {*parse_role_override("prediction=out.prediction"),
              *parse_role_override("prediction_id=id")};
  const Evaluation evaluation = answer(spec, {predictions}, {labels});
  EXPECT_EQ(describe(evaluation.rows), (Texts{"null 2013-01-01T00:00:00Z: 1 scored",
                                              "null 2013-01-02T00:00:00Z: 1 scored, 1 rejected"}));
  EXPECT_EQ(evaluation.rows[0].metrics.mse.value, 2.25);
}

TEST(Evaluate, MatchesByCompositeKeys) {
  const ScratchFolder folder;
  const std::string predictions =
      folder.write("p.csv", "user_id,movie_id,region,prediction\n1,23,eu,1\n12,3,eu,2\n,3,eu,4\n");
  const std::string labels =
      folder.write("l.avro", avro_file(event_schema(R"({"name":"movie","type":"string"},
                                                       {"name":"user_id","type":"long"},
                                                       {"name":"rating","type":"double"})"),
                                       {[](Encoder& to) {
                                          to.put_bytes("23");
                                          to.put_long(1);
                                          to.put_double(5);
                                        },
                                        [](Encoder& to) {
                                          to.put_bytes("123");
                                          to.put_long(0);
                                          to.put_double(5);
                                        }}));
  // Each source has a key of its own; the parts meet in their order. One that is missing is a key
  // that is missing.
  Spec spec = lenient_spec();
  spec.map = {*parse_role_override("key=user_id,movie_id"),
              *parse_role_override("key=user_id,movie"), *parse_role_override("actual=rating")};
  const Evaluation evaluation = answer(spec, {predictions}, {labels});
  EXPECT_EQ(describe(evaluation.rows), Texts{"null: 1 scored, 1 unlabelled, 1 rejected"});
  EXPECT_EQ(describe(evaluation.accounting.rejected_predictions), "1 missing_id");
  EXPECT_EQ(describe(evaluation.accounting.labels), "1 matched, 1 unmatched");
  EXPECT_EQ(evaluation.rows[0].metrics.mse.value, 16);
  EXPECT_NE(evaluation.mapping.find("prediction_id=user_id,movie_id (--map)"), std::string::npos);
}

TEST(Evaluate, NamesTheFieldThatACompositeKeyLacks) {
  const ScratchFolder folder;
  const std::string predictions = folder.write("p.csv", "user_id,movie_id,prediction\n1,23,1\n");
  const std::string labels = folder.write("l.csv", "user_id,movie,actual\n1,23,1\n");
  Spec spec;
  spec.map = {*parse_role_override("key=user_id,movie_id")};
  const auto evaluation = evaluate(spec, {predictions}, {labels}, {});
  ASSERT_FALSE(evaluation);
  // The predictions have this key; the labels are asked for one of theirs.
  EXPECT_EQ(evaluation.error().code, ErrorCode::kRoleMissing);
  EXPECT_EQ(evaluation.error().place.file, labels);
  spec.map = {*parse_role_override("key=user_id,movie_idd")};
  const auto misspelt = mseavro::evaluate(spec, {predictions}, {labels}, {});
  ASSERT_FALSE(misspelt);
  EXPECT_EQ(misspelt.error().code, ErrorCode::kFieldMissing);
  EXPECT_EQ(misspelt.error().value, "movie_idd");
}

TEST(Evaluate, MatchesTheNewestPredictionBeforeALabel) {
  const ScratchFolder folder;
  const std::string predictions =
      folder.write("p.csv",
                   "user,movie,timestamp,prediction\n1,2,2020-01-01,1\n1,2,2020-01-05,2\n1,2,,3\n"
                   "1,2,2020-01-09,4\n");
  const std::string labels =
      folder.write("l.csv",
                   "user,movie,time,rating\n1,2,2020-01-05,5\n1,2,2020-01-02,4\n1,2,,3\n"
                   "1,2,2020-02-01,3\n");
  Spec spec = lenient_spec();
  spec.match = MatchPolicy::kLatestBefore;
  spec.max_age_micros = 7 * kMicrosPerDay;
  spec.map = {*parse_role_override("key=user,movie"), *parse_role_override("actual=rating")};
  const Evaluation evaluation = answer(spec, {predictions}, {labels});
  EXPECT_EQ(describe(evaluation.accounting.predictions), "2 scored, 1 unlabelled, 1 rejected");
  EXPECT_EQ(describe(evaluation.accounting.rejected_predictions), "1 missing_timestamp");
  EXPECT_EQ(describe(evaluation.accounting.labels), "2 matched, 1 unmatched, 1 rejected");
  EXPECT_EQ(describe(evaluation.accounting.rejected_labels), "1 missing_label_timestamp");
  EXPECT_EQ(evaluation.rows[0].metrics.mse.value, 9);
}

TEST(Evaluate, AnOverrideThatNoSourceHasIsAnError) {
  const ScratchFolder folder;
  const std::string predictions =
      folder.write("p.avro", prediction_file({{.id = "a", .actual = 1}}));
  const std::string labels = folder.write("l.csv", "prediction_id,actual,build\na,1,x\n");
  struct Case {
    const char* map;
    bool with_labels;
  };
  const Case cases[] = {
      {"prediction=predicton", false},
      {"model_version=versoin", true},
      {"deleted=gone", true},
      // Labels have the field, but no versions.
      {"model_version=build", true},
  };
  for (const Case& c : cases) {
    Spec spec;
    spec.map = {*parse_role_override(c.map)};
    const auto evaluation =
        evaluate(spec, {predictions}, c.with_labels ? Texts{labels} : Texts{}, {});
    ASSERT_FALSE(evaluation) << c.map;
    EXPECT_EQ(evaluation.error().code, ErrorCode::kFieldMissing) << c.map;
  }
}

TEST(Evaluate, AnEmptyOverrideDoesWithoutARole) {
  const ScratchFolder folder;
  const std::string file =
      folder.write("p.avro", prediction_file({{.version = "v1", .actual = 1}}));
  Spec spec;
  spec.map = {*parse_role_override("model_version=")};
  EXPECT_EQ(describe(answer(spec, {file}).rows), Texts{"null: 1 scored"});
}

TEST(Evaluate, RefusesQuestionsThatTheEventsCannotAnswer) {
  const ScratchFolder folder;
  const std::string predictions =
      folder.write("p.avro", prediction_file({{.id = "a", .actual = 1}}));
  const std::string bare =
      folder.write("bare.avro", avro_file(event_schema(R"({"name":"prediction_id","type":"string"},
                                             {"name":"prediction","type":"double"},
                                             {"name":"flag","type":"boolean"},
                                             {"name":"timestamp","type":
                                               {"type":"long","logicalType":"timestamp-millis"}}
                                             )"),
                                          {}));
  const std::string no_times =
      folder.write("no_times.avro", avro_file(event_schema(R"({"name":"prediction","type":"double"},
                                                 {"name":"actual","type":"double"})"),
                                              {}));
  const std::string labels = folder.write("l.csv", "prediction_id,actual\na,1\n");
  struct Case {
    const char* what;
    void (*ask)(Spec&);
    std::string file;
    Texts labels;
    ErrorCode code;
  };
  const Case cases[] = {
      {"no actuals at all", [](Spec&) {}, bare, {}, ErrorCode::kRoleMissing},
      {"nor when repeats are dropped",
       [](Spec& s) { s.duplicates = DuplicatePolicy::kDrop; },
       bare,
       {},
       ErrorCode::kRoleMissing},
      {"latest before without labels",
       [](Spec& s) { s.match = MatchPolicy::kLatestBefore; },
       predictions,
       {},
       ErrorCode::kConflictingOptions},
      {"latest before with labels of no time",
       [](Spec& s) { s.match = MatchPolicy::kLatestBefore; },
       predictions,
       {labels},
       ErrorCode::kRoleMissing},
      {"windows without time",
       [](Spec& s) { s.window = {.kind = WindowKind::kDay}; },
       no_times,
       {},
       ErrorCode::kRoleMissing},
      {"ids that are not there", [](Spec&) {}, no_times, {labels}, ErrorCode::kRoleMissing},
      {"as of, with actuals of no time",
       [](Spec& s) {
         s.as_of = 1;
         s.map = {*parse_role_override("label_timestamp=")};
       },
       predictions,
       {},
       ErrorCode::kLabelTimesMissing},
      {"as of, with labels of no time",
       [](Spec& s) { s.as_of = 1; },
       bare,
       {labels},
       ErrorCode::kLabelTimesMissing},
      {"a longest delay, with labels of no time",
       [](Spec& s) { s.max_label_delay_micros = 1; },
       bare,
       {labels},
       ErrorCode::kLabelTimesMissing},
      {"a slice that is not there",
       [](Spec& s) { s.by = {path_of("rgeion")}; },
       predictions,
       {},
       ErrorCode::kFieldMissing},
      {"a filter on what is not there",
       [](Spec& s) { s.where = "rgeion == 'eu'"; },
       predictions,
       {},
       ErrorCode::kFieldMissing},
      {"a text compared with a number",
       [](Spec& s) { s.where = "region == 5"; },
       predictions,
       {},
       ErrorCode::kBadFilter},
      {"a flag compared with a number",
       [](Spec& s) { s.where = "flag == 1"; },
       bare,
       {labels},
       ErrorCode::kBadFilter},
      {"a role of text compared with a number",
       [](Spec& s) { s.where = "model_version > 1"; },
       predictions,
       {},
       ErrorCode::kBadFilter},
      {"a filter that is none",
       [](Spec& s) { s.where = "region =="; },
       predictions,
       {},
       ErrorCode::kBadFilter},
      {"an unknown time zone",
       [](Spec& s) { s.timezone = "Mars/Olympus"; },
       predictions,
       {},
       ErrorCode::kBadTimeZone},
      {"a file that is not there",
       [](Spec&) {},
       folder.path() + "/none.avro",
       {},
       ErrorCode::kNotFound},
  };
  for (const Case& c : cases) {
    Spec spec;
    c.ask(spec);
    const auto evaluation = evaluate(spec, {c.file}, c.labels, {});
    ASSERT_FALSE(evaluation) << c.what;
    EXPECT_EQ(evaluation.error().code, c.code) << c.what << ": " << evaluation.error().message;
  }
}

TEST(Evaluate, WarnsThatClassesWantAnotherMetric) {
  struct Case {
    const char* what;
    std::vector<PredictionEvent> events;
    bool warns;
  };
  const Case cases[] = {
      {"probabilities of a class",
       {{.prediction = 0.3, .actual = 0}, {.prediction = 1, .actual = 1}},
       true},
      {"another actual",
       {{.prediction = 0.3, .actual = 0}, {.prediction = 0.3, .actual = 2}},
       false},
      {"a prediction beyond 1", {{.prediction = 1.1, .actual = 0}}, false},
      {"a prediction below 0", {{.prediction = -0.1, .actual = 0}}, false},
      {"nothing scored", {{.prediction = 0.5}}, false},
      {"what is not scored does not count",
       {{.prediction = 0.3, .actual = 0}, {.prediction = 99}},
       true},
  };
  const ScratchFolder folder;
  for (const Case& c : cases) {
    const std::string file = folder.write("p.avro", prediction_file(c.events));
    EXPECT_EQ(!answer({}, {file}).warnings.empty(), c.warns) << c.what;
    // With labels as well, and however many threads look.
    std::vector<PredictionEvent> bare = c.events;
    std::vector<LabelEvent> labels;
    for (size_t i = 0; i < bare.size(); ++i) {
      bare[i].id = std::to_string(i);
      if (bare[i].actual) labels.push_back({bare[i].id, bare[i].actual});
      bare[i].actual.reset();
    }
    EvaluateOptions options;
    options.thread_count = 4;
    const std::string bare_file = folder.write("b.avro", prediction_file(bare));
    const std::string label_events = folder.write("l.avro", label_file(labels));
    EXPECT_EQ(!answer({}, {bare_file}, {label_events}, options).warnings.empty(), c.warns)
        << c.what;
  }
}

TEST(Evaluate, CountsLoggedErrorsThatAreWrongAndNeverUsesThem) {
  struct Case {
    double prediction, actual, squared_error;
    int64_t defects;
  };
  const Case cases[] = {
      {28.7, 30.1, 1.96, 0},  // Within 1e-9, as rounding makes it.
      {1, 3, 4, 0},
      {1, 3, 4.000000001, 0},
      {1, 3, 4.00000001, 1},
      {1, 3, 2, 1},
      {1, 3, -4, 1},
      {3, 3, 0, 0},
      {3, 3, 1e-300, 1},
      {1, 3, std::nan(""), 1},
      {-1e308, 1e308, INFINITY, 0},  // Overflows in both.
      {-1e308, 1e308, 1, 1},
  };
  const ScratchFolder folder;
  for (const Case& c : cases) {
    const std::string file = folder.write(
        "p.avro",
        prediction_file(
            {{.prediction = c.prediction, .actual = c.actual, .squared_error = c.squared_error},
             {.prediction = 1, .actual = 5}}));
    const Evaluation evaluation = answer({}, {file});
    EXPECT_EQ(evaluation.accounting.squared_error_defects, c.defects) << c.squared_error;
    EXPECT_EQ(evaluation.warnings.size(), static_cast<size_t>(c.defects));
    const double square = (c.actual - c.prediction) * (c.actual - c.prediction);
    if (std::isfinite(square)) {
      EXPECT_EQ(evaluation.rows.at(0).metrics.mse.value, (square + 16) / 2);
    }
  }
}

TEST(Evaluate, MeasuresTheDelayOfLabels) {
  const ScratchFolder folder;
  const std::string predictions =
      folder.write("p.avro", prediction_file({{.id = "a", .time = 10 * kMicrosPerSecond}}));
  const auto delay_for = [&](LabelEvent label) {
    const std::string labels = folder.write("l.avro", label_file({label}));
    return answer({}, {predictions}, {labels}).rows.at(0).metrics.label_delay_p50;
  };
  EXPECT_NEAR(delay_for({"a", 1, 70 * kMicrosPerSecond}).value.value(), 60, 1);
  EXPECT_NEAR(delay_for({"a", 1, -50 * kMicrosPerSecond}).value.value(), -60, 1);
  EXPECT_STREQ(delay_for({"a", 1, std::nullopt}).reason, "no_label_times");
}

TEST(Evaluate, RowsAreFinalWhenNoLabelCanComeAnyMore) {
  const ScratchFolder folder;
  const std::string file = folder.write(
      "p.avro", prediction_file({{.time = 0, .actual = 1, .label_time = 1},
                                 {.time = kDay, .actual = 1, .label_time = kDay + 1}}));
  Spec spec;
  spec.window = {.kind = WindowKind::kDay};
  spec.max_label_delay_micros = kDay;
  spec.as_of = 2 * kDay;
  const Evaluation evaluation = answer(spec, {file});
  ASSERT_EQ(evaluation.rows.size(), 2u);
  EXPECT_TRUE(evaluation.rows[0].final);
  EXPECT_FALSE(evaluation.rows[1].final);
}

TEST(Evaluate, TakesTimesAtTheEndsOfTheirRange) {
  const ScratchFolder folder;
  const std::string unit_names[] = {"timestamp-millis", "timestamp-micros", "timestamp-nanos"};
  const int64_t counts[] = {INT64_MIN,
                            INT64_MIN + 1,
                            INT64_MAX,
                            INT64_MAX - 1,
                            INT64_MIN / 1000,
                            INT64_MAX / 1000,
                            INT64_MIN / 1000 - 1,
                            INT64_MAX / 1000 + 1,
                            9'404'923'564'800'000,  // Year 300000 in milliseconds.
                            -1,
                            0};
  for (const std::string& unit : unit_names) {
    std::vector<PutRecord> records;
    for (int64_t count : counts) {
      for (int64_t label_count : counts) {
        records.emplace_back([=](Encoder& to) {
          to.put_bytes(fmt::format("{} {}", count, label_count));
          to.put_double(1);
          to.put_long(count);
          to.put_double(2);
          to.put_long(label_count);
        });
      }
    }
    const std::string time = R"({"type":"long","logicalType":")" + unit + "\"}";
    const std::string file =
        folder.write("p.avro", avro_file(event_schema(R"({"name":"prediction_id","type":"string"},
                                  {"name":"prediction","type":"double"},
                                  {"name":"timestamp","type":)" +
                                                      time + R"(},
                                  {"name":"actual","type":"double"},
                                  {"name":"label_timestamp","type":)" +
                                                      time + "}"),
                                         records));
    for (const char* window : {"none", "hour", "day", "week", "month", "quarter", "year", "7h"}) {
      for (const char* timezone : {"UTC", "America/New_York", "Asia/Kolkata"}) {
        for (const std::optional<int64_t> longest :
             {std::optional<int64_t>(), std::optional<int64_t>(INT64_MAX)}) {
          Spec spec = lenient_spec();
          spec.window = *WindowSpec::parse(window);
          spec.timezone = timezone;
          spec.max_label_delay_micros = longest;
          spec.as_of = longest ? std::optional<Instant>(INT64_MAX) : std::nullopt;
          const Evaluation inlined = answer(spec, {file});
          EXPECT_EQ(inlined.accounting.prediction_rows, static_cast<int64_t>(records.size()));
          for (const MetricRow& row : inlined.rows) {
            EXPECT_LT(row.key.window.start, row.key.window.end);
          }
          spec.duplicates = DuplicatePolicy::kDrop;
          EXPECT_EQ(fingerprint(answer(spec, {file})), fingerprint(inlined))
              << unit << " " << window << " " << timezone;
        }
      }
    }
  }
}

TEST(Evaluate, TakesManySlices) {
  constexpr int kSliceCount = 20'000;
  const ScratchFolder folder;
  const std::string schema = event_schema(R"({"name":"prediction_id","type":"string"},
                      {"name":"prediction","type":"double"},{"name":"actual","type":"double"},
                      {"name":"user","type":"string"})");
  std::vector<PutRecord> records;
  for (int i = 0; i < kSliceCount; ++i) {
    records.emplace_back([i](Encoder& to) {
      const std::string name = "user-" + std::to_string(i);
      to.put_bytes(name);
      to.put_double(i);
      to.put_double(0);
      to.put_bytes(name);
    });
  }
  const std::string file = folder.write("p.avro", avro_file(schema, records));
  Spec spec;
  spec.by = {path_of("user")};
  for (auto policy : {DuplicatePolicy::kWhenIdsAreRead, DuplicatePolicy::kDrop}) {
    spec.duplicates = policy;
    EvaluateOptions options;
    options.thread_count = 2;
    const Evaluation evaluation = answer(spec, {file}, {}, options);
    ASSERT_EQ(evaluation.rows.size(), static_cast<size_t>(kSliceCount));
    EXPECT_EQ(describe(evaluation.rows[1]), "null user=user-1: 1 scored");
  }
}

}  // namespace
}  // namespace mseavro
