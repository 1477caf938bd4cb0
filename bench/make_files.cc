// make_files FOLDER [COUNT]: writes the files that are measured, COUNT records in each of the
// narrow ones (2000000), half of it in the wide ones and a quarter in the nested ones. Files that
// are there are not made again.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "avro/container/container_writer.h"
#include "base/io/byte_sink.h"
#include "base/result/result.h"
#include "bench/sample_events.h"

namespace mseavro {
namespace {

struct Variant {
  const char* name;
  Codec codec;
  int64_t block_size_bytes = 64 << 10;
};

struct Output {
  std::unique_ptr<ByteSink> sink;
  std::unique_ptr<ContainerWriter> writer;
};

Result<Output> open_output(const std::string& path, const SampleShape& shape,
                           const Variant& variant) {
  Output output;
  MSEAVRO_ASSIGN(output.sink, create_file(path, Durability::kUnsynced));
  MSEAVRO_ASSIGN(output.writer,
                 ContainerWriter::create(
                     *output.sink, std::string(shape.schema),
                     {.codec = variant.codec, .block_size_bytes = variant.block_size_bytes}));
  return output;
}

// Makes each record once for all the variants that are missing.
Status make_files(const std::string& folder, const SampleShape& shape, int64_t count,
                  SampleOrder order, const std::vector<Variant>& variants) {
  std::vector<Output> outputs;
  for (const Variant& variant : variants) {
    const std::string path = folder + "/" + variant.name + ".avro";
    if (std::filesystem::exists(path)) continue;
    MSEAVRO_ASSIGN(auto output, open_output(path, shape, variant));
    outputs.push_back(std::move(output));
  }
  if (outputs.empty()) return {};
  SampleEvents events(shape, count, order);
  for (Encoder record; events.next(record); record.clear()) {
    for (const Output& output : outputs) {
      output.writer->datum().put_raw(record.text());
      MSEAVRO_TRY(output.writer->end_record());
    }
  }
  for (const Output& output : outputs) {
    MSEAVRO_TRY(output.writer->finish());
    MSEAVRO_TRY(output.sink->commit());
  }
  return {};
}

Status make_all(const std::string& folder, int64_t count) {
  MSEAVRO_TRY(make_files(folder, kNarrow, count, SampleOrder::kByTime,
                         {{"narrow_null", Codec::kNull},
                          {"narrow_snappy", Codec::kSnappy},
                          {"narrow_deflate", Codec::kDeflate},
                          {"narrow_zstandard", Codec::kZstandard},
                          {"narrow_snappy16k", Codec::kSnappy, 16'000}}));
  MSEAVRO_TRY(make_files(folder, kNarrow, count, SampleOrder::kShuffled,
                         {{"narrowshuf_null", Codec::kNull}}));
  MSEAVRO_TRY(make_files(folder, kWide, count / 2, SampleOrder::kByTime,
                         {{"wide_null", Codec::kNull},
                          {"wide_snappy", Codec::kSnappy},
                          {"wide_deflate", Codec::kDeflate}}));
  return make_files(folder, kNested, count / 4, SampleOrder::kByTime,
                    {{"nested_null", Codec::kNull}, {"nested_snappy", Codec::kSnappy}});
}

}  // namespace
}  // namespace mseavro

int main(int argc, char** argv) {
  const int64_t count = argc > 2 ? std::atoll(argv[2]) : 2'000'000;
  if (argc < 2 || argc > 3 || count < 4) {
    std::fputs("make_files FOLDER [COUNT]\n", stderr);
    return 2;
  }
  std::filesystem::create_directories(argv[1]);
  if (const auto made = mseavro::make_all(argv[1], count); !made) {
    std::fprintf(stderr, "make_files: %s\n", made.error().message.c_str());
    return 2;
  }
}
