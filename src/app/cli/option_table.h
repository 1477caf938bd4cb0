// Every command and every option, in one place: parsing, help, configuration files, environment
// variables and completion are all made from these tables.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace mseavro {

enum class CommandId : uint8_t {
  kEval,
  kReport,
  kRollup,
  kInspect,
  kCat,
  kConvert,
  kEncode,
  kDecode,
  kIngest,
  kSchema,
  kDemo,
  kExplain
};

struct Command {
  CommandId id;
  std::string_view name;
  std::string_view arguments;  // As in "SRC...".
  int min_arguments;
  int max_arguments;  // -1: any number.
  std::string_view summary;
  std::string_view example;
};

enum class OptionKind : uint8_t {
  kFlag,    // Takes no value.
  kText,    // Takes one; said again, the last counts.
  kList,    // Takes several, separated by commas (outside quotes and brackets) or said repeatedly.
  kRepeat,  // Said repeatedly; commas are part of the value.
};

struct Option {
  std::string_view name;  // Without dashes. Keys in TOML files are the same with underscores,
                          // environment variables MSEAVRO_ and the name in capitals.
  char short_name;        // 0: none.
  OptionKind kind;
  std::string_view argument;  // As in "KIND"; empty for a flag.
  uint32_t commands;          // Bits of CommandId.
  std::string_view help;
  std::string_view group;  // Heading in the help.
};

std::span<const Command> all_commands();
std::span<const Option> all_options();
const Command* find_command(std::string_view name);
const Option* find_option(std::string_view name);
bool applies(const Option& option, CommandId command);
// Whether the option is part of a question to events, and not of how the run goes or what is shown.
bool asks_events(const Option& option);

}  // namespace mseavro
