#include "engine/ingest/ingest.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>

#include "avro/codec/decompressed_stream.h"
#include "avro/container/container_header.h"
#include "base/io/byte_stream.h"
#include "base/io/followed_file.h"
#include "base/result/result.h"
#include "base/text/number_text.h"
#include "engine/ingest/line_chunks.h"

namespace mseavro {
namespace {

// What may begin with these bytes; the caller knows the file. A log that began like a container
// file would have nothing but rejects.
Status check_is_log(std::span<const uint8_t> begin) {
  const std::string_view text(reinterpret_cast<const char*>(begin.data()), begin.size());
  if (!text.starts_with(kContainerMagic)) return {};
  return fail(ErrorCode::kUnreadable, "this is an Avro file, which has no lines",
              "it can be read as it is: mseavro inspect, cat, eval, convert");
}

// Gives out the chunks of all inputs in order.
class ChunkReader {
 public:
  ChunkReader(const std::vector<std::string>& inputs, size_t line_size_max)
      : inputs_(inputs), cutter_(line_size_max) {}

  // False when there are no more.
  Result<bool> next(LineChunk* chunk) {
    while (source_ < inputs_.size()) {
      auto done = read_chunk(chunk);
      if (!done && done.error().place.file.empty()) done.error().place.file = inputs_[source_];
      MSEAVRO_TRY(done);
      if (*done) return true;
      stream_.reset();
      ++source_;
    }
    return false;
  }

 private:
  // False at the end of the source.
  Result<bool> read_chunk(LineChunk* chunk) {
    if (stream_ == nullptr) {
      MSEAVRO_ASSIGN(auto stream, open_stream(inputs_[source_]));
      MSEAVRO_ASSIGN(stream_, decompressed_stream(std::move(stream)));
      cutter_.begin_source(source_);
      is_at_start_ = true;
    }
    while (!cutter_.is_full()) {
      const std::span<uint8_t> room = cutter_.room();
      MSEAVRO_ASSIGN(const size_t size, stream_->read(room));
      if (size == 0) return cutter_.take(true, chunk);
      if (std::exchange(is_at_start_, false)) MSEAVRO_TRY(check_is_log(room.first(size)));
      cutter_.add(size);
    }
    return cutter_.take(false, chunk);
  }

  const std::vector<std::string>& inputs_;
  LineCutter cutter_;
  size_t source_ = 0;
  std::unique_ptr<ByteStream> stream_;
  bool is_at_start_ = false;
};

// A run: what is read, where it goes, and what became of it.
class Ingestion {
 public:
  static Result<std::unique_ptr<Ingestion>> make(const std::vector<std::string>& inputs,
                                                 std::shared_ptr<const LineRules> rules,
                                                 const IngestOptions& options) {
    MSEAVRO_ASSIGN(EventFiles files, EventFiles::make(*rules, options.files));
    return std::unique_ptr<Ingestion>(
        new Ingestion(inputs, std::move(rules), options, std::move(files)));
  }

  Status read_all() {
    std::vector<std::thread> threads;
    for (int index = 1; index < options_.thread_count; ++index) {
      threads.emplace_back([this] { work(); });
    }
    work();
    for (std::thread& thread : threads) thread.join();
    if (first_error_) return tl::unexpected<Error>(*first_error_);
    return {};
  }

  Status follow(const FollowOptions& follow) {
    std::vector<Followed> sources;
    for (size_t source = 0; source < inputs_.size(); ++source) {
      const size_t line_size_max = options_.files.chunks.line_size_max;
      sources.push_back({std::make_unique<FollowedFile>(inputs_[source]),
                         std::make_unique<LineCutter>(line_size_max), source});
      sources.back().cutter->begin_source(source);
    }
    ChunkParser parser(rules_, options_.files.chunk_options());
    int64_t files_begin_micros = follow.now_micros();
    bool is_enough = false;
    while (true) {
      bool has_read = false;
      for (Followed& source : sources) {
        MSEAVRO_ASSIGN(const bool has_more, read_followed(source, parser));
        has_read = has_read || has_more;
      }
      const int64_t now_micros = follow.now_micros();
      if (follow.rotate_every_micros > 0 &&
          now_micros - files_begin_micros >= follow.rotate_every_micros) {
        MSEAVRO_TRY(files_.end_files());
        files_begin_micros = now_micros;
      }
      // What stands in the files when it is enough is read in a last round.
      if (is_enough) break;
      is_enough = !follow.wait(!has_read);
    }
    for (Followed& source : sources) MSEAVRO_TRY(put_lines(source, true, parser));
    return {};
  }

  // Puts the files in place.
  Result<IngestResult> finish() {
    MSEAVRO_CHECK(counts_.adds_up());
    const double share = counts_.lines == 0 ? 0
                                            : static_cast<double>(counts_.rejected()) /
                                                  static_cast<double>(counts_.lines);
    if (options_.max_rejected_share && share > *options_.max_rejected_share) {
      MSEAVRO_TRY(files_.commit_dead_letters());
      return too_many_rejected(share);
    }
    MSEAVRO_TRY(files_.commit());
    return IngestResult{counts_, files_.places(), files_.replaces_files()};
  }

 private:
  struct Followed {
    std::unique_ptr<FollowedFile> file;
    std::unique_ptr<LineCutter> cutter;
    size_t index = 0;  // In inputs_.
  };

  Ingestion(const std::vector<std::string>& inputs, std::shared_ptr<const LineRules> rules,
            const IngestOptions& options, EventFiles files)
      : inputs_(inputs),
        rules_(std::move(rules)),
        options_(options),
        reader_(inputs, options.files.chunks.line_size_max),
        files_(std::move(files)),
        counts_{0, std::vector<int64_t>(rules_->events().size()),
                std::vector<int64_t>(rules_->reasons().size())} {}

  // What each thread does: takes a chunk, parses it while others do the same with theirs, and puts
  // its events down when it is its turn.
  void work() {
    ChunkParser parser(rules_, options_.files.chunk_options());
    LineChunk chunk;
    ChunkEvents events;
    while (true) {
      int64_t turn = 0;
      const auto more = take_chunk(&chunk, &turn);
      if (!more) return stop(more.error());
      if (!*more) return;
      const Status parsed = parser.parse(chunk, inputs_[chunk.source], &events);
      if (!parsed) return stop(parsed.error());
      if (const Status done = put_in_turn(turn, events); !done) return stop(done.error());
    }
  }

  Result<bool> take_chunk(LineChunk* chunk, int64_t* turn) {
    const std::lock_guard lock(read_mutex_);
    if (has_stopped_) return false;
    auto more = reader_.next(chunk);
    // What is behind an error, or behind the end, is not asked for again.
    if (!more || !*more) has_stopped_ = true;
    *turn = next_turn_++;
    return more;
  }

  Status put_in_turn(int64_t turn, const ChunkEvents& events) {
    std::unique_lock lock(write_mutex_);
    turn_comes_.wait(lock, [&] { return turn_ == turn || first_error_; });
    if (first_error_) return {};
    MSEAVRO_TRY(put(events));
    ++turn_;
    lock.unlock();
    turn_comes_.notify_all();
    return {};
  }

  Status put(const ChunkEvents& events) {
    MSEAVRO_TRY(files_.add(events));
    counts_.add(events.counts);
    if (options_.lines_read != nullptr) *options_.lines_read += events.counts.lines;
    return {};
  }

  void stop(const Error& error) {
    has_stopped_ = true;
    {
      const std::lock_guard lock(write_mutex_);
      if (!first_error_) first_error_ = error;
    }
    turn_comes_.notify_all();
  }

  // Whether there was something.
  Result<bool> read_followed(Followed& source, ChunkParser& parser) {
    // A turn is bounded, so that a file that grows fast does not keep the others waiting.
    for (size_t size = 0; size < 8 * kChunkBytes;) {
      MSEAVRO_ASSIGN(const FollowedFile::Piece piece, source.file->read(read_ahead_));
      if (piece.size == 0) return size > 0;
      if (piece.begins_file) MSEAVRO_TRY(begin_file(source, piece.size, parser));
      size += piece.size;
      for (std::span<const uint8_t> rest(read_ahead_.data(), piece.size); !rest.empty();) {
        const std::span<uint8_t> room = source.cutter->room();
        const size_t taken = std::min(room.size(), rest.size());
        std::copy_n(rest.begin(), taken, room.begin());
        source.cutter->add(taken);
        rest = rest.subspan(taken);
        MSEAVRO_TRY(put_lines(source, false, parser));
      }
    }
    return true;
  }

  Status begin_file(Followed& source, size_t size, ChunkParser& parser) {
    MSEAVRO_TRY(put_lines(source, true, parser));
    source.cutter->begin_source(source.index);
    const std::span<const uint8_t> begin(read_ahead_.data(), size);
    Status checked = check_is_log(begin);
    if (is_compressed(begin)) {
      checked = fail(ErrorCode::kUnreadable, "compressed files cannot be followed",
                     "read them without --follow");
    }
    if (!checked) checked.error().place.file = source.file->path();
    return checked;
  }

  Status put_lines(Followed& source, bool ends_source, ChunkParser& parser) {
    if (!source.cutter->take(ends_source, &chunk_)) return {};
    MSEAVRO_TRY(parser.parse(chunk_, inputs_[chunk_.source], &events_));
    return put(events_);
  }

  tl::unexpected<Error> too_many_rejected(double share) const {
    std::string reasons;
    for (size_t index = 0; index < counts_.reasons.size(); ++index) {
      if (counts_.reasons[index] == 0) continue;
      reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", rules_->reasons()[index],
                             format_thousands(counts_.reasons[index]));
    }
    return fail(ErrorCode::kTooManyRejected,
                fmt::format("{:.2f}% of {} lines are no events ({}), more than the {:.2f}% that "
                            "--max-rejected allows",
                            share * 100, format_thousands(counts_.lines), reasons,
                            *options_.max_rejected_share * 100),
                fmt::format("look at them: mseavro cat --plain {}", files_.places().back()));
  }

  const std::vector<std::string>& inputs_;
  const std::shared_ptr<const LineRules> rules_;
  const IngestOptions& options_;

  std::mutex read_mutex_;
  std::atomic<bool> has_stopped_ = false;
  ChunkReader reader_;
  int64_t next_turn_ = 0;

  std::mutex write_mutex_;  // Of what follows.
  std::condition_variable turn_comes_;
  int64_t turn_ = 0;
  std::optional<Error> first_error_;
  EventFiles files_;
  IngestCounts counts_;

  // Of following, which has one thread.
  std::vector<uint8_t> read_ahead_ = std::vector<uint8_t>(kChunkBytes);
  LineChunk chunk_;
  ChunkEvents events_;
};

}  // namespace

Result<IngestResult> ingest(const std::vector<std::string>& inputs,
                            std::shared_ptr<const LineRules> rules, const IngestOptions& options) {
  MSEAVRO_ASSIGN(const auto run, Ingestion::make(inputs, std::move(rules), options));
  MSEAVRO_TRY(run->read_all());
  return run->finish();
}

Result<IngestResult> ingest_followed(const std::vector<std::string>& inputs,
                                     std::shared_ptr<const LineRules> rules,
                                     const IngestOptions& options, const FollowOptions& follow) {
  MSEAVRO_ASSIGN(const auto run, Ingestion::make(inputs, std::move(rules), options));
  MSEAVRO_TRY(run->follow(follow));
  return run->finish();
}

}  // namespace mseavro
