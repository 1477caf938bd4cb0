// The batch runner: answers a Spec from files.
//
//   sources -> columns -> roles -> [join] -> panes -> rows
//
// Without labels every worker scores its rows as it reads them. With labels (or --duplicates drop)
// workers deal rows to join partitions, which are settled after the last row. Either way each
// worker has its own tables and they are combined exactly, so threads, file order and file
// boundaries do not show in the answer.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/evaluate/accounting.h"
#include "engine/question/metric_row.h"
#include "engine/question/spec.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

struct EvaluateOptions {
  int thread_count = 1;           // At least 1.
  std::string dead_letters_path;  // Empty: rejects are counted only.
  Limits limits;
  bool map_files = false;  // As ScanOptions::map_files.
  bool salvage = false;    // Answer without the damaged blocks of Avro files, and count them.
  // Told things that a person should know before the answer: the mapping used, units inferred,
  // repeats kept. Called from the calling thread.
  std::function<void(const std::string&)> say = [](const std::string&) {};
  std::atomic<int64_t>* rows_read = nullptr;  // Counted up while rows are read, if there is one.
};

struct Evaluation {
  std::vector<MetricRow> rows;
  Accounting accounting;
  std::string mapping;        // Of the predictions, as text.
  std::string label_mapping;  // Of the labels; empty without label sources.
  std::vector<std::string> warnings;
};

// `predictions` and `labels` are files or folders. Errors: those of list_inputs, infer_roles and
// reading; kBadFilter, kBadTimeZone, kLabelTimesMissing, kTooManyRejected.
Result<Evaluation> evaluate(const Spec& spec, const std::vector<std::string>& predictions,
                            const std::vector<std::string>& labels, const EvaluateOptions& options);

}  // namespace mseavro
