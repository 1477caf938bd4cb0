#include "avro/arrow/arrow_encoder.h"

#include <gtest/gtest.h>

#include "avro/arrow/arrow_schema.h"
#include "avro/arrow/testing/arrow_testing.h"
#include "avro/wire/testing/random_data.h"

namespace mseavro {
namespace {

ArrowField field_of(ArrowKind kind, int32_t width_bytes) {
  ArrowField field;
  field.type = {.kind = kind, .width_bytes = width_bytes};
  return field;
}

ArrowField column_of(ArrowField field) {
  field.name = "x";
  ArrowField columns = field_of(ArrowKind::kStruct, 0);
  columns.children.push_back(std::move(field));
  return columns;
}

Status bind_to(std::string_view schema, const ArrowField& columns) {
  const auto encoder = ArrowEncoder::bind(*WritePlan::compile(schema_of(schema)), columns);
  return encoder ? Status() : Status(tl::unexpected(encoder.error()));
}

// Fixed-width values of one column `x`, as another program would hand them over.
template <class Number>
Result<std::string> write_numbers(std::string_view schema, const ArrowType& type,
                                  const std::vector<Number>& numbers) {
  ArrowField field;
  field.type = type;
  MSEAVRO_ASSIGN(auto encoder,
                 ArrowEncoder::bind(*WritePlan::compile(schema_of(schema)), column_of(field)));
  const void* buffers[] = {nullptr, numbers.data()};
  const auto length = static_cast<int64_t>(numbers.size());
  ArrowArray column{};
  column.length = length;
  column.n_buffers = 2;
  column.buffers = buffers;
  ArrowArray* children[] = {&column};
  const void* no_validity[] = {nullptr};
  ArrowArray batch{};
  batch.length = length;
  batch.n_buffers = 1;
  batch.buffers = no_validity;
  batch.n_children = 1;
  batch.children = children;
  MSEAVRO_TRY(encoder.begin_batch(batch));
  Encoder to;
  for (int64_t row = 0; row < length; ++row) MSEAVRO_TRY(encoder.put(row, &to));
  return std::string(to.text());
}

// A block of records as an exported batch with its type.
struct Batch {
  OwnedArrow<ArrowSchema> schema;
  OwnedArrow<ArrowArray> array;
};

void decode_batch(std::string_view schema, std::string_view bytes, int64_t record_count,
                  Batch* batch) {
  const auto plans = ArrowPlans::of({.writer = schema});
  ASSERT_TRUE(plans);
  export_field(plans->layout->root, batch->schema.get());
  ArrowDecoder decoder(plans->plan, plans->layout, {});
  const Block block(bytes);
  decoder.begin_block(block.bytes(), record_count);
  ASSERT_FALSE(*decoder.fill(INT64_MAX));
  decoder.finish(batch->array.get());
}

// Appends all rows one by one, and in runs that end when they have some bytes: both must come to
// the same end.
Status put_all(ArrowEncoder& encoder, int64_t row_count, Encoder* to) {
  constexpr size_t kRunBytes = 30;
  Encoder runs;
  Status one_by_one;
  Status in_runs;
  std::vector<size_t> begins;
  for (int64_t row = 0; row < row_count && one_by_one; ++row) {
    begins.push_back(to->size());
    one_by_one = encoder.put(row, to);
  }
  for (int64_t row = 0; row < row_count && in_runs;) {
    const size_t begin = runs.size();
    in_runs = encoder.put_rows(&row, row_count, begin + kRunBytes, &runs);
    // The row before the last did not fill it.
    if (in_runs) {
      EXPECT_LT(begins[static_cast<size_t>(row - 1)], begin + kRunBytes);
    }
  }
  EXPECT_EQ(runs.text(), to->text());
  EXPECT_EQ(in_runs.has_value(), one_by_one.has_value());
  if (!one_by_one && !in_runs) {
    EXPECT_EQ(in_runs.error().message, one_by_one.error().message);
    EXPECT_EQ(in_runs.error().place.field, one_by_one.error().place.field);
  }
  return one_by_one;
}

Result<std::string> encode_batch(std::string_view schema, const Batch& batch) {
  MSEAVRO_ASSIGN(const ArrowField type, import_field(*batch.schema, 128));
  MSEAVRO_ASSIGN(const auto parsed, Schema::parse(schema));
  MSEAVRO_ASSIGN(const auto plan, WritePlan::compile(parsed));
  MSEAVRO_ASSIGN(auto encoder, ArrowEncoder::bind(plan, type));
  MSEAVRO_TRY(encoder.begin_batch(*batch.array));
  Encoder to;
  MSEAVRO_TRY(put_all(encoder, batch.array->length, &to));
  return std::string(to.text());
}

TEST(ArrowEncoder, WritesBackWhatTheDecoderRead) {
  constexpr int64_t kRecords = 5;
  size_t derived_count = 0;
  for (uint64_t seed = 0; seed < 150; ++seed) {
    RandomData random(seed);
    const std::string text = random.record_schema(4);
    SCOPED_TRACE("seed " + std::to_string(seed) + " " + text);
    const auto schema = schema_of(text);
    if (!ArrowLayout::of(*schema, {}, {})) continue;  // It contains itself.
    const std::string bytes = random.encode(*schema, kRecords, 4);
    const Block block(bytes);
    DatumReader reader(ReadPlan::whole(schema), {});
    reader.begin_block(block.bytes(), kRecords);
    std::string canonical;
    for (Datum datum; *reader.next_datum(&datum);) canonical += encode_datum(*schema, datum);

    Batch batch;
    decode_batch(text, bytes, kRecords, &batch);
    const auto written = encode_batch(text, batch);
    ASSERT_TRUE(written) << written.error().message << " " << written.error().place.field;
    ASSERT_EQ(*written, canonical);

    // Under a schema of Arrow's making the values are the same.
    const auto derived = derive_schema(*import_field(*batch.schema, 128), "R");
    ASSERT_TRUE(derived) << derived.error().message;
    const auto rewritten = encode_batch(*derived, batch);
    ASSERT_TRUE(rewritten) << rewritten.error().message << *derived;
    ASSERT_EQ(*decode_arrow({.writer = *derived}, *rewritten, kRecords),
              *decode_arrow({.writer = text}, canonical, kRecords));
    ++derived_count;
  }
  EXPECT_GT(derived_count, 90u);
}

// Rows far from the end of their texts are copied with fewer questions.
TEST(ArrowEncoder, WritesManyRowsAsItWritesFew) {
  const std::string fields = R"({"type":"record","name":"R","fields":[
      {"name":"s","type":"string"},{"name":"ns","type":["null","string"]},
      {"name":"long","type":"string"},{"name":"sparse","type":["string","null"]},
      {"name":"nd","type":["double","null"]},{"name":"nl","type":["null","long"]},
      {"name":"i","type":"int"},{"name":"b","type":"boolean"})";
  const std::string map = R"(,{"name":"m","type":{"type":"map","values":"int"}})";
  constexpr int64_t kRows = 400;
  for (const bool has_map : {false, true}) {
    const std::string text = fields + (has_map ? map : "") + "]}";
    Bytes bytes;
    for (int64_t row = 0; row < kRows; ++row) {
      const auto size = static_cast<size_t>(row);
      bytes.text(std::string(size % 64, 'a')).integer(row % 3 == 0 ? 1 : 0);
      if (row % 3 == 0) bytes.text(std::string(size * 7 % 64, 'b'));
      bytes.text(std::string(size % 100, 'c')).integer(row == 5 ? 0 : 1);
      if (row == 5) bytes.text("d");
      bytes.integer(row % 5 == 0 ? 1 : 0);
      if (row % 5 != 0) bytes.number(static_cast<double>(row) / 3);
      bytes.integer(row % 7 == 0 ? 0 : 1);
      if (row % 7 != 0) bytes.integer(int64_t{1} << row % 62);
      bytes.integer(-row).raw(row % 2 == 0 ? "\1" : std::string_view("\0", 1));
      if (has_map) bytes.integer(0);
    }
    Batch batch;
    decode_batch(text, bytes, kRows, &batch);
    const auto written = encode_batch(text, batch);
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(*written, bytes.bytes());
  }
}

TEST(ArrowEncoder, KeepsLogicalTypesOnTheirWayThere) {
  const struct {
    const char* type;
    std::string bytes;
  } cases[] = {
      {R"({"type":"int","logicalType":"date"})", Bytes().integer(-20)},
      {R"({"type":"int","logicalType":"time-millis"})", Bytes().integer(1)},
      {R"({"type":"long","logicalType":"time-micros"})", Bytes().integer(1)},
      {R"({"type":"long","logicalType":"timestamp-millis"})", Bytes().integer(1)},
      {R"({"type":"long","logicalType":"timestamp-micros"})", Bytes().integer(1)},
      {R"({"type":"long","logicalType":"local-timestamp-nanos"})", Bytes().integer(INT64_MAX)},
      {R"({"type":"bytes","logicalType":"decimal","precision":9,"scale":2})",
       Bytes().text("\xff\x7f")},
      {R"({"type":"bytes","logicalType":"decimal","precision":50,"scale":2})",
       Bytes().text("\x01\x02")},
      {R"({"type":"fixed","name":"Small","size":3,"logicalType":"decimal","precision":5})",
       Bytes().raw("\xff\xff\x85")},
      {R"({"type":"fixed","name":"D","size":12,"logicalType":"duration"})",
       Bytes().raw("abcdefg\1ijkl")},
      {R"({"type":"fixed","name":"U","size":16,"logicalType":"uuid"})",
       Bytes().raw("0123456789abcdef")},
      {R"({"type":"string","logicalType":"uuid"})", Bytes().text("no uuid")},
      {R"({"type":"bytes","logicalType":"big-decimal"})", Bytes().text("\2\1\0")},
      {R"({"type":"enum","name":"E","symbols":["A","B"]})", Bytes().integer(1)},
      {R"(["null",{"type":"long","logicalType":"timestamp-nanos"}])", Bytes().integer(0)},
  };
  for (const auto& [type, bytes] : cases) {
    Batch batch;
    decode_batch(record_of(type), bytes, 1, &batch);
    const auto written = encode_batch(record_of(type), batch);
    ASSERT_TRUE(written) << type << ": " << written.error().message;
    EXPECT_EQ(*written, bytes) << type;
  }
}

TEST(ArrowEncoder, TakesNumbersOfEveryWidthThatFit) {
  const auto integer = [](int32_t width) {
    return ArrowType{.kind = ArrowKind::kInteger, .width_bytes = width};
  };
  const auto natural = [](int32_t width) {
    return ArrowType{.kind = ArrowKind::kUnsigned, .width_bytes = width};
  };
  const std::string as_int = record_of(R"("int")");
  const std::string as_long = record_of(R"("long")");
  const std::string as_double = record_of(R"("double")");
  EXPECT_EQ(*write_numbers<int8_t>(as_int, integer(1), {-128, 127}),
            Bytes().integer(-128).integer(127).bytes());
  EXPECT_EQ(*write_numbers<uint16_t>(as_int, natural(2), {65535}), Bytes().integer(65535).bytes());
  EXPECT_EQ(*write_numbers<int64_t>(as_int, integer(8), {INT32_MIN}),
            Bytes().integer(INT32_MIN).bytes());
  EXPECT_EQ(*write_numbers<uint64_t>(as_long, natural(8), {INT64_MAX}),
            Bytes().integer(INT64_MAX).bytes());
  EXPECT_EQ(*write_numbers<int32_t>(as_double, integer(4), {-3}), Bytes().number(-3).bytes());
  EXPECT_EQ(*write_numbers<float>(as_double, {.kind = ArrowKind::kFloat, .width_bytes = 4}, {0.5f}),
            Bytes().number(0.5).bytes());
  for (const auto& refused :
       {write_numbers<int64_t>(as_int, integer(8), {int64_t{INT32_MAX} + 1}),
        write_numbers<uint32_t>(as_int, natural(4), {UINT32_MAX}),
        write_numbers<uint64_t>(as_long, natural(8), {uint64_t{INT64_MAX} + 1})}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kBadValue);
    EXPECT_EQ(refused.error().place.field, "x");
  }
}

TEST(ArrowEncoder, ConvertsTimesThatAvroCountsInAnotherUnit) {
  const std::string millis = record_of(R"({"type":"long","logicalType":"timestamp-millis"})");
  const ArrowType seconds{.kind = ArrowKind::kTimestamp, .width_bytes = 8, .zone = "UTC"};
  EXPECT_EQ(*write_numbers<int64_t>(millis, seconds, {-2}), Bytes().integer(-2000).bytes());
  EXPECT_FALSE(write_numbers<int64_t>(millis, seconds, {INT64_MAX}));
  const std::string date = record_of(R"({"type":"int","logicalType":"date"})");
  const ArrowType date64{.kind = ArrowKind::kDate, .width_bytes = 8, .unit = ArrowUnit::kMillis};
  EXPECT_EQ(*write_numbers<int64_t>(date, date64, {-86'400'000}), Bytes().integer(-1).bytes());
  EXPECT_FALSE(write_numbers<int64_t>(date, date64, {1}));
}

TEST(ArrowEncoder, FillsFieldsThatNoColumnHasWithTheirDefaults) {
  const char* const schema = R"({"type":"record","name":"R","fields":[
      {"name":"before","type":"string","default":"d"},
      {"name":"x","type":["null","long"]},
      {"name":"after","type":["null","int"],"default":null}]})";
  EXPECT_EQ(*write_numbers<int64_t>(schema, {.kind = ArrowKind::kInteger, .width_bytes = 8}, {7}),
            Bytes().text("d").integer(1).integer(7).integer(0).bytes());
}

TEST(ArrowEncoder, RefusesColumnsThatDoNotSuitTheSchema) {
  const ArrowField text = field_of(ArrowKind::kText, 4);
  const ArrowField wide = field_of(ArrowKind::kFloat, 8);
  ArrowField local = field_of(ArrowKind::kTimestamp, 8);
  local.type.unit = ArrowUnit::kMicros;
  ArrowField other = column_of(text);
  other.children[0].name = "y";
  ArrowField twice = column_of(text);
  twice.children.push_back(twice.children[0]);
  const struct {
    std::string schema;
    ArrowField columns;
    ErrorCode code;
    const char* field;
  } cases[] = {
      {record_of(R"("int")"), column_of(text), ErrorCode::kNoArrowType, "x"},
      {record_of(R"("float")"), column_of(wide), ErrorCode::kNoArrowType, "x"},
      {record_of(R"(["null","int"])"), column_of(text), ErrorCode::kNoArrowType, "x"},
      {record_of(R"({"type":"long","logicalType":"timestamp-micros"})"), column_of(local),
       ErrorCode::kNoArrowType, "x"},
      {record_of(R"({"type":"fixed","name":"F","size":3})"),
       column_of(field_of(ArrowKind::kFixedBinary, 4)), ErrorCode::kNoArrowType, "x"},
      {record_of(R"("string")"), other, ErrorCode::kFieldMissing, "y"},
      {record_of(R"("string")"), twice, ErrorCode::kFieldMissing, "x"},
      {record_of(R"("string")"), field_of(ArrowKind::kStruct, 0), ErrorCode::kFieldMissing, "x"},
      {R"("string")", column_of(text), ErrorCode::kNoArrowType, ""},
  };
  for (const auto& [schema, columns, code, field] : cases) {
    const Status status = bind_to(schema, columns);
    ASSERT_FALSE(status) << schema;
    EXPECT_EQ(status.error().code, code) << schema << ": " << status.error().message;
    EXPECT_EQ(status.error().place.field, field) << schema;
  }
}

TEST(ArrowEncoder, RefusesNullsAndTextsThatTheTypeHasNot) {
  const struct {
    const char* from;
    std::string bytes;
    const char* to;
  } cases[] = {
      {R"(["null","long"])", Bytes().integer(0), R"("long")"},
      {R"("string")", Bytes().text("C"), R"({"type":"enum","name":"E","symbols":["A","B"]})"},
  };
  for (const auto& [from, bytes, to] : cases) {
    Batch batch;
    decode_batch(record_of(from), bytes, 1, &batch);
    const auto written = encode_batch(record_of(to), batch);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::kBadValue);
    EXPECT_EQ(written.error().place.field, "x");
  }
}

TEST(ArrowEncoder, RefusesABatchOfAnotherShape) {
  Batch batch;
  decode_batch(record_of(R"("long")"), Bytes().integer(1), 1, &batch);
  const ArrowField type = column_of(field_of(ArrowKind::kInteger, 8));
  auto encoder = ArrowEncoder::bind(*WritePlan::compile(schema_of(record_of(R"("long")"))), type);
  ArrowArray broken = *batch.array;
  broken.n_children = 0;
  EXPECT_FALSE(encoder->begin_batch(broken));
  broken = *batch.array;
  broken.length = 2;
  EXPECT_FALSE(encoder->begin_batch(broken));
  EXPECT_TRUE(encoder->begin_batch(*batch.array));
}

TEST(ArrowSchema, NamesTypesOnceAndRecordsByTheirPath) {
  const char* const text = R"({"type":"record","name":"n.R","fields":[
      {"name":"a","type":{"type":"record","name":"n.P","fields":[{"name":"x","type":"int"}]},
       "doc":"why"},
      {"name":"b","type":["null","n.P"]}]})";
  const auto layout = *ArrowLayout::of(*schema_of(text), {}, {});
  const std::string point =
      R"({"type":"record","name":"n.P","fields":[{"name":"x","type":"int"}]})";
  EXPECT_EQ(*derive_schema(layout->root, "T"),
            R"({"type":"record","name":"n.R","fields":[{"name":"a","type":)" + point +
                R"(,"doc":"why"},{"name":"b","type":["null","n.P"],"default":null}]})");
  ArrowField unnamed = column_of(column_of(field_of(ArrowKind::kText, 8)));
  EXPECT_EQ(*derive_schema(unnamed, "T"),
            R"({"type":"record","name":"T","fields":[{"name":"x","type":{"type":"record",)"
            R"("name":"T_x","fields":[{"name":"x","type":"string"}]}}]})");
}

TEST(ArrowSchema, RefusesWhatAvroHasNoTypeFor) {
  ArrowField nanos = field_of(ArrowKind::kTime, 8);
  nanos.type.unit = ArrowUnit::kNanos;
  const auto derived = derive_schema(column_of(nanos), "T");
  ASSERT_FALSE(derived);
  EXPECT_EQ(derived.error().code, ErrorCode::kNoArrowType);
  EXPECT_EQ(derived.error().place.field, "x");
  EXPECT_FALSE(derive_schema(nanos, "T"));
}

}  // namespace
}  // namespace mseavro
