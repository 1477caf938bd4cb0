#include "events/logline/line_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "avro/wire/datum_reader.h"
#include "events/logline/testing/rules_of.h"

namespace mseavro {
namespace {

const SchemaTexts kSchemas = {{"all", R"({"type": "record", "name": "All", "fields": [
  {"name": "first", "type": "int", "default": 7},
  {"name": "text", "type": ["null", "string"], "default": null},
  {"name": "bytes", "type": ["bytes", "null"], "default": "x"},
  {"name": "int", "type": "int", "default": 0},
  {"name": "long", "type": "long", "default": 0},
  {"name": "float", "type": "float", "default": 0},
  {"name": "double", "type": ["null", "double"], "default": null},
  {"name": "flag", "type": "boolean", "default": false},
  {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["a", "b"]}, "default": "a"},
  {"name": "list", "type": {"type": "array", "items": "string"}, "default": []},
  {"name": "at_text", "type": "string", "default": ""},
  {"name": "at_millis", "type": {"type": "long", "logicalType": "timestamp-millis"}, "default": 0},
  {"name": "at_nanos", "type": {"type": "long", "logicalType": "timestamp-nanos"}, "default": 0},
  {"name": "last", "type": "string", "default": "z"}]})"}};

// A line of one rule, read back as plain JSON of the fields that differ from their defaults; or the
// reason of the reject.
class Parser {
 public:
  explicit Parser(const std::string& toml) {
    auto rules = rules_of(toml, kSchemas);
    EXPECT_TRUE(rules) << rules.error().message;
    rules_ = *rules;
    parser_ = std::make_unique<LineParser>(rules_);
    outputs_.resize(rules_->events().size());
  }

  std::string parse(std::string_view line, bool is_ascii = false) {
    const size_t before = outputs_[0].size();
    const LineOutcome outcome = parser_->parse(line, is_ascii, outputs_);
    if (!outcome.is_event) {
      EXPECT_EQ(outputs_[0].size(), before) << "nothing is left of a reject";
      return rules_->reasons()[outcome.reason];
    }
    return json_of(outputs_[outcome.event].bytes().subspan(outcome.datum_begin));
  }

  Instant time() const { return parser_->time(); }

 private:
  std::string json_of(std::span<const uint8_t> datum) const {
    const auto schema = Schema::parse(kSchemas.at("all")).value();
    DatumReader reader(ReadPlan::resolve(*schema, schema).value(), {});
    reader.begin_block(datum, 1);
    std::string json;
    EXPECT_TRUE(reader.next_json(JsonStyle::kPlain, &json).value_or(false));
    for (const char* standard :
         {"\"first\":7,", "\"text\":null,", "\"bytes\":\"x\",", "\"int\":0,", "\"long\":0,",
          "\"float\":0.0,", "\"double\":null,", "\"flag\":false,", "\"kind\":\"a\",",
          "\"list\":[],", "\"at_text\":\"\",", "\"at_millis\":\"1970-01-01T00:00:00Z\",",
          "\"at_nanos\":\"1970-01-01T00:00:00Z\",", "\"last\":\"z\""}) {
      if (const size_t at = json.find(standard); at != json.npos) {
        json.erase(at, std::string_view(standard).size());
      }
    }
    return json;
  }

  std::shared_ptr<const LineRules> rules_;
  std::unique_ptr<LineParser> parser_;
  std::vector<Encoder> outputs_;
};

std::string rule(const std::string& pattern, const std::string& more = "") {
  return "[[event]]\nname = 'All'\nschema = 'all'\noutput = 'all'\npattern = '" + pattern + "'\n" +
         more;
}

TEST(LineParser, WritesEveryTypeOfValue) {
  const struct {
    const char* pattern;
    const char* line;
    const char* json;
  } cases[] = {
      {"{text}", "a b", R"({"text":"a b",})"},
      {"{text}", "\xff", "malformed_event"},
      {"{bytes}", "\xff", R"({"bytes":"\u00ff",})"},
      {"{int:int}", "-12", R"({"int":-12,})"},
      {"{int}", "2147483647", R"({"int":2147483647,})"},
      {"{int}", "2147483648", "malformed_event"},
      {"{int}", "+1", "malformed_event"},
      {"{int}", "-", "malformed_event"},
      {"{int}", "1 ", "malformed_event"},
      {"{int:count}", "-1", "malformed_event"},
      {"{long}", "-9223372036854775807", R"({"long":-9223372036854775807,})"},
      {"{long}", "-9223372036854775808", R"({"long":-9223372036854775808,})"},
      {"{long}", "-9223372036854775809", "malformed_event"},
      {"{long}", "9223372036854775807", R"({"long":9223372036854775807,})"},
      {"{long}", "9223372036854775808", "malformed_event"},
      {"{long}", "99999999999999999999", "malformed_event"},
      {"{long}", "-999999999999999999", R"({"long":-999999999999999999,})"},
      {"{long}", "00000000000000000000000012", R"({"long":12,})"},
      {"{long}", "12345678901234567x", "malformed_event"},
      {"{long}", "123456789012345678x", "malformed_event"},
      {"{float}", "0.5", R"({"float":0.5,})"},
      {"{float}", "1e39", "malformed_event"},
      {"{double}", "-2.5e3", R"({"double":-2500.0,})"},
      {"{double}", "nan", "malformed_event"},
      {"{double}", "1e999", "malformed_event"},
      {"{flag}", "true", R"({"flag":true,})"},
      {"{flag}", "1", R"({"flag":true,})"},
      {"{flag}", "yes", "malformed_event"},
      {"{kind}", "b", R"({"kind":"b",})"},
      {"{kind}", "c", "malformed_event"},
      {"{list}", "x, y,z", R"({"list":["x","y","z"],})"},
      {"{list}", "x", R"({"list":["x"],})"},
      {"{list}", ",", R"({"list":["",""],})"},
      {"{text} {list}", "a ,,,,,,,,", R"({"text":"a","list":["","","","","","","","",""],})"},
      {"{at_text:time}", "2024-01-01 00:30:00.25+01", R"({"at_text":"2023-12-31T23:30:00.25Z",})"},
      {"{at_text:time} {at_millis:time}", "2024-01-01T00:30:00.5Z 2024-01-01T00:30:00",
       R"({"at_text":"2024-01-01T00:30:00.5Z","at_millis":"2024-01-01T00:30:00Z",})"},
      {"{at_text:time}", "2024-01-01", "bad_time"},
      {"{at_millis:time}", "2024-01-01T00:30:00.2509",
       R"({"at_millis":"2024-01-01T00:30:00.250Z",})"},
      {"{at_nanos:time}", "2024-01-01T00:30:00.000000001",
       R"({"at_nanos":"2024-01-01T00:30:00.000000001Z",})"},
      {"{at_nanos:time}", "2924-01-01T00:30:00", "malformed_event"},
      {"x{?text,n=int}", "x?n=5&text=a%20b+c&n=6", R"({"text":"a b c","int":5,})"},
      {"x{?text,n=int}", "x", "{}"},
      {"x{?text,n=int}", "x?", "{}"},
      {"x{?text,n=int}", "x?text=&zzz&n=1", R"({"text":"","int":1,})"},
      {"x{?text,n=int}", "x?text", R"({"text":"",})"},
      {"x{?text,n=int}", "x?text=%4", "malformed_event"},
      {"x{?text,n=int}", "x?text=%zz", "malformed_event"},
      {"x{?text,n=int}", "x?text=%C3%A9", R"({"text":"é",})"},
      {"x{?text,n=int}", "x?text=%C3", "malformed_event"},
      {"x{?text,n=int}", "y", "unknown_event"},
  };
  for (const auto& [pattern, line, json] : cases) {
    Parser parser(rule(pattern));
    EXPECT_EQ(parser.parse(line), json) << pattern << " on " << line;
  }
}

TEST(LineParser, DecidesReasonsInTheirOrder) {
  Parser parser("[line]\npattern = '{at_text:time},{text},{event...}'\n" +
                rule("rate {bytes...}={int:int}", "range.int = [1, 5]\n"));
  const struct {
    const char* line;
    const char* outcome;
  } cases[] = {
      {"", "empty_line"},
      {" \t\r", "empty_line"},
      {"x", "missing_field"},
      {"x,,rate a=3", "missing_field"},
      {"x,y,", "missing_field"},
      {"x,y,z", "bad_time"},
      {"2024-01-01T00:00:00,y,z", "unknown_event"},
      {"2024-01-01T00:00:00,y,rate a", "malformed_event"},
      {"2024-01-01T00:00:00,y,rate a=b", "malformed_event"},
      {"2024-01-01T00:00:00,\xff,rate a=9", "malformed_event"},
      {"2024-01-01T00:00:00,y,rate a=9", "int_out_of_range"},
      {"2024-01-01T00:00:00,y,rate a=0", "int_out_of_range"},
      {"2024-01-01T00:00:00,y,rate a=2147483647", "int_out_of_range"},
      {"2024-01-01T00:00:00,y,rate a=2147483648", "malformed_event"},
      {"2024-01-01T00:00:00,y,rate a=99999999999999999999", "malformed_event"},
      {"2024-01-01T00:00:00,y,rate a=5\r",
       R"({"text":"y","bytes":"a","int":5,"at_text":"2024-01-01T00:00:00Z",})"},
  };
  for (const auto& [line, outcome] : cases) EXPECT_EQ(parser.parse(line), outcome) << line;
  EXPECT_EQ(parser.time(), 1'704'067'200 * kMicrosPerSecond);
}

TEST(LineParser, TakesNumbersTooLargeForTheirFieldForMalformedWhateverTheRange) {
  const struct {
    const char* field;
    const char* text;
    const char* reason;
  } cases[] = {
      {"int", "-2147483649", "malformed_event"},
      {"int", "-2147483648", "int_out_of_range"},
      {"long", "9223372036854775808", "malformed_event"},
      {"long", "9223372036854775807", "long_out_of_range"},
      {"float", "1e39", "malformed_event"},
      {"float", "1e38", "float_out_of_range"},
      {"double", "1e309", "malformed_event"},
      {"double", "1e308", "double_out_of_range"},
  };
  for (const auto& [field, text, reason] : cases) {
    const std::string name = field;
    Parser parser(rule("{" + name + "}", "range." + name + " = [1, 5]\n"));
    EXPECT_EQ(parser.parse(text), reason) << field << " " << text;
  }
}

TEST(LineParser, TakesTheFirstPatternThatFits) {
  Parser parser(
      "[[event]]\nname = 'All'\nschema = 'all'\noutput = 'all'\npatterns = [\n"
      "'n {int:int}', 'n {flag:bool} {int:int}', 'n {text}', 'q {int:int}']\n"
      "range.int = [1, 5]\n");
  EXPECT_EQ(parser.parse("n 4"), R"({"int":4,})");
  EXPECT_EQ(parser.parse("n true 4"), R"({"int":4,"flag":true,})");
  EXPECT_EQ(parser.parse("n other"), R"({"text":"other",})");
  EXPECT_EQ(parser.parse("n 9"), R"({"text":"9",})");
  EXPECT_EQ(parser.parse("q 9"), "int_out_of_range");
  EXPECT_EQ(parser.parse("q x"), "malformed_event");
}

}  // namespace
}  // namespace mseavro
