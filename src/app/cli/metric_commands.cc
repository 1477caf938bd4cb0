// eval, report and rollup: the commands that end in metric rows.
#include <algorithm>
#include <optional>

#include "app/cli/commands.h"
#include "app/cli/spec_options.h"
#include "app/report/metric_output.h"
#include "app/report/metric_table.h"
#include "base/io/byte_sink.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"
#include "engine/evaluate/evaluate.h"
#include "engine/question/metric_file.h"

namespace mseavro {
namespace {

Result<Evaluation> evaluate_line(const CommandLine& line) {
  MSEAVRO_ASSIGN(const Spec spec, make_spec(line.values));
  MSEAVRO_ASSIGN(EvaluateOptions options, make_evaluate_options(line.values));
  options.say = [&](const std::string& text) { line.terminal.say(text); };
  const std::vector<std::string> labels = line.values.list("labels");
  MSEAVRO_ASSIGN(Evaluation evaluation, evaluate(spec, line.arguments, labels, options));
  line.terminal.say(accounting_text(evaluation.accounting, !labels.empty()));
  for (const std::string& warning : evaluation.warnings) line.terminal.warn(warning);
  return evaluation;
}

Result<std::string> format_rows(const Evaluation& evaluation, OutputFormat format, bool color) {
  switch (format) {
    case OutputFormat::kCsv:
      return metrics_csv(evaluation.rows);
    case OutputFormat::kJson:
      return metrics_json(evaluation);
    case OutputFormat::kJsonLines:
      return metrics_json_lines(evaluation.rows);
    case OutputFormat::kAvro: {
      std::string bytes;
      const auto sink = memory_sink(&bytes);
      MSEAVRO_TRY(write_metric_file(
          *sink, evaluation.rows,
          {{"mseavro.mapping", evaluation.mapping},
           {"mseavro.label_mapping", evaluation.label_mapping},
           {"mseavro.accounting", accounting_text(evaluation.accounting,
                                                  !evaluation.label_mapping.empty())}}));
      return bytes;
    }
    default: {
      MSEAVRO_ASSIGN(const TextTable table, metric_table(evaluation.rows));
      return format == OutputFormat::kMarkdown ? table.markdown() : table.text(color);
    }
  }
}

Status emit_rows(const CommandLine& line, const Evaluation& evaluation) {
  MSEAVRO_ASSIGN(const OutputFormat format,
                 find_format(line.values,
                             {OutputFormat::kTable, OutputFormat::kMarkdown, OutputFormat::kCsv,
                              OutputFormat::kJson, OutputFormat::kJsonLines, OutputFormat::kAvro}));
  MSEAVRO_ASSIGN(const std::string data,
                 format_rows(evaluation, format, line.terminal.colors_output()));
  return line.terminal.emit(data);
}

// The rows of metrics files, or nothing when the first file is none.
Result<std::optional<std::vector<MetricRow>>> read_rows(const CommandLine& line) {
  MSEAVRO_ASSIGN(const Limits limits, make_limits(line.values));
  std::vector<MetricRow> rows;
  for (const std::string& path : line.arguments) {
    auto source = open_file(path);
    if (source) {
      auto is_metrics = is_metric_file(**source, limits);
      if (!is_metrics || !*is_metrics) source = fail(ErrorCode::kNotMetrics, "");
    }
    // A folder, or events: they are evaluated instead, with errors of their own.
    if (!source) return std::nullopt;
    MSEAVRO_TRY(read_metric_file(**source, limits, [&](MetricRow row) -> Status {
      rows.push_back(std::move(row));
      return {};
    }));
  }
  std::sort(rows.begin(), rows.end(),
            [](const MetricRow& a, const MetricRow& b) { return a.key < b.key; });
  return rows;
}

}  // namespace

Result<int> run_eval(const CommandLine& line) {
  MSEAVRO_ASSIGN(const Evaluation evaluation, evaluate_line(line));
  MSEAVRO_TRY(emit_rows(line, evaluation));
  return 0;
}

Result<int> run_report(const CommandLine& line) {
  MSEAVRO_ASSIGN(const OutputFormat format,
                 find_format(line.values, {OutputFormat::kTable, OutputFormat::kMarkdown,
                                           OutputFormat::kCsv}));
  MSEAVRO_ASSIGN(auto rows, read_rows(line));
  if (!rows) {
    MSEAVRO_ASSIGN(Evaluation evaluation, evaluate_line(line));
    rows = std::move(evaluation.rows);
  }
  const std::string baseline = line.values.text("baseline");
  MSEAVRO_ASSIGN(const TextTable table,
                 review_table(*rows, baseline.empty() ? std::nullopt : std::optional(baseline)));
  MSEAVRO_TRY(line.terminal.emit(format == OutputFormat::kMarkdown ? table.markdown()
                                 : format == OutputFormat::kCsv
                                     ? table.csv()
                                     : table.text(line.terminal.colors_output())));
  return 0;
}

Result<int> run_rollup(const CommandLine& line) {
  MSEAVRO_ASSIGN(RollupSpec spec, make_rollup_spec(line.values));
  MSEAVRO_ASSIGN(const Limits limits, make_limits(line.values));
  Rollup rollup(std::move(spec));
  for (const std::string& path : line.arguments) {
    MSEAVRO_ASSIGN(const auto source, open_file(path));
    MSEAVRO_TRY(read_metric_file(*source, limits, [&](MetricRow row) {
      return rollup.add(std::move(row), path);
    }));
  }
  Evaluation evaluation;
  MSEAVRO_ASSIGN(evaluation.rows, rollup.finish());
  MSEAVRO_TRY(emit_rows(line, evaluation));
  return 0;
}

}  // namespace mseavro
