// Every row ends in exactly one counted outcome.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "avro/container/container_reader.h"
#include "avro/wire/datum_reader.h"
#include "engine/evaluate/testing/event_files.h"

namespace mseavro {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The first file decides what the fields are; a second one may have fields of other types.
std::string odd_prediction(const std::string& field, const std::string& type,
                           const std::function<void(Encoder&)>& put_field) {
  const std::vector<std::pair<std::string, std::string>> fields = {
      {"prediction_id", R"("string")"},
      {"prediction", R"("double")"},
      {"timestamp", R"({"type":"long","logicalType":"timestamp-micros"})"},
      {"actual", R"("double")"},
      {"label_timestamp", R"({"type":"long","logicalType":"timestamp-micros"})"}};
  std::string schema;
  for (const auto& [name, usual] : fields) {
    schema += fmt::format(R"({}{{"name":"{}","type":{}}})", schema.empty() ? "" : ",", name,
                          name == field ? type : usual);
  }
  return avro_file(R"({"type":"record","name":"Odd","fields":[)" + schema + "]}",
                   {[&](Encoder& to) {
                     for (const auto& [name, usual] : fields) {
                       if (name == field) {
                         put_field(to);
                       } else if (usual == R"("string")") {
                         to.put_bytes("a");
                       } else if (usual == R"("double")") {
                         to.put_double(1);
                       } else {
                         to.put_long(0);
                       }
                     }
                   }});
}

struct RowCase {
  const char* what;
  std::function<void(Spec&)> ask;
  PredictionEvent event;
  const char* outcomes;
  const char* reasons = "";
};

void ask_nothing(Spec&) {}
void ask_daily(Spec& spec) { spec.window = {.kind = WindowKind::kDay}; }
void ask_as_of(Spec& spec) { spec.as_of = 100; }
void ask_delay(Spec& spec) { spec.max_label_delay_micros = 10; }
void ask_ids(Spec& spec) { spec.duplicates = DuplicatePolicy::kDrop; }

TEST(Accounting, PutsEveryPredictionInOnePlace) {
  const PredictionEvent good{.id = "a", .prediction = 1, .actual = 2, .label_time = 5};
  const auto with = [&](const std::function<void(PredictionEvent&)>& change) {
    PredictionEvent event = good;
    change(event);
    return event;
  };
  const RowCase cases[] = {
      {"a good row", ask_nothing, good, "1 scored"},
      {"no actual", ask_nothing, with([](auto& e) { e.actual.reset(); }), "1 unlabelled"},
      {"no id, which nobody asked for", ask_nothing, with([](auto& e) { e.id.reset(); }),
       "1 scored"},
      {"no id", ask_ids, with([](auto& e) { e.id.reset(); }), "1 rejected", "1 missing_id"},
      {"no time, which nobody asked for", ask_nothing, with([](auto& e) { e.time.reset(); }),
       "1 scored"},
      {"no time", ask_daily, with([](auto& e) { e.time.reset(); }), "1 rejected",
       "1 missing_timestamp"},
      {"no time", ask_as_of, with([](auto& e) { e.time.reset(); }), "1 rejected",
       "1 missing_timestamp"},
      {"no time", ask_delay, with([](auto& e) { e.time.reset(); }), "1 rejected",
       "1 missing_timestamp"},
      {"no time", [](Spec& spec) { spec.from = 0; }, with([](auto& e) { e.time.reset(); }),
       "1 rejected", "1 missing_timestamp"},
      {"no version", ask_daily, with([](auto& e) { e.version.reset(); }), "1 scored"},
      {"no prediction", ask_nothing, with([](auto& e) { e.prediction.reset(); }), "1 rejected",
       "1 missing_prediction"},
      {"NaN", ask_nothing, with([](auto& e) { e.prediction = kNan; }), "1 rejected",
       "1 prediction_not_finite"},
      {"infinity", ask_nothing, with([](auto& e) { e.prediction = -kInfinity; }), "1 rejected",
       "1 prediction_not_finite"},
      {"an actual that is NaN", ask_nothing, with([](auto& e) { e.actual = kNan; }), "1 rejected",
       "1 actual_not_finite"},
      {"an actual that is infinite", ask_ids, with([](auto& e) { e.actual = kInfinity; }),
       "1 rejected", "1 actual_not_finite"},
      {"two reasons: the first counts", ask_daily, with([](auto& e) {
         e.prediction = kNan;
         e.actual = kNan;
         e.id.reset();
         e.time.reset();
       }),
       "1 rejected", "1 prediction_not_finite"},
      {"an error that overflows", ask_nothing, with([](auto& e) {
         e.prediction = -1e308;
         e.actual = 1e308;
       }),
       "1 scored"},
      {"before from", [](Spec& spec) { spec.from = 1; }, good, "1 filtered"},
      {"at from", [](Spec& spec) { spec.from = 0; }, good, "1 scored"},
      {"at to", [](Spec& spec) { spec.to = 0; }, good, "1 filtered"},
      {"before to", [](Spec& spec) { spec.to = 1; }, good, "1 scored"},
      {"what the filter leaves out", [](Spec& spec) { spec.where = "region == 'eu'"; }, good,
       "1 filtered"},
      {"what the filter keeps", [](Spec& spec) { spec.where = "region is null"; }, good,
       "1 scored"},
      {"a bad row that the filter would leave out",
       [](Spec& spec) { spec.where = "region == 'eu'"; },
       with([](auto& e) { e.prediction = kNan; }), "1 rejected", "1 prediction_not_finite"},
      {"after as-of", ask_as_of, with([](auto& e) { e.time = 101; }), "1 after_as_of"},
      {"at as-of", ask_as_of, with([](auto& e) { e.time = 100; }), "1 scored"},
      {"a label after as-of", ask_as_of, with([](auto& e) { e.label_time = 101; }), "1 unlabelled"},
      {"a label of unknown time, as of", ask_as_of, with([](auto& e) { e.label_time.reset(); }),
       "1 rejected", "1 missing_label_timestamp"},
      {"no label, as of", ask_as_of, with([](auto& e) {
         e.label_time.reset();
         e.actual.reset();
       }),
       "1 unlabelled"},
      {"a label of unknown time", ask_delay, with([](auto& e) { e.label_time.reset(); }),
       "1 scored"},
      {"a late label", ask_delay, with([](auto& e) { e.label_time = 11; }), "1 unlabelled"},
      {"a label just in time", ask_delay, with([](auto& e) { e.label_time = 10; }), "1 scored"},
      {"the instant that stands for none", ask_daily, with([](auto& e) { e.time = INT64_MIN; }),
       "1 rejected", "1 bad_timestamp"},
  };
  const ScratchFolder folder;
  for (const RowCase& c : cases) {
    const std::string file = folder.write("p.avro", prediction_file({c.event}));
    Spec spec = lenient_spec();
    c.ask(spec);
    SCOPED_TRACE(c.what);
    const Accounting inlined = answer(spec, {file}).accounting;
    EXPECT_EQ(inlined.prediction_rows, 1);
    EXPECT_EQ(describe(inlined.predictions), c.outcomes);
    EXPECT_EQ(describe(inlined.rejected_predictions), c.reasons);
    // The join puts it in the same place.
    if (!c.event.id) continue;
    spec.duplicates = DuplicatePolicy::kDrop;
    const Accounting joined = answer(spec, {file}).accounting;
    EXPECT_EQ(describe(joined.predictions), c.outcomes) << "joined";
    EXPECT_EQ(describe(joined.rejected_predictions), c.reasons) << "joined";
  }
}

// The shipped schema has an actual that most services leave null.
TEST(Accounting, AsksOfActualsWithoutTimesOnlyWhereThereAreAny) {
  const auto event = [](const char* id, std::optional<double> actual) {
    return [=](Encoder& to) {
      to.put_bytes(id);
      to.put_double(1);
      to.put_long(0);
      to.put_long(actual ? 1 : 0);
      if (actual) to.put_double(*actual);
    };
  };
  const ScratchFolder folder;
  const std::string predictions = folder.write(
      "p.avro", avro_file(R"({"type":"record","name":"Event","fields":[
                               {"name":"prediction_id","type":"string"},
                               {"name":"prediction","type":"double"},
                               {"name":"timestamp","type":
                                 {"type":"long","logicalType":"timestamp-micros"}},
                               {"name":"actual","type":["null","double"]}]})",
                          {event("a", std::nullopt), event("b", std::nullopt), event("c", 2)}));
  const std::string labels =
      folder.write("l.avro", label_file({{"a", 2, 5}, {"b", 2, 101}, {"c", 2, 5}}));
  Spec spec = lenient_spec();
  ask_as_of(spec);
  const Accounting counts = answer(spec, {predictions}, {labels}).accounting;
  EXPECT_EQ(describe(counts.predictions), "1 scored, 1 unlabelled, 1 rejected");
  EXPECT_EQ(describe(counts.rejected_predictions), "1 missing_label_timestamp");
}

TEST(Accounting, RejectsPredictionsOfWrongTypes) {
  const auto text = [](Encoder& to) { to.put_bytes("x"); };
  const auto list = [](Encoder& to) { to.put_long(0); };
  const std::string array = R"({"type":"array","items":"long"})";
  struct Case {
    const char* field;
    std::string type;
    std::function<void(Encoder&)> put;
    const char* reason;
  };
  const Case cases[] = {
      {"prediction", R"("string")", text, "1 prediction_wrong_type"},
      {"prediction", array, list, "1 prediction_wrong_type"},
      {"prediction", R"("boolean")", [](Encoder& to) { to.put_boolean(true); },
       "1 prediction_wrong_type"},
      {"prediction", R"("null")", [](Encoder&) {}, "1 missing_prediction"},
      {"actual", R"("string")", text, "1 actual_wrong_type"},
      {"prediction_id", array, list, "1 id_wrong_type"},
      {"timestamp", R"("string")", text, "1 bad_timestamp"},
      {"timestamp", array, list, "1 bad_timestamp"},
      {"label_timestamp", R"("string")", text, "1 bad_label_timestamp"},
  };
  const ScratchFolder folder;
  folder.write("p/0.avro", prediction_file({}));
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.field) + " " + c.type);
    folder.write("p/1.avro", odd_prediction(c.field, c.type, c.put));
    Spec spec = lenient_spec();
    spec.window = {.kind = WindowKind::kDay};
    spec.duplicates = DuplicatePolicy::kDrop;
    const Accounting counts = answer(spec, {folder.path() + "/p"}).accounting;
    EXPECT_EQ(describe(counts.predictions), "1 rejected");
    EXPECT_EQ(describe(counts.rejected_predictions), c.reason);
  }
}

struct LabelCase {
  const char* what;
  std::function<void(Spec&)> ask;
  LabelEvent event;
  const char* outcomes;
  const char* reasons = "";
};

TEST(Accounting, PutsEveryLabelInOnePlace) {
  const LabelCase cases[] = {
      {"a good label", ask_nothing, {"a", 2, 5}, "1 matched"},
      {"of another id", ask_nothing, {"b", 2, 5}, "1 unmatched"},
      {"without time", ask_nothing, {"a", 2, std::nullopt}, "1 matched"},
      {"without time, as of",
       ask_as_of,
       {"a", 2, std::nullopt},
       "1 rejected",
       "1 missing_label_timestamp"},
      {"without time, and a longest delay",
       ask_delay,
       {"a", 2, std::nullopt},
       "1 rejected",
       "1 missing_label_timestamp"},
      {"too late", ask_delay, {"a", 2, 11}, "1 expired"},
      {"after as-of", ask_as_of, {"a", 2, 101}, "1 after_as_of"},
      {"without id", ask_nothing, {std::nullopt, 2, 5}, "1 rejected", "1 missing_id"},
      {"without actual", ask_nothing, {"a", std::nullopt, 5}, "1 rejected", "1 missing_actual"},
      {"NaN", ask_nothing, {"a", kNan, 5}, "1 rejected", "1 actual_not_finite"},
      {"infinite", ask_nothing, {"a", kInfinity, 5}, "1 rejected", "1 actual_not_finite"},
      {"deleted", ask_nothing, {"a", std::nullopt, 5, true}, "1 matched"},
      {"deleted, whatever its actual", ask_nothing, {"a", kNan, 5, true}, "1 matched"},
      {"deleted without id", ask_nothing, {std::nullopt, 1, 5, true}, "1 rejected", "1 missing_id"},
      {"the instant that stands for none",
       ask_nothing,
       {"a", 2, INT64_MIN},
       "1 rejected",
       "1 bad_label_timestamp"},
  };
  const ScratchFolder folder;
  const std::string predictions =
      folder.write("p.avro", prediction_file({{.id = "a", .prediction = 1}}));
  for (const LabelCase& c : cases) {
    const std::string labels = folder.write("l.avro", label_file({c.event}));
    Spec spec = lenient_spec();
    c.ask(spec);
    SCOPED_TRACE(c.what);
    const Accounting counts = answer(spec, {predictions}, {labels}).accounting;
    EXPECT_EQ(counts.label_rows, 1);
    EXPECT_EQ(describe(counts.labels), c.outcomes);
    EXPECT_EQ(describe(counts.rejected_labels), c.reasons);
    const bool is_scored = std::string(c.outcomes) == "1 matched" && !c.event.is_deleted;
    EXPECT_EQ(describe(counts.predictions), is_scored ? "1 scored" : "1 unlabelled");
  }
}

TEST(Accounting, ReadsLabelsFromTextWithTheirWrongCells) {
  const ScratchFolder folder;
  const std::string predictions = folder.write("p.avro", prediction_file({{.id = "a"},
                                                                          {.id = "b"},
                                                                          {.id = "c"},
                                                                          {.id = "d"},
                                                                          {.id = "e"},
                                                                          {.id = "f"},
                                                                          {.id = "g"}}));
  folder.write("l/0.csv",
               "prediction_id,actual,label_timestamp,deleted\n"
               "a,1.5,2013-01-01T00:00:00Z,false\n");
  folder.write("l/1.csv",
               "prediction_id,actual,label_timestamp,deleted\n"
               "b,many,2013-01-01T00:00:00Z,false\n"
               "c,2,yesterday,false\n"
               "d,,2013-01-01T00:00:00Z,False\n"
               "e,,2013-01-01T00:00:00Z,TRUE\n"
               ",2,2013-01-01T00:00:00Z,0\n"
               "f,nan,2013-01-01T00:00:00Z,0\n"
               "g,2,2013-01-01T00:00:00Z,perhaps\n");
  const Accounting counts =
      answer(lenient_spec(), {predictions}, {folder.path() + "/l"}).accounting;
  EXPECT_EQ(describe(counts.labels), "2 matched, 6 rejected");
  EXPECT_EQ(describe(counts.rejected_labels),
            "1 actual_not_finite, 1 actual_wrong_type, 1 missing_id, 1 missing_actual, "
            "1 bad_label_timestamp, 1 bad_deleted");
  EXPECT_EQ(describe(counts.predictions), "1 scored, 6 unlabelled");
}

TEST(Accounting, CountsRepeatsAndTheirConflicts) {
  const ScratchFolder folder;
  const PredictionEvent event{.id = "a", .prediction = 1, .actual = 2, .label_time = 5};
  PredictionEvent later = event;
  later.time = 7;
  const std::string file = folder.write("p.avro", prediction_file({event, later, event, later}));
  const auto counts_with = [&](DuplicatePolicy policy) {
    Spec spec;
    spec.duplicates = policy;
    return answer(spec, {file}).accounting;
  };
  EXPECT_EQ(describe(counts_with(DuplicatePolicy::kWhenIdsAreRead).predictions), "4 scored");
  EXPECT_EQ(describe(counts_with(DuplicatePolicy::kKeep).predictions), "4 scored");
  const Accounting dropped = counts_with(DuplicatePolicy::kDrop);
  EXPECT_EQ(describe(dropped.predictions), "1 scored, 1 duplicate, 2 superseded");
  EXPECT_EQ(dropped.conflicts, 1);

  // With labels ids are read, so repeats are dropped unless they are to be kept.
  const std::string labels = folder.write("l.avro", label_file({{"a", 3, 6}, {"a", 3, 6}}));
  Spec spec;
  EXPECT_EQ(describe(answer(spec, {file}, {labels}).accounting.predictions),
            "1 scored, 1 duplicate, 2 superseded");
  spec.duplicates = DuplicatePolicy::kKeep;
  EXPECT_EQ(describe(answer(spec, {file}, {labels}).accounting.predictions), "4 scored");
  EXPECT_EQ(describe(answer(spec, {file}, {labels}).accounting.labels), "1 matched, 1 duplicate");
}

TEST(Accounting, RowsAddUpToTheRunExceptThoseWithoutATime) {
  const ScratchFolder folder;
  std::vector<PredictionEvent> events;
  for (int i = 0; i < 500; ++i) {
    PredictionEvent event{.id = std::to_string(i % 300), .prediction = i, .actual = 1};
    event.label_time = i;
    event.time = (i % 5) * kMicrosPerDay;
    event.region = i % 3 == 0 ? "eu" : "us";
    if (i % 7 == 0) event.time.reset();
    if (i % 11 == 0) event.prediction = kNan;
    if (i % 13 == 0) event.actual.reset();
    events.push_back(event);
  }
  const std::string file = folder.write("p.avro", prediction_file(events));
  for (auto policy : {DuplicatePolicy::kKeep, DuplicatePolicy::kDrop}) {
    Spec spec = lenient_spec();
    spec.window = {.kind = WindowKind::kDay};
    spec.by = {path_of("region")};
    spec.as_of = 3 * kMicrosPerDay;
    spec.where = "region == 'eu'";
    spec.duplicates = policy;
    const Evaluation evaluation = answer(spec, {file});
    OutcomeCounts sum;
    for (const MetricRow& row : evaluation.rows) {
      EXPECT_EQ(row.predictions(), row.outcomes.total());
      EXPECT_EQ(row.errors.count(), row.outcomes[Outcome::kScored]);
      sum.add(row.outcomes);
    }
    const OutcomeCounts& total = evaluation.accounting.predictions;
    EXPECT_EQ(total.total(), 500);
    for (Outcome outcome :
         {Outcome::kScored, Outcome::kUnlabelled, Outcome::kDuplicate, Outcome::kSuperseded}) {
      EXPECT_EQ(sum[outcome], total[outcome]) << outcome_name(outcome);
    }
    // Rows without a time are in no window.
    EXPECT_LT(sum[Outcome::kRejected], total[Outcome::kRejected]);
    EXPECT_GT(sum[Outcome::kRejected], 0);
  }
}

TEST(Rejects, StopTheRunBeyondTheirShare) {
  const ScratchFolder folder;
  std::vector<PredictionEvent> events(100, {.id = "a", .prediction = 1, .actual = 2});
  events[3].prediction = kNan;
  events[5].actual = kNan;
  const std::string file = folder.write("p.avro", prediction_file(events));
  Spec spec;
  const auto refused = evaluate(spec, {file}, {}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooManyRejected);
  EXPECT_EQ(refused.error().message,
            "2 of 100 prediction rows cannot be used (1 prediction_not_finite, 1 "
            "actual_not_finite), more than 1 %");
  EXPECT_EQ(refused.error().help,
            "look at them with --dead-letters FILE.avro; or allow more with --max-rejected 2%");
  const std::string dead = folder.path() + "/dead.avro";
  EvaluateOptions keeping;
  keeping.dead_letters_path = dead;
  const auto kept = evaluate(spec, {file}, {}, keeping);
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().help, "look at them with: mseavro cat --plain " + dead +
                                   "; or allow more with --max-rejected 2%");
  spec.max_rejected_share = 0.02;
  EXPECT_TRUE(evaluate(spec, {file}, {}, {}));
  spec.max_rejected_share = 0;
  EXPECT_FALSE(evaluate(spec, {file}, {}, {}));

  // Labels have a share of their own.
  const std::string good =
      folder.write("g.avro", prediction_file(std::vector<PredictionEvent>(100, {.id = "a"})));
  const std::string labels = folder.write("l.avro", label_file({{"a", 1, 1}, {"a", kNan, 1}}));
  spec.max_rejected_share = 0.4;
  const auto refused_labels = evaluate(spec, {good}, {labels}, {});
  ASSERT_FALSE(refused_labels);
  EXPECT_EQ(refused_labels.error().message,
            "1 of 2 label rows cannot be used (1 actual_not_finite), more than 40 %");
}

TEST(Salvage, CountsWhatWasLostBesideTheRows) {
  const ScratchFolder folder;
  const std::string predictions = prediction_file({{.id = "a", .prediction = 1}});
  const std::string labels = label_file({{"a", 2, 1}});
  const std::string whole = folder.write("p/1.avro", predictions);
  folder.write("p/2.avro", predictions.substr(0, predictions.size() - 3));
  const std::string cut = folder.write("l.avro", labels.substr(0, labels.size() - 3));
  const std::vector<std::string> sources = {folder.path() + "/p"};
  EXPECT_FALSE(evaluate({}, sources, {cut}, {}));
  EvaluateOptions options;
  options.salvage = true;
  const auto answer = evaluate({}, sources, {cut}, options);
  ASSERT_TRUE(answer) << answer.error().message;
  const Accounting& counts = answer->accounting;
  EXPECT_TRUE(counts.adds_up());
  EXPECT_EQ(counts.prediction_rows, 1);
  EXPECT_EQ(counts.label_rows, 0);
  EXPECT_EQ(counts.lost_predictions.block_count, 1);
  EXPECT_EQ(counts.lost_predictions.record_count, 1);
  EXPECT_EQ(counts.lost_labels.block_count, 1);
  EXPECT_EQ(counts.lost_labels.first_blocks[0].file, cut);
}

struct Letter {
  std::string reason, source, raw;
  std::optional<int64_t> block, record, line;
};

std::vector<Letter> read_letters(const std::string& path) {
  std::vector<Letter> letters;
  const auto source = open_file(path);
  EXPECT_TRUE(source);
  const auto reader = ContainerReader::open(**source, {});
  EXPECT_TRUE(reader);
  EXPECT_EQ((*reader)->header().schema->root().name, "mseavro.DeadLetter");
  DatumReader datums(ReadPlan::whole((*reader)->header().schema), {});
  const auto decompressor = make_decompressor((*reader)->header().codec, {});
  Piece piece;
  while ((*reader)->next(piece).value()) {
    for (const Block& block : piece.blocks) {
      datums.begin_block(decompressor->decompress(block.bytes).value(), block.record_count);
      Datum datum;
      while (datums.next_datum(&datum).value()) {
        const auto text = [&](const char* name) { return std::string(datum.find(name)->text); };
        const auto number = [&](const char* name) -> std::optional<int64_t> {
          const Datum* value = datum.find(name);
          if (value->type == SchemaType::kNull) return std::nullopt;
          return value->integer;
        };
        letters.push_back({text("reason"), text("source"), text("raw"), number("block"),
                           number("record"), number("line")});
      }
    }
  }
  return letters;
}

TEST(DeadLetters, KeepTheReasonThePlaceAndTheBytes) {
  const ScratchFolder folder;
  std::vector<PredictionEvent> events(10, {.id = "a", .prediction = 1});
  events[4].prediction = kNan;
  events[9].id.reset();
  // Blocks end behind each record but the first ones.
  const std::string predictions = folder.write("p.avro", prediction_file(events, 60));
  const std::string labels = folder.write("l.csv",
                                          "prediction_id,actual\n"
                                          "a,1\n"
                                          "\"b\nb\",\"x, \"\"y\"\"\"\n"
                                          "c,\n");
  std::vector<std::string> contents;
  for (int thread_count : {1, 3}) {
    EvaluateOptions options;
    options.thread_count = thread_count;
    options.dead_letters_path = folder.path() + "/dead.avro";
    answer(lenient_spec(), {predictions}, {labels}, options);
    const std::vector<Letter> letters = read_letters(options.dead_letters_path);
    ASSERT_EQ(letters.size(), 4u);
    EXPECT_EQ(letters[0].reason, "actual_wrong_type");
    EXPECT_EQ(letters[0].source, labels);
    EXPECT_EQ(letters[0].line, 3);
    EXPECT_EQ(letters[0].block, std::nullopt);
    EXPECT_EQ(letters[0].record, std::nullopt);
    EXPECT_EQ(letters[0].raw, "\"b\nb\",\"x, \"\"y\"\"\"");
    EXPECT_EQ(letters[1].reason, "missing_actual");
    EXPECT_EQ(letters[1].line, 5);
    EXPECT_EQ(letters[2].reason, "prediction_not_finite");
    EXPECT_EQ(letters[2].source, predictions);
    EXPECT_EQ(letters[2].line, std::nullopt);
    EXPECT_EQ(letters[3].reason, "missing_id");

    // The bytes decode again, under the schema of the file, to the row at that place.
    for (size_t i = 2; i < 4; ++i) {
      DatumReader datums(ReadPlan::whole(*Schema::parse(kPredictionSchema)), {});
      const std::string& raw = letters[i].raw;
      datums.begin_block({reinterpret_cast<const uint8_t*>(raw.data()), raw.size()}, 1);
      Datum datum;
      ASSERT_TRUE(datums.next_datum(&datum).value());
      EXPECT_EQ(datum.find("prediction_id")->type == SchemaType::kNull, i == 3);
      EXPECT_EQ(std::isnan(datum.find("prediction")->number), i == 2);
      EXPECT_FALSE(datums.next_datum(&datum).value());
    }
    EXPECT_LT(letters[2].block, letters[3].block);
    std::string all;
    for (const Letter& letter : letters) {
      all += fmt::format("{} {} {} ", letter.reason, letter.block.value_or(-1),
                         letter.record.value_or(-1));
    }
    contents.push_back(all);
  }
  EXPECT_EQ(contents[0], contents[1]);
}

TEST(DeadLetters, AreWrittenEvenWhenThereAreTooManyAndWhenThereAreNone) {
  const ScratchFolder folder;
  const std::string bad = folder.write("p.avro", prediction_file({{.prediction = kNan}}));
  EvaluateOptions options;
  options.dead_letters_path = folder.path() + "/dead.avro";
  EXPECT_EQ(evaluate(Spec(), {bad}, {}, options).error().code, ErrorCode::kTooManyRejected);
  EXPECT_EQ(read_letters(options.dead_letters_path).size(), 1u);
  const std::string good = folder.write("g.avro", prediction_file({{.actual = 1}}));
  answer(Spec(), {good}, {}, options);
  EXPECT_TRUE(read_letters(options.dead_letters_path).empty());
}

TEST(DeadLetters, ThatCannotBeWrittenAreAnError) {
  const ScratchFolder folder;
  const std::string good = folder.write("g.avro", prediction_file({{.actual = 1}}));
  EvaluateOptions options;
  options.dead_letters_path = folder.path() + "/no/such/folder/dead.avro";
  EXPECT_EQ(evaluate(Spec(), {good}, {}, options).error().code, ErrorCode::kWriteFailed);
}

TEST(RejectReason, HasAName) {
  for (size_t i = 0; i < kRejectReasonCount; ++i) {
    EXPECT_FALSE(reject_reason_name(static_cast<RejectReason>(i)).empty()) << i;
  }
}

TEST(Accounting, AddsUpOnlyWhenEveryRowHasItsPlace) {
  Accounting counts;
  EXPECT_TRUE(counts.adds_up());
  counts.prediction_rows = 2;
  counts.predictions[Outcome::kScored] = 1;
  EXPECT_FALSE(counts.adds_up());
  counts.predictions[Outcome::kRejected] = 1;
  EXPECT_FALSE(counts.adds_up());  // Rejected for no reason.
  counts.rejected_predictions[0] = 1;
  EXPECT_TRUE(counts.adds_up());
  counts.label_rows = 1;
  EXPECT_FALSE(counts.adds_up());
  counts.labels[static_cast<size_t>(LabelOutcome::kMatched)] = 1;
  EXPECT_TRUE(counts.adds_up());
  Accounting sum;
  sum.add(counts);
  sum.add(counts);
  EXPECT_TRUE(sum.adds_up());
  EXPECT_EQ(sum.prediction_rows, 4);
}

}  // namespace
}  // namespace mseavro
