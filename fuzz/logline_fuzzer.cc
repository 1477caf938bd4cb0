// Whatever the rules and the lines are: rules are refused with line and column, or every line has
// one outcome, the datum of an event can be read by its schema, a reject leaves nothing behind, and
// knowing that a line is ASCII changes nothing.
//
// The input is rules in TOML, a line "====", and lines.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "avro/wire/datum_reader.h"
#include "base/result/result.h"
#include "events/contract/shipped.h"
#include "events/logline/line_parser.h"

namespace {

using namespace mseavro;

constexpr std::string_view kEverything = R"({"type": "record", "name": "All", "fields": [
  {"name": "text", "type": ["null", "string"], "default": null},
  {"name": "bytes", "type": "bytes", "default": ""},
  {"name": "int", "type": "int", "default": 0},
  {"name": "long", "type": ["long", "null"], "default": 0},
  {"name": "float", "type": "float", "default": 0},
  {"name": "double", "type": "double", "default": 0},
  {"name": "flag", "type": "boolean", "default": false},
  {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["a", "b"]}, "default": "a"},
  {"name": "list", "type": {"type": "array", "items": "string"}, "default": []},
  {"name": "time", "type": "string", "default": ""},
  {"name": "at", "type": {"type": "long", "logicalType": "timestamp-nanos"}, "default": 0}]})";

Result<std::string> load_schema(const std::string& name) {
  if (name == "all") return std::string(kEverything);
  if (const auto text = find_shipped_schema(name)) return std::string(*text);
  return fail(ErrorCode::kNotFound, "there is no such schema");
}

void check_datum(const CompiledEvent& event, std::span<const uint8_t> datum) {
  const auto schema = Schema::parse(event.plan->schema().text()).value();
  DatumReader reader(ReadPlan::resolve(*schema, schema).value(), {});
  reader.begin_block(datum, 1);
  std::string json;
  MSEAVRO_CHECK(reader.next_json(JsonStyle::kAvro, &json).value_or(false));
  MSEAVRO_CHECK(!reader.next_json(JsonStyle::kAvro, &json).value_or(true));
}

void check_line(const LineRules& rules, LineParser& parser, std::string_view line) {
  std::vector<Encoder> outputs(rules.events().size());
  const LineOutcome outcome = parser.parse(line, false, outputs);
  for (size_t index = 0; index < outputs.size(); ++index) {
    const bool is_its = outcome.is_event && outcome.event == index;
    if (is_its) check_datum(rules.events()[index], outputs[index].bytes());
    if (!is_its) MSEAVRO_CHECK(outputs[index].size() == 0);
  }
  if (!outcome.is_event) MSEAVRO_CHECK(outcome.reason < rules.reasons().size());
  const bool is_ascii = std::ranges::all_of(line, [](char byte) { return byte >= 0; });
  if (!is_ascii) return;
  std::vector<Encoder> again(rules.events().size());
  const LineOutcome second = parser.parse(line, true, again);
  MSEAVRO_CHECK(second.is_event == outcome.is_event && second.reason == outcome.reason);
  for (size_t index = 0; index < again.size(); ++index) {
    MSEAVRO_CHECK(again[index].text() == outputs[index].text());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view kBreak = "\n====\n";
  const size_t at = std::min(text.find(kBreak), text.size());
  auto rule_set = parse_rules(text.substr(0, at), "rules.toml");
  if (!rule_set) {
    MSEAVRO_CHECK(rule_set.error().code == ErrorCode::kBadRules);
    MSEAVRO_CHECK(rule_set.error().place.line > 0);
    return 0;
  }
  const auto rules = LineRules::compile(std::move(*rule_set), load_schema, {});
  if (!rules) {
    MSEAVRO_CHECK(rules.error().place.line > 0);
    return 0;
  }
  LineParser parser(*rules);
  text.remove_prefix(std::min(at + kBreak.size(), text.size()));
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    check_line(**rules, parser, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return 0;
}
