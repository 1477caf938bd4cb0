// Option values from all their sources, strongest first: the command line, a --spec file, the
// environment (MSEAVRO_WINDOW), ./mseavro.toml, the user's configuration file.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/option_table.h"
#include "mseavro/error.h"

namespace mseavro {

struct OptionValue {
  std::vector<std::string> texts;  // One for a kText, none for a flag that is set.
  std::string origin;              // As errors name it: "--window", "MSEAVRO_WINDOW", "file.toml".
};

class OptionValues {
 public:
  // Keeps `value` unless a stronger source has set the option before. Of --map each role is a
  // setting of its own: a file maps the usual roles, and the command line changes one of them.
  void add(const Option& option, OptionValue value);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  // The value of a kText, or the fallback.
  std::string text(std::string_view name, const std::string& fallback = {}) const;
  // The values of a kList or kRepeat.
  std::vector<std::string> list(std::string_view name) const;
  bool flag(std::string_view name) const;
  // Whether the option was typed, and not set by a file or the environment.
  bool was_typed(std::string_view name) const;
  // kBadOptionValue, naming where the value came from.
  tl::unexpected<Error> bad_value(std::string_view name, std::string message,
                                  std::string help = {}) const;

 private:
  const OptionValue* find(std::string_view name) const;
  std::map<std::string, OptionValue, std::less<>> values_;
};

// Splits at commas outside quotes and brackets, and trims spaces.
std::vector<std::string> split_list(std::string_view text);

// Adds the options of a TOML file that apply to the command; keys are option names with
// underscores, [map] is a table of role = "field". A file that is absent adds nothing unless it
// `must_exist`. Errors: kBadSpec with line and column, kNotFound, kUnreadable, kLimitExceeded.
Status add_toml_file(const std::string& path, bool must_exist, CommandId command,
                     OptionValues* values);

// Adds MSEAVRO_* variables. `environment` is as environ(7).
void add_environment(char** environment, CommandId command, OptionValues* values);

// Errors: kUsage for a variable whose name is nearly that of an option, as MSEAVRO_WINDW, since it
// would silently be of no use. Other names are none of our business.
Status check_environment(char** environment);

}  // namespace mseavro
