// Raw lines of logs to Avro files, by rules.
//
//   MSEAVRO_ASSIGN(const IngestResult result, ingest({"master.csv"}, rules, options));
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/ingest/chunk_parser.h"
#include "engine/ingest/event_files.h"
#include "events/logline/line_rules.h"
#include "mseavro/error.h"

namespace mseavro {

struct IngestOptions {
  EventFileOptions files{};
  int thread_count = 1;
  std::optional<double> max_rejected_share{};
  std::atomic<int64_t>* lines_read = nullptr;  // Counted up on the way.
};

// How files are followed: the clock and the waiting are parameters.
struct FollowOptions {
  // Called after each round: waits a little when there was nothing new; false ends the run.
  std::function<bool(bool is_idle)> wait;
  std::function<int64_t()> now_micros;  // Of a clock that only goes forward.
  int64_t rotate_every_micros = 0;      // How long files stay open; 0: as long as the run.
};

struct IngestResult {
  IngestCounts counts;
  std::vector<std::string> places;  // As EventFiles::places().
  bool replaced_files = false;      // Of an earlier run.
};

// Reads the inputs, one after the other: paths of files and pipes, plain or compressed; "-" is
// standard input. Files appear when all is read, those that are ended before that as they are. The
// same inputs give the same files, whatever the number of threads.
//
// Errors: those of reading, with place.file, also kUnreadable for container files, and of writing;
// kTooManyRejected, when more than that
// share of the lines was rejected: then only the dead letters appear.
Result<IngestResult> ingest(const std::vector<std::string>& inputs,
                            std::shared_ptr<const LineRules> rules, const IngestOptions& options);

// The same for files that grow, until `follow.wait` says that it is enough; what they hold by then
// is read, and what has no line feed then is a line too. Errors: also kUnreadable for what is
// compressed or no regular file.
Result<IngestResult> ingest_followed(const std::vector<std::string>& inputs,
                                     std::shared_ptr<const LineRules> rules,
                                     const IngestOptions& options, const FollowOptions& follow);

}  // namespace mseavro
