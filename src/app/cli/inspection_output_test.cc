#include "app/cli/inspection_output.h"

#include <gtest/gtest.h>

#include "events/source/testing/avro_test_file.h"
#include "events/source/testing/scratch_folder.h"

namespace mseavro {
namespace {

class InspectionOutput : public testing::Test {
 protected:
  Inspection inspect(const std::string& name, std::string_view bytes) {
    const std::string path = folder_.write(name, bytes);
    Inspection inspection = inspect_file(list_inputs(std::vector{path}).value().at(0), {}).value();
    inspection.file.path = name;
    inspection.size_bytes = 1234;
    return inspection;
  }

  ScratchFolder folder_;
};

TEST_F(InspectionOutput, IsACompactPageForPeople) {
  const std::string schema = R"({"type":"record","name":"org.Event","fields":[
      {"name":"id","type":"string"},
      {"name":"y","type":["null","double"]},
      {"name":"at","type":{"type":"int","logicalType":"date"}},
      {"name":"raw","type":"bytes"},
      {"name":"count","type":"long"},
      {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
      {"name":"many","type":["null","int","string"]},
      {"name":"tags","type":{"type":"map","values":{"type":"array","items":"int"}}}]})";
  const auto event = [](std::string id) {
    return PutRecord([=](Encoder& out) {
      out.put_bytes(id);
      out.put_long(0);
      out.put_long(20297);
      out.put_bytes(std::string_view("\x00\xff", 2));
      out.put_long(1738102210123456);
      out.put_bytes("\x01\x2c");
      out.put_long(0);
      out.put_long(0);
    });
  };
  std::string text = inspection_text(
      inspect("day=3/a.avro", avro_file(schema, {event("p\x1b[31m1"), event("p2")})), false);
  const size_t sync = text.find("sync ");
  text.erase(sync, text.find('\n', sync) + 1 - sync);
  EXPECT_EQ(text,
            R"(file      day=3/a.avro
size      1.2 KiB (1,234 bytes)
format    Avro, codec null
records   2 records in 1 block
data      51 bytes; the largest block, 0, has 51 bytes
schema    record org.Event

field  type                 nulls  distinct               min               max  example
-----  -------------------  -----  --------  ----------------  ----------------  ----------------
id     string                   0         2                                      p\u001b[31m1
y      double?                  2         0
at     int date                 0         1        2025-07-28        2025-07-28  2025-07-28
raw    bytes                    0         1                                      0x00ff
count  long                     0         1  1738102210123456  1738102210123456  1738102210123456
price  bytes decimal(9, 2)      0         1                 3                 3  3.00
many   int | string | null      2         0
tags   map<array<int>>
day    path key                 0         1                 3                 3  3

Values are those of all 2 records.
)");
}

TEST_F(InspectionOutput, MarksWhatWasExtrapolated) {
  Inspection inspection = inspect("a.csv", "id\np1\n");
  inspection.size_bytes = 4'000'000'000;
  inspection.counted_size_bytes = 4 << 20;
  inspection.counts.record_count = 12'345;
  inspection.counted_all = false;
  const std::string text = inspection_text(inspection, false);
  EXPECT_NE(text.find("records   about 11,800,000 records, from the first 4.0 MiB"),
            std::string::npos)
      << text;
  EXPECT_NE(inspection_json(inspection).find(R"("records_about":11800000,)"), std::string::npos);
}

TEST_F(InspectionOutput, SaysHowFarBlocksAreCompressedAndWhatWasLost) {
  std::vector<PutRecord> records;
  for (int i = 0; i < 20'000; ++i) {
    records.push_back([i](Encoder& out) { out.put_long(i % 2 == 0 ? INT64_MAX - i : 7); });
  }
  records.push_back([](Encoder& out) { out.put_long(INT64_MIN); });
  Inspection inspection = inspect(
      "a.avro", avro_file(R"({"type":"record","name":"R","fields":[{"name":"n","type":"long"}]})",
                          records, 1 << 30, Codec::kZstandard));
  inspection.counts.stored_size_bytes = inspection.counts.decoded_size_bytes / 4;
  inspection.losses.block_count = 3;
  inspection.losses.record_count = 1500;
  inspection.fields[0].evidence.distinct_is_estimate = true;
  const std::string text = inspection_text(inspection, false);
  for (const char* line :
       {"\ndata      26.9 KiB, decompressed 107.4 KiB (4.0 times); the largest block, 0, has 107.4 "
        "KiB\n",
        "\nlost      3 blocks lost with 1,500 records\n", "  ~10,002  -9223372036854775808  ",
        "  9223372036854775807  ", "\nValues are those of all 20,001 records.\n",
        "marked ~ are estimates"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "is not in\n" << text;
  }
}

TEST_F(InspectionOutput, ShowsTextsThatAreNotUtf8WhereThereAreAny) {
  const std::string schema = R"({"type":"record","name":"R","fields":[
      {"name":"s","type":"string"},{"name":"b","type":"bytes"}]})";
  const auto record = [](std::string text) {
    return PutRecord([=](Encoder& out) {
      out.put_bytes(text);
      out.put_bytes("\xff");
    });
  };
  const std::vector<PutRecord> records = {record("a\xff"), record("\xc3\xa9"), record("\xc3")};
  const Inspection inspection = inspect("a.avro", avro_file(schema, records));
  EXPECT_NE(inspection_text(inspection, false)
                .find("field  type    nulls  distinct  not UTF-8  min  max  example\n"),
            std::string::npos);
  const std::string json = inspection_json(inspection);
  EXPECT_NE(json.find(R"("distinct":3,"distinct_is_estimate":false,"invalid_utf8":2)"),
            std::string::npos)
      << json;
  EXPECT_EQ(json.find(R"("invalid_utf8":3)"), std::string::npos) << "bytes may be any";
}

TEST_F(InspectionOutput, SaysThatAFileIsDamaged) {
  Inspection inspection = inspect("a.csv", "id\np1\n");
  inspection.damage = Error{ErrorCode::kTruncated, "", "", "", {}};
  EXPECT_NE(inspection_text(inspection, false).find("1 record before the file is damaged"),
            std::string::npos);
}

TEST_F(InspectionOutput, IsOneJsonObjectForPrograms) {
  std::string json =
      inspection_json(inspect("a.avro", avro_file(R"({"type":"record","name":"R","fields":[
                    {"name":"y","type":"double","aliases":["z"],"mseavro.role":"prediction"}]})",
                                                  {[](Encoder& out) { out.put_double(0.5); }})));
  const size_t sync = json.find(R"("sync":")") + 8;
  json.replace(sync, 32, "…");
  EXPECT_EQ(json,
            R"({"file":"a.avro","size_bytes":1234,"format":"avro","codec":"null","sync":"…",)"
            R"("schema":{"type":"record","name":"R","fields":[
                    {"name":"y","type":"double","aliases":["z"],"mseavro.role":"prediction"}]},)"
            R"("metadata":{},"blocks_counted":1,"stored_size_bytes":8,"decompressed_size_bytes":8,)"
            R"("largest_block":0,"largest_decompressed_size_bytes":8,"blocks_lost":0,)"
            R"("records_lost":0,"records_counted":1,"counted_all":true,"fields":[)"
            R"({"path":"y","type":"double","kind":"number","nullable":false,"aliases":["z"],)"
            R"("role":"prediction","rows":1,"nulls":0,"distinct":1,"distinct_is_estimate":false,)"
            R"("min":0.5,"max":0.5,)"
            R"("example":"0.5"}]})");
}

}  // namespace
}  // namespace mseavro
