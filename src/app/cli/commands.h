// The commands. Each returns the exit code (0 done, 1 a gate failed) or an error (exit code 2).
#pragma once

#include <string>
#include <vector>

#include "app/cli/option_values.h"
#include "app/cli/terminal.h"
#include "mseavro/error.h"

namespace mseavro {

struct CommandLine {
  const std::vector<std::string>& arguments;
  const OptionValues& values;
  const Terminal& terminal;
};

Result<int> run_eval(const CommandLine& line);
Result<int> run_report(const CommandLine& line);
Result<int> run_rollup(const CommandLine& line);
Result<int> run_inspect(const CommandLine& line);
Result<int> run_cat(const CommandLine& line);
Result<int> run_convert(const CommandLine& line);
Result<int> run_encode(const CommandLine& line);
Result<int> run_decode(const CommandLine& line);
Result<int> run_ingest(const CommandLine& line);
Result<int> run_schema(const CommandLine& line);
Result<int> run_demo(const CommandLine& line);
Result<int> run_explain(const CommandLine& line);

}  // namespace mseavro
