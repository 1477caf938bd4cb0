// Bytes of any kind, written under one of several schemas and read under another. JSON and trees
// must agree, and what they accept, a plan that skips everything must accept.
//
// Input: the writer's index, the reader's, the count of records, then the block. An index beyond
// the schemas takes one from the input: the text up to the next zero byte.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "avro/wire/column_decoder.h"
#include "avro/wire/datum_reader.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

using SchemaPointer = std::shared_ptr<const Schema>;

constexpr std::string_view kSchemas[] = {
    R"({"type":"record","name":"R","fields":[
      {"name":"i","type":"int"},{"name":"l","type":"long"},{"name":"f","type":"float"},
      {"name":"s","type":"string"},{"name":"b","type":"bytes"},
      {"name":"e","type":{"type":"enum","name":"E","symbols":["A","B","C"]}},
      {"name":"u","type":["null","int","string",{"type":"array","items":"int"}]},
      {"name":"in","type":{"type":"record","name":"In","fields":[
        {"name":"x","type":"boolean"},{"name":"m","type":{"type":"map","values":"E"}}]}},
      {"name":"list","type":{"type":"array","items":"In"}}]})",
    R"({"type":"record","name":"R","fields":[
      {"name":"list","type":{"type":"array","items":{"type":"record","name":"In","fields":[
        {"name":"m","type":{"type":"map","values":
          {"type":"enum","name":"E","symbols":["C","other"],"default":"other"}}},
        {"name":"added","type":{"type":"map","values":["null","double"]},"default":{"k":1}},
        {"name":"x","type":["null","boolean"]}]}}},
      {"name":"s","type":"bytes"},{"name":"l","type":"double"},{"name":"e","type":"E"},
      {"name":"added","type":{"type":"array","items":"In"},"default":[{"m":{"a":"C"},"x":null}]},
      {"name":"u","type":["null","double","bytes"]},{"name":"new","aliases":["i"],"type":"float"},
      {"name":"f","type":"double"}]})",
    R"({"type":"record","name":"R","fields":[
      {"name":"e","type":{"type":"enum","name":"E","symbols":["B"]}},
      {"name":"u","type":"string"}]})",
    R"({"type":"record","name":"Node","fields":[
      {"name":"value","type":["null","int"]},{"name":"left","type":["null","Node"]},
      {"name":"children","type":{"type":"array","items":"Node"}}]})",
    R"({"type":"record","name":"a.Node","fields":[
      {"name":"children","type":{"type":"array","items":"Node"}},
      {"name":"note","type":["null","string"],"default":"x"},
      {"name":"left","type":["null","Node"]},{"name":"value","type":["long","null"]}]})",
    R"({"type":"array","items":{"type":"record","name":"Empty","fields":[]}})",
    R"({"type":"array","items":{"type":"record","name":"Empty","fields":[
      {"name":"d","type":"string","default":"a default that is written for no byte at all"}]}})",
    R"(["int","string","double"])",
    R"(["string","long"])",
};

// The schema that the input chooses, or nullptr.
SchemaPointer take_schema(uint8_t choice, std::span<const uint8_t>& input) {
  static const std::vector<SchemaPointer> known = [] {
    std::vector<SchemaPointer> made;
    for (const std::string_view text : kSchemas) made.push_back(*Schema::parse(text));
    return made;
  }();
  if (choice < known.size()) return known[choice];
  const auto end = std::ranges::find(input, uint8_t{0});
  const std::string text(input.begin(), end);
  input = input.subspan(std::min(text.size() + 1, input.size()));
  const auto schema = Schema::parse(text);
  return schema ? *schema : nullptr;
}

enum class Outcome : uint8_t { kRead, kRefused, kTooLarge };

template <class Next>
Outcome read_to_the_end(const Next& next) {
  while (true) {
    const Result<bool> more = next();
    if (more && *more) continue;
    if (more) return Outcome::kRead;
    return more.error().code == ErrorCode::kLimitExceeded ? Outcome::kTooLarge : Outcome::kRefused;
  }
}

Limits small_limits() {
  Limits limits;
  limits.zero_size_elements = 1'000;
  limits.datum_size_bytes = 1 << 20;
  return limits;
}

Outcome read_all_ways(const std::shared_ptr<const ReadPlan>& plan, std::span<const uint8_t> block,
                      int64_t record_count) {
  DatumReader reader(plan, small_limits());
  reader.begin_block(block, record_count);
  const Outcome as_json = read_to_the_end([&] {
    std::string json;
    return reader.next_json(JsonStyle::kPlain, &json);
  });
  Datum datum;
  reader.begin_block(block, record_count);
  const Outcome as_tree = read_to_the_end([&] { return reader.next_datum(&datum); });
  // Text and trees outgrow their limits at different sizes.
  const bool is_large = as_json == Outcome::kTooLarge || as_tree == Outcome::kTooLarge;
  MSEAVRO_CHECK(is_large || as_json == as_tree);
  return as_json;
}

bool can_be_skipped(const SchemaPointer& writer, std::span<const uint8_t> block,
                    int64_t record_count) {
  const auto plan = ReadPlan::project(writer, {});
  if (!plan) return true;  // The root is no record.
  ColumnDecoder decoder(*plan, small_limits());
  ColumnBatch batch({}, 7);
  decoder.begin_block(block, record_count);
  return read_to_the_end([&] { return decoder.next(batch); }) == Outcome::kRead;
}

}  // namespace
}  // namespace mseavro

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mseavro;
  if (size < 3) return 0;
  std::span<const uint8_t> rest(data + 3, size - 3);
  const SchemaPointer writer = take_schema(data[0], rest);
  const SchemaPointer reader = take_schema(data[1], rest);
  if (writer == nullptr || reader == nullptr) return 0;
  const auto plan = ReadPlan::resolve(*writer, reader);
  if (plan && read_all_ways(*plan, rest, data[2]) == Outcome::kRead) {
    MSEAVRO_CHECK(can_be_skipped(writer, rest, data[2]));
  }
  return 0;
}
