// Runs the cases of testdata/roles/*.txt; testdata/roles/README.md explains their lines.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "events/role/role.h"
#include "events/role/role_fit.h"

namespace mseavro {
namespace {

struct RoleCase {
  std::string name;
  FieldCatalog catalog{"first.avro", {}};
  RoleQuestion question;
  bool expects_mapping = false;
  std::string gives;  // "actual=gt prediction=y_hat", sorted.
  std::vector<std::string> says;
  std::string code;
  std::string refusal;
};

std::vector<std::string> split(const std::string& text, std::string_view separator) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
  return parts;
}

std::vector<std::string> columns_of(const std::string& line) {
  std::vector<std::string> columns = split(line, "  ");
  for (std::string& column : columns) column.erase(0, column.find_first_not_of(' '));
  return columns;
}

double number(const std::string& text) { return std::stod(text); }

FieldKind kind_of(const std::string& name) {
  static const std::map<std::string, FieldKind> kKinds = {
      {"integer", FieldKind::kInteger}, {"number", FieldKind::kNumber},
      {"float", FieldKind::kNumber},    {"boolean", FieldKind::kBoolean},
      {"text", FieldKind::kText},       {"bytes", FieldKind::kBytes},
      {"instant", FieldKind::kInstant}, {"local", FieldKind::kLocalInstant},
      {"date", FieldKind::kDate},       {"other", FieldKind::kOther}};
  return kKinds.at(name);
}

void apply_evidence(const std::string& word, CandidateField& field) {
  FieldEvidence& evidence = field.evidence;
  const std::string value = word.substr(std::min(word.find('=') + 1, word.size()));
  if (word == "unique") {
    evidence.distinct_count = evidence.row_count;
  } else if (word == "numbers") {
    evidence.texts_are_numbers = true;
  } else if (word == "times") {
    evidence.texts_are_times = true;
    evidence.example = "2025-07-28T10:00:00Z";
  } else if (word == "csv") {
    field.origin = FieldOrigin::kCsv;
  } else if (word == "path") {
    field.origin = FieldOrigin::kPathKey;
  } else if (word.starts_with("distinct=")) {
    evidence.distinct_count = std::stoll(value);
  } else if (word.starts_with("nulls=")) {
    evidence.null_count = std::stoll(value);
  } else if (word.starts_with("range=")) {
    evidence.minimum = number(value.substr(0, value.find("..")));
    evidence.maximum = number(value.substr(value.find("..") + 2));
    evidence.example = value.substr(0, value.find(".."));
  } else if (word.starts_with("eg=")) {
    evidence.example = value;
  } else if (word.starts_with("alias=")) {
    field.aliases.push_back(value);
  } else if (word.starts_with("role=")) {
    field.role_property = value;
  } else if (!evidence.example.empty()) {
    evidence.example += " " + word;  // The rest of an example of several words.
  } else {
    ADD_FAILURE() << "unknown evidence " << word;
  }
}

CandidateField field_of(const std::vector<std::string>& columns) {
  CandidateField field;
  field.path = *FieldPath::parse(columns.at(1));
  std::string kind = columns.at(2);
  if (kind.ends_with('?')) {
    field.nullable = true;
    kind.pop_back();
  }
  field.kind = kind_of(kind);
  field.is_single_precision = kind == "float";
  field.evidence.row_count = 1000;
  field.evidence.distinct_count = 20;
  if (field.kind == FieldKind::kText) field.evidence.example = "abc";
  if (columns.size() > 3) {
    for (const std::string& word : split(columns[3], " ")) apply_evidence(word, field);
  }
  field.evidence.distinct_count =
      std::min(field.evidence.distinct_count, field.evidence.value_count());
  return field;
}

void apply_option(const std::string& option, RoleCase& role_case) {
  if (option == "parse_text_numbers") {
    role_case.question.parse_text_numbers = true;
  } else if (option == "time_unit=ms") {
    role_case.question.time_unit = TimeUnit::kMillis;
  } else if (option == "empty") {
    for (CandidateField& field : role_case.catalog.fields) field.evidence = {};
  } else {
    ADD_FAILURE() << "unknown option " << option;
  }
}

std::string sorted(const std::string& words) {
  std::vector<std::string> parts = split(words, " ");
  std::sort(parts.begin(), parts.end());
  return fmt::format("{}", fmt::join(parts, " "));
}

std::vector<RoleCase> read_cases(const std::string& file) {
  std::ifstream input(std::string(MSEAVRO_TESTDATA) + "/roles/" + file);
  EXPECT_TRUE(input.is_open()) << file;
  std::vector<RoleCase> cases;
  std::vector<std::string> options;  // Of the last case; applied once its fields are known.
  const auto finish = [&] {
    for (const std::string& option : options) apply_option(option, cases.back());
    options.clear();
  };
  for (std::string line; std::getline(input, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const std::vector<std::string> columns = columns_of(line);
    const std::string& what = columns.at(0);
    if (what == "case") {
      finish();
      cases.emplace_back().name = columns.at(1);
      continue;
    }
    RoleCase& last = cases.back();
    if (what == "source") {
      last.question.source =
          columns.at(1) == "labels" ? SourceKind::kLabels : SourceKind::kPredictions;
    } else if (what == "needs") {
      for (const std::string& role : split(columns.at(1), " ")) {
        last.question.required.push_back(find_role(role).value());
      }
    } else if (what == "map") {
      last.question.overrides.push_back(*parse_role_override(columns.at(1)));
    } else if (what == "option") {
      options.push_back(columns.at(1));
    } else if (what == "field") {
      last.catalog.fields.push_back(field_of(columns));
    } else if (what == "gives") {
      last.expects_mapping = true;
      last.gives = columns.at(1);
    } else if (what == "says") {
      last.says.push_back(columns.at(1));
    } else if (what == "refuses") {
      last.code = columns.at(1);
      last.refusal = columns.at(2);
    } else {
      ADD_FAILURE() << "unknown line " << line;
    }
  }
  finish();
  return cases;
}

// In the form of the `gives` lines. Names of fields may have spaces, so that both sides are sorted
// as they are and not by field.
std::string bound_roles(const RoleMapping& mapping) {
  std::string text;
  for (const BoundRole& bound : mapping.roles) {
    text += fmt::format("{}={}", role_name(bound.role), bound.path.text());
    const bool is_plain = bound.kind == FieldKind::kInteger || bound.kind == FieldKind::kNumber ||
                          bound.kind == FieldKind::kText;
    const bool is_time = bound.role == Role::kTimestamp || bound.role == Role::kLabelTimestamp;
    if (is_time && is_plain && bound.time.form == TimeReading::Form::kCount) {
      text += fmt::format("/{}", time_unit_name(bound.time.unit));
    }
    text += ' ';
  }
  return text;
}

void check(const RoleCase& role_case) {
  SCOPED_TRACE(role_case.name);
  const auto mapping = infer_roles(role_case.catalog, role_case.question);
  if (role_case.expects_mapping) {
    ASSERT_TRUE(mapping) << mapping.error().message << "; help: " << mapping.error().help;
    EXPECT_EQ(sorted(bound_roles(*mapping)), sorted(role_case.gives));
    for (const std::string& part : role_case.says) {
      EXPECT_NE(mapping->text().find(part), std::string::npos) << mapping->text();
    }
    return;
  }
  ASSERT_FALSE(mapping) << mapping->text();
  const Error& error = mapping.error();
  EXPECT_EQ(fmt::format("E{:04}", static_cast<int>(error.code)), role_case.code) << error.message;
  const std::string text = error.message + "\n" + error.help;
  EXPECT_NE(text.find(role_case.refusal), std::string::npos) << text;
  EXPECT_NE(text.find("--map "), std::string::npos) << "no flag to type in: " << text;
  EXPECT_EQ(error.place.file, "first.avro");
}

void check_all(const std::string& file, size_t least_count) {
  const std::vector<RoleCase> cases = read_cases(file);
  EXPECT_GE(cases.size(), least_count);
  for (const RoleCase& role_case : cases) check(role_case);
}

TEST(RoleInference, ReadsTheLogsOfProducts) { check_all("products.txt", 40); }
TEST(RoleInference, ReadsTheNamesThatTeamsGive) { check_all("own_names.txt", 35); }
TEST(RoleInference, RefusesWithTheFlagToType) { check_all("refusals.txt", 40); }

TEST(RoleInference, DoesNotDependOnTheOrderOfFields) {
  for (const char* file : {"products.txt", "own_names.txt"}) {
    for (RoleCase& role_case : read_cases(file)) {
      std::reverse(role_case.catalog.fields.begin(), role_case.catalog.fields.end());
      if (role_case.expects_mapping) check(role_case);
    }
  }
}

}  // namespace
}  // namespace mseavro
