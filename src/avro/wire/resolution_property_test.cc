// On random schemas and data, what a plan of two schemas reads is what the oracle makes of what a
// plan of the writer's alone reads.
#include <gtest/gtest.h>

#include "avro/wire/testing/random_data.h"
#include "avro/wire/testing/resolution_oracle.h"
#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

constexpr uint64_t kSeeds = 300;
constexpr int kDepth = 4;
constexpr int64_t kRecords = 4;

std::string json_of(const std::shared_ptr<const ReadPlan>& plan, std::string_view bytes) {
  const Block block(bytes);
  DatumReader reader(plan, {});
  reader.begin_block(block.bytes(), kRecords);
  std::string lines;
  while (true) {
    const auto more = reader.next_json(JsonStyle::kAvro, &lines);
    EXPECT_TRUE(more) << more.error().message;
    if (!more || !*more) return lines;
    lines += '\n';
  }
}

TEST(ResolutionProperty, ReadsWhatTheOracleMakesOfTheWritersValues) {
  size_t reordered_count = 0;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomData random(seed);
    const auto writer = schema_of(random.record_schema(kDepth));
    SCOPED_TRACE(writer->text());
    const auto reader = schema_of(RandomReader(random, *writer).schema());
    ASSERT_NE(reader, nullptr);
    SCOPED_TRACE(reader->text());
    const auto plan = ReadPlan::resolve(*writer, reader);
    ASSERT_TRUE(plan) << plan.error().message << " at " << plan.error().place.field;
    for (const Step& step : (*plan)->program().steps) {
      reordered_count += step.op == Op::kBeginRecord && step.flags == kReordered ? 1 : 0;
    }

    const std::string bytes = random.encode(*writer, kRecords, kDepth);
    const Block block(bytes);
    DatumReader plain(ReadPlan::whole(writer), {});
    DatumReader resolving(*plan, {});
    plain.begin_block(block.bytes(), kRecords);
    resolving.begin_block(block.bytes(), kRecords);
    ResolutionOracle oracle(*writer, *reader);
    std::string resolved;
    for (int64_t i = 0; i < kRecords; ++i) {
      Datum datum;
      ASSERT_TRUE(plain.next_datum(&datum));
      const std::string expected = oracle.resolve(datum);
      const auto more = resolving.next_datum(&datum);
      ASSERT_TRUE(more) << more.error().message;
      ASSERT_EQ(encode_datum(*reader, datum), expected);
      resolved += expected;
    }
    ASSERT_EQ(json_of(*plan, bytes), json_of(ReadPlan::whole(reader), resolved));
  }
  EXPECT_GT(reordered_count, kSeeds / 2);
}

TEST(ResolutionProperty, ASchemaReadsItselfByTheStepsOfAPlanOfOne) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const auto schema = schema_of(RandomData(seed).record_schema(kDepth));
    const auto whole = ReadPlan::whole(schema);
    const auto resolved = ReadPlan::resolve(*schema, schema);
    ASSERT_TRUE(resolved) << schema->text() << resolved.error().message;
    ASSERT_EQ(whole->program().jumps, (*resolved)->program().jumps);
    const auto& left = whole->program().steps;
    const auto& right = (*resolved)->program().steps;
    ASSERT_TRUE(std::ranges::equal(left, right, [](const Step& a, const Step& b) {
      return a.op == b.op && a.flags == b.flags && a.slot == b.slot && a.operand == b.operand;
    })) << schema->text();
  }
}

}  // namespace
}  // namespace mseavro
