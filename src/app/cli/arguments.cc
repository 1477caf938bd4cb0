#include "app/cli/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <system_error>

#include "app/cli/terminal.h"
#include "base/result/edit_distance.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// What CLI11 filled for one option of the command.
struct Binding {
  const Option* option;
  CLI::Option* parsed;
  bool flag = false;
  std::vector<std::string> texts;
};

std::string flag_names(const Option& option) {
  return option.short_name == 0 ? fmt::format("--{}", option.name)
                                : fmt::format("-{},--{}", option.short_name, option.name);
}

void bind(CLI::App& app, Binding& binding) {
  const Option& option = *binding.option;
  if (option.kind == OptionKind::kFlag) {
    binding.parsed = app.add_flag(flag_names(option), binding.flag);
    return;
  }
  binding.parsed = app.add_option(flag_names(option), binding.texts)->allow_extra_args(false);
}

std::string suggest_option(std::string_view typed, CommandId command) {
  if (!typed.starts_with("--")) return {};
  std::vector<std::string_view> known;
  for (const Option& option : all_options()) {
    if (applies(option, command)) known.push_back(option.name);
  }
  const std::string_view name = typed.substr(0, typed.find('='));
  const std::string close = closest_name(name.substr(2), known);
  return close.empty() ? std::string() : fmt::format("did you mean --{}?", close);
}

tl::unexpected<Error> unknown_command(const std::string& name) {
  std::vector<std::string_view> known;
  for (const Command& command : all_commands()) known.push_back(command.name);
  const std::string close = closest_name(name, known);
  std::error_code ignored;
  if (close.empty() && std::filesystem::exists(name, ignored)) {
    return fail(ErrorCode::kUsage, "a command comes first",
                fmt::format("did you mean mseavro eval {}?", name), name);
  }
  return fail(ErrorCode::kUsage, "there is no such command",
              close.empty() ? "mseavro --help lists the commands"
                            : fmt::format("did you mean mseavro {}?", close),
              name);
}

tl::unexpected<Error> wrong_arguments(const Command& command) {
  return fail(ErrorCode::kUsage, fmt::format("{} takes {}", command.name, command.arguments),
              fmt::format("for example: {}", command.example));
}

// CLI11 speaks in exceptions; here they end.
Status parse_with(CLI::App& app, std::vector<std::string> words, const Command& command) {
  try {
    // CLI11 takes the words from the back.
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    return {};
  } catch (const CLI::ExtrasError&) {
    for (const std::string& word : app.remaining()) {
      if (word.size() > 1 && word.front() == '-') {
        std::string help = suggest_option(word, command.id);
        if (help.empty()) help = fmt::format("mseavro {} --help lists the options", command.name);
        return fail(ErrorCode::kUsage, fmt::format("{} has no such option", command.name),
                    std::move(help), word);
      }
    }
    return wrong_arguments(command);
  } catch (const CLI::ArgumentMismatch& error) {
    // "--window: 1 required TEXT missing"
    const std::string_view what = error.what();
    const Option* option = find_option(what.substr(2, what.find(':') - 2));
    if (option == nullptr) return fail(ErrorCode::kUsage, error.what());
    return fail(ErrorCode::kUsage, fmt::format("--{} needs {}", option->name, option->argument),
                fmt::format("type --{} {}: {}", option->name, option->argument, option->help));
  } catch (const CLI::ParseError& error) {
    return fail(ErrorCode::kUsage, error.what(),
                fmt::format("mseavro {} --help lists the options", command.name));
  }
}

std::string option_line(const Option& option) {
  std::string left = option.short_name == 0 ? "    " : fmt::format("-{}, ", option.short_name);
  left += fmt::format("--{} {}", option.name, option.argument);
  constexpr size_t kHelpColumn = 34;
  return fmt::format("  {:<{}}", left, kHelpColumn - 2) +
         wrap_text(option.help, kTextWidth - kHelpColumn, kHelpColumn) + "\n";
}

}  // namespace

Result<Arguments> parse_arguments(int argc, char** argv) {
  Arguments arguments;
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    arguments.wants_help = true;
    if (words.size() < 2) return arguments;
    arguments.command = find_command(words[1]);
    if (arguments.command == nullptr) return unknown_command(words[1]);
    return arguments;
  }
  if (words[0] == "--version" || words[0] == "-V") {
    arguments.wants_version = true;
    return arguments;
  }
  arguments.command = find_command(words[0]);
  if (arguments.command == nullptr) return unknown_command(words[0]);
  const Command& command = *arguments.command;

  CLI::App app;
  app.set_help_flag("-h,--help");
  std::vector<Binding> bindings;
  for (const Option& option : all_options()) {
    if (applies(option, command.id)) bindings.push_back({&option, nullptr, false, {}});
  }
  for (Binding& binding : bindings) bind(app, binding);
  app.add_option("arguments", arguments.positionals);
  words.erase(words.begin());
  for (const std::string& word : words) {
    if (word == "--") break;
    if (word == "--help" || word == "-h") {
      arguments.wants_help = true;
      return arguments;
    }
  }
  MSEAVRO_TRY(parse_with(app, std::move(words), command));
  const auto count = static_cast<int>(arguments.positionals.size());
  if (count < command.min_arguments ||
      (command.max_arguments >= 0 && count > command.max_arguments)) {
    return wrong_arguments(command);
  }
  for (const Binding& binding : bindings) {
    if (binding.parsed->count() == 0) continue;
    // Elsewhere the last one counts, so that a script can be overridden. Two outputs are meant.
    if (binding.option->name == "output" && binding.texts.size() > 1) {
      return fail(ErrorCode::kUsage, "--output is given twice", "leave one of them out",
                  binding.texts.back());
    }
    arguments.values.add(*binding.option,
                         {binding.texts, fmt::format("--{}", binding.option->name)});
  }
  return arguments;
}

std::string general_help() {
  std::string text =
      "MSE Avro tells how wrong your regression models are, from Avro logs of their predictions.\n"
      "\nUsage: mseavro COMMAND ...\n\n";
  for (const Command& command : all_commands()) {
    text += fmt::format("  {:<9}{}\n", command.name, command.summary);
  }
  text +=
      "\nmseavro COMMAND --help shows a command's options, mseavro --version the version.\n"
      "New here? Try\n"
      "  mseavro demo flights\n";
  return text;
}

std::string command_help(const Command& command) {
  const std::string usage =
      fmt::format("Usage: mseavro {} {} [options]", command.name, command.arguments);
  std::string text = fmt::format("{}\n\n{}\nExample: {}\n", command.summary,
                                 wrap_text(usage, kTextWidth, 7), command.example);
  std::string_view group;
  for (const Option& option : all_options()) {
    if (!applies(option, command.id)) continue;
    if (option.group != group) text += fmt::format("\n{}:\n", option.group);
    group = option.group;
    text += option_line(option);
  }
  text +=
      "\nEvery option can stand in ./mseavro.toml (week_start = \"sunday\") or in the\n"
      "environment (MSEAVRO_WEEK_START=sunday).\n";
  return text;
}

}  // namespace mseavro
