// On random schemas and data, every way to read must tell the same: trees encode back to the bytes
// they came from, and columns hold what the tree has at their paths.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>

#include "avro/wire/testing/random_data.h"
#include "avro/wire/testing/wire_testing.h"
#include "avro/wire/value_text.h"
#include "base/text/number_text.h"

namespace mseavro {
namespace {

constexpr uint64_t kSeeds = 400;
constexpr int kDepth = 4;
constexpr int64_t kRecords = 5;

const Datum* find_last(const Datum& map, std::string_view key) {
  const Datum* found = nullptr;
  for (const Datum& child : map.children) {
    if (child.key == key) found = &child;
  }
  return found;
}

// What the cell of a column must be, found by walking the tree.
std::string expected_cell(const Datum& root, const ColumnRequest& request) {
  const Datum* datum = &root;
  for (const FieldPath::Step& step : request.path.steps) {
    if (datum->type == SchemaType::kNull) return "null";
    datum = step.is_map_key ? find_last(*datum, step.name) : datum->find(step.name);
    if (datum == nullptr) return "null";
  }
  const bool is_number = request.type == ColumnType::kNumber;
  const bool is_text = request.type == ColumnType::kText;
  std::string text;
  switch (datum->type) {
    case SchemaType::kNull:
      return "null";
    case SchemaType::kBoolean:
      if (is_number) return "wrong";
      if (is_text) return datum->integer != 0 ? "true" : "false";
      return std::to_string(datum->integer);
    case SchemaType::kInt:
    case SchemaType::kLong:
      return is_number ? number_text(static_cast<double>(datum->integer))
                       : std::to_string(datum->integer);
    case SchemaType::kFloat:
      if (is_text) append_number(static_cast<float>(datum->number), &text);
      return is_number ? number_text(datum->number) : is_text ? text : "wrong";
    case SchemaType::kDouble:
      if (is_text) append_number(datum->number, &text);
      return is_number ? number_text(datum->number) : is_text ? text : "wrong";
    case SchemaType::kBytes:
    case SchemaType::kString:
    case SchemaType::kFixed:
    case SchemaType::kEnum:
      return is_text ? std::string(datum->text) : "wrong";
    default:
      return "wrong";
  }
}

TEST(WalkProperty, ColumnsHoldWhatTheTreeHasAndTreesEncodeBack) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomData random(seed);
    const std::string text = random.record_schema(kDepth);
    SCOPED_TRACE(text);
    const auto schema = schema_of(text);
    ASSERT_NE(schema, nullptr);
    const std::string bytes = random.encode(*schema, kRecords, kDepth);
    const Block block(bytes);

    const auto whole = ReadPlan::whole(schema);
    DatumReader reader(whole, {});
    reader.begin_block(block.bytes(), kRecords);
    std::vector<Datum> data(kRecords);
    std::string canonical;
    for (Datum& datum : data) {
      const auto more = reader.next_datum(&datum);
      ASSERT_TRUE(more) << more.error().message;
      canonical += encode_datum(*schema, datum);
    }
    // The encoder writes one block without a size, so compare what a second reading encodes to.
    const Block again_block(canonical);
    reader.begin_block(again_block.bytes(), kRecords);
    std::string again;
    for (int64_t i = 0; i < kRecords; ++i) {
      Datum datum;
      ASSERT_TRUE(reader.next_datum(&datum));
      again += encode_datum(*schema, datum);
    }
    ASSERT_EQ(canonical, again);
    if (text.find("array") == std::string::npos && text.find("map") == std::string::npos) {
      ASSERT_EQ(canonical, bytes);
    }

    std::vector<FieldPath> paths;
    collect_paths(*schema, schema->root_index(), {}, 3, &paths);
    for (int projection = 0; projection < 6; ++projection) {
      std::vector<ColumnRequest> requests;
      for (size_t count = random.below(6); count > 0; --count) {
        requests.push_back(
            {paths[random.below(paths.size())], static_cast<ColumnType>(random.below(3))});
      }
      const auto plan = *ReadPlan::project(schema, requests);
      const auto rows = decode_rows(plan, bytes, kRecords);
      ASSERT_TRUE(rows) << rows.error().message;
      ASSERT_EQ(rows->size(), data.size());
      for (size_t row = 0; row < data.size(); ++row) {
        for (size_t slot = 0; slot < requests.size(); ++slot) {
          ASSERT_EQ((*rows)[row][slot], expected_cell(data[row], requests[slot]))
              << requests[slot].path.text() << " row " << row;
        }
      }
    }
  }
}

// The columns of a record's fields as JSON are what stands in its line, whatever else is read from
// the same fields.
TEST(WalkProperty, ColumnsOfJsonHoldTheFieldsOfTheLine) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomData random(seed);
    const auto schema = schema_of(random.record_schema(kDepth));
    const std::string bytes = random.encode(*schema, kRecords, kDepth);
    const Block block(bytes);
    const bool is_avro = seed % 2 == 0;
    const ColumnType type = is_avro ? ColumnType::kAvroJson : ColumnType::kPlainJson;

    // A field of JSON, perhaps beside columns of the field or of what is in it.
    std::vector<FieldPath> paths;
    collect_paths(*schema, schema->root_index(), {}, 3, &paths);
    std::vector<ColumnRequest> requests;
    std::vector<size_t> slots;
    for (const SchemaField& field : schema->root().fields) {
      slots.push_back(requests.size());
      requests.push_back({{{{field.name}}}, type});
      const auto other = static_cast<ColumnType>(random.below(5));
      if (random.below(2) == 0) requests.push_back({paths[random.below(paths.size())], other});
    }
    const auto rows = decode_rows(*ReadPlan::project(schema, requests), bytes, kRecords);
    ASSERT_TRUE(rows) << rows.error().message;

    DatumReader reader(ReadPlan::whole(schema), {});
    reader.begin_block(block.bytes(), kRecords);
    for (const std::vector<std::string>& row : *rows) {
      std::string line;
      ASSERT_TRUE(*reader.next_json(is_avro ? JsonStyle::kAvro : JsonStyle::kPlain, &line));
      std::string joined = "{";
      for (size_t i = 0; i < slots.size(); ++i) {
        joined += fmt::format("{}\"{}\":{}", i == 0 ? "" : ",", schema->root().fields[i].name,
                              row[slots[i]]);
      }
      ASSERT_EQ(joined + "}", line);
    }
  }
}

// Bytes that were changed at random may decode to anything, but what the whole walk accepts, the
// skipping ones must accept too, and nothing may read past the end (as a sanitizer sees).
TEST(WalkProperty, DamagedBytesEndInErrorsOnWhichAllReadersAgree) {
  size_t refused = 0;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomData random(seed);
    const auto schema = schema_of(random.record_schema(kDepth));
    std::string bytes = random.encode(*schema, kRecords, kDepth);
    if (bytes.empty()) continue;
    for (size_t changes = 1 + random.below(3); changes > 0; --changes) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    }
    const Block block(bytes);
    DatumReader reader(ReadPlan::whole(schema), {});
    const auto is_readable = [&](const auto& next) {
      reader.begin_block(block.bytes(), kRecords);
      while (true) {
        const Result<bool> more = next();
        if (!more || !*more) return more.has_value();
      }
    };
    std::string json;
    Datum datum;
    const bool as_json = is_readable([&] { return reader.next_json(JsonStyle::kPlain, &json); });
    const bool as_tree = is_readable([&] { return reader.next_datum(&datum); });
    EXPECT_EQ(as_json, as_tree);
    const auto skipped = decode_rows(*ReadPlan::project(schema, {}), bytes, kRecords);
    EXPECT_TRUE(skipped || !as_json);
    refused += as_json ? 0 : 1;
  }
  EXPECT_GT(refused, kSeeds / 4);
}

}  // namespace
}  // namespace mseavro
