#include "engine/evaluate/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/result/result.h"
#include "base/text/number_text.h"
#include "engine/evaluate/dead_letters.h"
#include "engine/evaluate/open_sources.h"
#include "engine/evaluate/row_reader.h"
#include "engine/evaluate/worker.h"
#include "engine/join/label_join.h"
#include "engine/question/filter.h"
#include "engine/state/key_table.h"
#include "engine/state/pane_table.h"

namespace mseavro {
namespace {

// Runs `work(index)` for index 0 to count - 1, each on its own thread but the first. The first
// error of the lowest index is returned.
Status run_workers(int count, const std::function<Status(int)>& work) {
  std::vector<Status> results(static_cast<size_t>(count));
  std::vector<std::thread> threads;
  for (int index = 1; index < count; ++index) {
    threads.emplace_back([&, index] { results[static_cast<size_t>(index)] = work(index); });
  }
  results[0] = work(0);
  for (std::thread& thread : threads) thread.join();
  for (Status& result : results) MSEAVRO_TRY(std::move(result));
  return {};
}

class Evaluator {
 public:
  Evaluator(const Spec& spec, const EvaluateOptions& options) : spec_(spec), options_(options) {}

  Result<Evaluation> run(const std::vector<std::string>& predictions,
                         const std::vector<std::string>& labels) {
    MSEAVRO_ASSIGN(zone_, TimeZone::find(spec_.timezone));
    if (!spec_.where.empty()) {
      MSEAVRO_ASSIGN(filter_, Filter::parse(spec_.where));
    }
    MSEAVRO_ASSIGN(sources_, open_sources(spec_, filter_, predictions, labels, scan_options()));
    describe_sources();
    make_workers();
    for (const MappedSource& source : sources_.labels) {
      MSEAVRO_TRY(read_source(source, LabelReader(source.mapping, zone_, sources_.label_needs),
                              result_.accounting.lost_labels));
    }
    for (const MappedSource& source : sources_.predictions) {
      MSEAVRO_TRY(read_source(
          source,
          PredictionReader(spec_, source.mapping, filter_, zone_, sources_.prediction_needs),
          result_.accounting.lost_predictions));
    }
    settle();
    MSEAVRO_TRY(write_rejects());
    MSEAVRO_TRY(check_rejected());
    finish();
    return std::move(result_);
  }

 private:
  void describe_sources() {
    result_.accounting.pruned_files = sources_.pruned_file_count;
    for (const std::string& note : sources_.notes) options_.say(note);
    for (const MappedSource& source : sources_.predictions) {
      describe("predictions", source.mapping, result_.mapping);
    }
    for (const MappedSource& source : sources_.labels) {
      describe("labels", source.mapping, result_.label_mapping);
    }
  }

  void describe(const char* source, const RoleMapping& mapping, std::string& text) {
    if (!text.empty()) text += "; ";
    text += mapping.text();
    options_.say(fmt::format("roles of {}: {}", source, mapping.text()));
    for (const std::string& note : mapping.notes) options_.say(fmt::format("  {}", note));
  }

  void make_workers() {
    accumulator_options_ = {.error_quantiles = spec_.error_quantiles,
                            .label_delay = sources_.labels_have_times};
    for (int index = 0; index < options_.thread_count; ++index) {
      workers_.push_back(std::make_unique<Worker>(
          spec_, zone_, accumulator_options_, sources_.joins, !options_.dead_letters_path.empty()));
    }
  }

  ScanOptions scan_options() const {
    ScanOptions scan_options;
    scan_options.limits = options_.limits;
    scan_options.map_files = options_.map_files;
    scan_options.salvage = options_.salvage;
    return scan_options;
  }

  // Every worker reads with a reader of its own, a copy of `model`.
  template <class Reader>
  Status read_source(const MappedSource& source, const Reader& model, Losses& losses) {
    MSEAVRO_ASSIGN(auto scan, EventScan::open(source.files.files, model.columns(), scan_options()));
    const Status status = run_workers(options_.thread_count, [&](int index) -> Status {
      Reader reader = model;
      auto rows = scan->make_worker();
      while (true) {
        MSEAVRO_ASSIGN(const ColumnBatch* batch, rows->next());
        if (batch == nullptr) return {};
        workers_[static_cast<size_t>(index)]->take(*batch, reader, *rows);
        if (options_.rows_read != nullptr) *options_.rows_read += static_cast<int64_t>(batch->size);
      }
    });
    // Which worker met an error first depends on the threads; what the scan says does not.
    MSEAVRO_TRY(scan->status());
    losses.add(scan->losses());
    return status;
  }

  // Brings the workers' tables together, then settles what waits in the join.
  void settle() {
    keys_ = std::make_unique<KeyTable>(spec_.by.size());
    panes_ = std::make_unique<PaneTable>(spec_, zone_, accumulator_options_);
    std::vector<std::vector<uint32_t>> key_codes;
    std::vector<std::vector<uint32_t>> version_codes;
    ValueTable versions;
    for (auto& worker : workers_) {
      key_codes.push_back(keys_->translate(worker->keys()));
      version_codes.push_back(versions.translate(worker->versions()));
      panes_->combine(worker->panes(), key_codes.back());
      result_.accounting.add(worker->accounting());
    }
    if (sources_.joins) settle_partitions(key_codes, version_codes);
  }

  void settle_partitions(const std::vector<std::vector<uint32_t>>& key_codes,
                         const std::vector<std::vector<uint32_t>>& version_codes) {
    const JoinRules rules{
        .as_of = spec_.as_of,
        .max_label_delay_micros = spec_.max_label_delay_micros,
        .keep_duplicates = spec_.duplicates == DuplicatePolicy::kKeep,
        .match = spec_.match,
        .max_age_micros = spec_.max_age_micros,
        .compare_keys = [&](uint32_t a, uint32_t b) { return compare_slices(a, b); }};
    std::atomic<size_t> next_partition{0};
    std::mutex mutex;
    std::vector<uint32_t> same_keys(keys_->size());
    for (uint32_t key = 0; key < same_keys.size(); ++key) same_keys[key] = key;
    const auto work = [&](int) -> Status {
      PaneTable panes(spec_, zone_, accumulator_options_);
      Accounting accounting;
      ClassGuard class_guard;
      const auto take = [&](const SettledPrediction& settled) {
        record(settled, panes, accounting);
        if (settled.outcome == Outcome::kScored) {
          class_guard.see(settled.prediction->prediction, settled.actual);
        }
      };
      for (size_t index; (index = next_partition++) < JoinBuffer::kPartitionCount;) {
        std::vector<JoinInput> inputs;
        for (size_t i = 0; i < workers_.size(); ++i) {
          inputs.push_back(
              {&workers_[i]->joins().partition(index), key_codes[i], version_codes[i]});
        }
        const JoinCounts counts = settle_partition(inputs, rules, take);
        for (size_t i = 0; i < kLabelOutcomeCount; ++i) accounting.labels[i] += counts.labels[i];
        accounting.conflicts += counts.conflicts;
        for (const JoinInput& input : inputs) *input.rows = {};  // Gives the memory back.
      }
      const std::lock_guard lock(mutex);
      panes_->combine(panes, same_keys);
      result_.accounting.add(accounting);
      class_guard_.combine(class_guard);
      return {};
    };
    MSEAVRO_CHECK(run_workers(options_.thread_count, work));
  }

  static void record(const SettledPrediction& settled, PaneTable& panes, Accounting& accounting) {
    const JoinPrediction& row = *settled.prediction;
    const Instant time = row.time == kNoInstant ? 0 : row.time;
    Pane& pane = panes.pane(row.key, panes.windows().code(time));
    ++pane.outcomes[settled.outcome];
    ++accounting.predictions[settled.outcome];
    if (settled.outcome != Outcome::kScored) return;
    pane.errors.update(row.prediction, settled.actual);
    if (settled.label_time == kNoInstant || row.time == kNoInstant) return;
    pane.errors.update_label_delay(delay_seconds(row.time, settled.label_time));
  }

  int compare_slices(uint32_t a, uint32_t b) const {
    for (size_t i = 0; i < spec_.by.size(); ++i) {
      const auto order = keys_->slice(a, i) <=> keys_->slice(b, i);
      if (order != 0) return order < 0 ? -1 : 1;
    }
    return 0;
  }

  // Written even when there are too many of them: they are what the user must look at then.
  Status write_rejects() {
    if (options_.dead_letters_path.empty()) return {};
    std::vector<DeadLetter> letters;
    for (auto& worker : workers_) {
      std::move(worker->dead_letters().begin(), worker->dead_letters().end(),
                std::back_inserter(letters));
    }
    return write_dead_letters(options_.dead_letters_path, std::move(letters));
  }

  Status check_rejected() {
    MSEAVRO_CHECK(result_.accounting.adds_up());
    const Accounting& counts = result_.accounting;
    MSEAVRO_TRY(check_share("prediction", counts.prediction_rows,
                            counts.predictions[Outcome::kRejected], counts.rejected_predictions));
    return check_share("label", counts.label_rows,
                       counts.labels[static_cast<size_t>(LabelOutcome::kRejected)],
                       counts.rejected_labels);
  }

  Status check_share(const char* what, int64_t rows, int64_t rejected,
                     const RejectCounts& reasons) const {
    const double share = rows == 0 ? 0 : static_cast<double>(rejected) / static_cast<double>(rows);
    if (share <= spec_.max_rejected_share) return {};
    const std::string look =
        options_.dead_letters_path.empty()
            ? "look at them with --dead-letters FILE.avro"
            : fmt::format("look at them with: mseavro cat --plain {}", options_.dead_letters_path);
    std::string list;
    for (size_t i = 0; i < kRejectReasonCount; ++i) {
      if (reasons[i] == 0) continue;
      list += fmt::format("{}{} {}", list.empty() ? "" : ", ", reasons[i],
                          reject_reason_name(static_cast<RejectReason>(i)));
    }
    return fail(
        ErrorCode::kTooManyRejected,
        fmt::format("{} of {} {} rows cannot be used ({}), more than {:g} %", rejected, rows, what,
                    list, spec_.max_rejected_share * 100),
        fmt::format("{}; or allow more with --max-rejected {:.0f}%", look, std::ceil(share * 100)));
  }

  void finish() {
    result_.rows = panes_->rows(*keys_);
    for (const auto& worker : workers_) class_guard_.combine(worker->class_guard());
    if (result_.accounting.predictions[Outcome::kScored] > 0 && class_guard_.looks_binary()) {
      result_.warnings.push_back(
          "every actual is 0 or 1 and every prediction between them: for classes the MSE is the "
          "Brier score; log loss may be what you want");
    }
    if (result_.accounting.squared_error_defects > 0) {
      result_.warnings.push_back(
          fmt::format("a squared_error that is not (actual - prediction)^2 stands in {}; it is "
                      "never used",
                      format_counted(result_.accounting.squared_error_defects, "row")));
    }
    if (!sources_.joins && spec_.duplicates == DuplicatePolicy::kWhenIdsAreRead) {
      options_.say("repeats: kept, since ids are not read (--duplicates drop to drop them)");
    }
  }

  const Spec& spec_;
  const EvaluateOptions& options_;
  std::shared_ptr<const TimeZone> zone_;
  std::optional<Filter> filter_;
  OpenSources sources_;
  AccumulatorOptions accumulator_options_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<KeyTable> keys_;
  std::unique_ptr<PaneTable> panes_;
  ClassGuard class_guard_;
  Evaluation result_;
};

}  // namespace

Result<Evaluation> evaluate(const Spec& spec, const std::vector<std::string>& predictions,
                            const std::vector<std::string>& labels,
                            const EvaluateOptions& options) {
  MSEAVRO_CHECK(options.thread_count >= 1);
  return Evaluator(spec, options).run(predictions, labels);
}

}  // namespace mseavro
