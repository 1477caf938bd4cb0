#include "app/cli/spec_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <thread>

#include "base/result/result.h"
#include "base/text/number_text.h"

namespace mseavro {
namespace {

Status read_time(const OptionValues& values, const char* name, const TimeZone& zone,
                 std::optional<Instant>* instant) {
  if (!values.has(name)) return {};
  *instant = parse_time(values.text(name), zone);
  if (*instant) return {};
  auto error = values.bad_value(name, "this is no time",
                                "write 2025-07-28, 2025-07-28T13:00 or 2025-07-28T13:00:00Z");
  error.value().code = ErrorCode::kBadTime;
  return error;
}

// "1%", "0.01", "5 %"
std::optional<double> parse_share(std::string text) {
  double scale = 1;
  if (!text.empty() && text.back() == '%') {
    text.pop_back();
    scale = 100;
  }
  const auto number = parse_number(text);
  if (!number || !(*number >= 0 && *number <= scale)) return std::nullopt;
  return *number / scale;
}

// "256MiB", "1GB", "65536"
std::optional<int64_t> parse_size(std::string_view text) {
  static constexpr std::pair<std::string_view, int64_t> kUnits[] = {
      {"KiB", 1 << 10}, {"MiB", 1 << 20},   {"GiB", 1 << 30}, {"kB", 1000},
      {"MB", 1000000},  {"GB", 1000000000}, {"B", 1}};
  int64_t unit = 1;
  for (const auto& [suffix, size] : kUnits) {
    if (!text.ends_with(suffix)) continue;
    text.remove_suffix(suffix.size());
    unit = size;
    break;
  }
  const auto number = parse_integer(text);
  int64_t bytes;
  if (!number || *number <= 0 || __builtin_mul_overflow(*number, unit, &bytes)) return std::nullopt;
  return bytes;
}

Status read_window(const OptionValues& values, WindowSpec* window) {
  if (values.has("window")) {
    auto parsed = WindowSpec::parse(values.text("window"));
    if (!parsed) return values.bad_value("window", parsed.error().message, parsed.error().help);
    *window = *parsed;
  }
  const std::string week_start = values.text("week-start", "monday");
  if (week_start == "sunday") {
    window->week_start = WeekStart::kSunday;
  } else if (week_start != "monday") {
    return values.bad_value("week-start", "a week starts on monday or sunday");
  }
  return {};
}

Status read_mapping(const OptionValues& values, Spec* spec) {
  RoleQuestion question;
  MSEAVRO_TRY(read_role_question(values, &question));
  spec->map = std::move(question.overrides);
  spec->parse_text_numbers = question.parse_text_numbers;
  spec->time_unit = question.time_unit;
  return {};
}

Status read_length(const OptionValues& values, const char* name, std::optional<int64_t>* micros) {
  if (!values.has(name)) return {};
  *micros = parse_duration(values.text(name));
  if (*micros) return {};
  return values.bad_value(name, "this is no length of time", "write 30d, 12h or 90m");
}

Status read_match(const OptionValues& values, Spec* spec) {
  const std::string match = values.text("match", "id");
  if (match == "latest-before") {
    spec->match = MatchPolicy::kLatestBefore;
  } else if (match != "id") {
    return values.bad_value("match", "labels are matched by id or latest-before");
  }
  MSEAVRO_TRY(read_length(values, "max-age", &spec->max_age_micros));
  if (!spec->max_age_micros || spec->match == MatchPolicy::kLatestBefore) return {};
  return fail(ErrorCode::kConflictingOptions, "--max-age says nothing where labels match by id",
              "add --match latest-before, or say --max-label-delay instead");
}

Status read_policies(const OptionValues& values, Spec* spec) {
  const std::string duplicates = values.text("duplicates");
  if (duplicates == "keep") {
    spec->duplicates = DuplicatePolicy::kKeep;
  } else if (duplicates == "drop") {
    spec->duplicates = DuplicatePolicy::kDrop;
  } else if (!duplicates.empty()) {
    return values.bad_value("duplicates", "repeats are either kept or dropped: keep or drop");
  }
  if (values.has("max-rejected")) {
    MSEAVRO_ASSIGN(spec->max_rejected_share, read_share(values, "max-rejected"));
  }
  MSEAVRO_TRY(read_length(values, "max-label-delay", &spec->max_label_delay_micros));
  return read_match(values, spec);
}

Status read_metrics(const OptionValues& values, Spec* spec) {
  static constexpr std::string_view kAlways[] = {"count", "coverage", "mse",        "rmse",
                                                 "mae",   "bias",     "label_delay"};
  for (const std::string& name : values.list("metrics")) {
    if (name == "quantiles") {
      spec->error_quantiles = true;
    } else if (std::find(std::begin(kAlways), std::end(kAlways), name) == std::end(kAlways)) {
      return values.bad_value("metrics", fmt::format("there is no metric {}", name),
                              "the metrics are mse, rmse, mae, bias and quantiles");
    }
  }
  return {};
}

}  // namespace

Result<Spec> make_spec(const OptionValues& values) {
  Spec spec;
  spec.timezone = values.text("timezone", "UTC");
  MSEAVRO_ASSIGN(const auto zone, TimeZone::find(spec.timezone));
  MSEAVRO_TRY(read_window(values, &spec.window));
  for (const std::string& key : values.list("by")) {
    MSEAVRO_ASSIGN(FieldPath path, FieldPath::parse(key));
    spec.by.push_back(std::move(path));
  }
  spec.where = values.text("where");
  MSEAVRO_TRY(read_time(values, "from", *zone, &spec.from));
  MSEAVRO_TRY(read_time(values, "to", *zone, &spec.to));
  MSEAVRO_TRY(read_time(values, "as-of", *zone, &spec.as_of));
  if (spec.from && spec.to && *spec.from >= *spec.to) {
    return fail(ErrorCode::kConflictingOptions, "--from is not before --to",
                "the range is half-open: --from is in it, --to is not");
  }
  spec.mix_versions = values.flag("mix-versions");
  MSEAVRO_TRY(read_mapping(values, &spec));
  MSEAVRO_TRY(read_policies(values, &spec));
  MSEAVRO_TRY(read_metrics(values, &spec));
  return spec;
}

Result<EvaluateOptions> make_evaluate_options(const OptionValues& values) {
  EvaluateOptions options;
  MSEAVRO_ASSIGN(options.thread_count, read_thread_count(values));
  options.map_files = true;  // main() handles SIGBUS.
  options.salvage = values.flag("salvage");
  options.dead_letters_path = values.text("dead-letters");
  MSEAVRO_ASSIGN(options.limits, make_limits(values));
  return options;
}

Result<RollupSpec> make_rollup_spec(const OptionValues& values) {
  RollupSpec spec;
  if (values.flag("latest") && values.flag("disjoint")) {
    return fail(ErrorCode::kConflictingOptions, "--latest and --disjoint exclude each other",
                "--latest replaces rows, --disjoint adds them");
  }
  if (values.flag("latest")) spec.same_key = RollupSpec::SameKey::kLatest;
  if (values.flag("disjoint")) spec.same_key = RollupSpec::SameKey::kDisjoint;
  if (values.has("window")) {
    spec.window.emplace();
    MSEAVRO_TRY(read_window(values, &*spec.window));
  }
  if (values.has("timezone")) spec.timezone = values.text("timezone");
  if (values.has("by")) spec.by = values.list("by");
  spec.mix_versions = values.flag("mix-versions");
  return spec;
}

Status read_role_question(const OptionValues& values, RoleQuestion* question) {
  for (const std::string& text : values.list("map")) {
    MSEAVRO_ASSIGN(RoleOverride override, parse_role_override(text));
    question->overrides.push_back(std::move(override));
  }
  question->parse_text_numbers = values.flag("parse-text-numbers");
  if (!values.has("time-unit")) return {};
  static constexpr std::pair<std::string_view, TimeUnit> kUnits[] = {{"s", TimeUnit::kSeconds},
                                                                     {"ms", TimeUnit::kMillis},
                                                                     {"us", TimeUnit::kMicros},
                                                                     {"ns", TimeUnit::kNanos}};
  for (const auto& [name, unit] : kUnits) {
    if (values.text("time-unit") == name) question->time_unit = unit;
  }
  if (!question->time_unit) return values.bad_value("time-unit", "the units are s, ms, us and ns");
  return {};
}

Result<Codec> read_codec(const OptionValues& values) {
  auto codec = find_codec_to_write(values.text("codec", "deflate"));
  if (!codec) return values.bad_value("codec", codec.error().message, codec.error().help);
  return *codec;
}

Result<int> read_level(const OptionValues& values) {
  if (!values.has("level")) return -1;
  const auto level = parse_integer(values.text("level"));
  if (level && *level >= 0 && *level <= INT_MAX) return static_cast<int>(*level);
  return values.bad_value("level", "this is no level of compression",
                          "deflate has 1 to 12, zstandard 1 to 22");
}

Result<int> read_thread_count(const OptionValues& values) {
  if (!values.has("threads")) {
    return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 256u));
  }
  const auto count = parse_integer(values.text("threads"));
  if (count && *count >= 1 && *count <= 256) return static_cast<int>(*count);
  return values.bad_value("threads", "the number of threads is 1 to 256");
}

Result<double> read_share(const OptionValues& values, std::string_view option) {
  const auto share = parse_share(values.text(option));
  if (!share) return values.bad_value(option, "this is no share", "write 5% or 0.05");
  return *share;
}

Result<int64_t> read_size(const OptionValues& values, std::string_view option) {
  const auto size = parse_size(values.text(option));
  if (!size) return values.bad_value(option, "this is no size", "write 256MiB or 1GiB");
  return *size;
}

Result<Limits> make_limits(const OptionValues& values) {
  Limits limits;
  if (!values.has("max-block-size")) return limits;
  MSEAVRO_ASSIGN(const int64_t size, read_size(values, "max-block-size"));
  limits.block_size_bytes = size;
  limits.decoded_block_size_bytes = size;
  limits.datum_size_bytes = size;
  limits.json_size_bytes = std::max(limits.json_size_bytes, size);
  limits.expansion_size_bytes = std::max(limits.expansion_size_bytes, size);
  return limits;
}

Status check_standard_input(const std::vector<std::string>& arguments) {
  if (std::ranges::count(arguments, "-") <= 1) return {};
  return fail(ErrorCode::kConflictingOptions, "standard input is read once", "write - once");
}

std::string suffix_of(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const size_t dot = name.rfind('.');
  return dot == std::string::npos ? std::string() : name.substr(dot + 1);
}

Result<OutputFormat> find_format(const OptionValues& values,
                                 const std::vector<OutputFormat>& allowed) {
  static constexpr std::pair<std::string_view, OutputFormat> kFormats[] = {
      {"table", OutputFormat::kTable},     {"md", OutputFormat::kMarkdown},
      {"csv", OutputFormat::kCsv},         {"json", OutputFormat::kJson},
      {"jsonl", OutputFormat::kJsonLines}, {"avro", OutputFormat::kAvro}};
  const bool is_said = values.has("format");
  const std::string asked = is_said ? values.text("format") : suffix_of(values.text("output"));
  if (!is_said && (asked.empty() || asked == "txt")) return allowed.front();
  std::string names;
  for (const auto& [name, format] : kFormats) {
    if (std::find(allowed.begin(), allowed.end(), format) == allowed.end()) continue;
    if (asked == name) return format;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  const std::string help = fmt::format("the formats of this command are {}", names);
  if (is_said) return values.bad_value("format", "this command does not write it", help);
  return values.bad_value("output", "the name ends in no format of this command",
                          help + "; choose one with --format");
}

}  // namespace mseavro
