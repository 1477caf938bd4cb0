// From option values to the Spec and the settings of a run.
#pragma once

#include "app/cli/option_values.h"
#include "avro/codec/codec.h"
#include "engine/evaluate/evaluate.h"
#include "engine/question/spec.h"
#include "engine/state/rollup.h"
#include "events/role/role.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Errors of these: kBadOptionValue, kBadTime, kBadTimeZone, kConflictingOptions, naming where the
// value came from.
Result<Spec> make_spec(const OptionValues& values);
Result<EvaluateOptions> make_evaluate_options(const OptionValues& values);
Result<RollupSpec> make_rollup_spec(const OptionValues& values);
// --map, --time-unit and --parse-text-numbers.
Status read_role_question(const OptionValues& values, RoleQuestion* question);
Result<Codec> read_codec(const OptionValues& values);
// --level, or -1.
Result<int> read_level(const OptionValues& values);
// --threads, or the number of cores.
Result<int> read_thread_count(const OptionValues& values);
// A share, as in "5%" or "0.05". REQUIRES: the option has a value.
Result<double> read_share(const OptionValues& values, std::string_view option);
// A size in bytes, as in "256MiB". REQUIRES: the option has a value.
Result<int64_t> read_size(const OptionValues& values, std::string_view option);
Result<Limits> make_limits(const OptionValues& values);

// That "-" is one argument at most. Errors: kConflictingOptions.
Status check_standard_input(const std::vector<std::string>& arguments);

// "csv" of "answers/july.csv"; empty without a suffix.
std::string suffix_of(const std::string& path);

enum class OutputFormat : uint8_t { kTable, kMarkdown, kCsv, kJson, kJsonLines, kAvro };

// --format, else the suffix of --output, else the first of `allowed`, the formats of the command.
// Errors: kBadOptionValue.
Result<OutputFormat> find_format(const OptionValues& values,
                                 const std::vector<OutputFormat>& allowed);

}  // namespace mseavro
