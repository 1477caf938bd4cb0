// The rules for a log as plain values, and their TOML (docs/formats/rules.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mseavro/error.h"

namespace mseavro {

// A text of the rules and where it stands in their file.
struct RuleText {
  std::string text{};
  int64_t line = -1;
  int64_t column = -1;
};

// What a number may be, both ends included.
struct FieldRange {
  RuleText field;
  double low = 0;
  double high = 0;
};

// A kind of event: what its lines look like, and what they become.
struct EventRule {
  RuleText name;
  RuleText schema;                         // As the loader of schemas knows it.
  std::optional<RuleText> typed_schema{};  // In its place, when values are to be typed.
  RuleText output;                         // Name of the output file without ".avro".
  std::vector<RuleText> patterns{};        // The first that matches counts.
  std::vector<FieldRange> ranges{};
};

struct RuleSet {
  std::string path;                // What errors call the file.
  std::string document;            // Its text, for places within the texts.
  std::optional<RuleText> line{};  // What all lines have; its capture `event` is the event's part.
  RuleText time_format{};          // Empty: ISO 8601.
  RuleText time_zone{"UTC"};       // Of times that say none.
  std::vector<EventRule> events{};
};

// The name of what the line pattern leaves to the patterns of events.
inline constexpr std::string_view kEventCapture = "event";
// The output file of lines that are no event, which no event may have.
inline constexpr std::string_view kDeadLetters = "dead_letters";

// Reads the TOML of rules. `path` is for errors. Errors: kBadRules, with line and column, for what
// is no TOML, keys that are not known or missing, values of another kind, and names that clash.
// What patterns, formats and schemas are worth is found when they are compiled.
Result<RuleSet> parse_rules(std::string_view text, const std::string& path);

// kBadRules at the byte `offset` of the text; below 0 at the text as a whole, where its quote is.
tl::unexpected<Error> rule_error(const RuleSet& rules, const RuleText& where,
                                 std::string_view message, std::string help, int64_t offset = -1);

}  // namespace mseavro
