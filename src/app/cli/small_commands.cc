// inspect, cat, schema, demo and explain: commands whose work is done elsewhere.
#include <fmt/format.h>

#include "app/cli/cat.h"
#include "app/cli/commands.h"
#include "app/cli/demo.h"
#include "app/cli/inspect.h"
#include "app/cli/inspection_output.h"
#include "app/cli/loss_warning.h"
#include "app/cli/output_sink.h"
#include "app/cli/schema_command.h"
#include "app/cli/schema_file.h"
#include "app/cli/spec_options.h"
#include "base/result/error_catalog.h"
#include "base/result/result.h"
#include "base/text/number_text.h"
#include "events/role/role.h"
#include "events/source/input_files.h"

namespace mseavro {

namespace {

// What `eval` would make of the file's fields; what it would say when it could make nothing of
// them.
std::string roles_text(const FieldCatalog& catalog) {
  RoleQuestion question;
  question.required = {Role::kPrediction};
  auto mapping = infer_roles(catalog, question);
  if (mapping) return fmt::format("roles: {}\n", mapping->text());
  return fmt::format("roles: {}{}{}\n", mapping.error().message,
                     mapping.error().help.empty() ? "" : "; ", mapping.error().help);
}

Result<PrintOptions> make_print_options(const OptionValues& values) {
  PrintOptions options;
  MSEAVRO_ASSIGN(
      const OutputFormat format,
      find_format(values, {OutputFormat::kJson, OutputFormat::kJsonLines, OutputFormat::kCsv}));
  if (format == OutputFormat::kCsv) {
    options.form = LineForm::kCsv;
  } else if (values.flag("plain")) {
    options.form = LineForm::kPlainJson;
  }
  for (const std::string& column : values.list("columns")) {
    MSEAVRO_ASSIGN(FieldPath path, FieldPath::parse(column));
    options.columns.push_back(std::move(path));
  }
  if (values.has("where")) {
    MSEAVRO_ASSIGN(options.where, Filter::parse(values.text("where")));
  }
  return options;
}

}  // namespace

Result<int> run_inspect(const CommandLine& line) {
  MSEAVRO_ASSIGN(const OutputFormat format,
                 find_format(line.values, {OutputFormat::kTable, OutputFormat::kJson}));
  InspectOptions options;
  options.count_all = line.values.flag("full");
  options.salvage = line.values.flag("salvage");
  MSEAVRO_ASSIGN(options.limits, make_limits(line.values));
  MSEAVRO_ASSIGN(const auto files, list_inputs(line.arguments));
  MSEAVRO_ASSIGN(const Inspection inspection, inspect_file(files.front(), options));
  if (files.size() > 1) {
    line.terminal.say(fmt::format("this is the first of {} files", format_thousands(files.size())));
  }
  if (format == OutputFormat::kJson) {
    MSEAVRO_TRY(line.terminal.emit(inspection_json(inspection) + "\n"));
  } else {
    std::string text = inspection_text(inspection, line.terminal.colors_output());
    if (!inspection.catalog.fields.empty()) text += roles_text(inspection.catalog);
    MSEAVRO_TRY(line.terminal.emit(text));
  }
  warn_of_losses(line.terminal, inspection.losses);
  if (inspection.damage) return tl::unexpected<Error>(*inspection.damage);
  return 0;
}

Result<int> run_cat(const CommandLine& line) {
  CatOptions options;
  MSEAVRO_ASSIGN(options.lines, make_print_options(line.values));
  MSEAVRO_ASSIGN(const Limits limits, make_limits(line.values));
  if (line.values.has("limit")) {
    const auto limit = parse_integer(line.values.text("limit"));
    if (!limit || *limit < 0) return line.values.bad_value("limit", "this is no count of records");
    options.limit = *limit;
  }
  if (line.values.has("reader-schema")) {
    MSEAVRO_ASSIGN(options.lines.reader_schema,
                   load_schema(line.values.text("reader-schema"), limits));
  }
  MSEAVRO_ASSIGN(const auto output, open_output(line.values));
  SalvageLog salvage_log;
  if (line.values.flag("salvage")) options.salvage = &salvage_log;
  MSEAVRO_ASSIGN(const auto paths, expand_folders(line.arguments));
  MSEAVRO_TRY(cat_files(paths, options, *output, limits));
  MSEAVRO_TRY(output->commit());
  warn_of_losses(line.terminal, salvage_log.losses());
  return 0;
}

Result<int> run_schema(const CommandLine& line) {
  LintRequest request;
  request.former = line.values.text("against");
  request.fixes = line.values.flag("fix");
  // The suffix of --output says nothing: what is written there is a schema or text.
  if (line.values.was_typed("format")) {
    request.as_json = line.values.text("format") == "json";
    if (!request.as_json && line.values.text("format") != "table") {
      return line.values.bad_value("format", "findings are a table or json");
    }
  }
  MSEAVRO_ASSIGN(const SchemaAnswer answer, answer_schema(line.arguments, request));
  MSEAVRO_TRY(line.terminal.emit(answer.text));
  if (!answer.notes.empty()) line.terminal.say(answer.notes);
  return answer.exit_code;
}

Result<int> run_demo(const CommandLine& line) {
  MSEAVRO_ASSIGN(const std::string text, write_flights_demo(line.arguments[0]));
  line.terminal.say(text);
  return 0;
}

Result<int> run_explain(const CommandLine& line) {
  if (line.arguments.empty()) {
    std::string list;
    for (const ErrorEntry& entry : all_errors()) {
      list += fmt::format("{}  {}\n", code_text(entry.code), entry.name);
    }
    MSEAVRO_TRY(line.terminal.emit(list));
    return 0;
  }
  const auto code = parse_code(line.arguments[0]);
  if (!code) {
    return fail(ErrorCode::kUsage, "there is no such error code",
                "codes look like E0203, as errors print them", line.arguments[0]);
  }
  const ErrorEntry& entry = *find_error(*code);
  MSEAVRO_TRY(line.terminal.emit(fmt::format("{}: {}\n\n{}\n\nFor example: {}\n", code_text(*code),
                                             entry.name, wrap_text(entry.explanation, kTextWidth),
                                             entry.example)));
  return 0;
}

}  // namespace mseavro
