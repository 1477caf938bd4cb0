// How events are written, split and read does not show in the answer, in no bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "engine/evaluate/testing/event_files.h"

namespace mseavro {
namespace {

// Events in which everything happens: repeats, conflicts, bad rows, missing values, ties.
class EventMaker {
 public:
  explicit EventMaker(uint32_t seed) : random_(seed) {}

  std::vector<PredictionEvent> predictions(size_t count) {
    std::vector<PredictionEvent> events;
    while (events.size() < count) {
      PredictionEvent event{.id = id(count), .prediction = number()};
      event.time = instant();
      event.version = chance(8) ? OptionalText() : "v" + std::to_string(below(3));
      event.region = chance(8) ? OptionalText() : std::string(1, static_cast<char>('a' + below(4)));
      if (chance(3)) {
        event.actual = number();
        if (!chance(4)) event.label_time = *event.time + static_cast<Instant>(below(kDay));
      }
      if (chance(4)) event.squared_error = number();
      if (chance(60)) event.prediction = std::numeric_limits<double>::quiet_NaN();
      if (chance(60)) event.time.reset();
      if (chance(60)) event.id.reset();
      events.push_back(event);
      while (chance(6)) {  // Repeats, most of them equal.
        if (chance(4)) *event.time += 1;
        if (chance(4)) event.prediction = number();
        events.push_back(event);
        if (!event.time) break;
      }
    }
    return events;
  }

  std::vector<LabelEvent> labels(size_t count) {
    std::vector<LabelEvent> events;
    for (size_t i = 0; i < count; ++i) {
      LabelEvent event{id(count), number(), instant() + kDay, chance(10)};
      if (chance(10)) event.time.reset();
      if (chance(40)) event.actual.reset();
      events.push_back(event);
      if (chance(5)) events.push_back(event);
    }
    return events;
  }

  template <class Event>
  std::vector<std::vector<Event>> split(std::vector<Event> events) {
    std::shuffle(events.begin(), events.end(), random_);
    std::vector<std::vector<Event>> parts(1 + below(7));
    for (Event& event : events) parts[below(parts.size())].push_back(std::move(event));
    return parts;
  }

  size_t below(size_t end) { return random_() % end; }

 private:
  static constexpr size_t kDay = static_cast<size_t>(kMicrosPerDay);

  bool chance(size_t one_in) { return below(one_in) == 0; }
  OptionalText id(size_t count) { return "id-" + std::to_string(below(count)); }
  Instant instant() { return static_cast<Instant>(below(20)) * kMicrosPerDay / 4; }
  double number() {
    return std::ldexp(static_cast<double>(below(1 << 20)), static_cast<int>(below(200)) - 100);
  }

  std::mt19937 random_;
};

// Folders with the same events, written in another way each time.
void write_anyhow(const ScratchFolder& folder, const std::string& name, EventMaker& maker,
                  const std::vector<PredictionEvent>& predictions,
                  const std::vector<LabelEvent>& labels) {
  static constexpr Codec kCodecs[] = {Codec::kNull, Codec::kDeflate, Codec::kSnappy,
                                      Codec::kZstandard};
  int number = 0;
  for (const auto& part : maker.split(predictions)) {
    folder.write(fmt::format("{}/p/{}-{}.avro", name, maker.below(100), number++),
                 prediction_file(part, static_cast<int64_t>(1 + maker.below(20'000)),
                                 kCodecs[maker.below(4)]));
  }
  for (const auto& part : maker.split(labels)) {
    folder.write(fmt::format("{}/l/{}-{}.avro", name, maker.below(100), number++),
                 label_file(part, static_cast<int64_t>(1 + maker.below(20'000))));
  }
}

struct Question {
  const char* what;
  void (*ask)(Spec&);
  bool has_labels;
};

const Question kQuestions[] = {
    {"inline", [](Spec&) {}, false},
    {"inline, repeats dropped", [](Spec& s) { s.duplicates = DuplicatePolicy::kDrop; }, false},
    {"labels", [](Spec&) {}, true},
    {"labels, repeats kept", [](Spec& s) { s.duplicates = DuplicatePolicy::kKeep; }, true},
    {"as of", [](Spec& s) { s.as_of = 4 * kMicrosPerDay; }, true},
    {"longest delay", [](Spec& s) { s.max_label_delay_micros = kMicrosPerDay / 2; }, true},
    {"filter on what is no slice",
     [](Spec& s) {
       s.by.clear();
       s.where = "region in ('a', 'b')";
     },
     true},
    {"latest before", [](Spec& s) { s.match = MatchPolicy::kLatestBefore; }, true},
    {"latest before, all kept, of a day and as of",
     [](Spec& s) {
       s.match = MatchPolicy::kLatestBefore;
       s.max_age_micros = kMicrosPerDay;
       s.duplicates = DuplicatePolicy::kKeep;
       s.as_of = 4 * kMicrosPerDay;
     },
     true},
    {"versions mixed", [](Spec& s) { s.mix_versions = true; }, true},
    {"from and to",
     [](Spec& s) {
       s.from = kMicrosPerDay;
       s.to = 3 * kMicrosPerDay;
     },
     true},
};

TEST(Evaluate, AnswersTheSameForAnyThreadsOrderSplitAndBlocks) {
  EventMaker maker(5);
  const std::vector<PredictionEvent> predictions = maker.predictions(700);
  const std::vector<LabelEvent> labels = maker.labels(500);
  const ScratchFolder folder;
  for (const char* name : {"a", "b", "c"}) {
    write_anyhow(folder, name, maker, predictions, labels);
  }
  for (const Question& question : kQuestions) {
    SCOPED_TRACE(question.what);
    Spec spec = lenient_spec();
    spec.by = {path_of("region")};
    spec.window = {.kind = WindowKind::kDay};
    spec.error_quantiles = true;
    question.ask(spec);
    std::string expected;
    for (const char* name : {"a", "b", "c"}) {
      for (int thread_count : {1, 2, 8}) {
        EvaluateOptions options;
        options.thread_count = thread_count;
        const std::string root = folder.path() + "/" + name;
        const std::vector<std::string> label_paths =
            question.has_labels ? std::vector{root + "/l"} : std::vector<std::string>();
        const std::string got = fingerprint(answer(spec, {root + "/p"}, label_paths, options));
        if (expected.empty()) expected = got;
        ASSERT_EQ(got, expected) << name << ", " << thread_count << " threads";
      }
    }
    EXPECT_NE(expected.find("scored"), std::string::npos);
  }
}

// Unique ids and labels with times, so that both ways know the same.
std::vector<PredictionEvent> unique_events(size_t count, EventMaker& maker) {
  std::vector<PredictionEvent> events = maker.predictions(count);
  for (size_t i = 0; i < events.size(); ++i) {
    events[i].id = std::to_string(i);
    if (!events[i].actual) continue;
    events[i].label_time =
        events[i].time.value_or(0) + static_cast<Instant>(maker.below(1000)) * kMicrosPerHour / 9;
  }
  return events;
}

TEST(Evaluate, InlineActualsAndLabelEventsGiveTheSameRows) {
  EventMaker maker(17);
  const std::vector<PredictionEvent> events = unique_events(800, maker);
  std::vector<PredictionEvent> bare = events;
  std::vector<LabelEvent> labels;
  for (PredictionEvent& event : bare) {
    // What is rejected for its actual inline is a bad label otherwise; here all actuals are good.
    if (event.actual) labels.push_back({event.id, event.actual, event.label_time});
    event.actual.reset();
    event.label_time.reset();
  }
  const ScratchFolder folder;
  const std::string inlined = folder.write("inline.avro", prediction_file(events));
  const std::string predictions = folder.write("predictions.avro", prediction_file(bare));
  const std::string label_events = folder.write("labels.avro", label_file(labels));

  const auto ask_all = [](Spec& spec) {
    spec.as_of = 3 * kMicrosPerDay;
    spec.max_label_delay_micros = 30 * kMicrosPerHour;
  };
  void (*const asks[])(Spec&) = {
      [](Spec&) {}, [](Spec& spec) { spec.as_of = 3 * kMicrosPerDay; },
      [](Spec& spec) { spec.max_label_delay_micros = 30 * kMicrosPerHour; }, ask_all,
      [](Spec& spec) { spec.where = "region != 'a'"; }};
  for (const auto& ask : asks) {
    Spec spec = lenient_spec();
    spec.by = {path_of("region")};
    spec.window = {.kind = WindowKind::kDay};
    spec.error_quantiles = true;
    ask(spec);
    const Evaluation expected = answer(spec, {inlined});
    const Evaluation got = answer(spec, {predictions}, {label_events});
    ASSERT_EQ(describe(got.rows), describe(expected.rows));
    for (size_t i = 0; i < got.rows.size(); ++i) {
      EXPECT_EQ(got.rows[i].errors.encode(), expected.rows[i].errors.encode());
    }
    EXPECT_EQ(got.accounting.predictions, expected.accounting.predictions);
    // And the join of inline actuals is a third way.
    spec.duplicates = DuplicatePolicy::kDrop;
    const Evaluation joined = answer(spec, {inlined});
    ASSERT_EQ(describe(joined.rows), describe(expected.rows));
    for (size_t i = 0; i < joined.rows.size(); ++i) {
      EXPECT_EQ(joined.rows[i].errors.encode(), expected.rows[i].errors.encode());
    }
  }
}

TEST(Evaluate, RetractingHalfOfTheEventsLeavesTheOtherHalf) {
  EventMaker maker(23);
  const std::vector<PredictionEvent> events = unique_events(600, maker);
  const size_t middle = events.size() / 2;
  const ScratchFolder folder;
  const std::string all = folder.write("all.avro", prediction_file(events));
  const std::string first = folder.write(
      "first.avro", prediction_file({events.begin(), events.begin() + static_cast<long>(middle)}));
  const std::string second = folder.write(
      "second.avro", prediction_file({events.begin() + static_cast<long>(middle), events.end()}));
  Spec spec = lenient_spec();
  spec.window = {.kind = WindowKind::kDay};
  spec.error_quantiles = true;
  const auto states = [&](const std::string& file) {
    std::map<RowKey, ErrorAccumulator> result;
    for (MetricRow& row : answer(spec, {file}).rows) result[row.key] = std::move(row.errors);
    return result;
  };
  const auto first_states = states(first);
  const auto second_states = states(second);
  const ErrorAccumulator zero({.error_quantiles = true, .label_delay = true});
  for (auto& [key, whole] : states(all)) {
    const auto half = first_states.find(key);
    const auto rest = second_states.find(key);
    ErrorAccumulator state = whole;
    state.subtract(half == first_states.end() ? zero : half->second);
    EXPECT_EQ(state.encode(), (rest == second_states.end() ? zero : rest->second).encode());
    state.combine(half == first_states.end() ? zero : half->second);
    EXPECT_EQ(state.encode(), whole.encode());
  }
}

TEST(Evaluate, TheErrorIsTheFirstInTheFilesForAnyThreads) {
  const ScratchFolder folder;
  EventMaker maker(3);
  const std::string good = prediction_file(maker.predictions(200), 500);
  for (int i = 0; i < 6; ++i) {
    folder.write(fmt::format("p/{}.avro", i), i < 2 ? good : good.substr(0, good.size() - 5));
  }
  for (int thread_count : {1, 2, 8}) {
    EvaluateOptions options;
    options.thread_count = thread_count;
    const auto evaluation = evaluate(lenient_spec(), {folder.path() + "/p"}, {}, options);
    ASSERT_FALSE(evaluation);
    EXPECT_EQ(evaluation.error().code, ErrorCode::kTruncated);
    EXPECT_EQ(evaluation.error().place.file, folder.path() + "/p/2.avro");
  }
}

}  // namespace
}  // namespace mseavro
