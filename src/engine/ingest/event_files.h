// The output files of a log's events: one writer for each type of event and one for dead letters.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "avro/container/partitioned_writer.h"
#include "engine/ingest/chunk_parser.h"
#include "events/logline/line_rules.h"
#include "events/sink/record_sorter.h"
#include "mseavro/error.h"

namespace mseavro {

struct EventFileOptions {
  std::string folder;
  ChunkOptions chunks{};
  int64_t file_size_bytes_max = 0;  // 0: no bound.
  bool is_numbered = false;         // Several files of each type, even without a bound.
  bool adds_to_files = false;
  bool shows_ended_files = false;  // As PartitionedOptions::shows_ended_files.
  // Partitions of events, and what they are sorted by; every type of event has these fields. Times
  // are those of the lines. Sorted events are in numbered files: there may be too many to wait for
  // each other.
  std::vector<std::string> partition_keys{};
  std::string sort_by{};
  size_t memory_bytes = 64 << 20;  // Of events that wait to be sorted, of all types.

  bool is_partitioned() const { return !partition_keys.empty(); }
  // The day alone is known from the line, with no look at the event and nothing that waits.
  bool is_by_date() const;
  bool needs_sorter() const { return !sort_by.empty() || (is_partitioned() && !is_by_date()); }
  // As the parsers of the lines are to hand over the events.
  ChunkOptions chunk_options() const;
};

// Not thread-safe.
class EventFiles {
 public:
  // Errors: those of RecordOrder::make and PartitionedWriter::make.
  static Result<EventFiles> make(const LineRules& rules, const EventFileOptions& options);

  Status add(const ChunkEvents& events);
  // Ends the files that have records, so that they can be seen.
  Status end_files();
  // All that was added becomes visible.
  Status commit();
  // Only the dead letters do; of files that were not ended yet nothing else stays.
  Status commit_dead_letters();

  // Where the files of each event are and, at the end, those of dead letters.
  std::vector<std::string> places() const;
  // Whether commit() puts files in the place of others.
  bool replaces_files() const;

 private:
  EventFiles() = default;

  Status flush();

  std::vector<std::unique_ptr<PartitionedWriter>> writers_;
  std::vector<std::unique_ptr<RecordSorter>> sorters_;  // Of the events; none if they need none.
};

}  // namespace mseavro
