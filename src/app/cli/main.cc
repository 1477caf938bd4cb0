// mseavro, the command.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "app/cli/arguments.h"
#include "app/cli/commands.h"
#include "app/cli/lost_file.h"
#include "base/io/byte_sink.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr int kExitError = 2;

Result<int> run(const Arguments& arguments, const OptionValues& values, const Terminal& terminal) {
  const CommandLine line{arguments.positionals, values, terminal};
  switch (arguments.command->id) {
    case CommandId::kEval:
      return run_eval(line);
    case CommandId::kReport:
      return run_report(line);
    case CommandId::kRollup:
      return run_rollup(line);
    case CommandId::kInspect:
      return run_inspect(line);
    case CommandId::kCat:
      return run_cat(line);
    case CommandId::kConvert:
      return run_convert(line);
    case CommandId::kEncode:
      return run_encode(line);
    case CommandId::kDecode:
      return run_decode(line);
    case CommandId::kIngest:
      return run_ingest(line);
    case CommandId::kSchema:
      return run_schema(line);
    case CommandId::kDemo:
      return run_demo(line);
    case CommandId::kExplain:
      return run_explain(line);
  }
  return kExitError;
}

std::string user_config_path() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && *config != 0) return fmt::format("{}/mseavro/config.toml", config);
  const char* home = std::getenv("HOME");
  return home == nullptr ? std::string() : fmt::format("{}/.config/mseavro/config.toml", home);
}

// The option values of all sources, the strongest first.
Result<OptionValues> gather_values(const Arguments& arguments) {
  OptionValues values = arguments.values;
  const CommandId command = arguments.command->id;
  MSEAVRO_TRY(check_environment(environ));
  OptionValues environment;
  add_environment(environ, command, &environment);
  const std::string spec = values.text("spec", environment.text("spec"));
  if (!spec.empty()) MSEAVRO_TRY(add_toml_file(spec, true, command, &values));
  add_environment(environ, command, &values);
  MSEAVRO_TRY(add_toml_file("mseavro.toml", false, command, &values));
  MSEAVRO_TRY(add_toml_file(user_config_path(), false, command, &values));
  return values;
}

// For what happens before the options are known: errors are plain.
int fail_with(const Error& error) {
  Terminal().report(error);
  return kExitError;
}

int show(const std::string& text) {
  const Status shown = Terminal().emit(text);
  return shown ? 0 : fail_with(shown.error());
}

// What the library says of its Limits, of damaged blocks and of values, in the words of the command
// line.
Error with_option(Error error, CommandId command, const OptionValues& values) {
  const bool has_limit_in_help = error.help.find("Limits") != std::string::npos;
  const bool is_in_block = error.place.block >= 0;
  if (error.code == ErrorCode::kLimitExceeded && (is_in_block || has_limit_in_help)) {
    error.help = "if the file is to be trusted, raise the limit: --max-block-size 1GiB";
  } else if (is_in_block && error.help.empty() && applies(*find_option("salvage"), command)) {
    error.help = "to go on behind what is damaged: --salvage";
  } else if (error.code == ErrorCode::kBadValue && command == CommandId::kConvert) {
    const bool is_in_json = error.place.byte >= 0;  // Cells of CSV have no such place.
    if (is_in_json && !values.flag("avro-json")) {
      error.help += error.help.empty() ? "" : "; ";
      error.help += "if this is Avro JSON, whose unions name their branch: --avro-json";
    }
  } else if (error.code == ErrorCode::kBadValue && error.help.empty() && !values.flag("plain") &&
             applies(*find_option("plain"), command)) {
    error.help = "if this is plain JSON, with unions unwrapped and times as text: --plain";
  }
  return error;
}

int main_with(int argc, char** argv) {
  const auto arguments = parse_arguments(argc, argv);
  if (!arguments) return fail_with(arguments.error());
  if (arguments->wants_version) {
    return show(fmt::format("mseavro {}\n", MSEAVRO_VERSION));
  }
  if (arguments->wants_help || arguments->command == nullptr) {
    return show(arguments->command == nullptr ? general_help() : command_help(*arguments->command));
  }
  const auto values = gather_values(*arguments);
  if (!values) return fail_with(values.error());
  const auto terminal = Terminal::make(*values);
  if (!terminal) return fail_with(terminal.error());
  const auto exit_code = run(*arguments, *values, *terminal);
  if (exit_code) return *exit_code;
  terminal->report(with_option(exit_code.error(), arguments->command->id, *values));
  return kExitError;
}

// An output file must never take the number of a standard stream that the caller has closed. Where
// one is closed, a descriptor that refuses what it is opened for stands in.
void hold_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) < 0) open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

void interrupt(int signal_number) {
  remove_temporary_files();
  _exit(128 + signal_number);
}

void set_signals() {
  report_lost_files();
  // A reader that goes away ends the program quietly, as `| head` expects.
  std::signal(SIGPIPE, SIG_DFL);
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    // What a caller such as nohup has silenced stays so.
    if (std::signal(signal_number, interrupt) == SIG_IGN) std::signal(signal_number, SIG_IGN);
  }
}

}  // namespace
}  // namespace mseavro

int main(int argc, char** argv) {
  mseavro::hold_standard_streams();
  mseavro::set_signals();
  return mseavro::main_with(argc, argv);
}
