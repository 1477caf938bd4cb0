// Any text as the JSON of a datum, under one of several schemas. What is encoded must be readable;
// read as Avro JSON and encoded again it must be the same bytes.
//
// Input: the schema's index, the form (bit 0: plain, bit 1: ignore unknown fields), then the text.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "avro/wire/datum_writer.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

std::shared_ptr<const WritePlan> plan_of(std::string_view schema) {
  return *WritePlan::compile(*Schema::parse(schema));
}

std::vector<std::shared_ptr<const WritePlan>> make_plans() {
  return {
      plan_of(R"({"type":"record","name":"Event","fields":[
        {"name":"id","type":"string"},{"name":"n","type":["null","long","double"],"default":null},
        {"name":"f","type":["float","null"],"default":1.5},{"name":"b","type":"boolean"},
        {"name":"i","type":"int","default":-1},
        {"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]},"default":"B"},
        {"name":"x","type":{"type":"fixed","name":"X","size":2},"default":"ab"},
        {"name":"m","type":{"type":"map","values":["null","bytes","E"]},"default":{}}]})"),
      plan_of(R"({"type":"record","name":"Node","fields":[
        {"name":"v","type":["null","long"],"default":null},
        {"name":"next","type":["null","Node"],"default":null},
        {"name":"more","type":{"type":"array","items":"Node"},"default":[]}]})"),
      plan_of(R"(["null",{"type":"record","name":"A","fields":[
        {"name":"next","type":["null","A",{"type":"record","name":"B","fields":[
          {"name":"next","type":["null","A","B",{"type":"map","values":"A"}]},
          {"name":"x","type":"string","default":"d"}]}]},
        {"name":"x","type":"long","default":3}]},"B",
        {"type":"array","items":["A","B"]}])"),
      plan_of(R"({"type":"record","name":"Logical","fields":[
        {"name":"d","type":["null",{"type":"int","logicalType":"date"}],"default":null},
        {"name":"t","type":["null",{"type":"int","logicalType":"time-millis"}],"default":null},
        {"name":"s","type":["null",{"type":"long","logicalType":"timestamp-nanos"}],"default":null},
        {"name":"l","type":["null",{"type":"long","logicalType":"local-timestamp-micros"}],
         "default":null},
        {"name":"p","type":["null",{"type":"bytes","logicalType":"decimal","precision":20,
         "scale":3}],"default":null},
        {"name":"q","type":["null",{"type":"bytes","logicalType":"big-decimal"}],"default":null},
        {"name":"u","type":["null",{"type":"fixed","name":"U","size":16,"logicalType":"uuid"}],
         "default":null},
        {"name":"r","type":["null",{"type":"fixed","name":"D","size":12,"logicalType":"duration"}],
         "default":null}]})"),
  };
}

std::string json_of(const WritePlan& plan, JsonStyle style, std::span<const uint8_t> datum) {
  DatumReader reader(ReadPlan::whole(*Schema::parse(plan.schema().text())), {});
  std::string json;
  reader.begin_datum(datum);
  const auto read = reader.next_json(style, &json);
  MSEAVRO_CHECK(read && *read && reader.bytes_left() == 0);
  return json;
}

void encode(const std::shared_ptr<const WritePlan>& plan, const JsonForm& form,
            std::string_view text) {
  DatumWriter writer(plan, {});
  Encoder datum;
  if (!writer.write_json(text, form, &datum)) {
    MSEAVRO_CHECK(datum.size() == 0);
    return;
  }
  json_of(*plan, JsonStyle::kPlain, datum.bytes());
  const std::string json = json_of(*plan, JsonStyle::kAvro, datum.bytes());
  Encoder again;
  MSEAVRO_CHECK(writer.write_json(json, {}, &again).has_value());
  MSEAVRO_CHECK(again.text() == datum.text());
}

}  // namespace
}  // namespace mseavro

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto plans = mseavro::make_plans();
  if (size < 2) return 0;
  const mseavro::JsonForm form{
      .style = (data[1] & 1) != 0 ? mseavro::JsonStyle::kPlain : mseavro::JsonStyle::kAvro,
      .ignores_unknown = (data[1] & 2) != 0};
  const std::string_view text(reinterpret_cast<const char*>(data + 2), size - 2);
  mseavro::encode(plans[data[0] % plans.size()], form, text);
  return 0;
}
