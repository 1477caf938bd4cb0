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

std::vector<std::string> expected_rows(const Schema& schema, const Block& block) {
  DatumReader reader(ReadPlan::whole(schema_of(schema.text())), {});
  reader.begin_block(block.bytes(), kRecords);
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
