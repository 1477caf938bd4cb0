// A block of any bytes, read under one of several schemas by every target of the walk. JSON and
// trees must agree; what they accept, projections must accept (not the other way round: skipping
// jumps over sized blocks without looking inside). So must Arrow columns, but for values that Arrow
// does not have, and what they hold must go back into datums.
//
// Input: the schema's index, the count of records, then the block.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "avro/arrow/arrow_decoder.h"
#include "avro/arrow/arrow_encoder.h"
#include "avro/wire/column_decoder.h"
#include "avro/wire/datum_reader.h"
#include "avro/wire/write_plan.h"
#include "base/columns/owned_arrow.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

struct Subject {
  std::shared_ptr<const Schema> schema;
  std::shared_ptr<const ReadPlan> projection;
  std::shared_ptr<const ReadPlan> whole;
  std::shared_ptr<const ArrowLayout> layout;  // nullptr: a type contains itself.
};

Subject make_subject(std::string_view text, const std::vector<std::string>& paths) {
  Subject subject;
  subject.schema = *Schema::parse(text);
  std::vector<ColumnRequest> requests;
  for (const std::string& path : paths) {
    for (const ColumnType type : {ColumnType::kInteger, ColumnType::kNumber, ColumnType::kText}) {
      requests.push_back({*FieldPath::parse(path), type});
    }
  }
  subject.projection = *ReadPlan::project(subject.schema, requests);
  subject.whole = ReadPlan::whole(subject.schema);
  if (auto layout = ArrowLayout::of(*subject.schema, {}, {})) subject.layout = *layout;
  return subject;
}

std::vector<Subject> make_subjects() {
  return {
      make_subject(R"({"type":"record","name":"PredictionEvent","fields":[
        {"name":"prediction_id","type":"string"},{"name":"model_version","type":"string"},
        {"name":"prediction","type":"double"},{"name":"actual","type":["null","double"]},
        {"name":"squared_error","type":["double","null"]},
        {"name":"timestamp","type":{"type":"long","logicalType":"timestamp-millis"}},
        {"name":"featureset_version","type":["null","string"]},
        {"name":"region","type":"string"},{"name":"device","type":"string"}]})",
                   {"model_version", "prediction", "actual", "timestamp"}),
      make_subject(R"({"type":"record","name":"R","fields":[
        {"name":"flag","type":"boolean"},{"name":"count","type":"int"},
        {"name":"kind","type":{"type":"enum","name":"E","symbols":["A","B","C"]}},
        {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
        {"name":"big","type":{"type":"bytes","logicalType":"big-decimal"}},
        {"name":"id","type":{"type":"fixed","name":"U","size":16,"logicalType":"uuid"}},
        {"name":"wide","type":["null","long","float","string","U","E"]},
        {"name":"day","type":{"type":"int","logicalType":"date"}}]})",
                   {"flag", "count", "kind", "price", "big", "id", "wide", "day"}),
      make_subject(R"({"type":"record","name":"R","fields":[
        {"name":"tags","type":{"type":"map","values":["null","string"]}},
        {"name":"floats","type":{"type":"array","items":"double"}},
        {"name":"nulls","type":{"type":"array","items":"null"}},
        {"name":"rows","type":{"type":"array","items":{"type":"record","name":"Row","fields":[
          {"name":"a","type":["string","null"]},{"name":"b","type":{"type":"map","values":"bytes"}}
        ]}}},
        {"name":"in","type":["null",{"type":"record","name":"In","fields":[
          {"name":"x","type":["null","long"]},
          {"name":"m","type":{"type":"map","values":"Row"}}]}]}]})",
                   {"tags[\"a\"]", "tags[\"b\"]", "in.x", "in.m[\"k\"].a", "in"}),
      make_subject(R"({"type":"record","name":"Node","fields":[
        {"name":"value","type":["null","long"]},
        {"name":"left","type":["null","Node"]},
        {"name":"children","type":{"type":"array","items":"Node"}}]})",
                   {"value", "left.value", "left.left.value"}),
      make_subject(R"({"type":"record","name":"Empty","fields":[{"name":"n","type":"null"}]})",
                   {"n"}),
  };
}

template <class Next>
bool reads_to_the_end(const Next& next) {
  while (true) {
    const Result<bool> more = next();
    if (!more || !*more) return more.has_value();
  }
}

void write_back(const Subject& subject, const ArrowArray& batch) {
  auto encoder = ArrowEncoder::bind(*WritePlan::compile(subject.schema), subject.layout->root);
  MSEAVRO_CHECK(encoder.has_value() && encoder->begin_batch(batch).has_value());
  Encoder datums;
  for (int64_t row = 0; row < batch.length; ++row) {
    MSEAVRO_CHECK(encoder->put(row, &datums).has_value());
  }
}

// Whether the columns can be read, or only Arrow does not have a value.
bool reads_as_arrow(const Subject& subject, std::span<const uint8_t> block, int64_t record_count,
                    const Limits& limits) {
  ArrowDecoder decoder(subject.whole, subject.layout, limits);
  decoder.begin_block(block, record_count);
  while (true) {
    const auto is_full = decoder.fill(7);
    if (!is_full) return is_full.error().code == ErrorCode::kNoArrowValue;
    OwnedArrow<ArrowArray> batch;
    decoder.finish(batch.get());
    write_back(subject, *batch);
    if (!*is_full) return true;
  }
}

void read_all_ways(const Subject& subject, std::span<const uint8_t> block, int64_t record_count) {
  Limits limits;
  limits.zero_size_elements = 1'000;

  DatumReader reader(subject.whole, limits);
  const auto reads_as_json = [&](JsonStyle style) {
    reader.begin_block(block, record_count);
    return reads_to_the_end([&] {
      std::string json;
      return reader.next_json(style, &json);
    });
  };
  const bool json = reads_as_json(JsonStyle::kAvro);
  MSEAVRO_CHECK(reads_as_json(JsonStyle::kPlain) == json);

  Datum datum;
  reader.begin_block(block, record_count);
  MSEAVRO_CHECK(reads_to_the_end([&] { return reader.next_datum(&datum); }) == json);

  ColumnDecoder decoder(subject.projection, limits);
  ColumnBatch batch(subject.projection->column_types(), 7);
  decoder.begin_block(block, record_count);
  const bool columns = reads_to_the_end([&] { return decoder.next(batch); });
  MSEAVRO_CHECK(columns || !json);

  if (subject.layout == nullptr) return;
  MSEAVRO_CHECK(reads_as_arrow(subject, block, record_count, limits) || !json);
}

}  // namespace
}  // namespace mseavro

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<mseavro::Subject> subjects = mseavro::make_subjects();
  if (size < 2) return 0;
  mseavro::read_all_ways(subjects[data[0] % subjects.size()], {data + 2, size - 2}, data[1]);
  return 0;
}
