// mseavro, the command.
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "app/cli/arguments.h"
#include "app/cli/commands.h"
#include "base/result/result.h"

extern char** environ;

namespace mseavro {
namespace {

constexpr int kExitError = 2;

Result<int> run(const Arguments& arguments, const OptionValues& values,
                const Terminal& terminal) {
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
  if (values.has("spec")) {
    MSEAVRO_TRY(add_toml_file(values.text("spec"), true, command, &values));
  }
  add_environment(environ, command, &values);
  MSEAVRO_TRY(add_toml_file("mseavro.toml", false, command, &values));
  MSEAVRO_TRY(add_toml_file(user_config_path(), false, command, &values));
  return values;
}

int fail_with(const Error& error) {
  // Before options are known, errors are plain.
  Terminal().report(error);
  return kExitError;
}

int main_with(int argc, char** argv) {
  const auto arguments = parse_arguments(argc, argv);
  if (!arguments) return fail_with(arguments.error());
  if (arguments->wants_version) {
    fmt::print("mseavro {}\n", MSEAVRO_VERSION);
    return 0;
  }
  if (arguments->wants_help || arguments->command == nullptr) {
    const std::string help =
        arguments->command == nullptr ? general_help() : command_help(*arguments->command);
    std::fwrite(help.data(), 1, help.size(), stdout);
    return 0;
  }
  const auto values = gather_values(*arguments);
  if (!values) return fail_with(values.error());
  const auto terminal = Terminal::make(*values);
  if (!terminal) return fail_with(terminal.error());
  const auto exit_code = run(*arguments, *values, *terminal);
  if (exit_code) return *exit_code;
  terminal->report(exit_code.error());
  return kExitError;
}

}  // namespace
}  // namespace mseavro

int main(int argc, char** argv) {
  // A reader that goes away ends the program quietly, as `| head` expects.
  std::signal(SIGPIPE, SIG_DFL);
  return mseavro::main_with(argc, argv);
}
