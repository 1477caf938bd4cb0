// eval, report and rollup: the commands that end in metric rows.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <span>

#include "app/cli/commands.h"
#include "app/cli/folder_output.h"
#include "app/cli/loss_warning.h"
#include "app/cli/progress.h"
#include "app/cli/spec_options.h"
#include "app/report/metric_output.h"
#include "app/report/metric_table.h"
#include "base/io/byte_sink.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"
#include "base/text/number_text.h"
#include "engine/evaluate/evaluate.h"
#include "engine/question/metric_file.h"
#include "events/source/input_files.h"

namespace mseavro {
namespace {

namespace fs = std::filesystem;

constexpr OutputFormat kRowFormats[] = {OutputFormat::kTable,     OutputFormat::kMarkdown,
                                        OutputFormat::kCsv,       OutputFormat::kJson,
                                        OutputFormat::kJsonLines, OutputFormat::kAvro};
constexpr OutputFormat kTextFormats[] = {OutputFormat::kTable, OutputFormat::kMarkdown,
                                         OutputFormat::kCsv};

Status check_not_read(std::span<const std::string> outputs, const CommandLine& line) {
  std::error_code error;
  std::vector<std::string> present;
  std::ranges::copy_if(outputs, std::back_inserter(present), [&](const std::string& output) {
    return fs::is_regular_file(output, error);
  });
  if (present.empty()) return {};
  std::vector<std::string> sources = line.arguments;
  std::ranges::copy(line.values.list("labels"), std::back_inserter(sources));
  const auto inputs = list_inputs(sources);
  if (!inputs) return {};  // Said when they are opened.
  for (const InputFile& input : *inputs) {
    for (const std::string& output : present) {
      if (!fs::equivalent(input.path, output, error)) continue;
      return fail(ErrorCode::kConflictingOptions, "the output would replace what is read",
                  "write it to another file", {}, {.file = output});
    }
  }
  return {};
}

// No output takes the place of an input or of the other one.
Status check_outputs_apart(const CommandLine& line) {
  const std::string outputs[] = {line.values.text("output"), line.values.text("dead-letters")};
  MSEAVRO_TRY(check_not_read(outputs, line));
  const auto& [output, dead_letters] = outputs;
  std::error_code error;
  if (output.empty() || dead_letters.empty() ||
      fs::weakly_canonical(output, error) != fs::weakly_canonical(dead_letters, error)) {
    return {};
  }
  return fail(ErrorCode::kConflictingOptions, "--output and --dead-letters are the same file",
              "write them to two files", {}, {.file = output});
}

Result<std::unique_ptr<FolderOutput>> make_folder(const CommandLine& line,
                                                  ContainerOptions container) {
  MSEAVRO_ASSIGN(FolderOptions options, read_folder_options(line.values, "metrics"));
  options.order.has_times = true;
  MSEAVRO_ASSIGN(auto schema, Schema::parse(metric_row_schema()));
  return FolderOutput::make(std::move(schema), std::move(container), options, Limits());
}

// Files of a folder are Avro. That they can be made is found out by making what will hold them.
Result<OutputFormat> prepare_folder(const CommandLine& line) {
  if (line.values.text("format", "avro") != "avro") {
    return line.values.bad_value("format", "files of metrics in a folder are Avro",
                                 "leave it out, or --partition-by and --max-file-size");
  }
  MSEAVRO_TRY(make_folder(line, {}));
  return OutputFormat::kAvro;
}

// What is written, and where, is settled before any data is read.
Result<OutputFormat> prepare_output(const CommandLine& line,
                                    std::span<const OutputFormat> formats) {
  MSEAVRO_TRY(check_outputs_apart(line));
  MSEAVRO_TRY(check_output(line.values.text("dead-letters")));
  MSEAVRO_TRY(read_codec(line.values));
  MSEAVRO_TRY(check_folder_use(line.values));
  if (wants_folder(line.values)) return prepare_folder(line);
  MSEAVRO_ASSIGN(const OutputFormat format,
                 find_format(line.values, {formats.begin(), formats.end()}));
  MSEAVRO_TRY(check_output(line.values.text("output")));
  return format;
}

// Why an answer has nothing scored in it; empty when it has.
std::string nothing_scored(const Evaluation& evaluation, bool has_labels) {
  const Accounting& counts = evaluation.accounting;
  if (counts.predictions[Outcome::kScored] > 0) return {};
  if (counts.prediction_rows == 0) {
    return counts.pruned_files > 0 ? "no file is left: --where rules them all out by their path"
                                   : "the sources have no rows";
  }
  // What happened to most rows is the likeliest reason.
  const auto& outcomes = counts.predictions.counts;
  const auto most = std::max_element(outcomes.begin(), outcomes.end()) - outcomes.begin();
  switch (static_cast<Outcome>(most)) {
    case Outcome::kUnlabelled:
      return has_labels && counts.label_rows > 0 ? "no label has the id of a prediction that counts"
                                                 : "no prediction has a label yet";
    case Outcome::kFiltered:
      return "no prediction fits --where, --from and --to";
    case Outcome::kAfterAsOf:
      return "every prediction is later than --as-of";
    default:
      return "no row can be used";
  }
}

Result<Evaluation> evaluate_visibly(const CommandLine& line, const Spec& spec,
                                    const std::vector<std::string>& labels,
                                    EvaluateOptions options) {
  Progress progress(line.terminal.progress_writer());
  options.rows_read = &progress.rows();
  options.say = [&](const std::string& text) {
    progress.clear();
    line.terminal.say(text);
  };
  return evaluate(spec, line.arguments, labels, options);
}

Result<Evaluation> evaluate_line(const CommandLine& line) {
  MSEAVRO_ASSIGN(const Spec spec, make_spec(line.values));
  MSEAVRO_ASSIGN(EvaluateOptions options, make_evaluate_options(line.values));
  const std::vector<std::string> labels = line.values.list("labels");
  MSEAVRO_ASSIGN(Evaluation evaluation, evaluate_visibly(line, spec, labels, std::move(options)));
  line.terminal.say(accounting_text(evaluation.accounting, !labels.empty()));
  warn_of_losses(line.terminal, evaluation.accounting.lost_predictions);
  warn_of_losses(line.terminal, evaluation.accounting.lost_labels);
  if (std::string why = nothing_scored(evaluation, !labels.empty()); !why.empty()) {
    evaluation.warnings.push_back("nothing is scored: " + why);
  }
  for (const std::string& warning : evaluation.warnings) line.terminal.warn(warning);
  return evaluation;
}

std::string format_table(const CommandLine& line, OutputFormat format, const TextTable& table) {
  switch (format) {
    case OutputFormat::kMarkdown:
      return table.markdown();
    case OutputFormat::kCsv:
      return table.csv();
    default:
      return table.text(line.terminal.colors_output());
  }
}

Result<ContainerOptions> metric_file_options(const CommandLine& line, const Evaluation* run) {
  ContainerOptions options;
  MSEAVRO_ASSIGN(options.codec, read_codec(line.values));
  if (run != nullptr) {
    options.metadata = {
        {"mseavro.mapping", run->mapping},
        {"mseavro.label_mapping", run->label_mapping},
        {"mseavro.accounting", accounting_text(run->accounting, !run->label_mapping.empty())}};
  }
  return options;
}

Result<std::string> metric_file_bytes(const CommandLine& line, const std::vector<MetricRow>& rows,
                                      const Evaluation* run) {
  MSEAVRO_ASSIGN(ContainerOptions options, metric_file_options(line, run));
  std::string bytes;
  const auto sink = memory_sink(&bytes);
  MSEAVRO_TRY(write_metric_file(*sink, rows, std::move(options)));
  return bytes;
}

// The time of a row is where its window begins.
Status write_metric_folder(const CommandLine& line, const std::vector<MetricRow>& rows,
                           const Evaluation* run) {
  MSEAVRO_ASSIGN(ContainerOptions options, metric_file_options(line, run));
  MSEAVRO_ASSIGN(const auto folder, make_folder(line, std::move(options)));
  Encoder datum;
  for (const MetricRow& row : rows) {
    const bool has_window = row.window_spec.kind != WindowKind::kNone;
    const Instant time = has_window ? row.key.window.start : kFirstInstant;
    datum.clear();
    encode_metric_row(row, &datum);
    MSEAVRO_TRY(folder->add(datum.bytes(), time));
  }
  MSEAVRO_ASSIGN(const int64_t row_count, folder->finish());
  line.terminal.say(
      fmt::format("wrote {} to {}", format_counted(row_count, "row"), line.values.text("output")));
  return {};
}

// `run` is where the rows come from; nullptr when they come from other rows.
Result<std::string> format_rows(const CommandLine& line, OutputFormat format,
                                const std::vector<MetricRow>& rows, const Evaluation* run) {
  switch (format) {
    case OutputFormat::kCsv:
      return metrics_csv(rows, line.values.list("by"));
    case OutputFormat::kJson:
      return run == nullptr ? metrics_json(rows) : metrics_json(*run);
    case OutputFormat::kJsonLines:
      return metrics_json_lines(rows);
    case OutputFormat::kAvro:
      return metric_file_bytes(line, rows, run);
    case OutputFormat::kTable:
    case OutputFormat::kMarkdown:
      break;
  }
  MSEAVRO_ASSIGN(const TextTable table, metric_table(rows));
  return format_table(line, format, table);
}

Status write_rows(const CommandLine& line, OutputFormat format, const std::vector<MetricRow>& rows,
                  const Evaluation* run) {
  if (wants_folder(line.values)) return write_metric_folder(line, rows, run);
  MSEAVRO_ASSIGN(const std::string data, format_rows(line, format, rows, run));
  return line.terminal.emit(data);
}

// The files of the command line if they hold metric rows; none if they hold events.
Result<std::vector<InputFile>> list_metric_files(const CommandLine& line, const Limits& limits) {
  MSEAVRO_ASSIGN(auto files, list_inputs(line.arguments));
  std::vector<InputFile> metric_files;
  for (const InputFile& file : files) {
    MSEAVRO_ASSIGN(const auto source, open_file(file.path));
    const auto is_metrics = is_metric_file(*source, limits);
    // The first file tells; what is wrong with it is told by who reads it as events.
    if (metric_files.empty() && (!is_metrics || !*is_metrics)) return metric_files;
    metric_files.push_back(file);
  }
  return metric_files;
}

Result<std::vector<MetricRow>> read_rows(const std::vector<InputFile>& files,
                                         const Limits& limits) {
  std::map<RowKey, std::pair<MetricRow, const std::string*>> found;
  for (const InputFile& file : files) {
    MSEAVRO_ASSIGN(const auto source, open_file(file.path));
    MSEAVRO_TRY(read_metric_file(*source, limits, [&](MetricRow row) -> Status {
      RowKey key = row.key;
      const auto [at, is_new] =
          found.try_emplace(std::move(key), std::pair(std::move(row), &file.path));
      if (is_new) return {};
      return fail(ErrorCode::kOverlappingRows,
                  fmt::format("{} and {} both have a row for the same key and time",
                              *at->second.second, file.path),
                  "merge them first: mseavro rollup FILE... --latest -o merged.avro", {},
                  {.file = file.path});
    }));
  }
  std::vector<MetricRow> rows;
  for (auto& [key, row] : found) rows.push_back(std::move(row.first));
  return rows;
}

// Metric rows are answers already: another question cannot be asked of them here.
Status check_no_question(const CommandLine& line, const std::string& file) {
  for (const Option& option : all_options()) {
    const bool is_of_events = asks_events(option) || option.name == "salvage";
    if (!is_of_events || !line.values.was_typed(option.name)) continue;
    return fail(ErrorCode::kConflictingOptions,
                fmt::format("--{} is for events, and these are metric rows", option.name),
                "merge rows with: mseavro rollup FILE... --window month -o months.avro", {},
                {.file = file});
  }
  return {};
}

// The version that the notes of a review compare with.
Result<std::string> choose_baseline(const CommandLine& line, const std::vector<MetricRow>& rows) {
  const std::vector<std::string> versions = baseline_candidates(rows);
  if (!line.values.has("baseline")) {
    if (versions.size() < 2) return std::string();
    line.terminal.say(
        fmt::format("notes: compared with {} (--baseline VERSION for another)", versions.front()));
    return versions.front();
  }
  std::string baseline = line.values.text("baseline");
  if (std::find(versions.begin(), versions.end(), baseline) != versions.end()) return baseline;
  return line.values.bad_value("baseline", "no row has this model version",
                               fmt::format("the versions are {}", fmt::join(versions, ", ")));
}

}  // namespace

Result<int> run_eval(const CommandLine& line) {
  MSEAVRO_ASSIGN(const OutputFormat format, prepare_output(line, kRowFormats));
  MSEAVRO_ASSIGN(const Evaluation run, evaluate_line(line));
  MSEAVRO_TRY(write_rows(line, format, run.rows, &run));
  return 0;
}

Result<int> run_report(const CommandLine& line) {
  MSEAVRO_ASSIGN(const OutputFormat format, prepare_output(line, kTextFormats));
  MSEAVRO_ASSIGN(const Limits limits, make_limits(line.values));
  MSEAVRO_ASSIGN(const auto metric_files, list_metric_files(line, limits));
  std::vector<MetricRow> rows;
  if (metric_files.empty()) {
    MSEAVRO_ASSIGN(Evaluation run, evaluate_line(line));
    rows = std::move(run.rows);
  } else {
    MSEAVRO_TRY(check_no_question(line, metric_files.front().path));
    MSEAVRO_ASSIGN(rows, read_rows(metric_files, limits));
  }
  MSEAVRO_ASSIGN(const std::string baseline, choose_baseline(line, rows));
  MSEAVRO_ASSIGN(const TextTable table, review_table(rows, baseline));
  MSEAVRO_TRY(line.terminal.emit(format_table(line, format, table)));
  return 0;
}

Result<int> run_rollup(const CommandLine& line) {
  MSEAVRO_ASSIGN(const OutputFormat format, prepare_output(line, kRowFormats));
  MSEAVRO_ASSIGN(RollupSpec spec, make_rollup_spec(line.values));
  MSEAVRO_ASSIGN(const Limits limits, make_limits(line.values));
  MSEAVRO_ASSIGN(const auto files, list_inputs(line.arguments));
  Rollup rollup(std::move(spec));
  int64_t row_count = 0;
  for (const InputFile& file : files) {
    MSEAVRO_ASSIGN(const auto source, open_file(file.path));
    MSEAVRO_TRY(read_metric_file(*source, limits, [&](MetricRow row) {
      ++row_count;
      return rollup.add(std::move(row), file.path);
    }));
  }
  MSEAVRO_ASSIGN(const auto rows, rollup.finish());
  line.terminal.say(fmt::format("{} of {} merged into {}", format_counted(row_count, "row"),
                                format_counted(static_cast<int64_t>(files.size()), "file"),
                                format_thousands(static_cast<int64_t>(rows.size()))));
  MSEAVRO_TRY(write_rows(line, format, rows, nullptr));
  return 0;
}

}  // namespace mseavro
