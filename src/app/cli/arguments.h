// The command line, parsed by the option table.
#pragma once

#include <string>
#include <vector>

#include "app/cli/option_table.h"
#include "app/cli/option_values.h"
#include "mseavro/error.h"

namespace mseavro {

struct Arguments {
  const Command* command = nullptr;  // nullptr: --help or --version, or nothing was said.
  bool wants_help = false;
  bool wants_version = false;
  std::vector<std::string> positionals;
  OptionValues values;  // Of the command line only.
};

// Errors: kUsage, with the closest option or command as help.
Result<Arguments> parse_arguments(int argc, char** argv);

// `mseavro --help`, and `mseavro COMMAND --help`.
std::string general_help();
std::string command_help(const Command& command);

}  // namespace mseavro
