#include "avro/wire/datum_order.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "avro/wire/testing/random_data.h"
#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

using Order = std::strong_ordering;

// The slow and obvious comparison, from the specification's page; numbers as Java's compare.
Order compare_numbers(double left, double right) {
  if (std::isnan(left) || std::isnan(right)) return std::isnan(left) <=> std::isnan(right);
  if (left < right) return Order::less;
  if (left > right) return Order::greater;
  return std::signbit(right) <=> std::signbit(left);
}

Order compare_trees(const Schema& schema, NodeIndex index, const Datum& left, const Datum& right) {
  const SchemaNode& node = schema.node(index);
  switch (node.type) {
    case SchemaType::kNull:
      return Order::equal;
    case SchemaType::kBoolean:
    case SchemaType::kInt:
    case SchemaType::kLong:
    case SchemaType::kEnum:
      return left.integer <=> right.integer;
    case SchemaType::kFloat:
    case SchemaType::kDouble:
      return compare_numbers(left.number, right.number);
    case SchemaType::kBytes:
    case SchemaType::kString:
    case SchemaType::kFixed:
      return left.text <=> right.text;
    case SchemaType::kArray:
      for (size_t i = 0; i < std::min(left.children.size(), right.children.size()); ++i) {
        const Order order = compare_trees(schema, node.items, left.children[i], right.children[i]);
        if (order != Order::equal) return order;
      }
      return left.children.size() <=> right.children.size();
    case SchemaType::kUnion:
      if (left.branch != right.branch) return left.branch <=> right.branch;
      return compare_trees(schema, node.branches[static_cast<size_t>(left.branch)], left, right);
    case SchemaType::kRecord:
      for (size_t i = 0; i < node.fields.size(); ++i) {
        const SchemaField& field = node.fields[i];
        if (field.order == FieldOrder::kIgnore) continue;
        const bool is_turned = field.order == FieldOrder::kDescending;
        const Datum& first = (is_turned ? right : left).children[i];
        const Datum& second = (is_turned ? left : right).children[i];
        const Order order = compare_trees(schema, field.node, first, second);
        if (order != Order::equal) return order;
      }
      return Order::equal;
    case SchemaType::kMap:
      ADD_FAILURE() << "a map has no order";
  }
  return Order::equal;
}

Order compare(const std::shared_ptr<const Schema>& schema, std::string_view left,
              std::string_view right) {
  auto order = DatumOrder::make(schema, {});
  EXPECT_TRUE(order);
  const Block left_block(left);
  const Block right_block(right);
  const auto compared = order->compare(left_block.bytes(), right_block.bytes());
  EXPECT_TRUE(compared);
  return *compared;
}

// Of each type, values in ascending order.
TEST(DatumOrder, SortsEachTypeAsTheSpecificationSays) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto number = [](double value) { return Bytes().number(value).bytes(); };
  const auto number32 = [](float value) { return Bytes().number32(value).bytes(); };
  const auto integer = [](int64_t value) { return Bytes().integer(value).bytes(); };
  const auto text = [](std::string_view value) { return Bytes().text(value).bytes(); };
  const auto field = [](std::string_view order) {
    return R"({"type":"record","name":"R","fields":[
      {"name":"a","type":"int","order":")" +
           std::string(order) + R"("},
      {"name":"b","type":"string"}]})";
  };
  const auto pair = [](int64_t a, std::string_view b) {
    return Bytes().integer(a).text(b).bytes();
  };
  const struct {
    std::string schema;
    std::vector<std::string> ascending;
  } kCases[] = {
      {R"("boolean")", {std::string(1, '\0'), "\x01"}},
      {R"("long")", {integer(INT64_MIN), integer(-1), integer(0), integer(1), integer(INT64_MAX)}},
      {R"("int")", {integer(-300), integer(-2), integer(7)}},
      {R"("double")",
       {number(-kInfinity), number(-1e300), number(-1e-320), number(-0.0), number(0.0),
        number(1e-320), number(2), number(kInfinity), number(std::nan(""))}},
      {R"("float")", {number32(-2), number32(-0.0f), number32(0), number32(std::nanf(""))}},
      {R"("string")",
       {text(""), text(std::string_view("\0", 1)), text(std::string_view("\0\0", 2)),
        text(std::string_view("\0\1", 2)), text("\x01"), text("a"),
        text(std::string_view("a\0", 2)), text("aa"), text("b"), text("\x7f"), text("\x80")}},
      {R"({"type":"fixed","name":"F","size":2})", {"aa", "ab", "b\x01", "\xff\x01"}},
      {R"({"type":"enum","name":"E","symbols":["Z","A"]})", {integer(0), integer(1)}},
      {R"({"type":"array","items":"int"})",
       {integer(0), Bytes().integer(1).integer(-5).integer(0),
        Bytes().integer(2).integer(-5).integer(-9).integer(0),
        Bytes().integer(1).integer(3).integer(0)}},
      {R"(["string","null","int"])",
       {Bytes().integer(0).text("z"), integer(1), Bytes().integer(2).integer(-1)}},
      {field("ascending"), {pair(1, "b"), pair(2, "a"), pair(2, "c")}},
      {field("descending"), {pair(2, "a"), pair(2, "c"), pair(1, "b")}},
      {field("ignore"), {pair(2, "a"), pair(1, "b"), pair(2, "c")}},
  };
  for (const auto& [schema_text, ascending] : kCases) {
    const auto schema = schema_of(schema_text);
    for (size_t i = 0; i < ascending.size(); ++i) {
      for (size_t j = 0; j < ascending.size(); ++j) {
        EXPECT_EQ(compare(schema, ascending[i], ascending[j]), i <=> j)
            << schema_text << " " << i << " " << j;
      }
    }
  }
}

TEST(DatumOrder, HoldsAllNansEqual) {
  const auto schema = schema_of(R"("double")");
  EXPECT_EQ(compare(schema, Bytes().number(std::nan("1")).bytes(),
                    Bytes().number(-std::nan("2")).bytes()),
            Order::equal);
}

TEST(DatumOrder, TurnsAgainInsideOfWhatIsTurned) {
  const auto schema = schema_of(R"({"type":"record","name":"R","fields":[
    {"name":"in","order":"descending","type":{"type":"record","name":"In","fields":[
      {"name":"x","type":"int","order":"descending"},{"name":"y","type":"int"}]}},
    {"name":"z","type":"int"}]})");
  const auto datum = [](int64_t x, int64_t y, int64_t z) {
    return Bytes().integer(x).integer(y).integer(z).bytes();
  };
  EXPECT_EQ(compare(schema, datum(1, 0, 0), datum(2, 0, 0)), Order::less);
  EXPECT_EQ(compare(schema, datum(1, 1, 0), datum(1, 2, 0)), Order::greater);
  EXPECT_EQ(compare(schema, datum(1, 1, 0), datum(1, 1, 1)), Order::less);
}

TEST(DatumOrder, KnowsNoOrderOfMapsThatCount) {
  const auto refused =
      DatumOrder::make(schema_of(record_of(R"(["null",{"type":"map","values":"int"}])")), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBadSchema);
  EXPECT_EQ(refused.error().place.field, "x");

  const auto schema = schema_of(R"({"type":"record","name":"R","fields":[
    {"name":"m","type":{"type":"map","values":"int"},"order":"ignore"},
    {"name":"x","type":"int"}]})");
  EXPECT_EQ(compare(schema, Bytes().integer(1).text("k").integer(9).integer(0).integer(1).bytes(),
                    Bytes().integer(0).integer(2).bytes()),
            Order::less);
}

TEST(DatumOrder, RefusesWhatIsNotOneDatum) {
  auto order = *DatumOrder::make(schema_of(R"("int")"), {});
  const Block one("\x02");
  const Block two("\x02\x02");
  const Block none("");
  EXPECT_EQ(order.compare(one.bytes(), two.bytes()).error().code, ErrorCode::kTrailingBytes);
  EXPECT_EQ(order.compare(none.bytes(), one.bytes()).error().code, ErrorCode::kTruncated);
}

// A random schema whose maps are arrays, with fields of each order.
std::string ordered_schema(RandomData& random) {
  std::string text = random.record_schema(4);
  constexpr std::string_view kMap = R"("map","values")";
  constexpr std::string_view kField = R"({"name":"f)";
  for (size_t at = 0; (at = text.find(kMap, at)) != std::string::npos;) {
    text.replace(at, kMap.size(), R"("array","items")");
  }
  const char* const kOrders[] = {"ascending", "descending", "ignore"};
  for (size_t at = 0; (at = text.find(kField, at)) != std::string::npos; at += kField.size()) {
    text.insert(at + 1, R"("order":")" + std::string(kOrders[random.below(3)]) + "\",");
  }
  return text;
}

TEST(DatumOrder, AgreesWithTheOracleOnRandomDatums) {
  constexpr size_t kDatums = 6;
  size_t unequal = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    RandomData random(seed);
    const std::string text = ordered_schema(random);
    SCOPED_TRACE("seed " + std::to_string(seed) + " " + text);
    const auto schema = schema_of(text);
    std::vector<std::string> bytes;
    for (size_t i = 0; i < kDatums; ++i) {
      Encoder encoder;
      // Sized blocks have other bytes for the same items: only values may count.
      random.encode(*schema, schema->root_index(), 4, &encoder);
      bytes.emplace_back(encoder.text());
    }
    for (const std::string& left : bytes) {
      for (const std::string& right : bytes) {
        DatumReader reader(ReadPlan::whole(schema), {});
        const Block left_block(left);
        const Block right_block(right);
        Datum left_tree;
        Datum right_tree;
        reader.begin_block(left_block.bytes(), 1);
        ASSERT_TRUE(reader.next_datum(&left_tree));
        reader.begin_block(right_block.bytes(), 1);
        ASSERT_TRUE(reader.next_datum(&right_tree));
        const Order expected = compare_trees(*schema, schema->root_index(), left_tree, right_tree);
        ASSERT_EQ(compare(schema, left, right), expected);
        unequal += expected != Order::equal ? 1 : 0;
      }
    }
  }
  EXPECT_GT(unequal, 1'000u);
}

}  // namespace
}  // namespace mseavro
