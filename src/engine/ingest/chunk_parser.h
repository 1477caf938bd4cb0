// All lines of a chunk to runs of datums.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "avro/codec/codec.h"
#include "avro/wire/encoder.h"
#include "base/time/time.h"
#include "engine/ingest/line_chunks.h"
#include "events/logline/line_parser.h"
#include "mseavro/error.h"

namespace mseavro {

// What lines became, by rules' events and reasons.
struct IngestCounts {
  int64_t lines = 0;
  std::vector<int64_t> events{};
  std::vector<int64_t> reasons{};

  // REQUIRES: counts of the same rules.
  void add(const IngestCounts& other);
  int64_t rejected() const;
  bool adds_up() const;
};

// Datums of one output and partition, in the order of their lines.
struct EventRun {
  size_t output = 0;      // Index of the event; behind the last event: dead letters.
  std::string partition;  // Empty when outputs are not parted.
  int64_t count = 0;
  bool is_block = false;  // Compressed, by the codec.
  size_t begin = 0;       // Its bytes in those of the chunk.
  size_t end = 0;
  std::vector<Instant> times{};  // Of each datum, when they are to be sorted.
};

struct ChunkEvents {
  std::vector<EventRun> runs;
  Encoder bytes;
  IngestCounts counts;

  std::span<const uint8_t> bytes_of(const EventRun& run) const {
    return bytes.bytes().subspan(run.begin, run.end - run.begin);
  }
};

struct ChunkOptions {
  Codec codec = Codec::kDeflate;
  int level = -1;
  size_t block_size_bytes = 64 << 10;
  size_t line_size_max = 1 << 20;
  bool is_by_date = false;       // Whether runs are parted by the day of their events.
  bool is_sorted_later = false;  // Whether runs of events are whole, not compressed, with times.
};

// Not thread-safe; make one for each thread.
class ChunkParser {
 public:
  ChunkParser(std::shared_ptr<const LineRules> rules, const ChunkOptions& options);

  // What the chunk's lines become, replacing what was in `*events`. `source_name` is for dead
  // letters.
  Status parse(const LineChunk& chunk, std::string_view source_name, ChunkEvents* events);

 private:
  Status take_line(std::string_view line, bool is_ascii);
  Status reject(std::string_view line, uint32_t reason);
  Status end_datum(size_t output);
  void change_day(size_t output, int64_t day, size_t datum_begin);
  std::string partition_of_day(size_t output) const;
  Status end_run(size_t output, std::string partition, bool is_whole_block);
  Status end_days(size_t output);
  Status end_all_runs();

  static constexpr int64_t kNoDay = INT64_MIN;

  const std::shared_ptr<const LineRules> rules_;
  const ChunkOptions options_;
  const size_t dead_letters_;  // Their output.
  LineParser parser_;
  std::unique_ptr<Compressor> compressor_;
  std::vector<Encoder> outputs_;  // Of the events, by the day of the last one.
  std::vector<int64_t> counts_;   // Of the datums in outputs_.
  std::vector<int64_t> days_;
  std::vector<std::vector<Instant>> times_;  // Of all datums in the outputs, if they are wanted.
  // Of other days, what is not in a run yet: by output and day.
  struct Other {
    Encoder datums;
    int64_t count = 0;
  };
  std::vector<std::unordered_map<int64_t, Other>> other_days_;
  ChunkEvents* events_ = nullptr;
  std::string_view source_name_;
  int64_t line_ = 0;
};

// The schema of dead letters: reason, source, line_number, raw.
std::string_view dead_letter_schema();

}  // namespace mseavro
