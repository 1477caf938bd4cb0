#include "engine/ingest/event_partitions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "events/logline/line_parser.h"

namespace mseavro {
namespace {

constexpr const char* kRules = R"(
[[event]]
name = 'Score'
schema = 's'
output = 'scores'
pattern = '{n:int} {model...}[ in {where}]'
)";
constexpr const char* kSchema = R"({"type": "record", "name": "Score", "fields": [
  {"name": "n", "type": "int"}, {"name": "model", "type": "string"},
  {"name": "where", "type": ["null", "string"], "default": null},
  {"name": "tags", "type": {"type": "array", "items": "string"}, "default": []}]})";

std::shared_ptr<const LineRules> rules() {
  return LineRules::compile(parse_rules(kRules, "r.toml").value(),
                            [](const std::string&) { return std::string(kSchema); }, {})
      .value();
}

// The parts of events with these lines and days as "PARTITION: COUNT", one a line.
std::string parts_of(const std::vector<std::string>& keys,
                     const std::vector<std::pair<std::string, int64_t>>& lines,
                     size_t part_size_bytes = 1 << 20) {
  const auto compiled = rules();
  const auto partitions = EventPartitions::make(*compiled, keys);
  if (!partitions) return partitions.error().message;
  LineParser parser(compiled);
  std::vector<Encoder> outputs(1);
  std::vector<int64_t> days;
  for (const auto& [line, day] : lines) {
    EXPECT_TRUE(parser.parse(line, true, outputs).is_event) << line;
    days.push_back(day);
  }
  const auto parts = (*partitions)->divide(0, outputs[0].bytes(), days, part_size_bytes);
  if (!parts) return parts.error().message;
  std::string text;
  size_t size = 0;
  for (const PartitionPart& part : *parts) {
    text += part.partition + ": " + std::to_string(part.count) + "\n";
    size += part.datums.size();
  }
  EXPECT_EQ(size, outputs[0].size());
  return text;
}

TEST(EventPartitions, AreNamedByTheValuesOfTheirFields) {
  EXPECT_EQ(
      parts_of({"model", "date"}, {{"1 b", 0}, {"2 a/1", 1}, {"3 b", 0}, {"4 b", 1}, {"5 a/1", 1}}),
      "model=b/date=1970-01-01: 2\n"
      "model=a%2F1/date=1970-01-02: 2\n"
      "model=b/date=1970-01-02: 1\n");
  EXPECT_EQ(parts_of({"where", "n"}, {{"1 a in x", 0}, {"1 a", 0}}),
            "where=x/n=1: 1\nwhere=__HIVE_DEFAULT_PARTITION__/n=1: 1\n");
}

TEST(EventPartitions, EndPartsAtTheirSize) {
  // Seven bytes each.
  EXPECT_EQ(parts_of({"model"}, {{"1 aaa", 0}, {"2 bbb", 0}, {"3 aaa", 0}, {"4 aaa", 0}}, 14),
            "model=aaa: 2\nmodel=bbb: 1\nmodel=aaa: 1\n");
}

TEST(EventPartitions, HoldMoreDatumsThanABatch) {
  std::vector<std::pair<std::string, int64_t>> lines;
  for (int index = 0; index < 5000; ++index) {
    lines.push_back({std::to_string(index) + (index % 2 == 0 ? " a" : " b"), index % 4 / 2});
  }
  EXPECT_EQ(parts_of({"date", "model"}, lines),
            "date=1970-01-01/model=a: 1250\ndate=1970-01-01/model=b: 1250\n"
            "date=1970-01-02/model=a: 1250\ndate=1970-01-02/model=b: 1250\n");
}

TEST(EventPartitions, RefuseWhatIsNoFieldOrNoScalar) {
  EXPECT_EQ(parts_of({"version"}, {}), "--partition-by: a Score has no field \"version\"");
  EXPECT_EQ(parts_of({"tags"}, {{"1 a", 0}}), "\"tags\" has values that are no scalars");
}

}  // namespace
}  // namespace mseavro
