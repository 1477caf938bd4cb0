// Every bad schema of testdata/lint gets its findings and is mended to the schema that stands
// there.
#include "events/contract/event_lint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "avro/schema/schema_compatibility.h"
#include "avro/schema/schema_print.h"
#include "avro/schema/testing/changed_schema.h"
#include "avro/schema/testing/random_schema.h"
#include "events/contract/contract.h"

namespace mseavro {
namespace {

using SchemaPointer = std::shared_ptr<const Schema>;

struct ExpectedFinding {
  std::string rule;
  std::string place;
  std::string words;
};

struct LintCase {
  std::string name;
  std::string schema;
  std::string former;
  std::vector<ExpectedFinding> findings = {};
  std::string mended;
};

std::vector<std::string> columns_of(const std::string& line) {
  std::vector<std::string> columns;
  for (size_t begin = 0; begin < line.size();) {
    const size_t end = std::min(line.find("  ", begin), line.size());
    columns.push_back(line.substr(begin, end - begin));
    begin = std::min(line.find_first_not_of(' ', end), line.size());
  }
  return columns;
}

// A line of fields is those of a record.
std::string whole_schema(const std::string& text) {
  if (text.starts_with(R"({"type":)")) return text;
  return R"({"type":"record","name":"Order","namespace":"shop","fields":[)" + text + "]}";
}

std::vector<LintCase> read_cases() {
  std::vector<LintCase> cases;
  std::ifstream file(MSEAVRO_TESTDATA "/lint/schemas.txt");
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> columns = columns_of(line);
    if (columns.empty()) continue;
    const std::string& key = columns[0];
    if (key == "case") {
      cases.push_back({columns.at(1), {}, {}, {}, {}});
    } else if (key == "fields" || key == "schema") {
      cases.back().schema = whole_schema(columns.at(1));
    } else if (key == "former") {
      cases.back().former = whole_schema(columns.at(1));
    } else if (key == "finds") {
      cases.back().findings.push_back({columns.at(1), columns.at(2), columns.at(3)});
    } else if (key == "mends") {
      cases.back().mended = whole_schema(columns.at(1));
    } else {
      ADD_FAILURE() << line;
    }
  }
  return cases;
}

SchemaPointer parse(std::string_view text) {
  const auto schema = Schema::parse(text);
  if (!schema) ADD_FAILURE() << schema.error().message << " in " << text;
  return schema.value_or(nullptr);
}

// With this doc in place of each; `every` or of those that are missing.
SchemaPointer with_docs(const SchemaPointer& schema, bool every) {
  SchemaDraft draft(*schema);
  for (NodeIndex index = 0; index < schema->node_count(); ++index) {
    SchemaNode& node = draft.node(index);
    if (node.is_named() && (every || node.doc.empty())) node.doc = "d";
    for (SchemaField& field : node.fields) {
      if (every || field.doc.empty()) field.doc = field.name;
    }
  }
  return parse(draft.text());
}

std::string without_docs(std::string_view text) {
  return print_schema(*with_docs(parse(text), true));
}

class LintTable : public testing::TestWithParam<LintCase> {};

TEST_P(LintTable, FindsAndMends) {
  const LintCase& test = GetParam();
  SCOPED_TRACE(test.name);
  ASSERT_FALSE(test.findings.empty());
  const SchemaPointer schema = with_docs(parse(test.schema), false);
  const SchemaPointer former = test.former.empty() ? nullptr : with_docs(parse(test.former), false);
  const auto lint = lint_event_schema(*schema, former.get());
  ASSERT_TRUE(lint) << lint.error().message;
  std::vector<std::string> places;
  std::vector<std::string> expected_places;
  for (const SchemaFinding& finding : lint->findings()) {
    places.push_back(std::string(finding.rule->name) + " " + finding.place);
  }
  for (const ExpectedFinding& finding : test.findings) {
    expected_places.push_back(finding.rule + " " + finding.place);
  }
  ASSERT_EQ(places, expected_places);
  for (size_t i = 0; i < places.size(); ++i) {
    const SchemaFinding& finding = lint->findings()[i];
    EXPECT_NE((finding.message + "; " + finding.fix).find(test.findings[i].words),
              std::string::npos)
        << finding.message << "; " << finding.fix;
    EXPECT_FALSE(finding.rule->why.empty());
  }
  const std::string mended = lint->draft().text();
  EXPECT_EQ(without_docs(mended), without_docs(test.mended));
  const auto again = lint_event_schema(*parse(mended), former.get());
  ASSERT_TRUE(again);
  // What was text before stays text for its readers, and is found again.
  const bool stays = mended == print_schema(*schema);
  EXPECT_EQ(again->findings().size(), stays ? lint->findings().size() : 0);
}

INSTANTIATE_TEST_SUITE_P(EventLint, LintTable, testing::ValuesIn(read_cases()),
                         [](const auto& test) { return "Case" + std::to_string(test.index + 1); });

TEST(EventLint, HasAtLeastThirtyBadSchemas) { EXPECT_GE(read_cases().size(), 30u); }

TEST(EventLint, FindsNothingInTheSchemasThatWeShip) {
  for (const std::string_view text : {prediction_event_schema(), label_event_schema()}) {
    const SchemaPointer schema = parse(text);
    const auto lint = lint_event_schema(*schema, schema.get());
    ASSERT_TRUE(lint);
    for (const SchemaFinding& finding : lint->findings()) {
      ADD_FAILURE() << finding.place << ": " << finding.message;
    }
    EXPECT_EQ(lint->draft().text(), print_schema(*schema));
  }
}

TEST(EventLint, LeavesDocsToPeople) {
  const SchemaPointer schema = parse(R"({"type":"record","name":"R","fields":[
      {"name":"a","type":{"type":"enum","name":"E","symbols":["A"],"default":"A"}},
      {"name":"b","type":"int","doc":"TODO"}]})");
  for (SchemaPointer looked_at = schema; looked_at != nullptr;) {
    const auto lint = lint_event_schema(*looked_at, nullptr);
    ASSERT_TRUE(lint);
    std::string places;
    for (const SchemaFinding& finding : lint->findings()) {
      EXPECT_EQ(finding.rule->name, "no-doc");
      places += finding.place + " ";
    }
    EXPECT_EQ(places, "R R.a R.b E ");
    // A draft asks for them, and so they are found again.
    looked_at = looked_at == schema ? parse(lint->draft().text()) : nullptr;
  }
}

TEST(EventLint, LeavesAloneWhatItIsToldTo) {
  const auto lint = lint_event_schema(*parse(R"({"type":"record","name":"R","doc":"d","fields":[
      {"name":"price","type":"string","doc":"d","mseavro.allow":["text-number"]},
      {"name":"ts","type":"long","doc":"d","mseavro.allow":["text-number","plain-time"]}]})"),
                                      nullptr);
  ASSERT_TRUE(lint);
  EXPECT_TRUE(lint->findings().empty());
}

TEST(EventLint, KnowsWhatNamesMean) {
  struct {
    const char* type;
    std::string rule;
    std::vector<const char*> names;
  } const tests[] = {
      {"string",
       "text-number",
       {"rating", "qty", "age", "lat", "lng", "temperature_c", "weight_kg", "height", "hour",
        "userAge", "price_eur", "latency_ms", "star_rating"}},
      {"long",
       "plain-time",
       {"created", "modified", "updated", "last_seen", "lastLogin", "start", "end", "expires",
        "birthday", "date_created"}},
      {"int", "plain-time", {"birthday", "last_seen"}},
  };
  for (const auto& test : tests) {
    for (const char* name : test.names) {
      const std::string field =
          R"({"name":")" + std::string(name) + R"(","type":")" + test.type + "\"}";
      const auto lint = lint_event_schema(*with_docs(parse(whole_schema(field)), false), nullptr);
      ASSERT_TRUE(lint);
      ASSERT_EQ(lint->findings().size(), 1u) << field;
      EXPECT_EQ(lint->findings()[0].rule->name, test.rule) << field;
    }
  }
}

TEST(EventLint, KnowsWhatIsGoodAlready) {
  const char* const fields[] = {
      R"({"name":"response_time","type":"int"})",
      R"({"name":"elapsedTimeMs","type":"long"})",
      R"({"name":"time","type":"string"})",
      R"({"name":"predictions","type":"long"})",
      R"({"name":"note","type":["string","null"],"default":""})",
      R"({"name":"note","type":["null","string","long"],"default":null})",
      R"({"name":"error","type":"string"})",
      R"({"name":"value","type":"string"})",
      R"({"name":"at","type":{"type":"long","logicalType":"local-timestamp-millis"}})",
      R"({"name":"price_currency","type":"string"})",
      // Text that a number's name ends.
      R"({"name":"content_rating","type":"string"})",
      R"({"name":"age_group","type":"string"})",
      R"({"name":"font_weight","type":"string"})",
      R"({"name":"opening_hour","type":"string"})",
      R"({"name":"vitamin_c","type":"string"})",
      R"({"name":"rating","type":"int"})",
      // Counts, flags, offsets and lengths of time.
      R"({"name":"created","type":"int"})",
      R"({"name":"users_created","type":"long"})",
      R"({"name":"expires_in","type":"long"})",
      R"({"name":"start","type":"int"})",
      R"({"name":"start_ms","type":"long"})",
      R"({"name":"last_price","type":"long"})",
      R"({"name":"start","type":{"type":"record","name":"TextSpan","fields":[
            {"name":"start","type":"long"},{"name":"end","type":"long"}]}})",
  };
  for (const char* field : fields) {
    const SchemaPointer schema = with_docs(parse(whole_schema(field)), false);
    const auto lint = lint_event_schema(*schema, nullptr);
    ASSERT_TRUE(lint);
    EXPECT_TRUE(lint->findings().empty()) << field << ": " << lint->findings()[0].message;
  }
}

TEST(EventLint, LetsASchemaEvolve) {
  struct {
    const char* former;
    const char* fields;
  } const tests[] = {
      // Wider numbers, more branches, more symbols, a logical type where there was none.
      {R"({"name":"a","type":"int"})", R"({"name":"a","type":"double"})"},
      {R"({"name":"a","type":"int"})", R"({"name":"a","type":["null","int"],"default":null})"},
      {R"({"name":"a","type":"long"})",
       R"({"name":"a","type":{"type":"long","logicalType":"timestamp-millis"}})"},
      {R"({"name":"a","type":{"type":"enum","name":"E","symbols":["A"],"default":"A"}})",
       R"({"name":"a","type":{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}})"},
      // New with a default, and renamed with an alias.
      {R"({"name":"a","type":"int"})",
       R"({"name":"a","type":"int"},{"name":"b","type":"int","default":0})"},
      {R"({"name":"a","type":"int"})", R"({"name":"b","type":"int","aliases":["a"]})"},
      // A record in itself.
      {R"({"name":"a","type":["null","Order"],"default":null})",
       R"({"name":"a","type":["null","Order"],"default":null})"},
  };
  for (const auto& test : tests) {
    const SchemaPointer former = with_docs(parse(whole_schema(test.former)), false);
    const SchemaPointer schema = with_docs(parse(whole_schema(test.fields)), false);
    const auto lint = lint_event_schema(*schema, former.get());
    ASSERT_TRUE(lint);
    EXPECT_TRUE(lint->findings().empty()) << test.fields << ": " << lint->findings()[0].message;
  }
}

TEST(EventLint, KnowsAnAliasThatMayGo) {
  struct {
    const char* former;
    const char* fields;
  } const tests[] = {
      // Renamed back; a name that another field has now; one that engines refuse.
      {R"({"name":"b","aliases":["a"],"type":"int"})",
       R"({"name":"a","aliases":["b"],"type":"int"})"},
      {R"({"name":"b","aliases":["a"],"type":"int"})",
       R"({"name":"b","type":"int"},{"name":"a","type":"string","default":""})"},
      {R"({"name":"b","aliases":["user-id"],"type":"int"})", R"({"name":"b","type":"int"})"},
  };
  for (const auto& test : tests) {
    const SchemaPointer former = with_docs(parse(whole_schema(test.former)), false);
    const SchemaPointer schema = with_docs(parse(whole_schema(test.fields)), false);
    const auto lint = lint_event_schema(*schema, former.get());
    ASSERT_TRUE(lint);
    EXPECT_TRUE(lint->findings().empty()) << test.fields << ": " << lint->findings()[0].message;
  }
}

bool is_about_old_data(const SchemaFinding& finding) {
  static constexpr std::string_view kRules[] = {"no-default", "rename", "field-retyped",
                                                "symbol-removed"};
  return std::ranges::find(kRules, finding.rule->name) != std::end(kRules);
}

TEST(EventLint, MendsWhatItDoesNotSayIsLeft) {
  int mended_count = 0;
  int left_count = 0;
  for (uint32_t seed = 0; seed < 600; ++seed) {
    const SchemaPointer former = parse(RandomSchema(seed).record());
    const auto schema =
        Schema::parse(ChangedSchema(*former, seed).text(1 + static_cast<int>(seed % 3)));
    if (!schema) continue;
    SCOPED_TRACE((*schema)->text() + "\nbefore:\n" + former->text());
    const auto first = lint_event_schema(**schema, former.get());
    const auto mended = mend_event_schema(**schema, former.get());
    ASSERT_TRUE(first && mended);
    const auto again = mend_event_schema(*parse(mended->text), former.get());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->text, mended->text);
    EXPECT_TRUE(again->mended.empty()) << again->mended[0].place << again->mended[0].message;
    std::set<std::string> left;
    for (const SchemaFinding& finding : mended->left.findings()) {
      left.insert(std::string(finding.rule->name) + " " + finding.place);
      EXPECT_TRUE(finding.is_left) << finding.rule->name << " " << finding.place;
    }
    for (const SchemaFinding& finding : mended->mended) {
      EXPECT_FALSE(left.contains(std::string(finding.rule->name) + " " + finding.place));
    }
    mended_count += mended->mended.empty() ? 0 : 1;
    const auto verdict = check_compatibility(*parse(mended->text), *former);
    ASSERT_TRUE(verdict);
    if (verdict->is_compatible()) continue;
    ++left_count;
    EXPECT_TRUE(std::ranges::any_of(mended->left.findings(), is_about_old_data))
        << mended->text << verdict->conflicts[0].field << ": " << verdict->conflicts[0].message;
  }
  EXPECT_GT(mended_count, 300);
  EXPECT_GT(left_count, 3);
}

TEST(EventLint, ListsNoMoreThanAnyoneReads) {
  std::string fields;
  for (int i = 0; i < 3000; ++i) {
    fields += (i == 0 ? "" : ",") + (R"({"name":"f)" + std::to_string(i) + R"(","type":"int"})");
  }
  const auto lint = lint_event_schema(*parse(whole_schema(fields)), nullptr);
  ASSERT_TRUE(lint);
  EXPECT_EQ(lint->findings().size(), 1024u);
  EXPECT_TRUE(lint->has_more());
}

TEST(EventLint, GivesUpOnSchemasThatWereMadeToTakeForever) {
  std::string former;
  std::string fields;
  for (int i = 0; i < 3000; ++i) {
    const std::string separator = i == 0 ? "" : ",";
    const std::string number = std::to_string(i);
    former += separator + (R"({"name":"a)" + number + R"(","type":"int"})");
    fields += separator + (R"({"name":"b)" + number + R"(","type":"long","default":0})");
  }
  const auto lint =
      lint_event_schema(*parse(whole_schema(fields)), parse(whole_schema(former)).get());
  ASSERT_FALSE(lint);
  EXPECT_EQ(lint.error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace mseavro
