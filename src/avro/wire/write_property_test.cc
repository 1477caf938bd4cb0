// On random schemas and data, what is read is written back as the same bytes: from a tree, from
// Avro JSON and from plain JSON.
#include <gtest/gtest.h>

#include <random>

#include "avro/wire/datum_writer.h"
#include "avro/wire/testing/random_data.h"
#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

constexpr uint64_t kSeeds = 300;
constexpr int kDepth = 4;

std::string write_tree(const std::shared_ptr<const WritePlan>& plan, const Datum& datum) {
  Encoder to;
  DatumWriter(plan, {}).write_datum(datum, &to);
  return std::string(to.text());
}

// The datum that was read in this style and written back.
Result<std::string> by_json(const std::shared_ptr<const WritePlan>& plan, std::string_view bytes,
                            JsonStyle style) {
  const Block block(bytes);
  DatumReader reader(ReadPlan::whole(schema_of(plan->schema().text())), {});
  reader.begin_block(block.bytes(), 1);
  std::string json;
  MSEAVRO_TRY(reader.next_json(style, &json));
  SCOPED_TRACE(json);
  Encoder to;
  MSEAVRO_TRY(DatumWriter(plan, {}).write_json(json, {.style = style}, &to));
  return std::string(to.text());
}

void expect_same_bytes(const std::shared_ptr<const WritePlan>& plan, std::string_view bytes) {
  for (const JsonStyle style : {JsonStyle::kAvro, JsonStyle::kPlain}) {
    const auto again = by_json(plan, bytes, style);
    ASSERT_TRUE(again) << again.error().message << " at " << again.error().place.field;
    ASSERT_EQ(*again, bytes) << static_cast<int>(style);
  }
}

TEST(WriteProperty, WhatIsReadIsWrittenBackAsTheSameBytes) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomData random(seed);
    const std::string text = random.record_schema(kDepth);
    SCOPED_TRACE(text);
    const auto schema = schema_of(text);
    const auto plan = *WritePlan::compile(schema);
    const Block block(random.encode(*schema, 1, kDepth));
    DatumReader reader(ReadPlan::whole(schema), {});
    reader.begin_block(block.bytes(), 1);
    Datum datum;
    ASSERT_TRUE(reader.next_datum(&datum));
    // Arrays and maps in one block each, as the obvious encoder writes them.
    const std::string bytes = write_tree(plan, datum);
    ASSERT_EQ(bytes, encode_datum(*schema, datum));
    expect_same_bytes(plan, bytes);
  }
}

TEST(WriteProperty, TimesComeBackFromTheirText) {
  const struct {
    std::string_view type;
    std::string_view logical;
    int64_t first;
    int64_t last;
  } kCases[] = {
      {"int", "date", -800'000, 3'000'000},
      {"int", "time-millis", -10, 86'400'010},
      {"long", "time-micros", -10, 86'400'000'010},
      {"long", "timestamp-millis", -63'000'000'000'000, 254'000'000'000'000},
      {"long", "timestamp-micros", -63'000'000'000'000'000, 254'000'000'000'000'000},
      {"long", "timestamp-nanos", INT64_MIN, INT64_MAX},
      {"long", "local-timestamp-millis", -63'000'000'000'000, 254'000'000'000'000},
      {"long", "local-timestamp-micros", -63'000'000'000'000'000, 254'000'000'000'000'000},
      {"long", "local-timestamp-nanos", INT64_MIN, INT64_MAX},
  };
  std::mt19937_64 random(3);
  for (const auto& [type, logical, first, last] : kCases) {
    SCOPED_TRACE(logical);
    const auto plan =
        *WritePlan::compile(schema_of(R"({"type":")" + std::string(type) + R"(","logicalType":")" +
                                      std::string(logical) + "\"}"));
    std::uniform_int_distribution<int64_t> values(first, last);
    for (int round = 0; round < 200; ++round) {
      expect_same_bytes(plan, Bytes().integer(values(random)).bytes());
    }
    for (const int64_t value : {first, last, int64_t{0}, int64_t{-1}, int64_t{1}}) {
      expect_same_bytes(plan, Bytes().integer(value).bytes());
    }
  }
}

// A number in as few bytes as hold it.
std::string shortest(std::string bytes) {
  while (bytes.size() > 1 && ((bytes[0] == '\0' && (bytes[1] & 0x80) == 0) ||
                              (bytes[0] == '\xff' && (bytes[1] & 0x80) != 0))) {
    bytes.erase(0, 1);
  }
  return bytes;
}

TEST(WriteProperty, DecimalsComeBackFromTheirText) {
  const auto decimal = [](int scale) {
    return *WritePlan::compile(
        schema_of(R"({"type":"bytes","logicalType":"decimal","precision":600,"scale":)" +
                  std::to_string(scale) + "}"));
  };
  const auto fixed = *WritePlan::compile(schema_of(
      R"({"type":"fixed","name":"F","size":9,"logicalType":"decimal","precision":21,"scale":4})"));
  const auto big =
      *WritePlan::compile(schema_of(R"({"type":"bytes","logicalType":"big-decimal"})"));
  std::mt19937_64 random(5);
  for (int round = 0; round < 300; ++round) {
    std::string bytes(1 + random() % 40, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    bytes = shortest(bytes);
    const int scale = static_cast<int>(random() % 60);
    expect_same_bytes(decimal(scale), Bytes().text(bytes).bytes());
    expect_same_bytes(big, Bytes().text(Bytes().text(bytes).integer(scale).bytes()).bytes());
    std::string nine(9, '\0');
    for (char& byte : nine) byte = static_cast<char>(random());
    if (nine[0] > 0 && nine[0] < 54) expect_same_bytes(fixed, nine);
  }
}

}  // namespace
}  // namespace mseavro
