#include "engine/question/filter.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <variant>

namespace mseavro {
namespace {

// What a field holds: null, a number, a text, or a record, which no comparison can read.
struct RecordValue {};
using Value = std::variant<std::monostate, double, std::string, RecordValue>;
using Row = std::map<std::string, Value>;

void set_cell(Column& column, const Value& value) {
  column.states[0] = CellState::kValue;
  if (std::holds_alternative<std::monostate>(value)) {
    column.states[0] = CellState::kNull;
  } else if (column.type == ColumnType::kNumber && std::holds_alternative<double>(value)) {
    column.numbers[0] = std::get<double>(value);
  } else if (column.type == ColumnType::kText && std::holds_alternative<std::string>(value)) {
    column.texts[0] = std::get<std::string>(value);
  } else if (column.type == ColumnType::kText && std::holds_alternative<double>(value)) {
    column.texts[0] = "digits";
  } else {
    column.states[0] = CellState::kWrongType;
  }
}

bool keeps(const Filter& filter, const Row& row) {
  std::vector<ColumnType> types;
  // Columns stand in another order than the filter asks for them.
  for (const FilterColumn& column : filter.columns()) types.insert(types.begin(), column.type);
  ColumnBatch batch(types, 1);
  std::vector<size_t> indexes;
  for (size_t i = 0; i < types.size(); ++i) {
    indexes.push_back(types.size() - 1 - i);
    const auto at = row.find(filter.columns()[i].path.text());
    EXPECT_NE(at, row.end()) << filter.columns()[i].path.text();
    set_cell(batch.columns[indexes.back()], at->second);
  }
  return filter.keeps(batch, indexes, 0);
}

// "true", "false" or "unknown": what is neither kept nor kept when it is negated.
std::string truth(const std::string& text, const Row& row) {
  const auto filter = Filter::parse(text);
  if (!filter) return filter.error().message;
  if (keeps(*filter, row)) return "true";
  const auto negation = Filter::parse("not (" + text + ")");
  return keeps(*negation, row) ? "false" : "unknown";
}

const Row kRow = {{"region", "eu"},
                  {"age", 30.0},
                  {"zero", -0.0},
                  {"not_a_number", std::numeric_limits<double>::quiet_NaN()},
                  {"flag", "true"},
                  {"empty", ""},
                  {"quote", "a\"b'c\\d"},
                  {"none", std::monostate()},
                  {"nested", RecordValue()},
                  {"features.region", "us"},
                  {"tags[\"beta\"]", "yes"},
                  {"tags[\"a]b\"]", "bracket"},
                  {"tags[\"a\"\"b\"].x", "quoted"},
                  {"`dotted.name`", "dot"},
                  {"not", "keyword"},
                  {"страна", "ru"}};

struct Case {
  const char* text;
  const char* truth;
};

TEST(Filter, ComparesNumbers) {
  const Case cases[] = {
      {"age == 30", "true"},         {"age = 30", "true"},          {"age == 31", "false"},
      {"age != 31", "true"},         {"age != 30", "false"},        {"age < 31", "true"},
      {"age < 30", "false"},         {"age <= 30", "true"},         {"age <= 29.5", "false"},
      {"age > 29.5", "true"},        {"age > 30", "false"},         {"age >= 30", "true"},
      {"age >= 30.5", "false"},      {"age == 3e1", "true"},        {"age == 3.0e+1", "true"},
      {"age > -5", "true"},          {"age > -.5", "true"},         {"age > .5", "true"},
      {"age==30", "true"},           {"age>=30", "true"},           {"age<-1", "false"},
      {"zero == 0", "true"},         {"zero < 0", "false"},         {"not_a_number == 1", "false"},
      {"not_a_number != 1", "true"}, {"not_a_number < 1", "false"},
  };
  for (const Case& c : cases) EXPECT_EQ(truth(c.text, kRow), c.truth) << c.text;
}

TEST(Filter, ComparesTextsByTheirBytes) {
  const Case cases[] = {
      {"region == \"eu\"", "true"},   {"region == 'eu'", "true"},  {"region == \"EU\"", "false"},
      {"region != \"us\"", "true"},   {"region < \"ev\"", "true"}, {"region < \"eu\"", "false"},
      {"region <= \"eu\"", "true"},   {"region > \"et\"", "true"}, {"region > \"Z\"", "true"},
      {"region >= \"eua\"", "false"}, {"empty == \"\"", "true"},   {"empty == ''", "true"},
      {"flag == true", "true"},       {"flag == false", "false"},  {"flag == \"true\"", "true"},
      {"region == \"é\"", "false"},   {"region < \"é\"", "true"},
  };
  for (const Case& c : cases) EXPECT_EQ(truth(c.text, kRow), c.truth) << c.text;
}

TEST(Filter, ReadsAFieldAsWhatItIsComparedWith) {
  const auto filter = Filter::parse("age > 30 or age == 'digits' or age > 40 or age is null");
  ASSERT_TRUE(filter);
  ASSERT_EQ(filter->columns().size(), 2u);  // Each once.
  EXPECT_EQ(filter->columns()[0].type, ColumnType::kNumber);
  EXPECT_EQ(filter->columns()[1].type, ColumnType::kText);
  EXPECT_TRUE(keeps(*filter, kRow));
  // A text is no number, nor is a record a text: that is unknown, not false.
  EXPECT_EQ(truth("region == 5", kRow), "unknown");
  EXPECT_EQ(truth("nested == 'x'", kRow), "unknown");
}

TEST(Filter, QuotesAndEscapes) {
  const Case cases[] = {
      {R"(quote == "a\"b'c\\d")", "true"}, {R"(quote == 'a"b\'c\\d')", "true"},
      {R"(region == "\e\u")", "true"},  // A backslash keeps the next character, whatever it is.
      {"region == \"e\\\nu\"", "false"},   {"region == \"e u\"", "false"},
  };
  for (const Case& c : cases) EXPECT_EQ(truth(c.text, kRow), c.truth) << c.text;
}

TEST(Filter, Lists) {
  const Case cases[] = {
      {"region in (\"us\", \"eu\")", "true"},
      {"region in ('us')", "false"},
      {"region in('eu')", "true"},
      {"age in (1, 30, 2)", "true"},
      {"age in (1,2)", "false"},
      {"none in ('a')", "unknown"},
      {"not region in ('eu')", "false"},
      {"flag in (true, false)", "true"},
  };
  for (const Case& c : cases) EXPECT_EQ(truth(c.text, kRow), c.truth) << c.text;
}

TEST(Filter, NullIsUnknownInEveryComparisonButIsNull) {
  const Case cases[] = {
      {"none is null", "true"},       {"none is not null", "false"}, {"region is null", "false"},
      {"region is not null", "true"}, {"nested is null", "false"},   {"empty is null", "false"},
      {"not none is null", "false"},  {"none == 1", "unknown"},      {"none != 1", "unknown"},
      {"none < 1", "unknown"},        {"none >= 'x'", "unknown"},    {"not none == 1", "unknown"},
  };
  for (const Case& c : cases) EXPECT_EQ(truth(c.text, kRow), c.truth) << c.text;
}

TEST(Filter, LogicHasThreeValues) {
  const std::pair<const char*, const char*> operands[] = {
      {"age == 30", "true"}, {"age == 31", "false"}, {"none == 1", "unknown"}};
  // In the order false, unknown, true: `and` is the lesser, `or` the greater, `not` turns it round.
  const auto rank = [](const std::string& value) {
    return value == "false" ? 0 : value == "unknown" ? 1 : 2;
  };
  const char* names[] = {"false", "unknown", "true"};
  for (const auto& [left, left_truth] : operands) {
    EXPECT_EQ(truth(fmt::format("not {}", left), kRow), names[2 - rank(left_truth)]);
    for (const auto& [right, right_truth] : operands) {
      EXPECT_EQ(truth(fmt::format("{} and {}", left, right), kRow),
                names[std::min(rank(left_truth), rank(right_truth))])
          << left << " and " << right;
      EXPECT_EQ(truth(fmt::format("{} or {}", left, right), kRow),
                names[std::max(rank(left_truth), rank(right_truth))])
          << left << " or " << right;
    }
  }
}

TEST(Filter, NotBindsTighterThanAndThanOr) {
  const Case cases[] = {
      {"age == 30 or age == 30 and age == 31", "true"},
      {"(age == 30 or age == 30) and age == 31", "false"},
      {"age == 31 and age == 30 or age == 30", "true"},
      {"age == 31 and (age == 30 or age == 30)", "false"},
      {"not age == 31 and age == 30", "true"},
      {"not age == 30 or age == 30", "true"},
      {"not (age == 30 or age == 30)", "false"},
      {"not not age == 30", "true"},
      {"not age == 31 or age == 31 and not age == 30", "true"},
  };
  for (const Case& c : cases) EXPECT_EQ(truth(c.text, kRow), c.truth) << c.text;
}

TEST(Filter, NamesFieldsByPath) {
  const Case cases[] = {
      {"features.region == 'us'", "true"},    {"tags[\"beta\"] == 'yes'", "true"},
      {"tags[\"a]b\"] == 'bracket'", "true"}, {"tags[\"a\"\"b\"].x == 'quoted'", "true"},
      {"`dotted.name` == 'dot'", "true"},     {"`not` == 'keyword'", "true"},
      {"not `not` == 'keyword'", "false"},    {"страна == 'ru'", "true"},
      {"`region`=='eu'and age==30", "true"},
  };
  for (const Case& c : cases) EXPECT_EQ(truth(c.text, kRow), c.truth) << c.text;
}

TEST(Filter, ErrorsNameTheColumn) {
  struct ErrorCase {
    std::string text;
    int column;
    const char* message;
  };
  const ErrorCase cases[] = {
      {"", 1, "the name of a field is missing here"},
      {"   ", 4, "the name of a field is missing here"},
      {"region", 7, "a comparison is missing here"},
      {"region ==", 10, "a number or a text in quotes is missing here"},
      {"region == eu", 11, "a number or a text in quotes is missing here"},
      {"region == \"eu", 11, "the text has no closing quote"},
      {"region == \"eu\\\"", 11, "the text has no closing quote"},
      {"region == 'eu\\", 11, "the text has no closing quote"},
      {"region == null", 11, "nothing is equal to null"},
      {"region <> 'eu'", 9, "a number or a text in quotes is missing here"},
      {"'eu' == region", 1, "the name of a field is missing here"},
      {"age == 5 and", 13, "the name of a field is missing here"},
      {"age == 5 age == 6", 10, "something follows the expression"},
      {"age == 5)", 9, "something follows the expression"},
      {"(age == 5", 10, ") is missing here"},
      {"age == 5x", 8, "this is no number"},
      {"age == 1.2.3", 11, "something follows the expression"},
      {"age == 1e999", 8, "this is no number"},
      {"age == -.", 8, "this is no number"},
      {"age == -..", 8, "this is no number"},
      {"age in 5", 8, "( is missing here"},
      {"age in ()", 9, "a number or a text in quotes is missing here"},
      {"age in (5", 10, ") is missing here"},
      {"age in (5,)", 11, "a number or a text in quotes is missing here"},
      {"age in (5, 'x')", 12, "the list mixes numbers and texts"},
      {"age is 5", 8, "null is missing here"},
      {"age is not 5", 12, "null is missing here"},
      {"age == 5 and a..b == 6", 14, "this is not the path of a field"},
      {"age == 5 and tags[x] == 6", 14, "this is not the path of a field"},
      {"age == 5 and tags[\"x\" == 6", 14, "this is not the path of a field"},
      {"age == 5 and `x == 6", 14, "this is not the path of a field"},
      {"age == 5 & age == 6", 10, "something follows the expression"},
      {std::string("age == 5 \0", 10), 10, "something follows the expression"},
  };
  for (const ErrorCase& c : cases) {
    const auto filter = Filter::parse(c.text);
    ASSERT_FALSE(filter) << c.text;
    EXPECT_EQ(filter.error().code, ErrorCode::kBadFilter) << c.text;
    const std::string expected = fmt::format("--where, column {}: {}", c.column, c.message);
    EXPECT_EQ(filter.error().message.substr(0, expected.size()), expected) << c.text;
    EXPECT_FALSE(filter.error().help.empty()) << c.text;
  }
}

std::string repeat(const std::string& text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(Filter, IsBoundedInDepthAndLength) {
  EXPECT_TRUE(Filter::parse(repeat("(", 30) + "age == 30" + repeat(")", 30)));
  EXPECT_TRUE(Filter::parse(repeat("not ", 60) + "age == 30"));
  EXPECT_TRUE(Filter::parse(repeat("age == 30 or ", 1000) + "age == 31"));
  const std::string hostile[] = {
      repeat("(", 100'000) + "age == 30",
      repeat("not ", 100'000) + "age == 30",
      repeat("age == 30 or ", 100'000) + "age == 31",
      repeat("age == 30 and ", 100'000) + "age == 31",
  };
  for (const std::string& text : hostile) {
    const auto filter = Filter::parse(text);
    ASSERT_FALSE(filter) << text.substr(0, 20);
    EXPECT_EQ(filter.error().code, ErrorCode::kBadFilter);
  }
}

// A long cannot be told from its neighbours beyond 2^53 once it is a double.
TEST(Filter, RefusesEqualityWithIntegersThatADoubleCannotTellApart) {
  for (const char* text :
       {"id == 9007199254740993", "id != -9007199254740993", "id in (1, 9007199254740993)"}) {
    const auto filter = Filter::parse(text);
    ASSERT_FALSE(filter) << text;
    EXPECT_EQ(filter.error().code, ErrorCode::kBadFilter);
    EXPECT_NE(filter.error().message.find("put it in quotes"), std::string::npos);
  }
  EXPECT_TRUE(Filter::parse("id == 9007199254740991"));
  EXPECT_TRUE(Filter::parse("id == '9007199254740993'"));
  EXPECT_TRUE(Filter::parse("time_ns > 1738102210000000000"));
}

TEST(CheckComparison, WantsANumberBesideANumberAndATextBesideAText) {
  const struct {
    FieldKind kind;
    const char* filter;
    bool is_allowed;
  } kCases[] = {
      {FieldKind::kInteger, "x > 5", true},
      {FieldKind::kInteger, "x is null", true},
      {FieldKind::kInteger, "x == '9007199254740993'", true},
      {FieldKind::kInteger, "x in ('-5', '7')", true},
      {FieldKind::kInteger, "x > '5'", false},
      {FieldKind::kInteger, "x == 'five'", false},
      {FieldKind::kInteger, "x == ''", false},
      {FieldKind::kInteger, "x != true", false},
      {FieldKind::kInteger, "x in ('5', 'five')", false},
      {FieldKind::kInteger, "x == '5' or x == 'five'", false},
      {FieldKind::kNumber, "x == 2.5", true},
      {FieldKind::kNumber, "x == 'x'", false},
      {FieldKind::kText, "x == 'five'", true},
      {FieldKind::kText, "x > 5", false},
      {FieldKind::kBoolean, "x == true", true},
      {FieldKind::kBoolean, "x == 1", false},
      {FieldKind::kInstant, "x >= '2025-07-28'", true},
  };
  for (const auto& test : kCases) {
    CandidateField field;
    field.path = *FieldPath::parse("x");
    field.kind = test.kind;
    const auto filter = Filter::parse(test.filter);
    ASSERT_TRUE(filter) << test.filter;
    const auto check = [&](const FieldCatalog& catalog) {
      Status status;
      for (const FilterColumn& column : filter->columns()) {
        if (status) status = check_comparison(catalog, column.path, column);
      }
      return status;
    };
    const Status status = check({"a.avro", {field}});
    EXPECT_EQ(status.has_value(), test.is_allowed)
        << test.filter << " on " << field_kind_name(test.kind);
    EXPECT_EQ(status ? ErrorCode::kBadFilter : status.error().code, ErrorCode::kBadFilter);
    // What CSV and JSON hold is told by its rows.
    field.origin = FieldOrigin::kCsv;
    EXPECT_TRUE(check({"a.csv", {field}}));
  }
}

TEST(Filter, IsAValue) {
  const auto filter = Filter::parse("region == 'eu'");
  ASSERT_TRUE(filter);
  const Filter copy = *filter;
  EXPECT_TRUE(keeps(copy, kRow));
}

}  // namespace
}  // namespace mseavro
