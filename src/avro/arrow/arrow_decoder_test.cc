#include "avro/arrow/arrow_decoder.h"

#include <gtest/gtest.h>

#include "avro/arrow/testing/arrow_testing.h"

namespace mseavro {
namespace {

using Rows = std::vector<std::string>;

Result<std::vector<std::string>> decode_field(std::string_view type, std::string_view bytes,
                                              int64_t record_count, const Limits& limits = {}) {
  return decode_arrow({.writer = record_of(type)}, bytes, record_count, limits);
}

std::string decimal_type(int precision) {
  return R"({"type":"bytes","logicalType":"decimal","scale":2,"precision":)" +
         std::to_string(precision) + "}";
}

TEST(ArrowDecoder, ReadsLogicalTypesInTheUnitsOfTheirArrowTypes) {
  const struct {
    const char* type;
    std::string bytes;
    const char* cell;
  } cases[] = {
      {R"({"type":"int","logicalType":"date"})", Bytes().integer(-1), "-1"},
      {R"({"type":"int","logicalType":"time-millis"})", Bytes().integer(86'399'999), "86399999"},
      {R"({"type":"long","logicalType":"timestamp-nanos"})", Bytes().integer(INT64_MIN),
       "-9223372036854775808"},
      {R"({"type":"fixed","name":"D","size":12,"logicalType":"duration"})",
       Bytes().raw(std::string_view("\1\0\0\0\xff\xff\xff\x7f\xff\xff\xff\xff", 12)),
       // 4294967295 milliseconds are 0x000f423ffff0bdc0 nanoseconds.
       "0x01000000ffffff7fc0bdf0ff3f420f00"},
      {R"({"type":"fixed","name":"U","size":16,"logicalType":"uuid"})",
       Bytes().raw("0123456789abcdef"), "0x30313233343536373839616263646566"},
      {R"({"type":"fixed","name":"D","size":2,"logicalType":"decimal","precision":4})",
       Bytes().raw("\xff\x85"), "0x85ffffffffffffffffffffffffffffff"},
  };
  for (const auto& [type, bytes, cell] : cases) {
    const auto rows = decode_field(type, bytes, 1);
    ASSERT_TRUE(rows) << type << ": " << rows.error().message;
    EXPECT_EQ(*rows, Rows{"{" + std::string(cell) + ";}"}) << type;
  }
}

TEST(ArrowDecoder, TurnsDecimalsRoundAndKeepsTheirSign) {
  const std::string zeros = "000000000000000000000000000000";
  const std::string ones = "ffffffffffffffffffffffffffffff";
  const struct {
    std::string_view unscaled;
    std::string cell;
  } cases[] = {
      {"", "0x00" + zeros},
      {std::string_view("\0", 1), "0x00" + zeros},
      {"\x7f", "0x7f" + zeros},
      {"\x80", "0x80" + ones},
      {"\xff", "0xff" + ones},
      {std::string_view("\0\x80", 2), "0x80" + zeros},
      {"0123456789abcdef", "0x66656463626139383736353433323130"},
      // More bytes than the type has, which say nothing but the sign.
      {std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 19), "0x01" + zeros},
      {std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe", 17),
       "0xfe" + ones},
  };
  for (const auto& [unscaled, cell] : cases) {
    const auto rows = decode_field(decimal_type(38), Bytes().text(unscaled), 1);
    ASSERT_TRUE(rows) << rows.error().message;
    EXPECT_EQ(*rows, Rows{"{" + cell + ";}"});
  }
}

TEST(ArrowDecoder, RefusesValuesThatTheArrowTypeCannotHold) {
  const std::string duration = R"({"type":"fixed","name":"D","size":12,"logicalType":"duration"})";
  const struct {
    std::string type;
    std::string bytes;
  } cases[] = {
      {decimal_type(38), Bytes().text("\1" + std::string(16, '\0'))},
      {decimal_type(38), Bytes().text(std::string(17, '1'))},
      {decimal_type(38), Bytes().text("\xff\x7f" + std::string(15, '\0'))},
      {decimal_type(76), Bytes().text("\1" + std::string(32, '\0'))},
      {duration, Bytes().raw(std::string_view("\0\0\0\x80\0\0\0\0\0\0\0\0", 12))},
      {duration, Bytes().raw(std::string_view("\0\0\0\0\0\0\0\x80\0\0\0\0", 12))},
  };
  for (const auto& [type, bytes] : cases) {
    const auto rows = decode_field(type, bytes, 1);
    ASSERT_FALSE(rows) << type;
    EXPECT_EQ(rows.error().code, ErrorCode::kNoArrowValue);
    EXPECT_EQ(rows.error().place.field, "x");
    EXPECT_EQ(rows.error().place.record, 0);
  }
  // The way out.
  EXPECT_TRUE(
      decode_arrow({.writer = record_of(decimal_type(38)), .reader = record_of("\"bytes\"")},
                   Bytes().text("\1" + std::string(16, '\0')), 1));
}

TEST(ArrowDecoder, ReplacesWhatIsNotUtf8AndCountsTheTexts) {
  const std::string type = R"({"type":"map","values":"string"})";
  const std::string bytes =
      Bytes().integer(2).text("k\xff").text("good").text("k2").text("\xc3(").integer(0);
  const auto plans = ArrowPlans::of({.writer = record_of(type)});
  ArrowDecoder decoder(plans->plan, plans->layout, {});
  const Block block(bytes);
  decoder.begin_block(block.bytes(), 1);
  EXPECT_FALSE(*decoder.fill(10));
  EXPECT_EQ(decoder.row_count(), 1);
  EXPECT_EQ(decoder.replaced_text_count(), 2);
  EXPECT_EQ(*decode_field(type, bytes, 1), Rows{"{[{k\xef\xbf\xbd;good;};{k2;\xef\xbf\xbd(;};];}"});
  // The bytes as they are.
  const auto raw =
      decode_arrow({.writer = R"("string")", .reader = R"("bytes")"}, Bytes().text("\xc3("), 1);
  EXPECT_EQ(*raw, Rows{"{0xc328;}"});
}

// Texts lie one behind the other, where two halves of a character would be one.
TEST(ArrowDecoder, TellsTextsApartThatAreUtf8OnlyTogether) {
  const std::string filler(100, 'x');
  for (const std::string& behind : {std::string(), filler}) {
    const std::string bytes = Bytes().text("\xc3").text("\xa9").text("\xc3\xa9").text(behind);
    const auto rows = decode_arrow({.writer = record_of(R"("string")")}, bytes, 4, {}, 10);
    EXPECT_EQ(*rows,
              (Rows{"{\xef\xbf\xbd;}", "{\xef\xbf\xbd;}", "{\xc3\xa9;}", "{" + behind + ";}"}));
  }
}

TEST(ArrowDecoder, PutsFieldsInOtherOrdersIntoTheirColumns) {
  const char* const writer = R"({"type":"record","name":"R","fields":[
      {"name":"a","type":"int"},{"name":"b","type":"string"},{"name":"c","type":"int"}]})";
  const char* const reader = R"({"type":"record","name":"R","fields":[
      {"name":"c","type":"double"},{"name":"new","type":"string","default":"d"},
      {"name":"a","type":["null","long"]}]})";
  const std::string bytes = Bytes().integer(1).text("skipped").integer(2);
  EXPECT_EQ(*decode_arrow({.writer = writer, .reader = reader}, bytes, 1),
            Rows{"{0x0000000000000040;d;1;}"});
  EXPECT_EQ(*decode_arrow({.writer = writer, .reader = reader, .columns = {"a"}}, bytes, 1),
            Rows{"{1;}"});
  EXPECT_EQ(*decode_arrow({.writer = writer, .reader = reader, .columns = {"new", "c"}}, bytes, 1),
            Rows{"{d;0x0000000000000040;}"});
}

TEST(ArrowDecoder, ReadsRootsThatAreNoRecords) {
  EXPECT_EQ(*decode_arrow({.writer = R"({"type":"array","items":{"type":"record","name":"R",
                 "fields":[{"name":"x","type":"int"}]}})"},
                          Bytes().integer(1).integer(7).integer(0).integer(0), 2),
            (Rows{"{[{7;};];}", "{[];}"}));
  EXPECT_EQ(
      *decode_arrow({.writer = R"(["null","string"])"}, Bytes().integer(0).integer(1).text("t"), 2),
      (Rows{"{null;}", "{t;}"}));
}

TEST(ArrowDecoder, NestsAsDeepAsTheLimitSays) {
  const char* const writer = R"({"type":"record","name":"R","fields":[
      {"name":"a","type":{"type":"array","items":{"type":"record","name":"Q","fields":[
        {"name":"t","type":{"type":"array","items":"string"}}]}}},
      {"name":"b","type":"string"}]})";
  const std::string filler(200, 'x');
  const std::string bytes =
      Bytes().integer(1).integer(1).text("t").integer(0).integer(0).text(filler);
  for (const int32_t depth : {0, 1, 2}) {
    const auto rows = decode_arrow({.writer = writer}, bytes, 1, {.datum_depth = depth});
    ASSERT_EQ(rows.has_value(), depth == 2) << depth;
    if (!rows) {
      EXPECT_EQ(rows.error().code, ErrorCode::kTooDeep);
    }
  }
}

TEST(ArrowDecoder, ReadsRecordsWithoutFields) {
  EXPECT_EQ(*decode_arrow({.writer = R"({"type":"record","name":"R","fields":[]})"}, "", 4),
            (Rows{"{}", "{}", "{}", "{}"}));
}

TEST(ArrowDecoder, GathersBlocksInABatchUntilItIsFull) {
  const auto plans = ArrowPlans::of({.writer = record_of(R"("long")")});
  ArrowDecoder decoder(plans->plan, plans->layout, {});
  const Block first(Bytes().integer(1).integer(2));
  decoder.begin_block(first.bytes(), 2);
  EXPECT_FALSE(*decoder.fill(3));
  const Block second(Bytes().integer(3).integer(4));
  decoder.begin_block(second.bytes(), 2);
  EXPECT_TRUE(*decoder.fill(3));
  EXPECT_EQ(decoder.row_count(), 3);
  OwnedArrow<ArrowArray> batch;
  decoder.finish(batch.get());
  EXPECT_EQ(batch->length, 3);
  EXPECT_FALSE(*decoder.fill(3));
  EXPECT_EQ(decoder.row_count(), 1);
}

TEST(ArrowDecoder, EndsABatchByItsBytes) {
  const auto plans = ArrowPlans::of({.writer = record_of(R"("bytes")")});
  ArrowDecoder decoder(plans->plan, plans->layout, {});
  Bytes bytes;
  constexpr int64_t kRecords = 20;
  for (int64_t i = 0; i < kRecords; ++i) bytes.text(std::string(1 << 20, 'b'));
  const Block block(bytes);
  decoder.begin_block(block.bytes(), kRecords);
  EXPECT_TRUE(*decoder.fill(kRecords));
  EXPECT_EQ(decoder.row_count(), 16);
  EXPECT_GE(decoder.size_bytes(), ArrowDecoder::kBatchBytes);
}

// A null of a byte stands for a value of any size.
TEST(ArrowDecoder, BoundsWhatOneRecordBecomes) {
  const std::string type =
      R"({"type":"array","items":["null",{"type":"fixed","name":"F","size":1000}]})";
  Bytes bytes;
  bytes.integer(100);
  for (int i = 0; i < 100; ++i) bytes.integer(0);
  bytes.integer(0);
  EXPECT_TRUE(decode_field(type, bytes, 1));

  Limits limits;
  limits.datum_size_bytes = 1 << 20;
  Bytes many;
  many.integer(100'000);
  for (int i = 0; i < 100'000; ++i) many.integer(0);
  many.integer(0);
  const auto rows = decode_field(type, many, 1, limits);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::kLimitExceeded);
}

// Far from the block's end, where fields are put in one step.
TEST(ArrowDecoder, FindsTheSameFaultsInUsualFieldsAsInOthers) {
  struct Case {
    const char* type;
    std::string bytes;
    ErrorCode code;
  };
  const std::string wide = Bytes().integer(int64_t{1} << 31);
  const Case kCases[] = {
      {R"("int")", wide, ErrorCode::kBadVarint},
      {R"(["null","int"])", "\x02" + wide, ErrorCode::kBadVarint},
      {R"("boolean")", "\x02", ErrorCode::kBadBoolean},
      {R"({"type":"enum","name":"E","symbols":["A","B"]})", "\x04", ErrorCode::kBadIndex},
      {R"({"type":"enum","name":"E","symbols":["A","B"]})", "\x01", ErrorCode::kBadIndex},
      {R"(["null","int"])", "\x04", ErrorCode::kBadIndex},
      {R"(["long","null"])", "\x04", ErrorCode::kBadIndex},
      {R"(["null","double"])", "\x01", ErrorCode::kBadIndex},
      {R"(["string","null"])", "\x80\x01", ErrorCode::kBadIndex},
      {R"("string")", "\x01", ErrorCode::kBadLength},
      {R"(["null","string"])", "\x02\x01", ErrorCode::kBadLength},
      {R"("long")", std::string(10, '\xff'), ErrorCode::kBadVarint},
  };
  for (const Case& test : kCases) {
    SCOPED_TRACE(test.type);
    const auto rows = decode_field(test.type, test.bytes + std::string(200, '\2'), 1);
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().code, test.code);
  }
}

TEST(ArrowDecoder, SaysWhereDataAreWrongAndGoesOnWithTheNextBlock) {
  const auto plans = ArrowPlans::of({.writer = record_of(R"("boolean")")});
  ArrowDecoder decoder(plans->plan, plans->layout, {});
  const Block bad("\1\2");
  decoder.begin_block(bad.bytes(), 2);
  const auto refused = decoder.fill(10);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBadBoolean);
  EXPECT_EQ(refused.error().place.record, 1);
  EXPECT_EQ(decoder.row_count(), 0);
  const Block good("\1");
  decoder.begin_block(good.bytes(), 1);
  EXPECT_FALSE(*decoder.fill(10));
  EXPECT_EQ(decoder.row_count(), 1);
}

}  // namespace
}  // namespace mseavro
