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
schema    record org.Event

field  type                 nulls  distinct               min               max  example
-----  -------------------  -----  --------  ----------------  ----------------  ----------------
id     string                   0         2                                      p\u001b[31m1
y      double?                  2         0
at     int date                 0         1        2025-07-28        2025-07-28  2025-07-28
raw    bytes                    0         1                                      0x00ff
count  long                     0         1  1738102210123456  1738102210123456  1738102210123456
price  bytes decimal(9, 2)      0         1                 3                 3  3.00
many   int | string | null
tags   map<array<int>>
day    path key                 0         1                 3                 3  3

Values are those of the first 2 records.
)");
}

TEST_F(InspectionOutput, MarksWhatWasExtrapolated) {
  Inspection inspection = inspect("a.csv", "id\np1\n");
  inspection.size_bytes = 4'000'000'000;
  inspection.counted_size_bytes = 4 << 20;
  inspection.record_count = 12'345;
  inspection.counted_all = false;
  const std::string text = inspection_text(inspection, false);
  EXPECT_NE(text.find("records   about 11,800,000 records, from the first 4.0 MiB"),
            std::string::npos)
      << text;
  EXPECT_NE(inspection_json(inspection).find(R"("records_about":11800000,)"), std::string::npos);
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
            R"("metadata":{},"blocks_counted":1,"records_counted":1,"counted_all":true,"fields":[)"
            R"({"path":"y","type":"double","kind":"number","nullable":false,"aliases":["z"],)"
            R"("role":"prediction","rows":1,"nulls":0,"distinct":1,"min":0.5,"max":0.5,)"
            R"("example":"0.5"}]})");
}

}  // namespace
}  // namespace mseavro
