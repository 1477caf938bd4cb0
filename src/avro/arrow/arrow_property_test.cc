// On random schemas and data, Arrow columns must hold what the tree of each record has.
#include <gtest/gtest.h>

#include "avro/arrow/testing/arrow_testing.h"
#include "avro/wire/testing/random_data.h"
#include "avro/wire/testing/resolution_oracle.h"

namespace mseavro {
namespace {

constexpr uint64_t kSeeds = 120;
constexpr int kDepth = 4;
constexpr int64_t kRecords = 7;

bool is_recursive(const Schema& schema) {
  const auto layout = ArrowLayout::of(schema, {}, {});
  return !layout && layout.error().code == ErrorCode::kNoArrowType;
}

std::vector<std::string> expected_rows(const Schema& schema, const Block& block,
                                       int64_t record_count = kRecords) {
  DatumReader reader(ReadPlan::whole(schema_of(schema.text())), {});
  reader.begin_block(block.bytes(), record_count);
  std::vector<std::string> rows;
  for (Datum datum; *reader.next_datum(&datum);) {
    rows.push_back(expected_arrow_text(schema, schema.root_index(), datum));
  }
  return rows;
}

struct Sample {
  std::shared_ptr<const Schema> schema;
  std::string bytes;
};

Sample make_sample(RandomData& random) {
  Sample sample;
  do {
    sample.schema = schema_of(random.record_schema(kDepth));
  } while (is_recursive(*sample.schema));
  sample.bytes = random.encode(*sample.schema, kRecords, kDepth);
  return sample;
}

TEST(ArrowProperty, ColumnsHoldWhatTheTreesHave) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    RandomData random(seed);
    const auto [schema, bytes] = make_sample(random);
    SCOPED_TRACE("seed " + std::to_string(seed) + " " + schema->text());
    const auto rows = decode_arrow({.writer = schema->text()}, bytes, kRecords);
    ASSERT_TRUE(rows) << rows.error().message;
    ASSERT_EQ(*rows, expected_rows(*schema, Block(bytes)));
  }
}

// The walk has forms for these, which need bytes behind them: in a long block they are used, close
// to its end they are not.
TEST(ArrowProperty, UsualFieldsHoldWhatTheTreesHave) {
  constexpr int64_t kManyRecords = 120;
  constexpr int64_t kRowLimit = 70;  // So that a batch outgrows its first room.
  const auto schema = schema_of(R"({"type":"record","name":"R","fields":[
      {"name":"l","type":"long"},{"name":"i","type":"int"},{"name":"d","type":"double"},
      {"name":"b","type":"boolean"},{"name":"f","type":"float"},
      {"name":"en","type":{"type":"enum","name":"E","symbols":["A","B","C"]}},
      {"name":"s","type":"string"},{"name":"nl","type":["null","long"]},
      {"name":"ni","type":["int","null"]},{"name":"nd","type":["null","double"]},
      {"name":"ns","type":["string","null"]},{"name":"u","type":["int","string"]},
      {"name":"a","type":{"type":"array","items":"double"}},
      {"name":"fa","type":{"type":"array","items":"float"}},
      {"name":"t","type":{"type":"array","items":"string"}},
      {"name":"m","type":{"type":"map","values":"string"}},
      {"name":"r","type":{"type":"record","name":"Q","fields":[
        {"name":"x","type":["null","string"]},{"name":"y","type":"long"}]}},
      {"name":"nr","type":["null",{"type":"record","name":"P","fields":[
        {"name":"x","type":"string"},{"name":"y","type":["null","double"]}]}]},
      {"name":"rs","type":{"type":"array","items":{"type":"record","name":"S","fields":[
        {"name":"x","type":["null","string"]},
        {"name":"a","type":{"type":"array","items":"double"}},
        {"name":"y","type":["long","null"]}]}}},
      {"name":"nt","type":["null",{"type":"array","items":"string"}]},
      {"name":"na","type":["null",{"type":"array","items":"double"}]},
      {"name":"nm","type":["null",{"type":"map","values":"string"}]},
      {"name":"e","type":"string"}]})");
  const auto wider = schema_of(R"({"type":"record","name":"R","fields":[
      {"name":"i","type":"long"},{"name":"s","type":["null","int","string"]},
      {"name":"ns","type":["null","string","bytes"]},{"name":"ni","type":["null","long"]}]})");
  for (uint64_t seed = 0; seed < 2; ++seed) {
    SCOPED_TRACE(seed);
    RandomData random(seed);
    std::string bytes = random.encode(*schema, kManyRecords, 3);
    const Block block(bytes);
    const auto rows = decode_arrow({.writer = schema->text()}, bytes, kManyRecords, {}, kRowLimit);
    ASSERT_TRUE(rows) << rows.error().message;
    ASSERT_EQ(*rows, expected_rows(*schema, block, kManyRecords));

    DatumReader data(ReadPlan::whole(schema), {});
    data.begin_block(block.bytes(), kManyRecords);
    std::string resolved;
    for (Datum datum; *data.next_datum(&datum);) {
      resolved += ResolutionOracle(*schema, *wider).resolve(datum);
    }
    const auto wide_rows = decode_arrow({.writer = schema->text(), .reader = wider->text()}, bytes,
                                        kManyRecords, {}, kRowLimit);
    ASSERT_TRUE(wide_rows) << wide_rows.error().message;
    ASSERT_EQ(*wide_rows, expected_rows(*wider, Block(resolved), kManyRecords));

    // What is wrong is found where it is.
    for (int i = 0; i < 10; ++i) {
      std::string damaged = bytes;
      damaged[random.below(damaged.size())] ^= static_cast<char>(1 << random.below(8));
      DatumReader damaged_data(ReadPlan::whole(schema), {});
      const Block damaged_block(damaged);
      damaged_data.begin_block(damaged_block.bytes(), kManyRecords);
      Datum datum;
      auto more = damaged_data.next_datum(&datum);
      while (more && *more) more = damaged_data.next_datum(&datum);
      const auto damaged_rows =
          decode_arrow({.writer = schema->text()}, damaged, kManyRecords, {}, kRowLimit);
      ASSERT_EQ(damaged_rows.has_value(), more.has_value());
      if (more) continue;
      EXPECT_EQ(damaged_rows.error().code, more.error().code);
      EXPECT_EQ(damaged_rows.error().message, more.error().message);
      EXPECT_EQ(damaged_rows.error().place.byte, more.error().place.byte);
    }
  }
}

// One column is filled from several places of the writer's schema, in one step from some and value
// by value from others.
TEST(ArrowProperty, BranchesThatBecomeOneRecordFillItsColumnsInTurn) {
  constexpr int64_t kManyRecords = 300;
  const auto writer = schema_of(R"({"type":"record","name":"R","fields":[{"name":"u","type":[
      {"type":"record","name":"A","fields":[
        {"name":"s","type":"string"},{"name":"d","type":"double"},{"name":"l","type":"long"}]},
      {"type":"record","name":"B","fields":[
        {"name":"l","type":"int"},{"name":"s","type":"string"},{"name":"d","type":"double"}]},
      {"type":"record","name":"C","fields":[
        {"name":"d","type":"float"},{"name":"s","type":"bytes"},{"name":"l","type":"long"}]}]}]})");
  const auto reader = schema_of(R"({"type":"record","name":"R","fields":[
      {"name":"u","type":{"type":"record","name":"A","aliases":["B","C"],"fields":[
        {"name":"s","type":"string"},{"name":"d","type":"double"},
        {"name":"l","type":"long"}]}}]})");
  RandomData random(1);
  const std::string bytes = random.encode(*writer, kManyRecords, 3);
  const Block block(bytes);
  DatumReader data(ReadPlan::whole(writer), {});
  data.begin_block(block.bytes(), kManyRecords);
  std::string resolved;
  for (Datum datum; *data.next_datum(&datum);) {
    resolved += ResolutionOracle(*writer, *reader).resolve(datum);
  }
  const auto rows = decode_arrow({.writer = writer->text(), .reader = reader->text()}, bytes,
                                 kManyRecords, {}, kManyRecords);
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(*rows, expected_rows(*reader, Block(resolved), kManyRecords));
}

// Beyond a bound records are routines of the plan, which know no column.
TEST(ArrowProperty, RecordsThatStandInManyPlacesFillTheColumnsOfEach) {
  std::string text = R"({"type":"record","name":"R","fields":[{"name":"f","type":
      {"type":"record","name":"T","fields":[{"name":"s","type":"string"},
        {"name":"l","type":["null","long"]}]}})";
  for (int i = 0; i < 700; ++i) text += R"(,{"name":"f)" + std::to_string(i) + R"(","type":"T"})";
  const auto schema = schema_of(text + "]}");
  RandomData random(1);
  const std::string bytes = random.encode(*schema, kRecords, 3);
  const auto rows = decode_arrow({.writer = schema->text()}, bytes, kRecords);
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(*rows, expected_rows(*schema, Block(bytes)));
}

TEST(ArrowProperty, ColumnsReadOneByOneAreThoseReadTogether) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    RandomData random(seed);
    const auto [schema, bytes] = make_sample(random);
    SCOPED_TRACE("seed " + std::to_string(seed) + " " + schema->text());
    const auto whole = decode_arrow({.writer = schema->text()}, bytes, kRecords);
    ASSERT_TRUE(whole) << whole.error().message;
    std::vector<std::string> joined(whole->size(), "{");
    for (const SchemaField& field : schema->root().fields) {
      const auto rows =
          decode_arrow({.writer = schema->text(), .columns = {field.name}}, bytes, kRecords);
      ASSERT_TRUE(rows) << rows.error().message;
      ASSERT_EQ(rows->size(), joined.size());
      for (size_t row = 0; row < rows->size(); ++row) {
        joined[row] += (*rows)[row].substr(1, (*rows)[row].size() - 2);
      }
    }
    for (std::string& row : joined) row += "}";
    ASSERT_EQ(joined, *whole);
  }
}

TEST(ArrowProperty, ColumnsOfAReaderSchemaHoldWhatResolutionMakes) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    RandomData random(seed);
    const auto [writer, bytes] = make_sample(random);
    const auto reader = schema_of(RandomReader(random, *writer).schema());
    SCOPED_TRACE("seed " + std::to_string(seed) + " " + writer->text() + "\n" + reader->text());
    const Block block(bytes);
    DatumReader data(ReadPlan::whole(writer), {});
    data.begin_block(block.bytes(), kRecords);
    std::string resolved;
    for (Datum datum; *data.next_datum(&datum);) {
      resolved += ResolutionOracle(*writer, *reader).resolve(datum);
    }
    const auto rows =
        decode_arrow({.writer = writer->text(), .reader = reader->text()}, bytes, kRecords);
    ASSERT_TRUE(rows) << rows.error().message;
    ASSERT_EQ(*rows, expected_rows(*reader, Block(resolved)));
  }
}

}  // namespace
}  // namespace mseavro
