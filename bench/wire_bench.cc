// What one record costs to decode, on prediction events made in memory (84 bytes, 10 fields).
#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "avro/wire/column_decoder.h"
#include "avro/wire/datum_reader.h"
#include "avro/wire/encoder.h"

namespace mseavro {
namespace {

constexpr const char* kSchema = R"({"type":"record","name":"PredictionEvent","fields":[
  {"name":"prediction_id","type":"string"},
  {"name":"model_version","type":"string"},
  {"name":"prediction","type":"double"},
  {"name":"actual","type":["null","double"],"default":null},
  {"name":"squared_error","type":["null","double"],"default":null},
  {"name":"timestamp","type":{"type":"long","logicalType":"timestamp-millis"}},
  {"name":"featureset_version","type":["null","string"],"default":null},
  {"name":"region","type":"string"},
  {"name":"user_type","type":"string"},
  {"name":"device","type":"string"}]})";

constexpr size_t kBatchRows = 1024;
constexpr size_t kBlockBytes = 64 << 10;
// Together 64 MiB, more than caches hold.
constexpr size_t kBlockCount = 1024;

struct Block {
  std::vector<uint8_t> bytes;
  int64_t record_count = 0;
};

const std::vector<Block>& blocks() {
  static const std::vector<Block> made = [] {
    std::mt19937_64 random(2013);
    const auto pick = [&](const std::vector<std::string>& from) {
      return std::string_view(from[random() % from.size()]);
    };
    const std::vector<std::string> versions = {"v3.2.1", "v4.0.0", "v4.1.0", "v4.1.1-rc2"};
    const std::vector<std::string> featuresets = {"fs-2025.05", "fs-2025.06", "fs-2025.07"};
    const std::vector<std::string> regions = {"eu-west-2", "us-east-2", "ap-southeast-2",
                                              "sa-east-1", "eu-south-1"};
    const std::vector<std::string> users = {"free", "pro", "trial", "enterprise"};
    const std::vector<std::string> devices = {"ios", "android", "web", "console"};
    std::vector<Block> result(kBlockCount);
    int64_t id = 0;
    for (Block& block : result) {
      Encoder to;
      while (to.size() < kBlockBytes) {
        const std::string digits = std::to_string(1'000'000'000 + id++);
        const double prediction = static_cast<double>(random() % 100'000) / 1'777;
        const bool has_label = random() % 10 != 0;
        to.put_bytes("p-" + digits.substr(1));
        to.put_bytes(pick(versions));
        to.put_double(prediction);
        for (int i = 0; i < 2; ++i) {
          to.put_long(has_label ? 1 : 0);
          if (has_label) to.put_double(prediction + i);
        }
        to.put_long(1'753'660'800'000 + id * 37);
        to.put_long(1);
        to.put_bytes(pick(featuresets));
        to.put_bytes(pick(regions));
        to.put_bytes(pick(users));
        to.put_bytes(pick(devices));
        ++block.record_count;
      }
      block.bytes.assign(to.bytes().begin(), to.bytes().end());
    }
    return result;
  }();
  return made;
}

void report(benchmark::State& state, int64_t records) {
  state.SetItemsProcessed(records);
  state.counters["ns/record"] =
      benchmark::Counter(static_cast<double>(records) * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void decode(benchmark::State& state, const std::vector<ColumnRequest>& requests) {
  const auto plan = *ReadPlan::project(*Schema::parse(kSchema), requests);
  ColumnDecoder decoder(plan, {});
  ColumnBatch batch(plan->column_types(), kBatchRows);
  int64_t records = 0;
  for (auto _ : state) {
    for (const Block& block : blocks()) {
      decoder.begin_block(block.bytes, block.record_count);
      while (*decoder.next(batch)) records += static_cast<int64_t>(batch.size);
    }
  }
  report(state, records);
}

void DecodeFourColumns(benchmark::State& state) {
  decode(state, {{*FieldPath::parse("model_version"), ColumnType::kText},
                 {*FieldPath::parse("prediction"), ColumnType::kNumber},
                 {*FieldPath::parse("actual"), ColumnType::kNumber},
                 {*FieldPath::parse("timestamp"), ColumnType::kInteger}});
}
BENCHMARK(DecodeFourColumns)->Unit(benchmark::kMillisecond);

void SkipEverything(benchmark::State& state) { decode(state, {}); }
BENCHMARK(SkipEverything)->Unit(benchmark::kMillisecond);

void WriteJson(benchmark::State& state) {
  DatumReader reader(ReadPlan::whole(*Schema::parse(kSchema)), {});
  std::string json;
  int64_t records = 0;
  for (auto _ : state) {
    for (size_t i = 0; i < kBlockCount / 16; ++i) {
      const Block& block = blocks()[i];
      reader.begin_block(block.bytes, block.record_count);
      json.clear();
      while (*reader.next_json(JsonStyle::kAvro, &json)) ++records;
      benchmark::DoNotOptimize(json.data());
    }
  }
  report(state, records);
}
BENCHMARK(WriteJson)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mseavro

BENCHMARK_MAIN();
