// What one record costs to decode, from blocks in memory.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "avro/wire/column_decoder.h"
#include "avro/wire/datum_reader.h"
#include "avro/wire/encoder.h"
#include "bench/sample_events.h"

namespace mseavro {
namespace {

constexpr size_t kBatchRows = 1024;
constexpr size_t kBlockBytes = 64 << 10;
// Together 64 MiB, more than caches hold.
constexpr size_t kBlockCount = 1024;

struct Block {
  std::vector<uint8_t> bytes;
  int64_t record_count = 0;
};

struct Sample {
  explicit Sample(const SampleShape& shape)
      : schema(*Schema::parse(shape.schema)), blocks(kBlockCount) {
    SampleEvents events(shape, 2'000'000);
    for (Block& block : blocks) {
      Encoder to;
      for (; to.size() < kBlockBytes; ++block.record_count) events.next(to);
      block.bytes.assign(to.bytes().begin(), to.bytes().end());
    }
  }

  std::shared_ptr<const Schema> schema;
  std::vector<Block> blocks;
};

const Sample& narrow() {
  static const Sample made(kNarrow);
  return made;
}

const Sample& nested() {
  static const Sample made(kNested);
  return made;
}

void report(benchmark::State& state, int64_t records) {
  state.SetItemsProcessed(records);
  state.counters["ns/record"] =
      benchmark::Counter(static_cast<double>(records) * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void decode(benchmark::State& state, const Sample& sample,
            const std::vector<ColumnRequest>& requests) {
  const auto plan = *ReadPlan::project(sample.schema, requests);
  ColumnDecoder decoder(plan, {});
  ColumnBatch batch(plan->column_types(), kBatchRows);
  int64_t records = 0;
  for (auto _ : state) {
    for (const Block& block : sample.blocks) {
      decoder.begin_block(block.bytes, block.record_count);
      while (*decoder.next(batch)) records += static_cast<int64_t>(batch.size);
    }
  }
  report(state, records);
}

void DecodeFourColumns(benchmark::State& state) {
  decode(state, narrow(),
         {{*FieldPath::parse("model_version"), ColumnType::kText},
          {*FieldPath::parse("prediction"), ColumnType::kNumber},
          {*FieldPath::parse("actual"), ColumnType::kNumber},
          {*FieldPath::parse("timestamp"), ColumnType::kInteger}});
}
BENCHMARK(DecodeFourColumns)->Unit(benchmark::kMillisecond);

void DecodeFiveNestedColumns(benchmark::State& state) {
  decode(state, nested(),
         {{*FieldPath::parse("estimator"), ColumnType::kText},
          {*FieldPath::parse("requested_at"), ColumnType::kInteger},
          {*FieldPath::parse("city"), ColumnType::kText},
          {*FieldPath::parse("predicted_minutes"), ColumnType::kNumber},
          {*FieldPath::parse("delivered_minutes"), ColumnType::kNumber}});
}
BENCHMARK(DecodeFiveNestedColumns)->Unit(benchmark::kMillisecond);

void SkipEverything(benchmark::State& state) { decode(state, narrow(), {}); }
BENCHMARK(SkipEverything)->Unit(benchmark::kMillisecond);

void WriteJson(benchmark::State& state) {
  DatumReader reader(ReadPlan::whole(narrow().schema), {});
  std::string json;
  int64_t records = 0;
  for (auto _ : state) {
    for (size_t i = 0; i < kBlockCount / 16; ++i) {
      const Block& block = narrow().blocks[i];
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
