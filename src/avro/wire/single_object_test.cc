#include "avro/wire/single_object.h"

#include <gtest/gtest.h>

#include <string>

#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

std::string message_of(std::string_view schema, std::string_view datum) {
  const auto header = single_object_header(*schema_fingerprint(*schema_of(schema)));
  return std::string(header.begin(), header.end()) + std::string(datum);
}

Result<std::string> read_message(SingleObjectReader& reader, std::string_view message) {
  const Block block(message);
  MSEAVRO_ASSIGN(DatumReader* const datum, reader.open(block.bytes()));
  std::string json;
  MSEAVRO_TRY(datum->next_json(JsonStyle::kAvro, &json));
  return json + " " + std::to_string(datum->bytes_left());
}

TEST(SingleObject, BeginsWithTheMarkAndTheFingerprintLowestByteFirst) {
  // The fingerprint of "int", by Avro Java: 7275d51a3f395c8f.
  EXPECT_EQ(message_of(R"("int")", "\x02"), "\xc3\x01\x8f\x5c\x39\x3f\x1a\xd5\x75\x72\x02");
}

TEST(SingleObject, ReadsMessagesOfSeveralSchemas) {
  SchemaList schemas;
  ASSERT_TRUE(schemas.add(schema_of(R"("string")")));
  ASSERT_TRUE(schemas.add(schema_of(R"("long")")));
  SingleObjectReader reader(schemas, nullptr, {});
  const std::string text = message_of(R"("string")", Bytes().text("x").bytes());
  const std::string number = message_of(R"("long")", Bytes().integer(-7).bytes());
  EXPECT_EQ(*read_message(reader, text), "\"x\" 0");
  EXPECT_EQ(*read_message(reader, number), "-7 0");
  EXPECT_EQ(*read_message(reader, number + text), "-7 12");
}

TEST(SingleObject, ReadsAsAReaderSchemaDoes) {
  SchemaList schemas;
  ASSERT_TRUE(schemas.add(schema_of(R"("int")")));
  SingleObjectReader as_double(schemas, schema_of(R"("double")"), {});
  EXPECT_EQ(*read_message(as_double, message_of(R"("int")", "\x02")), "1.0 0");
  SingleObjectReader as_text(schemas, schema_of(R"("string")"), {});
  EXPECT_EQ(read_message(as_text, message_of(R"("int")", "\x02")).error().code,
            ErrorCode::kIncompatibleSchemas);
}

TEST(SingleObject, RefusesWhatIsNone) {
  SchemaList schemas;
  ASSERT_TRUE(schemas.add(schema_of(R"("int")")));
  SingleObjectReader reader(schemas, nullptr, {});
  const std::string message = message_of(R"("int")", "\x02");
  for (size_t size = 0; size < 10; ++size) {
    EXPECT_EQ(read_message(reader, message.substr(0, size)).error().code, ErrorCode::kTruncated)
        << size;
  }
  EXPECT_EQ(read_message(reader, message.substr(0, 10)).error().code, ErrorCode::kTruncated);
  EXPECT_EQ(read_message(reader, "\x02").error().code, ErrorCode::kNotSingleObject);
  EXPECT_EQ(read_message(reader, "\xc3\x02").error().code, ErrorCode::kNotSingleObject);
  EXPECT_EQ(read_message(reader, "Obj\x01").error().code, ErrorCode::kNotSingleObject);
  const auto unknown = read_message(reader, message_of(R"("long")", "\x02"));
  EXPECT_EQ(unknown.error().code, ErrorCode::kUnknownFingerprint);
  EXPECT_EQ(unknown.error().value, "d054e14493f41db7");
}

}  // namespace
}  // namespace mseavro
