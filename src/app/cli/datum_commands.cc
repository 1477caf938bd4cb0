// encode, decode and convert: from option values to the work.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/convert.h"
#include "app/cli/datum_file.h"
#include "app/cli/folder_output.h"
#include "app/cli/loss_warning.h"
#include "app/cli/output_sink.h"
#include "app/cli/schema_file.h"
#include "app/cli/spec_options.h"
#include "avro/schema/schema_names.h"
#include "avro/schema/schema_print.h"
#include "avro/wire/json_text.h"
#include "base/result/result.h"
#include "base/text/number_text.h"
#include "events/source/input_files.h"

namespace mseavro {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStandardInput = "/dev/stdin";

// "-" is standard input.
std::string input_path(const CommandLine& line) {
  const bool is_standard = line.arguments.empty() || line.arguments[0] == "-";
  return is_standard ? std::string(kStandardInput) : line.arguments[0];
}

Result<std::shared_ptr<const Schema>> find_schema(const OptionValues& values,
                                                  std::string_view option, const Limits& limits) {
  if (!values.has(option)) return std::shared_ptr<const Schema>();
  return load_schema(values.text(option), limits);
}

JsonForm json_form(const OptionValues& values) {
  return {.style = values.flag("plain") ? JsonStyle::kPlain : JsonStyle::kAvro,
          .ignores_unknown = values.flag("ignore-unknown")};
}

Result<DatumFileOptions> datum_file_options(const OptionValues& values, const Limits& limits) {
  DatumFileOptions options;
  MSEAVRO_ASSIGN(options.schema, find_schema(values, "schema", limits));
  if (options.schema == nullptr) {
    return fail(ErrorCode::kUsage, "the schema of the datums is missing",
                "give it: --schema FILE, a schema (.avsc) or an Avro file");
  }
  MSEAVRO_ASSIGN(options.reader_schema, find_schema(values, "reader-schema", limits));
  options.form = json_form(values);
  options.is_single_object = values.flag("single-object");
  options.is_hex = values.flag("hex");
  return options;
}

// The files of the arguments, of folders those in them.
Result<std::vector<std::string>> input_paths(const CommandLine& line) {
  MSEAVRO_TRY(check_standard_input(line.arguments));
  MSEAVRO_ASSIGN(auto paths, expand_folders(line.arguments));
  std::ranges::replace(paths, "-", std::string(kStandardInput));
  return paths;
}

// --input-format, else what the file is, by its first bytes or its suffix. Standard input is not
// looked at: what was read of it is gone.
Result<RecordFormat> input_format(const OptionValues& values, const std::string& path) {
  if (!values.has("input-format") && path != kStandardInput) {
    MSEAVRO_ASSIGN(const bool is_avro, is_container_file(path));
    if (is_avro) return RecordFormat::kAvro;
  }
  std::string suffix = suffix_of(std::string(without_compression(path)));
  if (suffix == "tsv") suffix = "csv";
  const std::string name = values.text("input-format", suffix);
  if (const auto format = find_record_format(name)) return *format;
  return fail(ErrorCode::kUsage, "what kind of file the input is, is not known",
              "say it: --input-format avro, csv or jsonl", path);
}

Result<RecordFormat> output_format(const OptionValues& values) {
  if (wants_folder(values) && !values.has("format")) return RecordFormat::kAvro;
  const std::string output = values.text("output");
  if (!values.has("format") && values.has("output") && !find_record_format(suffix_of(output))) {
    return fail(ErrorCode::kUsage, "what kind of file the output is to be, is not known",
                "say it: --format avro, csv or jsonl", output);
  }
  MSEAVRO_ASSIGN(const OutputFormat format,
                 find_format(values, {OutputFormat::kAvro, OutputFormat::kCsv, OutputFormat::kJson,
                                      OutputFormat::kJsonLines}));
  if (format == OutputFormat::kAvro) return RecordFormat::kAvro;
  return format == OutputFormat::kCsv ? RecordFormat::kCsv : RecordFormat::kJsonLines;
}

Status read_container_options(const OptionValues& values, ConvertOptions* options) {
  if (values.has("codec")) {
    MSEAVRO_ASSIGN(options->codec, read_codec(values));
  }
  MSEAVRO_ASSIGN(options->level, read_level(values));
  if (values.has("block-size")) {
    MSEAVRO_ASSIGN(options->block_size_bytes, read_size(values, "block-size"));
  }
  return {};
}

// All inputs have one format.
Result<RecordFormat> input_format(const OptionValues& values,
                                  const std::vector<std::string>& paths) {
  MSEAVRO_ASSIGN(const RecordFormat format, input_format(values, paths.front()));
  for (const std::string& path : paths) {
    MSEAVRO_ASSIGN(const RecordFormat other, input_format(values, path));
    if (other == format) continue;
    return fail(ErrorCode::kConflictingOptions, "the inputs are files of different kinds",
                fmt::format("convert them one by one; {} is of another kind", paths.front()), {},
                {.file = path});
  }
  return format;
}

tl::unexpected<Error> no_use(std::string_view option, std::string_view why,
                             std::string help = "leave it out") {
  return fail(ErrorCode::kConflictingOptions, fmt::format("--{} {}", option, why), std::move(help));
}

// Branches of a union that is not known cannot be named.
Status read_json_style(const OptionValues& values, ConvertOptions* options) {
  options->form.style = values.flag("avro-json") ? JsonStyle::kAvro : JsonStyle::kPlain;
  if (options->form.style == JsonStyle::kPlain) return {};
  if (values.was_typed("plain")) return no_use("plain", "is the opposite of --avro-json");
  if (options->from == RecordFormat::kJsonLines && options->schema == nullptr) {
    return no_use("avro-json", "needs the schema whose branches the lines name",
                  "give it: --schema FILE, or leave out --avro-json for plain JSON");
  }
  if (options->to != RecordFormat::kJsonLines && options->from != RecordFormat::kJsonLines &&
      values.was_typed("avro-json")) {
    return no_use("avro-json", "is for JSON lines");
  }
  return {};
}

// Refuses what would silently be of no use.
Status check_use(const OptionValues& values, const ConvertOptions& options, size_t input_count) {
  const bool is_from_avro = options.from == RecordFormat::kAvro;
  if (is_from_avro && values.has("schema")) {
    return no_use("schema", "is for CSV and JSON lines",
                  "to read Avro as another schema: --reader-schema FILE");
  }
  if (!is_from_avro && values.has("reader-schema")) {
    return no_use("reader-schema", "is for Avro input", "to encode under a schema: --schema FILE");
  }
  if (!is_from_avro && options.schema == nullptr && input_count > 1) {
    return fail(ErrorCode::kConflictingOptions,
                "a schema is inferred for one file, not for several",
                "give one for all: --schema FILE; convert of one of them shows what it could be");
  }
  if (options.to == RecordFormat::kAvro) return check_folder_use(values);
  for (const std::string_view option :
       {"codec", "level", "block-size", "partition-by", "max-file-size", "sort-by", "append"}) {
    if (values.was_typed(option)) return no_use(option, "is for Avro output");
  }
  return {};
}

// Files are called as the first input, if folders that are searched may have such names.
std::string name_after(const std::string& input) {
  const fs::path path = fs::path(without_compression(input)).lexically_normal();
  const fs::path file = path.has_filename() ? path.filename() : path.parent_path().filename();
  const std::string name = file.stem();
  const bool is_name = !name.empty() && name.front() != '.' && name.front() != '_' && name != "-";
  return is_name ? name : "records";
}

// Who converts the folder again would read what was written with what it was made of.
Status check_not_within(const std::string& folder, const std::vector<std::string>& inputs) {
  std::error_code error;
  const fs::path inner = fs::weakly_canonical(folder, error);
  for (const std::string& input : inputs) {
    if (!fs::is_directory(input, error)) continue;
    const fs::path outer = fs::canonical(input, error);
    if (std::ranges::mismatch(outer, inner).in1 != outer.end()) continue;
    return fail(ErrorCode::kConflictingOptions, "the output would stand among what is read",
                "write to a folder that is not in it", {}, {.file = folder});
  }
  return {};
}

Result<FolderOptions> folder_options(const CommandLine& line) {
  MSEAVRO_ASSIGN(FolderOptions options,
                 read_folder_options(line.values, name_after(line.arguments.front())));
  MSEAVRO_TRY(check_not_within(options.folder, line.arguments));
  MSEAVRO_TRY(read_role_question(line.values, &options.order.roles));
  return options;
}

// In quotes, as it is in JSON.
std::string in_quotes(std::string_view text) {
  std::string json;
  append_json_string(text, &json);
  return json;
}

// Fields that are not called like what they were read from.
void say_names(const CommandLine& line, const Schema& schema) {
  for (NodeIndex index = 0; index < schema.node_count(); ++index) {
    for (const SchemaField& field : schema.node(index).fields) {
      for (const std::string& name : field.aliases) {
        line.terminal.say(fmt::format("{} is called {}, as Avro does not allow that name",
                                      in_quotes(shown_name(name)), shown_name(field.name)));
      }
    }
  }
}

void say_done(const CommandLine& line, const Conversion& done) {
  if (done.inferred_schema != nullptr) {
    line.terminal.say(
        fmt::format("inferred this schema; to keep or change it, write it to a file "
                    "and give it with --schema:\n{}",
                    print_schema(*done.inferred_schema)));
    say_names(line, *done.inferred_schema);
  }
  for (const OddCell& cell : done.odd_cells) {
    line.terminal.say(
        fmt::format("column {} is text, because of {} in line {}; eval reads its numbers "
                    "with --parse-text-numbers",
                    in_quotes(shown_name(cell.column)), in_quotes(cell.text), cell.line));
  }
  if (!done.roles.empty()) line.terminal.say(fmt::format("roles: {}", done.roles));
  // Of single files nobody expects the folders that they are in.
  const bool has_folders = std::ranges::any_of(
      line.arguments, [](const std::string& path) { return fs::is_directory(path); });
  if (has_folders && !done.left_out_keys.empty()) {
    line.terminal.warn(fmt::format(
        "left out: {}, which the names of folders alone say (to keep: --partition-by {})",
        fmt::join(done.left_out_keys, ", "), fmt::join(done.left_out_keys, ",")));
  }
  if (done.record_count >= 0 && line.values.has("output")) {
    line.terminal.say(fmt::format("wrote {} records to {}", format_thousands(done.record_count),
                                  line.values.text("output")));
  }
}

}  // namespace

Result<int> run_encode(const CommandLine& line) {
  MSEAVRO_ASSIGN(const Limits limits, make_limits(line.values));
  MSEAVRO_ASSIGN(const DatumFileOptions options, datum_file_options(line.values, limits));
  if (!options.is_hex) MSEAVRO_TRY(check_binary_output(line.values));
  MSEAVRO_ASSIGN(const auto output, open_output(line.values));
  MSEAVRO_TRY(encode_file(input_path(line), options, *output, limits));
  MSEAVRO_TRY(output->commit());
  return 0;
}

Result<int> run_decode(const CommandLine& line) {
  MSEAVRO_ASSIGN(const Limits limits, make_limits(line.values));
  MSEAVRO_ASSIGN(const DatumFileOptions options, datum_file_options(line.values, limits));
  MSEAVRO_ASSIGN(const auto output, open_output(line.values));
  MSEAVRO_TRY(decode_file(input_path(line), options, *output, limits));
  MSEAVRO_TRY(output->commit());
  return 0;
}

Result<int> run_convert(const CommandLine& line) {
  MSEAVRO_ASSIGN(const Limits limits, make_limits(line.values));
  MSEAVRO_ASSIGN(const std::vector<std::string> paths, input_paths(line));
  ConvertOptions options;
  MSEAVRO_ASSIGN(options.from, input_format(line.values, paths));
  MSEAVRO_ASSIGN(options.to, output_format(line.values));
  MSEAVRO_ASSIGN(options.schema, find_schema(line.values, "schema", limits));
  MSEAVRO_ASSIGN(options.reader_schema, find_schema(line.values, "reader-schema", limits));
  options.form.ignores_unknown = line.values.flag("ignore-unknown");
  MSEAVRO_TRY(read_json_style(line.values, &options));
  MSEAVRO_TRY(read_container_options(line.values, &options));
  MSEAVRO_TRY(check_use(line.values, options, paths.size()));
  if (options.to == RecordFormat::kAvro) MSEAVRO_TRY(check_binary_output(line.values));
  SalvageLog salvage_log;
  if (line.values.flag("salvage")) options.salvage = &salvage_log;
  FolderOptions folder;
  std::unique_ptr<ByteSink> output;
  if (wants_folder(line.values)) {
    MSEAVRO_ASSIGN(folder, folder_options(line));
    options.folder = &folder;
  } else {
    MSEAVRO_ASSIGN(output, open_output(line.values));
  }
  MSEAVRO_ASSIGN(const Conversion done, convert_files(paths, options, output.get(), limits));
  if (output != nullptr) MSEAVRO_TRY(output->commit());
  warn_of_losses(line.terminal, salvage_log.losses());
  say_done(line, done);
  return 0;
}

}  // namespace mseavro
