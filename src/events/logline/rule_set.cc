#include "events/logline/rule_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/result/ascii.h"
#include "base/result/edit_distance.h"
#include "base/result/result.h"
#include "base/text/number_text.h"
#include "base/text/toml_document.h"
#include "base/text/toml_place.h"

namespace mseavro {
namespace {

constexpr std::string_view kAvroSuffix = ".avro";

bool is_plain_file_name(std::string_view text) {
  const auto is_plain = [](char byte) {
    return byte == '_' || byte == '-' || byte == '.' || is_letter_or_digit(byte);
  };
  return !text.empty() && text.front() != '.' && text.size() <= 100 &&
         std::ranges::all_of(text, is_plain);
}

// How a key is written.
std::string example_of(std::string_view key) {
  static constexpr std::pair<std::string_view, std::string_view> kExamples[] = {
      {"name", "MovieRatingEvent"},
      {"schema", "movie_rating_schema"},
      {"typed_schema", "movie_rating_schema_typed"},
      {"output", "movie_ratings"},
      {"time_format", "%d/%b/%Y:%H:%M:%S %z"},
      {"timezone", "Europe/Berlin"},
      {"pattern", "GET /rate/{movieId...}={rating}"},
  };
  if (key == "patterns") return "as in: patterns = [\"GET /a/{name}\", \"GET /b/{name}\"]";
  const auto* const example =
      std::ranges::find(kExamples, key, [](const auto& entry) { return entry.first; });
  MSEAVRO_CHECK(example != std::end(kExamples));
  return fmt::format("as in: {} = \"{}\"", key, example->second);
}

constexpr std::string_view kRangeExample = "as in: range.rating = [1, 5]";

class RuleReader {
 public:
  RuleReader(std::string_view document, std::string path) {
    rules_.document = document;
    rules_.path = std::move(path);
  }

  Result<RuleSet> read(const TomlValue& root) {
    MSEAVRO_TRY(check_keys(root, "a rule file", {"line", "event"}));
    if (const TomlMember* line = root.find("line")) MSEAVRO_TRY(read_line(*line));
    const TomlMember* events = root.find("event");
    if (events == nullptr || events->value.kind != TomlKind::kArray ||
        events->value.items.empty()) {
      const bool is_single = events != nullptr && events->value.kind == TomlKind::kTable;
      return error(events == nullptr ? root : events->value,
                   is_single ? "an event stands in two pairs of brackets" : "there are no events",
                   "begin each kind of event with [[event]]");
    }
    for (const TomlValue& event : events->value.items) MSEAVRO_TRY(read_event(event));
    return std::move(rules_);
  }

 private:
  tl::unexpected<Error> error(const TomlValue& where, std::string_view message,
                              std::string help) const {
    return toml_error(ErrorCode::kBadRules, rules_.path, std::max<int64_t>(1, where.line),
                      std::max<int64_t>(1, where.column), message, std::move(help));
  }

  // Keys that are not known are refused: a misspelt one would change the events in silence.
  Status check_keys(const TomlValue& table, std::string_view what,
                    const std::vector<std::string_view>& known) const {
    const std::string keys = fmt::format("its keys are {}", fmt::join(known, ", "));
    if (table.kind != TomlKind::kTable) {
      return error(table, fmt::format("{} has keys and values", what), keys);
    }
    for (const TomlMember& member : table.members) {
      if (std::ranges::find(known, member.key) != known.end()) continue;
      return toml_error(ErrorCode::kBadRules, rules_.path, member.line, member.column,
                        fmt::format("{} has no key \"{}\"", what, member.key),
                        did_you_mean(member.key, known, keys));
    }
    return {};
  }

  Result<RuleText> text_of(const TomlValue& value, std::string_view key) const {
    if (value.kind != TomlKind::kText) {
      return error(value, fmt::format("\"{}\" is a text in quotes", key), example_of(key));
    }
    if (value.text.empty())
      return error(value, fmt::format("\"{}\" is empty", key), example_of(key));
    return RuleText{value.text, value.line, value.column};
  }

  Result<RuleText> text_in(const TomlValue& table, std::string_view key) const {
    const TomlMember* member = table.find(key);
    if (member != nullptr) return text_of(member->value, key);
    return error(table, fmt::format("\"{}\" is missing", key), example_of(key));
  }

  Status read_line(const TomlMember& line) {
    MSEAVRO_TRY(check_keys(line.value, "[line]", {"pattern", "time_format", "timezone"}));
    if (line.value.find("pattern") != nullptr) {
      MSEAVRO_ASSIGN(rules_.line, text_in(line.value, "pattern"));
    }
    if (line.value.find("time_format") != nullptr) {
      MSEAVRO_ASSIGN(rules_.time_format, text_in(line.value, "time_format"));
    }
    if (line.value.find("timezone") != nullptr) {
      MSEAVRO_ASSIGN(rules_.time_zone, text_in(line.value, "timezone"));
    }
    return {};
  }

  Status read_event(const TomlValue& table) {
    MSEAVRO_TRY(
        check_keys(table, "[[event]]",
                   {"name", "schema", "typed_schema", "output", "pattern", "patterns", "range"}));
    EventRule event;
    MSEAVRO_ASSIGN(event.name, text_in(table, "name"));
    MSEAVRO_ASSIGN(event.schema, text_in(table, "schema"));
    if (table.find("typed_schema") != nullptr) {
      MSEAVRO_ASSIGN(event.typed_schema, text_in(table, "typed_schema"));
    }
    MSEAVRO_ASSIGN(event.output, output_of(table));
    MSEAVRO_TRY(read_patterns(table, &event));
    if (const TomlMember* range = table.find("range")) MSEAVRO_TRY(read_ranges(*range, &event));
    const auto [first, is_new] = lines_of_names_.emplace(event.name.text, event.name.line);
    if (!is_new) {
      return rule_error(rules_, event.name,
                        fmt::format("the event in line {} has this name too", first->second),
                        "an event whose lines look in several ways has several patterns: "
                        "patterns = [...]");
    }
    rules_.events.push_back(std::move(event));
    return {};
  }

  Result<RuleText> output_of(const TomlValue& table) {
    MSEAVRO_ASSIGN(RuleText output, text_in(table, "output"));
    if (output.text.ends_with(kAvroSuffix)) {
      output.text.resize(output.text.size() - kAvroSuffix.size());
    }
    if (!is_plain_file_name(output.text)) {
      return rule_error(rules_, output, "this is no plain name of a file",
                        "letters, digits, _ and - do, as in: output = \"movie_watches\"");
    }
    if (output.text == kDeadLetters) {
      return rule_error(rules_, output, "what is no event goes to the output of this name",
                        "choose another name, " + example_of("output"));
    }
    const auto [first, is_new] = lines_of_outputs_.emplace(output.text, output.line);
    if (!is_new) {
      return rule_error(
          rules_, output,
          fmt::format("the event's output in line {} has this name too", first->second),
          "a file has one schema, so each event has an output of its own");
    }
    return output;
  }

  Status read_patterns(const TomlValue& table, EventRule* event) const {
    const TomlMember* one = table.find("pattern");
    const TomlMember* several = table.find("patterns");
    if ((one == nullptr) == (several == nullptr)) {
      return error(table, "an event has either \"pattern\" or \"patterns\"", example_of("pattern"));
    }
    if (one != nullptr) {
      MSEAVRO_ASSIGN(RuleText text, text_of(one->value, "pattern"));
      event->patterns.push_back(std::move(text));
      return {};
    }
    if (several->value.kind != TomlKind::kArray || several->value.items.empty()) {
      return error(several->value, "\"patterns\" is a list of texts", example_of("patterns"));
    }
    for (const TomlValue& item : several->value.items) {
      MSEAVRO_ASSIGN(RuleText text, text_of(item, "patterns"));
      event->patterns.push_back(std::move(text));
    }
    return {};
  }

  Status read_ranges(const TomlMember& range, EventRule* event) const {
    if (range.value.kind != TomlKind::kTable) {
      return error(range.value, "a range stands behind the name of its field",
                   std::string(kRangeExample));
    }
    for (const TomlMember& member : range.value.members) {
      const auto is_number = [](const TomlValue& value) {
        return value.kind == TomlKind::kInteger || value.kind == TomlKind::kNumber;
      };
      const std::vector<TomlValue>& ends = member.value.items;
      if (ends.size() != 2 || !std::ranges::all_of(ends, is_number)) {
        return error(member.value, "a range is its two ends", std::string(kRangeExample));
      }
      const auto low = parse_number(ends[0].text);
      const auto high = parse_number(ends[1].text);
      if (!low || !high || !(*low <= *high)) {
        return error(member.value, "a range goes from the smaller number to the greater one",
                     std::string(kRangeExample));
      }
      event->ranges.push_back({{member.key, member.line, member.column}, *low, *high});
    }
    return {};
  }

  RuleSet rules_;
  std::map<std::string, int64_t> lines_of_names_;
  std::map<std::string, int64_t> lines_of_outputs_;
};

}  // namespace

Result<RuleSet> parse_rules(std::string_view text, const std::string& path) {
  MSEAVRO_ASSIGN(const TomlValue root, parse_toml(text, path, ErrorCode::kBadRules));
  return RuleReader(text, path).read(root);
}

tl::unexpected<Error> rule_error(const RuleSet& rules, const RuleText& where,
                                 std::string_view message, std::string help, int64_t offset) {
  TomlPlace place{where.line, where.column};
  if (offset >= 0) place = toml_place_in_text(rules.document, place, static_cast<size_t>(offset));
  return toml_error(ErrorCode::kBadRules, rules.path, place.line, place.column, message,
                    std::move(help));
}

}  // namespace mseavro
