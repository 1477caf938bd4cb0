#include "engine/ingest/chunk_parser.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "avro/container/partitioned_writer.h"
#include "base/result/result.h"
#include "base/text/utf8.h"
#include "base/time/time.h"

namespace mseavro {
namespace {

// Fewer bytes are no block of their own: they wait for more in the file's writer.
constexpr size_t kBlockBytesMin = 16 << 10;

}  // namespace

void IngestCounts::add(const IngestCounts& other) {
  lines += other.lines;
  for (size_t index = 0; index < events.size(); ++index) events[index] += other.events[index];
  for (size_t index = 0; index < reasons.size(); ++index) {
    reasons[index] += other.reasons[index];
  }
}

int64_t IngestCounts::rejected() const {
  return std::accumulate(reasons.begin(), reasons.end(), int64_t{0});
}

bool IngestCounts::adds_up() const {
  return lines == std::accumulate(events.begin(), events.end(), rejected());
}

ChunkParser::ChunkParser(std::shared_ptr<const LineRules> rules, const ChunkOptions& options)
    : rules_(std::move(rules)),
      options_(options),
      dead_letters_(rules_->events().size()),
      parser_(rules_),
      compressor_(make_compressor(options.codec, options.level)),
      outputs_(dead_letters_ + 1),
      counts_(dead_letters_ + 1),
      days_(dead_letters_ + 1, kNoDay),
      times_(dead_letters_),
      other_days_(dead_letters_ + 1) {}

Status ChunkParser::parse(const LineChunk& chunk, std::string_view source_name,
                          ChunkEvents* events) {
  events_ = events;
  events->runs.clear();
  events->bytes.clear();
  events->counts = {0, std::vector<int64_t>(dead_letters_),
                    std::vector<int64_t>(rules_->reasons().size())};
  source_name_ = source_name;
  line_ = chunk.first_line;
  std::string_view rest = chunk.text();
  const bool is_all_ascii = is_ascii(rest);
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    MSEAVRO_TRY(take_line(rest.substr(0, end), is_all_ascii));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++line_;
  }
  return end_all_runs();
}

Status ChunkParser::take_line(std::string_view line, bool is_ascii) {
  ++events_->counts.lines;
  if (line.size() > options_.line_size_max) {
    return reject(line.substr(0, options_.line_size_max), kLineTooLong);
  }
  const LineOutcome outcome =
      parser_.parse(line, is_ascii, std::span(outputs_).first(dead_letters_));
  if (!outcome.is_event) return reject(line, outcome.reason);
  ++events_->counts.events[outcome.event];
  if (options_.is_sorted_later) {
    times_[outcome.event].push_back(parser_.time());
    ++counts_[outcome.event];
    return {};
  }
  if (options_.is_by_date) {
    const int64_t day = floor_div(parser_.time(), kMicrosPerDay);
    if (day != days_[outcome.event]) change_day(outcome.event, day, outcome.datum_begin);
  }
  return end_datum(outcome.event);
}

Status ChunkParser::reject(std::string_view line, uint32_t reason) {
  ++events_->counts.reasons[reason];
  Encoder& to = outputs_[dead_letters_];
  to.put_bytes(rules_->reasons()[reason]);
  to.put_bytes(source_name_);
  to.put_long(line_);
  to.put_bytes(line);
  return end_datum(dead_letters_);
}

Status ChunkParser::end_datum(size_t output) {
  ++counts_[output];
  if (outputs_[output].size() < options_.block_size_bytes) return {};
  return end_run(output, partition_of_day(output), true);
}

// The datum at the end of the output belongs to another day than those before it: puts these aside
// and goes on with those of its own day.
void ChunkParser::change_day(size_t output, int64_t day, size_t datum_begin) {
  Encoder& current = outputs_[output];
  const std::string datum(current.text().substr(datum_begin));
  current.truncate(datum_begin);
  if (counts_[output] > 0) {
    Other& aside = other_days_[output][days_[output]];
    std::swap(aside.datums, current);
    std::swap(aside.count, counts_[output]);
  }
  days_[output] = day;
  if (const auto found = other_days_[output].find(day); found != other_days_[output].end()) {
    std::swap(found->second.datums, current);
    std::swap(found->second.count, counts_[output]);
    other_days_[output].erase(found);
  }
  current.put_raw(datum);
}

std::string ChunkParser::partition_of_day(size_t output) const {
  const int64_t day = days_[output];
  return day == kNoDay ? std::string() : partition_part("date", format_day(civil_from_days(day)));
}

Status ChunkParser::end_run(size_t output, std::string partition, bool is_whole_block) {
  if (counts_[output] == 0) return {};
  std::span<const uint8_t> bytes = outputs_[output].bytes();
  if (is_whole_block) {
    MSEAVRO_ASSIGN(bytes, compressor_->compress(bytes));
  }
  const size_t begin = events_->bytes.size();
  events_->bytes.put_fixed(bytes);
  events_->runs.push_back({output, std::move(partition), std::exchange(counts_[output], 0),
                           is_whole_block, begin, events_->bytes.size()});
  outputs_[output].clear();
  return {};
}

Status ChunkParser::end_days(size_t output) {
  MSEAVRO_TRY(end_run(output, partition_of_day(output), outputs_[output].size() >= kBlockBytesMin));
  // Sorted, so that what is written does not depend on hashes.
  std::vector<int64_t> days;
  for (const auto& [day, aside] : other_days_[output]) days.push_back(day);
  std::ranges::sort(days);
  for (const int64_t day : days) {
    Other& aside = other_days_[output].at(day);
    std::swap(outputs_[output], aside.datums);
    counts_[output] = aside.count;
    days_[output] = day;
    MSEAVRO_TRY(
        end_run(output, partition_of_day(output), outputs_[output].size() >= kBlockBytesMin));
  }
  other_days_[output].clear();
  days_[output] = kNoDay;
  return {};
}

Status ChunkParser::end_all_runs() {
  for (size_t event = 0; options_.is_sorted_later && event < dead_letters_; ++event) {
    const bool has_datums = counts_[event] > 0;
    MSEAVRO_TRY(end_run(event, {}, false));
    if (has_datums) std::swap(events_->runs.back().times, times_[event]);
  }
  for (size_t output = 0; output < outputs_.size(); ++output) MSEAVRO_TRY(end_days(output));
  return {};
}

std::string_view dead_letter_schema() {
  return R"({
  "type": "record", "name": "DeadLetter", "namespace": "mseavro",
  "doc": "A line of a log that is no event.",
  "fields": [
    {"name": "reason", "type": "string", "doc": "Why, as in malformed_event."},
    {"name": "source", "type": "string", "doc": "The file it was read from; - is standard input."},
    {"name": "line_number", "type": "long", "doc": "The line of the source, from 1."},
    {"name": "raw", "type": "bytes",
     "doc": "The line without its line feed; its beginning when it was too long."}
  ]
})";
}

}  // namespace mseavro
