#include "avro/schema/schema_compatibility.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "avro/schema/testing/corpus.h"
#include "avro/schema/testing/random_schema.h"

namespace mseavro {
namespace {

// "RULE path field", one a line.
std::string verdict_of(std::string_view reader_text, std::string_view writer_text) {
  const auto reader = Schema::parse(reader_text);
  const auto writer = Schema::parse(writer_text);
  if (!reader || !writer) return "no schema";
  const auto verdict = check_compatibility(**reader, **writer);
  if (!verdict) return "no verdict: " + verdict.error().message;
  std::string text;
  for (const SchemaConflict& conflict : verdict->conflicts) {
    text += fmt::format("{}{} {}{}{}", text.empty() ? "" : "\n", rule_name(conflict.rule),
                        conflict.path, conflict.field.empty() ? "" : " ", conflict.field);
  }
  return text;
}

std::string record(std::string_view fields, std::string_view name = "R") {
  return fmt::format(R"({{"type": "record", "name": "{}", "fields": [{}]}})", name, fields);
}

TEST(Compatibility, PrimitivesReadWhatIsPromotedToThem) {
  const std::string_view types[] = {"null",  "boolean", "int",   "long",
                                    "float", "double",  "bytes", "string"};
  const std::map<std::string_view, std::string_view> read_as = {{"null", "null"},
                                                                {"boolean", "boolean"},
                                                                {"int", "int long float double"},
                                                                {"long", "long float double"},
                                                                {"float", "float double"},
                                                                {"double", "double"},
                                                                {"bytes", "bytes string"},
                                                                {"string", "bytes string"}};
  for (const auto writer : types) {
    for (const auto reader : types) {
      const bool can = read_as.at(writer).find(reader) != std::string_view::npos;
      EXPECT_EQ(verdict_of(fmt::format("\"{}\"", reader), fmt::format("\"{}\"", writer)),
                can ? "" : "TYPE_MISMATCH /")
          << writer << " as " << reader;
    }
  }
}

TEST(Compatibility, NamesItsRuleAndItsPlace) {
  const std::string fixed = R"({"type": "fixed", "name": "F", "size": 4})";
  const std::string abc = R"({"type": "enum", "name": "E", "symbols": ["A", "B", "C"]})";
  const std::string a = R"({"type": "enum", "name": "E", "symbols": ["A"]})";
  const std::string decimal =
      R"({{"type": "bytes", "logicalType": "decimal", "precision": {}, "scale": {}}})";
  const struct {
    std::string reader;
    std::string writer;
    std::string verdict;
  } cases[] = {
      // Containers.
      {R"({"type": "array", "items": "long"})", R"({"type": "array", "items": "int"})", ""},
      {R"({"type": "array", "items": "int"})", R"({"type": "array", "items": "long"})",
       "TYPE_MISMATCH /items []"},
      {R"({"type": "map", "values": "int"})", R"({"type": "map", "values": "string"})",
       "TYPE_MISMATCH /values {}"},
      {R"({"type": "map", "values": "int"})", R"({"type": "array", "items": "int"})",
       "TYPE_MISMATCH /"},
      // Names: without the namespace, or an alias that is full.
      {R"({"type": "fixed", "name": "a.F", "size": 4})", fixed, ""},
      {R"({"type": "fixed", "name": "a.G", "size": 4})", fixed, "NAME_MISMATCH /name"},
      {R"({"type": "fixed", "name": "a.G", "aliases": [".F"], "size": 4})", fixed, ""},
      {R"({"type": "fixed", "name": "a.G", "aliases": ["F"], "size": 4})", fixed,
       "NAME_MISMATCH /name"},
      {R"({"type": "fixed", "name": "F", "size": 5})", fixed, "FIXED_SIZE_MISMATCH /size"},
      {fixed, a, "TYPE_MISMATCH /"},
      {record(""), record("", "S"), "NAME_MISMATCH /name"},
      {R"({"type": "record", "name": "R", "aliases": ["S"], "fields": []})", record("", "S"), ""},
      // Enums.
      {abc, a, ""},
      {a, abc, "MISSING_ENUM_SYMBOLS /symbols"},
      {R"({"type": "enum", "name": "E", "symbols": ["A"], "default": "A"})", abc, ""},
      {a, R"({"type": "enum", "name": "E", "symbols": ["A", "B"], "default": "A"})",
       "MISSING_ENUM_SYMBOLS /symbols"},
      // Decimals.
      {fmt::format(fmt::runtime(decimal), 9, 2), fmt::format(fmt::runtime(decimal), 4, 2), ""},
      {fmt::format(fmt::runtime(decimal), 9, 2), fmt::format(fmt::runtime(decimal), 9, 3),
       "DECIMAL_SCALE_MISMATCH /scale"},
      {R"("bytes")", fmt::format(fmt::runtime(decimal), 9, 3), ""},
      // Fields.
      {record(""), record(R"({"name": "a", "type": "int"})"), ""},
      {record(R"({"name": "a", "type": "int"})"), record(""),
       "READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 a"},
      {record(R"({"name": "a", "type": "int", "default": 0})"), record(""), ""},
      {record(R"({"name": "a", "type": ["null", "int"], "default": null})"), record(""), ""},
      {record(R"({"name": "a", "type": ["null", "int"]})"), record(""),
       "READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 a"},
      {record(R"({"name": "a", "type": "int", "aliases": ["b"]})"),
       record(R"({"name": "b", "type": "int"})"), ""},
      {record(R"({"name": "a", "type": "int"}, {"name": "b", "type": "int", "aliases": ["a"]})"),
       record(R"({"name": "a", "type": "int"})"), "READER_FIELD_MISSING_DEFAULT_VALUE /fields/1 b"},
      {record(R"({"name": "b", "type": "string"}, {"name": "a", "type": "int"})"),
       record(R"({"name": "a", "type": "long"}, {"name": "b", "type": "string"})"),
       "TYPE_MISMATCH /fields/1/type a"},
      {record(fmt::format(R"({{"name": "a", "type": {}}})",
                          R"({"type": "array", "items": {"type": "map", "values": "int"}})")),
       record(fmt::format(R"({{"name": "a", "type": {}}})",
                          R"({"type": "array", "items": {"type": "map", "values": "null"}})")),
       "TYPE_MISMATCH /fields/0/type/items/values a[]{}"},
      // Unions.
      {R"(["null", "int"])", R"("int")", ""},
      {R"(["null", "double"])", R"("int")", ""},
      {R"(["null", "int"])", R"("long")", "MISSING_UNION_BRANCH /"},
      {R"("int")", R"(["int"])", ""},
      {R"("int")", R"(["null", "int", "long"])", "TYPE_MISMATCH /0\nTYPE_MISMATCH /2"},
      {R"(["int", "null"])", R"(["null", "int"])", ""},
      {R"(["null", "int"])", R"(["null", "int", "string"])", "MISSING_UNION_BRANCH /2"},
      {R"("int")", "[]", ""},
      {"[]", R"("int")", "MISSING_UNION_BRANCH /"},
      // The branch of the full name, though the other stands first.
      {R"([{"type": "fixed", "name": "x.F", "size": 3},
           {"type": "fixed", "name": "F", "size": 4}])",
       fixed, ""},
      {"[" + record(R"({"name": "a", "type": "int"})") + "]",
       record(R"({"name": "a", "type": "string"})"), "TYPE_MISMATCH /fields/0/type a"},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(verdict_of(test.reader, test.writer), test.verdict)
        << test.writer << " as " << test.reader;
  }
}

TEST(Compatibility, SaysInWordsWhatIsWrong) {
  const struct {
    std::string reader;
    std::string writer;
    std::string message;
  } cases[] = {
      {R"("int")", R"({"type": "long", "logicalType": "timestamp-micros"})",
       "the writer's long (timestamp-micros) cannot be read as int"},
      {record("", "a.R"), record("", "S"),
       "the writer's record S is not the reader's record a.R, nor one of its aliases"},
      {R"({"type": "enum", "name": "E", "symbols": []})",
       R"({"type": "enum", "name": "E", "symbols": ["A","B","C","D","E","F","G","H","I"]})",
       "the reader's enum E has no default and does not know the writer's A, B, C, D, E, F, G, H, "
       "..."},
      {R"(["null", "int"])", R"("string")",
       "the reader's union of null, int has no branch for the writer's string"},
      {record(R"({"name": "a", "type": "int"})"), record(""),
       "the writer has no field \"a\", the reader no default for it"},
      {R"({"type": "fixed", "name": "F", "size": 5})",
       R"({"type": "fixed", "name": "F", "size": 4})",
       "F has 4 bytes for the writer and 5 for the reader"},
  };
  for (const auto& test : cases) {
    const auto verdict =
        check_compatibility(**Schema::parse(test.reader), **Schema::parse(test.writer));
    ASSERT_TRUE(verdict);
    ASSERT_EQ(verdict->conflicts.size(), 1u) << test.message;
    EXPECT_EQ(verdict->conflicts[0].message, test.message);
  }
}

std::string list_of(std::string_view type, std::string_view name = "List") {
  return record(fmt::format(R"({{"name": "head", "type": "{}"}},
      {{"name": "tail", "type": ["null", "{}"]}})",
                            type, name),
                name);
}

TEST(Compatibility, RecursiveTypesAreComparedOnce) {
  EXPECT_EQ(verdict_of(list_of("long"), list_of("int")), "");
  EXPECT_EQ(verdict_of(list_of("int"), list_of("long")), "TYPE_MISMATCH /fields/0/type head");
  // A conflict behind a circle reaches the root.
  const std::string deep = record(R"({"name": "next", "type": ["null", "R"]},
      {"name": "leaf", "type": {"type": "record", "name": "L", "fields": [
          {"name": "up", "type": ["null", "R"]}, {"name": "x", "type": "TYPE"}]}})");
  const auto with = [&](const std::string& type) {
    return std::string(deep).replace(deep.find("TYPE"), 4, type);
  };
  EXPECT_EQ(verdict_of(with("long"), with("int")), "");
  EXPECT_EQ(verdict_of(with("int"), with("long")),
            "TYPE_MISMATCH /fields/1/type/fields/1/type leaf.x");
}

// Every record holds the one before ten times: 10^40 ways to the last.
std::string tower(std::string_view last) {
  std::string text = R"([{"type": "record", "name": "R0", "fields": [{"name": "a", "type": ")" +
                     std::string(last) + "\"}]}";
  for (int level = 1; level <= 40; ++level) {
    text += fmt::format(R"(,{{"type": "record", "name": "R{}", "fields": [)", level);
    for (int field = 0; field < 10; ++field) {
      text += fmt::format(R"({}{{"name": "f{}", "type": "R{}"}})", field == 0 ? "" : ",", field,
                          level - 1);
    }
    text += "]}";
  }
  return text + "]";
}

TEST(Compatibility, ManyWaysToAPairCostNothing) {
  EXPECT_EQ(verdict_of(tower("long"), tower("int")), "");
  EXPECT_EQ(verdict_of(tower("int"), tower("long")), "TYPE_MISMATCH /0/fields/0/type a");
}

TEST(Compatibility, BoundsItsWorkItsConflictsAndItsPaths) {
  // Every type of the writer's could be every type of the reader's.
  const auto fixed_types = [](char space) {
    std::string text = "[";
    for (int index = 0; index < 2100; ++index) {
      text += fmt::format(R"({}{{"type": "fixed", "name": "{}{}.F", "size": {}}})",
                          index == 0 ? "" : ",", space, index, index);
    }
    return text + "]";
  };
  EXPECT_EQ(verdict_of(fixed_types('n'), fixed_types('m')),
            "no verdict: the schemas have too many pairs of types to compare");

  std::string ints;
  for (int index = 0; index < 300; ++index) {
    ints += fmt::format(R"({}{{"name": "f{}", "type": "int"}})", index == 0 ? "" : ",", index);
  }
  const auto verdict =
      check_compatibility(**Schema::parse(record(ints)), **Schema::parse(record("")));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->conflicts.size(), 256u);
  EXPECT_TRUE(verdict->has_more);

  // A chain of records, each defined before the next, so that only the way is long.
  const auto chain = [](std::string_view last) {
    std::string text = R"([{"type": "record", "name": "R0", "fields": [{"name": "a", "type": ")" +
                       std::string(last) + "\"}]}";
    for (int index = 1; index < 2000; ++index) {
      text += fmt::format(R"(,{{"type": "record", "name": "R{}", "fields": [
          {{"name": "f", "type": "R{}"}}]}})",
                          index, index - 1);
    }
    return record(fmt::format(R"({{"name": "all", "type": {}]}},
        {{"name": "last", "type": "R1999"}})",
                              text),
                  "Root");
  };
  EXPECT_LT(verdict_of(chain("int"), chain("long")).size(), 2000u);
}

TEST(Compatibility, EverySchemaReadsItself) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    const std::string text = RandomSchema(seed).record();
    EXPECT_EQ(verdict_of(text, text), "") << seed;
  }
}

// What Avro Java says otherwise, and why ours stands.
const std::map<std::string, std::string> kRulings = {};

TEST(CompatibilityCorpus, VerdictsAreThoseOfAvroJava) {
  const std::string lines = read_corpus("resolution_vectors.jsonl");
  if (lines.empty()) GTEST_SKIP() << "no corpus at " << corpus_folder() << "; set MSEAVRO_SHARED";
  int count = 0;
  for (size_t begin = 0, end; (end = lines.find('\n', begin)) != lines.npos; begin = end + 1) {
    const auto vector = nlohmann::json::parse(lines.begin() + static_cast<ptrdiff_t>(begin),
                                              lines.begin() + static_cast<ptrdiff_t>(end));
    ++count;
    const std::string id = vector["id"];
    const std::string verdict =
        verdict_of(vector["reader"].get<std::string>(), vector["writer"].get<std::string>());
    if (kRulings.contains(id)) {
      EXPECT_EQ(verdict, kRulings.at(id)) << id;
      continue;
    }
    std::string expected = "no schema";  // Where Java finds none.
    if (vector["java_compat"] != "PARSE_ERROR") {
      expected.clear();
      for (const std::string line : vector["java_incompat"]) {
        expected += (expected.empty() ? "" : "\n") + line;
      }
    }
    std::string without_fields;
    for (size_t at = 0; at < verdict.size();) {
      const size_t line_end = std::min(verdict.find('\n', at), verdict.size());
      const std::string line = verdict.substr(at, line_end - at);
      without_fields += (at == 0 ? "" : "\n") + line.substr(0, line.find(' ', line.find(' ') + 1));
      at = line_end + 1;
    }
    EXPECT_EQ(verdict == "no schema" ? verdict : without_fields, expected)
        << id << " " << vector["writer"] << " as " << vector["reader"];
  }
  EXPECT_GE(count, 134);
}

// "field: message" of the values that are read as others, one a line.
std::string changes_of(std::string_view reader, std::string_view writer) {
  const auto verdict = check_compatibility(**Schema::parse(reader), **Schema::parse(writer));
  if (!verdict || !verdict->is_compatible()) return "cannot be read";
  std::string text;
  for (const ChangedValue& value : verdict->changed_values) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : "\n", value.field, value.message);
  }
  return text;
}

TEST(SchemaCompatibility, SaysWhatIsReadAsAnotherValue) {
  const std::string millis = R"({"type":"long","logicalType":"timestamp-millis"})";
  const std::string micros = R"({"type":"long","logicalType":"timestamp-micros"})";
  const std::string local = R"({"type":"long","logicalType":"local-timestamp-millis"})";
  const std::string date = R"({"type":"int","logicalType":"date"})";
  const std::string uuid = R"({"type":"string","logicalType":"uuid"})";
  const auto decimal = [](int precision) {
    return fmt::format(R"({{"type":"bytes","logicalType":"decimal","precision":{},"scale":2}})",
                       precision);
  };
  const auto record = [](const std::string& type) {
    return R"({"type":"record","name":"R","fields":[{"name":"f","type":)" + type + "}]}";
  };
  const auto symbols = [](std::string_view list) {
    return fmt::format(R"({{"type":"enum","name":"E","symbols":[{}],"default":"A"}})", list);
  };
  const struct {
    std::string reader;
    std::string writer;
    std::string changes;
  } cases[] = {
      {millis, millis, ""},
      {micros, millis, ": the writer's long (timestamp-millis) is read as long (timestamp-micros)"},
      {local, millis,
       ": the writer's long (timestamp-millis) is read as long (local-timestamp-millis)"},
      {R"("long")", millis, ": the writer's long (timestamp-millis) is read as long"},
      {date, R"("int")", ": the writer's int is read as int (date)"},
      {R"("double")", date, ": the writer's int (date) is read as double"},
      {R"("bytes")", decimal(4), ": the writer's bytes (decimal 4, 2) is read as bytes"},
      {decimal(9), decimal(4), ""},
      {R"("string")", uuid, ""},
      {uuid, R"("string")", ""},
      {R"("double")", R"("int")", ""},
      {R"("double")", R"("float")", ""},
      {R"("double")", R"("long")",
       ": the writer's long is read as double, which holds fewer digits"},
      {R"("float")", R"("int")", ": the writer's int is read as float, which holds fewer digits"},
      {symbols(R"("A","B")"), symbols(R"("B","A")"), ""},
      {symbols(R"("A")"), symbols(R"("A","B","C")"),
       ": the writer's B, C is read as A, the default of E"},
      // Wherever it stands.
      {record(R"({"type":"map","values":["null",)" + micros + "]}"),
       record(R"({"type":"map","values":)" + millis + "}"),
       "f{}: the writer's long (timestamp-millis) is read as long (timestamp-micros)"},
      {record(R"(["null","long"])"), record(R"(["null",)" + millis + "]"),
       "f: the writer's long (timestamp-millis) is read as long"},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(changes_of(test.reader, test.writer), test.changes)
        << test.reader << " reads " << test.writer;
  }
}

TEST(SchemaCompatibility, FindsTheConflictBehindAnyNumberOfChangedValues) {
  const auto record = [](std::string_view unit, std::string_view last) {
    std::string text = R"({"type":"record","name":"R","fields":[)";
    for (int i = 0; i < 300; ++i) {
      text += fmt::format(
          R"({{"name":"f{}","type":{{"type":"long","logicalType":"timestamp-{}"}}}},)", i, unit);
    }
    return text + fmt::format(R"({{"name":"last","type":"{}"}}]}})", last);
  };
  const auto verdict = check_compatibility(**Schema::parse(record("millis", "int")),
                                           **Schema::parse(record("micros", "string")));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->changed_values.size(), 256u);
  EXPECT_TRUE(verdict->has_more);
  EXPECT_EQ(verdict->conflicts.size(), 1u);
}

}  // namespace
}  // namespace mseavro
