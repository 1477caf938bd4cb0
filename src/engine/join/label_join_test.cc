#include "engine/join/label_join.h"

#include <gtest/gtest.h>

#include "engine/join/testing/join_oracle.h"
#include "engine/join/testing/join_world.h"

namespace mseavro {
namespace {

struct Rule {
  const char* rule;
  World world;
  std::vector<std::string> outcomes;  // Of the predictions, sorted.
  const char* labels;                 // Outcomes of the label rows.
  int64_t conflicts = 0;
};

void expect_rules(const std::vector<Rule>& rules) {
  std::mt19937 random(1);
  for (const Rule& rule : rules) {
    SCOPED_TRACE(rule.rule);
    for (size_t buffer_count = 1; buffer_count <= 3; ++buffer_count) {
      const WorldAnswer answer = settle_world(rule.world, buffer_count, random);
      EXPECT_EQ(answer.outcomes, rule.outcomes);
      EXPECT_EQ(describe_labels(answer.counts), rule.labels);
      EXPECT_EQ(answer.counts.conflicts, rule.conflicts);
    }
    // The oracle obeys the same table, which makes it worth comparing with.
    const WorldAnswer expected = JoinOracle(rule.world).settle();
    EXPECT_EQ(expected.outcomes, rule.outcomes) << "of the oracle";
    EXPECT_EQ(describe_labels(expected.counts), rule.labels) << "of the oracle";
    EXPECT_EQ(expected.counts.conflicts, rule.conflicts) << "of the oracle";
  }
}

WorldPrediction made_at(Instant time, double prediction = 1) {
  return {.time = time, .prediction = prediction};
}
WorldPrediction with_label(WorldPrediction prediction, WorldLabel label) {
  prediction.label = label;
  return prediction;
}
WorldLabel label_at(Instant time, double actual) { return {.time = time, .actual = actual}; }
WorldLabel deleted_at(Instant time) { return {.time = time, .is_deleted = true}; }

TEST(LabelJoin, FindsTheLabelOfAPrediction) {
  expect_rules({
      {"a label that comes later",
       {.predictions = {made_at(10)}, .labels = {label_at(20, 5)}},
       {"a v1 @10 1: scored 5 @20"},
       "matched 1"},
      {"a label that was there before",
       {.predictions = {made_at(10)}, .labels = {label_at(3, 5)}},
       {"a v1 @10 1: scored 5 @3"},
       "matched 1"},
      {"a label without time",
       {.predictions = {made_at(10)}, .labels = {label_at(kNoInstant, 5)}},
       {"a v1 @10 1: scored 5"},
       "matched 1"},
      {"a prediction without time",
       {.predictions = {made_at(kNoInstant)}, .labels = {label_at(20, 5)}},
       {"a v1 1: scored 5 @20"},
       "matched 1"},
      {"a prediction without label",
       {.predictions = {made_at(10)}, .labels = {}},
       {"a v1 @10 1: unlabelled"},
       ""},
      {"a label without prediction",
       {.predictions = {}, .labels = {label_at(20, 5)}},
       {},
       "unmatched 1"},
      {"a label of another id",
       {.predictions = {made_at(10)}, .labels = {{.id = "b", .time = 20, .actual = 5}}},
       {"a v1 @10 1: unlabelled"},
       "unmatched 1"},
      {"ids are bytes, an empty one too",
       {.predictions = {{.id = ""}, {.id = "A"}, {.id = std::string("a\0", 2)}},
        .labels = {{.id = "", .actual = 2}, {.id = "a", .actual = 3}}},
       {" v1 0: scored 2", "A v1 0: unlabelled", std::string("a\0", 2) + " v1 0: unlabelled"},
       "matched 1, unmatched 1"},
      {"an inline actual is a label",
       {.predictions = {with_label(made_at(10), label_at(20, 5))}, .labels = {}},
       {"a v1 @10 1: scored 5 @20"},
       ""},
      {"nothing at all", {}, {}, ""},
  });
}

TEST(LabelJoin, ChoosesAmongSeveralLabels) {
  const WorldPrediction prediction = made_at(10);
  expect_rules({
      {"the latest wins",
       {.predictions = {prediction}, .labels = {label_at(20, 5), label_at(30, 4), label_at(25, 9)}},
       {"a v1 @10 1: scored 4 @30"},
       "matched 1, superseded 2"},
      {"one without time comes before all others",
       {.predictions = {prediction}, .labels = {label_at(kNoInstant, 5), label_at(-30, 4)}},
       {"a v1 @10 1: scored 4 @-30"},
       "matched 1, superseded 1"},
      {"equal repeats are duplicates",
       {.predictions = {prediction}, .labels = {label_at(20, 5), label_at(20, 5), label_at(20, 5)}},
       {"a v1 @10 1: scored 5 @20"},
       "matched 1, duplicate 2"},
      {"equal repeats of what lost are duplicates, too",
       {.predictions = {prediction}, .labels = {label_at(20, 5), label_at(20, 5), label_at(30, 5)}},
       {"a v1 @10 1: scored 5 @30"},
       "matched 1, superseded 1, duplicate 1"},
      {"of one time the greater actual wins",
       {.predictions = {prediction}, .labels = {label_at(20, 5), label_at(20, 6)}},
       {"a v1 @10 1: scored 6 @20"},
       "matched 1, superseded 1"},
      {"-0 is smaller than 0, and no repeat of it",
       {.predictions = {prediction}, .labels = {label_at(20, -0.0), label_at(20, 0.0)}},
       {"a v1 @10 1: scored 0 @20"},
       "matched 1, superseded 1"},
      {"of negative actuals the one nearer to zero wins",
       {.predictions = {prediction}, .labels = {label_at(20, -5), label_at(20, -6)}},
       {"a v1 @10 1: scored -5 @20"},
       "matched 1, superseded 1"},
      {"of labels without time the greater actual wins",
       {.predictions = {prediction}, .labels = {label_at(kNoInstant, 5), label_at(kNoInstant, 6)}},
       {"a v1 @10 1: scored 6"},
       "matched 1, superseded 1"},
      {"unmatched is the strongest of an id only",
       {.predictions = {}, .labels = {label_at(20, 5), label_at(30, 5), label_at(30, 5)}},
       {},
       "unmatched 1, superseded 1, duplicate 1"},
  });
}

TEST(LabelJoin, TakesDeletedLabelsBack) {
  const WorldPrediction prediction = made_at(10);
  expect_rules({
      {"deleted retracts",
       {.predictions = {prediction}, .labels = {label_at(20, 5), deleted_at(30)}},
       {"a v1 @10 1: unlabelled"},
       "matched 1, superseded 1"},
      {"a label after it counts again",
       {.predictions = {prediction}, .labels = {label_at(20, 5), deleted_at(30), label_at(40, 6)}},
       {"a v1 @10 1: scored 6 @40"},
       "matched 1, superseded 2"},
      {"of one time deleted wins",
       {.predictions = {prediction}, .labels = {label_at(20, 1e300), deleted_at(20)}},
       {"a v1 @10 1: unlabelled"},
       "matched 1, superseded 1"},
      {"what a deleted label says of the actual does not matter",
       {.predictions = {prediction},
        .labels = {{.time = 20, .actual = 1, .is_deleted = true}, deleted_at(20)}},
       {"a v1 @10 1: unlabelled"},
       "matched 1, duplicate 1"},
      {"it retracts an inline actual",
       {.predictions = {with_label(prediction, label_at(20, 5))}, .labels = {deleted_at(30)}},
       {"a v1 @10 1: unlabelled"},
       "matched 1"},
      {"of an id without prediction it is unmatched",
       {.predictions = {}, .labels = {deleted_at(30)}},
       {},
       "unmatched 1"},
  });
}

TEST(LabelJoin, GivesALabelToEveryVersion) {
  expect_rules({
      {"one label, all versions, the missing one too",
       {.predictions = {{.version = "v1"}, {.version = "v2"}, {.version = std::nullopt}},
        .labels = {label_at(20, 5)}},
       {"a null 0: scored 5 @20", "a v1 0: scored 5 @20", "a v2 0: scored 5 @20"},
       "matched 1"},
      {"the inline actual of one version is a label of the others",
       {.predictions = {{.version = "v1", .label = label_at(20, 5)}, {.version = "v2"}},
        .labels = {}},
       {"a v1 0: scored 5 @20", "a v2 0: scored 5 @20"},
       ""},
      {"a label row beats an earlier inline actual",
       {.predictions = {with_label(made_at(10), label_at(20, 5))}, .labels = {label_at(30, 6)}},
       {"a v1 @10 1: scored 6 @30"},
       "matched 1"},
      {"and is superseded by a later one",
       {.predictions = {with_label(made_at(10), label_at(40, 5))}, .labels = {label_at(30, 6)}},
       {"a v1 @10 1: scored 5 @40"},
       "superseded 1"},
      {"an equal inline actual leaves the match to the row",
       {.predictions = {with_label(made_at(10), label_at(30, 6))}, .labels = {label_at(30, 6)}},
       {"a v1 @10 1: scored 6 @30"},
       "matched 1"},
      {"inline without time loses against any row with one",
       {.predictions = {with_label(made_at(10), label_at(kNoInstant, 9))},
        .labels = {label_at(5, 6)}},
       {"a v1 @10 1: scored 6 @5"},
       "matched 1"},
      {"versions may differ in the label that is in time for them",
       {.predictions = {{.version = "v1", .time = 10}, {.version = "v2", .time = 30}},
        .labels = {label_at(15, 5), label_at(35, 6)},
        .max_label_delay_micros = 10},
       {"a v1 @10 0: scored 5 @15", "a v2 @30 0: scored 6 @35"},
       "matched 2"},
  });
}

TEST(LabelJoin, SettlesRepeatedPredictions) {
  const WorldPrediction first = made_at(10, 2);
  const std::vector<WorldLabel> labels = {label_at(20, 5)};
  expect_rules({
      {"equal repeats are duplicates",
       {.predictions = {first, first, first}, .labels = labels},
       {"a v1 @10 2: duplicate", "a v1 @10 2: duplicate", "a v1 @10 2: scored 5 @20"},
       "matched 1"},
      {"of different ones the earliest counts",
       {.predictions = {first, made_at(9, 3)}, .labels = labels},
       {"a v1 @10 2: superseded", "a v1 @9 3: scored 5 @20"},
       "matched 1",
       1},
      {"one without time is earlier than all others",
       {.predictions = {made_at(-10, 2), made_at(kNoInstant, 3)}, .labels = labels},
       {"a v1 3: scored 5 @20", "a v1 @-10 2: superseded"},
       "matched 1",
       1},
      {"then the smaller prediction",
       {.predictions = {first, made_at(10, -3)}, .labels = labels},
       {"a v1 @10 -3: scored 5 @20", "a v1 @10 2: superseded"},
       "matched 1",
       1},
      {"-0 is smaller than 0",
       {.predictions = {made_at(10, 0.0), made_at(10, -0.0)}, .labels = labels},
       {"a v1 @10 -0: scored 5 @20", "a v1 @10 0: superseded"},
       "matched 1",
       1},
      {"then the smaller slice values, null first",
       {.predictions = {{.slice = "eu"}, {.slice = "ca"}, {.slice = std::nullopt}},
        .labels = labels},
       {"a v1 0 ca: superseded", "a v1 0 eu: superseded", "a v1 0: scored 5 @20"},
       "matched 1",
       1},
      {"then what the filter keeps",
       {.predictions = {{.is_filtered = true}, {.is_filtered = false}}, .labels = labels},
       {"a v1 0 (filtered): superseded", "a v1 0: scored 5 @20"},
       "matched 1",
       1},
      {"repeats of what lost are superseded, and the conflict counts once",
       {.predictions = {first, first, made_at(11, 2), made_at(11, 2), made_at(12, 2)},
        .labels = labels},
       {"a v1 @10 2: duplicate", "a v1 @10 2: scored 5 @20", "a v1 @11 2: superseded",
        "a v1 @11 2: superseded", "a v1 @12 2: superseded"},
       "matched 1",
       1},
      {"each version has its own conflict",
       {.predictions = {{.version = "v1", .time = 1},
                        {.version = "v1", .time = 2},
                        {.version = "v2", .time = 1},
                        {.version = "v2", .time = 2},
                        {.version = "v2", .time = 3}},
        .labels = labels},
       {"a v1 @1 0: scored 5 @20", "a v1 @2 0: superseded", "a v2 @1 0: scored 5 @20",
        "a v2 @2 0: superseded", "a v2 @3 0: superseded"},
       "matched 1",
       2},
      {"the inline actual is no part of what a prediction is",
       {.predictions = {with_label(first, label_at(20, 5)), with_label(first, label_at(30, 6))},
        .labels = {}},
       {"a v1 @10 2: duplicate", "a v1 @10 2: scored 6 @30"},
       ""},
      {"the inline actual of what lost is a label still",
       {.predictions = {first, with_label(made_at(11, 2), label_at(30, 6))}, .labels = {}},
       {"a v1 @10 2: scored 6 @30", "a v1 @11 2: superseded"},
       "",
       1},
      {"all are kept when that is asked",
       {.predictions = {first, first, made_at(11, 2)}, .labels = labels, .keep_duplicates = true},
       {"a v1 @10 2: scored 5 @20", "a v1 @10 2: scored 5 @20", "a v1 @11 2: scored 5 @20"},
       "matched 1"},
  });
}

TEST(LabelJoin, FiltersAfterRepeatsAreSettled) {
  const WorldPrediction kept = made_at(10);
  WorldPrediction filtered = made_at(5);
  filtered.is_filtered = true;
  const std::vector<WorldLabel> labels = {label_at(20, 5)};
  expect_rules({
      {"a filtered row that counts hides the one that it supersedes",
       {.predictions = {kept, filtered}, .labels = labels},
       {"a v1 @10 1: superseded", "a v1 @5 1 (filtered): filtered"},
       "matched 1",
       1},
      {"repeats of it are duplicates",
       {.predictions = {filtered, filtered}, .labels = labels},
       {"a v1 @5 1 (filtered): duplicate", "a v1 @5 1 (filtered): filtered"},
       "matched 1"},
      {"without label it is filtered as well",
       {.predictions = {filtered}, .labels = {}},
       {"a v1 @5 1 (filtered): filtered"},
       ""},
      {"its inline actual is a label",
       {.predictions = {{.version = "v2"}, with_label(filtered, label_at(7, 3))}, .labels = {}},
       {"a v1 @5 1 (filtered): filtered", "a v2 0: scored 3 @7"},
       ""},
  });
}

TEST(LabelJoin, LabelsBeyondTheirDelayAreExpired) {
  const auto world = [](std::vector<WorldPrediction> predictions, std::vector<WorldLabel> labels) {
    return World{.predictions = std::move(predictions),
                 .labels = std::move(labels),
                 .max_label_delay_micros = 10};
  };
  expect_rules({
      {"the last instant that is admitted",
       world({made_at(10)}, {label_at(20, 5)}),
       {"a v1 @10 1: scored 5 @20"},
       "matched 1"},
      {"the first that is not",
       world({made_at(10)}, {label_at(21, 5)}),
       {"a v1 @10 1: unlabelled"},
       "expired 1"},
      {"an older admissible label wins",
       world({made_at(10)}, {label_at(21, 5), label_at(15, 4)}),
       {"a v1 @10 1: scored 4 @15"},
       "matched 1, expired 1"},
      {"deleted too late does not retract",
       world({made_at(10)}, {deleted_at(21), label_at(15, 4)}),
       {"a v1 @10 1: scored 4 @15"},
       "matched 1, expired 1"},
      {"a label before the prediction is not late",
       world({made_at(10)}, {label_at(-1000, 5)}),
       {"a v1 @10 1: scored 5 @-1000"},
       "matched 1"},
      {"one without time is not late",
       world({made_at(10)}, {label_at(kNoInstant, 5)}),
       {"a v1 @10 1: scored 5"},
       "matched 1"},
      {"nor any for a prediction without time",
       world({made_at(kNoInstant)}, {label_at(99, 5)}),
       {"a v1 1: scored 5 @99"},
       "matched 1"},
      {"an inline actual may be late as well",
       world({with_label(made_at(10), label_at(21, 5))}, {}),
       {"a v1 @10 1: unlabelled"},
       ""},
      {"in time for another version only",
       world({{.version = "v1", .time = 10}, {.version = "v2", .time = 15}}, {label_at(25, 5)}),
       {"a v1 @10 0: unlabelled", "a v2 @15 0: scored 5 @25"},
       "matched 1"},
      {"in time for what was superseded only",
       world({made_at(10), made_at(15)}, {label_at(25, 5)}),
       {"a v1 @10 1: unlabelled", "a v1 @15 1: superseded"},
       "expired 1",
       1},
      {"repeats of late labels are duplicates",
       world({made_at(10)}, {label_at(21, 5), label_at(21, 5)}),
       {"a v1 @10 1: unlabelled"},
       "duplicate 1, expired 1"},
      {"a label that waits for its prediction is not late",
       world({}, {label_at(21, 5)}),
       {},
       "unmatched 1"},
      {"the ends of time are far apart",
       world({made_at(INT64_MIN + 1)}, {label_at(INT64_MAX, 5)}),
       {"a v1 @-9223372036854775807 1: unlabelled"},
       "expired 1"},
      {"in both directions",
       world({made_at(INT64_MAX)}, {label_at(INT64_MIN + 1, 5)}),
       {"a v1 @9223372036854775807 1: scored 5 @-9223372036854775807"},
       "matched 1"},
  });
}

TEST(LabelJoin, KnowsOnlyTheLabelsOfTheAsOfInstant) {
  const auto world = [](std::vector<WorldPrediction> predictions, std::vector<WorldLabel> labels) {
    return World{.predictions = std::move(predictions), .labels = std::move(labels), .as_of = 100};
  };
  expect_rules({
      {"the instant itself counts",
       world({made_at(10)}, {label_at(100, 5), label_at(101, 6)}),
       {"a v1 @10 1: scored 5 @100"},
       "matched 1, after_as_of 1"},
      {"deleted later is not deleted yet",
       world({made_at(10)}, {label_at(50, 5), deleted_at(101)}),
       {"a v1 @10 1: scored 5 @50"},
       "matched 1, after_as_of 1"},
      {"inline actuals, too",
       world({with_label(made_at(10), label_at(101, 5))}, {}),
       {"a v1 @10 1: unlabelled"},
       ""},
      {"each repeat is after it",
       world({}, {label_at(101, 5), label_at(101, 5)}),
       {},
       "after_as_of 2"},
  });
}

World by_time(std::vector<WorldPrediction> predictions, std::vector<WorldLabel> labels,
              std::optional<int64_t> max_age_micros = {}) {
  return {.predictions = std::move(predictions),
          .labels = std::move(labels),
          .match = MatchPolicy::kLatestBefore,
          .max_age_micros = max_age_micros};
}

TEST(LabelJoin, ByTimeGivesALabelToTheNewestPredictionAtOrBeforeIt) {
  expect_rules({
      {"the newest of those before it; the others are passed over",
       by_time({made_at(10), made_at(20), made_at(30)}, {label_at(25, 5)}),
       {"a v1 @10 1: superseded", "a v1 @20 1: scored 5 @25", "a v1 @30 1: unlabelled"},
       "matched 1"},
      {"one at the same instant is before it",
       by_time({made_at(10), made_at(25)}, {label_at(25, 5)}),
       {"a v1 @10 1: superseded", "a v1 @25 1: scored 5 @25"},
       "matched 1"},
      {"one a moment later is not",
       by_time({made_at(10), made_at(26)}, {label_at(25, 5)}),
       {"a v1 @10 1: scored 5 @25", "a v1 @26 1: unlabelled"},
       "matched 1"},
      {"a label before all predictions waits",
       by_time({made_at(10)}, {label_at(9, 5)}),
       {"a v1 @10 1: unlabelled"},
       "unmatched 1"},
      {"as does every label without a prediction, not the strongest only",
       by_time({made_at(10)}, {label_at(8, 5), label_at(9, 5), label_at(9, 5)}),
       {"a v1 @10 1: unlabelled"},
       "unmatched 2, duplicate 1"},
      {"a label without time is after nothing",
       by_time({made_at(10)}, {label_at(kNoInstant, 5)}),
       {"a v1 @10 1: unlabelled"},
       "unmatched 1"},
      {"without labels nothing is passed over",
       by_time({made_at(10), made_at(20)}, {}),
       {"a v1 @10 1: unlabelled", "a v1 @20 1: unlabelled"},
       ""},
      {"each prediction has the labels up to the next one",
       by_time({made_at(10), made_at(20)}, {label_at(12, 5), label_at(22, 4)}),
       {"a v1 @10 1: scored 5 @12", "a v1 @20 1: scored 4 @22"},
       "matched 2"},
      {"a prediction of another key is no prediction",
       by_time({{.id = "b", .time = 20}, made_at(10)}, {label_at(25, 5)}),
       {"a v1 @10 1: scored 5 @25", "b v1 @20 0: unlabelled"},
       "matched 1"},
      {"every version has its newest",
       by_time({{.version = "v1", .time = 10},
                {.version = "v1", .time = 12},
                {.version = "v2", .time = 11},
                {.version = std::nullopt, .time = 30}},
               {label_at(25, 5)}),
       {"a null @30 0: unlabelled", "a v1 @10 0: superseded", "a v1 @12 0: scored 5 @25",
        "a v2 @11 0: scored 5 @25"},
       "matched 1"},
  });
}

TEST(LabelJoin, ByTimeChoosesAmongTheLabelsOfOnePrediction) {
  expect_rules({
      {"a re-rating replaces the rating before it",
       by_time({made_at(10)}, {label_at(12, 5), label_at(15, 2)}),
       {"a v1 @10 1: scored 2 @15"},
       "matched 1, superseded 1"},
      {"but not for the prediction that was made in between",
       by_time({made_at(10), made_at(13)}, {label_at(12, 5), label_at(15, 2)}),
       {"a v1 @10 1: scored 5 @12", "a v1 @13 1: scored 2 @15"},
       "matched 2"},
      {"one row may win for one version and lose for another",
       by_time({{.version = "v1", .time = 10},
                {.version = "v2", .time = 10},
                {.version = "v2", .time = 13}},
               {label_at(12, 5), label_at(15, 2)}),
       {"a v1 @10 0: scored 2 @15", "a v2 @10 0: scored 5 @12", "a v2 @13 0: scored 2 @15"},
       "matched 2"},
      {"of one instant the greater actual wins",
       by_time({made_at(10)}, {label_at(12, 3), label_at(12, 4), label_at(12, 4)}),
       {"a v1 @10 1: scored 4 @12"},
       "matched 1, superseded 1, duplicate 1"},
      {"a deletion takes back what its own prediction got",
       by_time({made_at(10)}, {label_at(12, 5), deleted_at(15)}),
       {"a v1 @10 1: unlabelled"},
       "matched 1, superseded 1"},
      {"and nothing from an earlier one, which it passes over",
       by_time({made_at(10), made_at(13), made_at(14)}, {label_at(12, 5), deleted_at(15)}),
       {"a v1 @10 1: scored 5 @12", "a v1 @13 1: superseded", "a v1 @14 1: unlabelled"},
       "matched 2"},
  });
}

TEST(LabelJoin, ByTimeSettlesPredictionsOfOneInstant) {
  World kept = by_time({made_at(10, 2), made_at(10, 2)}, {label_at(12, 5)});
  kept.keep_duplicates = true;
  expect_rules({
      {"equal ones are repeats",
       by_time({made_at(10, 2), made_at(10, 2)}, {label_at(12, 5)}),
       {"a v1 @10 2: duplicate", "a v1 @10 2: scored 5 @12"},
       "matched 1"},
      {"of different ones the smaller counts, and it is a conflict",
       by_time({made_at(10, 2), made_at(10, 3)}, {label_at(12, 5)}),
       {"a v1 @10 2: scored 5 @12", "a v1 @10 3: superseded"},
       "matched 1",
       1},
      {"different ones of different instants are none",
       by_time({made_at(10, 2), made_at(11, 3)}, {label_at(12, 5)}),
       {"a v1 @10 2: superseded", "a v1 @11 3: scored 5 @12"},
       "matched 1"},
      {"all are kept when that is asked",
       kept,
       {"a v1 @10 2: scored 5 @12", "a v1 @10 2: scored 5 @12"},
       "matched 1"},
      {"a filtered one takes its labels all the same",
       by_time({made_at(10), {.time = 11, .is_filtered = true}}, {label_at(12, 5)}),
       {"a v1 @10 1: superseded", "a v1 @11 0 (filtered): filtered"},
       "matched 1"},
  });
}

TEST(LabelJoin, ByTimeGivesNoLabelToAPredictionThatIsTooOld) {
  World expiring = by_time({made_at(10), made_at(14)}, {label_at(20, 5)}, 8);
  expiring.max_label_delay_micros = 5;
  expect_rules({
      {"the last instant",
       by_time({made_at(10)}, {label_at(15, 5)}, 5),
       {"a v1 @10 1: scored 5 @15"},
       "matched 1"},
      {"the first that is too late",
       by_time({made_at(10)}, {label_at(16, 5)}, 5),
       {"a v1 @10 1: unlabelled"},
       "unmatched 1"},
      {"what would have been too old is not passed over",
       by_time({made_at(10), made_at(14)}, {label_at(16, 5)}, 5),
       {"a v1 @10 1: unlabelled", "a v1 @14 1: scored 5 @16"},
       "matched 1"},
      {"a label of a prediction that is young enough may come too late",
       expiring,
       {"a v1 @10 1: unlabelled", "a v1 @14 1: unlabelled"},
       "expired 1"},
      {"the ends of time are far apart",
       by_time({made_at(INT64_MIN + 1)}, {label_at(INT64_MAX, 5)}, 5),
       {"a v1 @-9223372036854775807 1: unlabelled"},
       "unmatched 1"},
  });
}

TEST(LabelJoin, ByTimeLeavesAnInlineActualToThePredictionThatCarriesIt) {
  expect_rules({
      {"whatever its time",
       by_time({with_label(made_at(10), label_at(25, 5)), made_at(20)}, {}),
       {"a v1 @10 1: scored 5 @25", "a v1 @20 1: unlabelled"},
       ""},
      {"a row that is stronger replaces it",
       by_time({with_label(made_at(10), label_at(kNoInstant, 5))}, {label_at(12, 4)}),
       {"a v1 @10 1: scored 4 @12"},
       "matched 1"},
      {"a row that is weaker is superseded",
       by_time({with_label(made_at(10), label_at(15, 5))}, {label_at(12, 4)}),
       {"a v1 @10 1: scored 5 @15"},
       "superseded 1"},
      {"repeats of one prediction share it, versions do not",
       by_time(
           {made_at(10), with_label(made_at(10), label_at(15, 5)), {.version = "v2", .time = 10}},
           {}),
       {"a v1 @10 1: duplicate", "a v1 @10 1: scored 5 @15", "a v2 @10 0: unlabelled"},
       ""},
      {"one that carries its label is not passed over",
       by_time({with_label(made_at(10), label_at(11, 5)), made_at(20)}, {label_at(25, 4)}),
       {"a v1 @10 1: scored 5 @11", "a v1 @20 1: scored 4 @25"},
       "matched 1"},
  });
}

TEST(LabelJoin, DelayIsInSecondsAndMayBeNegative) {
  EXPECT_EQ(delay_seconds(0, 1'500'000), 1.5);
  EXPECT_EQ(delay_seconds(1'500'000, 0), -1.5);
  EXPECT_EQ(delay_seconds(INT64_MIN + 1, INT64_MAX), 18446744073709.551614);
}

TEST(JoinBuffer, KeepsItsOwnCopyOfIds) {
  JoinBuffer buffer;
  std::string id = "first";
  buffer.add(JoinLabel{.id = id});
  JoinPrediction prediction;
  prediction.id = id;
  buffer.add(prediction);
  id = "other";
  size_t found = 0;
  for (size_t i = 0; i < JoinBuffer::kPartitionCount; ++i) {
    for (const JoinLabel& label : buffer.partition(i).labels) found += label.id == "first";
    for (const JoinPrediction& row : buffer.partition(i).predictions) found += row.id == "first";
  }
  EXPECT_EQ(found, 2u);
  EXPECT_GE(buffer.memory_bytes(), sizeof(JoinLabel) + sizeof(JoinPrediction) + 10);
}

// A log whose id is the same in every row must not take quadratic time.
TEST(LabelJoin, IsNotSlowedDownByAnIdThatAllRowsShare) {
  World world;
  for (int i = 0; i < 25'000; ++i) {
    world.predictions.push_back(with_label(made_at(i), label_at(i + 5, i)));
    world.labels.push_back(label_at(2 * i, i));
  }
  world.keep_duplicates = true;
  world.max_label_delay_micros = 10;
  for (const MatchPolicy match : {MatchPolicy::kById, MatchPolicy::kLatestBefore}) {
    world.match = match;
    std::mt19937 random(1);
    const WorldAnswer answer = settle_world(world, 2, random);
    EXPECT_EQ(answer.outcomes.size(), 25'000u);
  }
}

// Few ids, times and values, so that every kind of tie happens.
class WorldMaker {
 public:
  explicit WorldMaker(uint32_t seed) : random_(seed) {}

  World make() {
    World world;
    for (size_t count = below(12); count > 0; --count) world.predictions.push_back(prediction());
    for (size_t count = below(12); count > 0; --count) world.labels.push_back(label());
    if (below(2) == 0) world.as_of = static_cast<Instant>(below(6));
    if (below(2) == 0) world.max_label_delay_micros = static_cast<int64_t>(below(4));
    world.keep_duplicates = below(4) == 0;
    if (below(2) == 0) world.match = MatchPolicy::kLatestBefore;
    if (below(2) == 0) world.max_age_micros = static_cast<int64_t>(below(4));
    return world;
  }

  std::mt19937& random() { return random_; }
  size_t below(size_t end) { return random_() % end; }

 private:
  std::string id() { return std::string(1, static_cast<char>('a' + below(3))); }
  Instant time() { return below(5) == 0 ? kNoInstant : static_cast<Instant>(below(6)); }
  double number() {
    static constexpr double kNumbers[] = {-0.0, 0.0, -1.5, 2.5};
    return kNumbers[below(4)];
  }
  OptionalText text() {
    static const OptionalText kTexts[] = {std::nullopt, "x", "y"};
    return kTexts[below(3)];
  }
  WorldLabel label() { return {id(), time(), number(), below(5) == 0}; }
  WorldPrediction prediction() {
    WorldPrediction row{id(), text(), time(), number(), text(), below(4) == 0, {}};
    // An inline actual is never a deletion.
    if (below(3) == 0) row.label = WorldLabel{row.id, time(), number(), false};
    return row;
  }

  std::mt19937 random_;
};

TEST(LabelJoin, AgreesWithItsDefinitionInEveryOrderAndSplit) {
  for (uint32_t seed = 0; seed < 2500; ++seed) {
    WorldMaker maker(seed);
    const World world = maker.make();
    const WorldAnswer expected = JoinOracle(world).settle();
    for (int i = 0; i < 2; ++i) {
      const WorldAnswer answer = settle_world(world, 1 + maker.below(4), maker.random());
      ASSERT_EQ(answer.outcomes, expected.outcomes) << "seed " << seed;
      ASSERT_EQ(describe_labels(answer.counts), describe_labels(expected.counts))
          << "seed " << seed;
      ASSERT_EQ(answer.counts.conflicts, expected.counts.conflicts) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace mseavro
