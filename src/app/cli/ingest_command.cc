// ingest: from option values to a run, and what came of it in words.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <utility>

#include "app/cli/commands.h"
#include "app/cli/progress.h"
#include "app/cli/spec_options.h"
#include "app/report/text_table.h"
#include "base/io/byte_source.h"
#include "base/io/byte_stream.h"
#include "base/result/result.h"
#include "base/text/number_text.h"
#include "base/time/time.h"
#include "engine/ingest/ingest.h"
#include "events/contract/shipped.h"
#include "events/logline/line_rules.h"

namespace mseavro {
namespace {

constexpr int64_t kRulesBytesMax = 1 << 20;
// A log is written once, at the speed at which it comes, so the fastest level is the default.
constexpr int kDefaultLevel = 1;
constexpr int64_t kLineBytesMax = int64_t{1} << 30;

Result<std::string> read_text_file(const std::string& path) {
  MSEAVRO_ASSIGN(const auto source, open_file(path, kRulesBytesMax));
  if (source->size_bytes() > kRulesBytesMax) {
    return fail(ErrorCode::kLimitExceeded, "rules and schemas are never this large", {},
                std::to_string(source->size_bytes()), {.file = path});
  }
  return read_beginning(*source, kRulesBytesMax);
}

Result<RuleSet> load_rules(const CommandLine& line) {
  const std::string shipped = fmt::format("the rules that ship: {}", shipped_rules_names());
  if (!line.values.has("rules")) {
    return fail(ErrorCode::kUsage, "the rules for the lines are missing",
                fmt::format("give them: --rules FILE.toml, or {}", shipped));
  }
  const std::string name = line.values.text("rules");
  if (const auto text = find_shipped_rules(name)) return parse_rules(*text, name);
  auto text = read_text_file(name);
  if (!text && text.error().code == ErrorCode::kNotFound) text.error().help = shipped;
  MSEAVRO_TRY(text);
  return parse_rules(*text, name);
}

// A schema that ships, else a file beside the rules.
SchemaLoader schema_loader(const std::string& rules_path) {
  return [folder = std::filesystem::path(rules_path).parent_path()](
             const std::string& name) -> Result<std::string> {
    if (const auto text = find_shipped_schema(name)) return std::string(*text);
    auto text = read_text_file((folder / name).string());
    if (!text && text.error().code == ErrorCode::kNotFound) {
      text.error().message = fmt::format("there is no schema \"{}\"", name);
      text.error().help =
          fmt::format("name a schema file (.avsc) beside the rules, or one that ships: {}",
                      fmt::join(shipped_schema_names(), ", "));
    }
    return text;
  };
}

Result<CompileOptions> compile_options(const OptionValues& values) {
  CompileOptions options;
  options.is_typed = values.flag("typed");
  for (const std::string& text : values.list("range")) {
    const size_t equals = std::min(text.find('='), text.size());
    const size_t dots = text.find("..", equals);
    const auto low =
        dots == text.npos
            ? std::nullopt
            : parse_number(std::string_view(text).substr(equals + 1, dots - equals - 1));
    const auto high =
        dots == text.npos ? std::nullopt : parse_number(std::string_view(text).substr(dots + 2));
    if (!low || !high || !(*low <= *high)) {
      return values.bad_value("range", "this is no range", "write rating=1..5");
    }
    options.ranges.push_back({{text.substr(0, equals)}, *low, *high});
  }
  return options;
}

Result<ChunkOptions> chunk_options(const OptionValues& values) {
  ChunkOptions options;
  if (values.has("codec")) {
    MSEAVRO_ASSIGN(options.codec, read_codec(values));
  }
  MSEAVRO_ASSIGN(options.level, read_level(values));
  MSEAVRO_TRY(check_level(options.codec, options.level));
  if (options.level < 0) options.level = kDefaultLevel;
  if (values.has("block-size")) {
    MSEAVRO_ASSIGN(const int64_t size, read_size(values, "block-size"));
    options.block_size_bytes = static_cast<size_t>(size);
  }
  if (values.has("max-line-size")) {
    MSEAVRO_ASSIGN(const int64_t size, read_size(values, "max-line-size"));
    if (size > kLineBytesMax) return values.bad_value("max-line-size", "this is more than 1GiB");
    options.line_size_max = static_cast<size_t>(size);
  }
  return options;
}

Result<EventFileOptions> file_options(const OptionValues& values) {
  EventFileOptions options;
  if (!values.has("output")) {
    return fail(ErrorCode::kUsage, "the folder for the events is missing", "give it: -o DIR");
  }
  options.folder = values.text("output");
  MSEAVRO_ASSIGN(options.chunks, chunk_options(values));
  if (values.has("rotate-size")) {
    MSEAVRO_ASSIGN(options.file_size_bytes_max, read_size(values, "rotate-size"));
  }
  options.is_numbered = values.has("rotate-every");
  options.adds_to_files = values.flag("append");
  options.shows_ended_files = values.flag("follow");
  options.partition_keys = values.list("partition-by");
  options.sort_by = values.text("sort-by");
  return options;
}

Result<IngestOptions> ingest_options(const OptionValues& values) {
  IngestOptions options;
  MSEAVRO_ASSIGN(options.files, file_options(values));
  MSEAVRO_ASSIGN(options.thread_count, read_thread_count(values));
  if (values.has("max-rejected")) {
    MSEAVRO_ASSIGN(options.max_rejected_share, read_share(values, "max-rejected"));
  }
  return options;
}

Result<int64_t> rotate_every_micros(const OptionValues& values) {
  if (!values.has("rotate-every")) return 0;
  const auto micros = parse_duration(values.text("rotate-every"));
  if (micros && values.flag("follow")) return *micros;
  if (micros) {
    return fail(ErrorCode::kConflictingOptions, "--rotate-every is for files that are followed",
                "add --follow, or leave it out");
  }
  return values.bad_value("rotate-every", "this is no length of time", "write 1h, 15m or 30s");
}

// Whether the rules know the times that the files are made by.
Status check_times(const LineRules& rules, const EventFileOptions& files) {
  const bool has_date = std::ranges::count(files.partition_keys, kDateKey) > 0;
  if (!has_date && files.sort_by != kTimeKey) return {};
  for (const CompiledEvent& event : rules.events()) {
    if (event.has_time) continue;
    return fail(ErrorCode::kConflictingOptions,
                fmt::format("{}: the rules do not say when a {} was",
                            has_date ? "--partition-by date" : "--sort-by time", event.name),
                "capture its time, as in {time:time}");
  }
  return {};
}

Status check_inputs(const CommandLine& line) {
  for (const std::string& input : line.arguments) {
    // Found out before the folder for the events is made.
    const bool is_expected = input != "-" && !line.values.flag("follow");
    if (is_expected && !std::filesystem::exists(input)) MSEAVRO_TRY(open_stream(input));
  }
  MSEAVRO_TRY(check_standard_input(line.arguments));
  if (std::ranges::count(line.arguments, "-") == 0 || !line.values.flag("follow")) return {};
  return fail(ErrorCode::kConflictingOptions, "standard input cannot be followed",
              "it is read as it comes, until it ends: leave out --follow");
}

std::atomic<bool> is_interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "it is set by a signal handler");

// A run that follows files ends by a signal, as it should, with everything written.
FollowOptions follow_options(int64_t rotate_every) {
  FollowOptions follow;
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    if (std::signal(signal_number, [](int) { is_interrupted = true; }) == SIG_IGN) {
      std::signal(signal_number, SIG_IGN);
    }
  }
  follow.wait = [](bool is_idle) {
    constexpr timespec kPause{0, 100'000'000};
    if (is_idle && !is_interrupted) nanosleep(&kPause, nullptr);  // Cut short by a signal.
    return !is_interrupted;
  };
  follow.now_micros = [] {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return int64_t{now.tv_sec} * kMicrosPerSecond + now.tv_nsec / 1000;
  };
  follow.rotate_every_micros = rotate_every;
  return follow;
}

std::string summary(const LineRules& rules, const IngestResult& result) {
  TextTable table;
  table.add_column("Lines", TextTable::Align::kLeft);
  table.add_column("Count", TextTable::Align::kRight);
  table.add_column("Written to", TextTable::Align::kLeft);
  for (size_t index = 0; index < rules.events().size(); ++index) {
    table.add_row({rules.events()[index].name, format_thousands(result.counts.events[index]),
                   result.places[index]});
  }
  table.add_row({"rejected", format_thousands(result.counts.rejected()), result.places.back()});
  for (size_t index = 0; index < rules.reasons().size(); ++index) {
    if (result.counts.reasons[index] == 0) continue;
    table.add_row(
        {"  " + rules.reasons()[index], format_thousands(result.counts.reasons[index]), ""});
  }
  table.add_row({"in all", format_thousands(result.counts.lines), ""});
  return table.text(false);
}

}  // namespace

Result<int> run_ingest(const CommandLine& line) {
  MSEAVRO_TRY(check_inputs(line));
  MSEAVRO_ASSIGN(IngestOptions options, ingest_options(line.values));
  MSEAVRO_ASSIGN(const int64_t rotate_every, rotate_every_micros(line.values));
  MSEAVRO_ASSIGN(RuleSet rule_set, load_rules(line));
  const std::string rules_path = rule_set.path;
  MSEAVRO_ASSIGN(const CompileOptions compiling, compile_options(line.values));
  MSEAVRO_ASSIGN(const auto rules,
                 LineRules::compile(std::move(rule_set), schema_loader(rules_path), compiling));
  MSEAVRO_TRY(check_times(*rules, options.files));
  Progress progress(line.terminal.progress_writer());
  options.lines_read = &progress.rows();
  const auto result = line.values.flag("follow") ? ingest_followed(line.arguments, rules, options,
                                                                   follow_options(rotate_every))
                                                 : ingest(line.arguments, rules, options);
  progress.clear();
  MSEAVRO_TRY(result);
  line.terminal.say(summary(*rules, *result));
  if (result->replaced_files) {
    line.terminal.say(
        fmt::format("replaced the files of an earlier run in {} (to add to them: "
                    "--append)",
                    options.files.folder));
  }
  if (result->counts.lines > 0 && result->counts.lines == result->counts.rejected()) {
    line.terminal.warn("no line is an event; do the rules fit?");
  }
  return 0;
}

}  // namespace mseavro
