// Where bytes go. Output files appear whole or not at all.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "mseavro/error.h"

namespace mseavro {

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;

  // Appends. Errors: kWriteFailed.
  virtual Status write(std::span<const uint8_t> bytes) = 0;
  // Writes what is left and gives back what the sink holds open; only commit() may follow. For who
  // commits many sinks together. Errors: kWriteFailed.
  virtual Status finish() { return {}; }
  // Makes what was written visible; nothing may follow. A sink destroyed without commit leaves
  // nothing behind. Errors: kWriteFailed.
  virtual Status commit() = 0;

  Status write_text(std::string_view text) {
    return write({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }

 protected:
  ByteSink() = default;
};

// What a committed file survives. Syncing waits for the disk, for hundreds of files tens of
// seconds.
enum class Durability : uint8_t {
  kSynced,    // A power cut.
  kUnsynced,  // The end of the process: enough for files that can be made again.
};

// A file written under a temporary name beside `path`, synced and renamed by commit(). A path that
// exists and is not a regular file (/dev/null, /dev/stdout, a pipe) is written in place instead.
Result<std::unique_ptr<ByteSink>> create_file(const std::string& path,
                                              Durability durability = Durability::kSynced);

// A sink at the end of a regular file that exists. What is written before commit() may be in the
// file at any time; commit() syncs it, and a sink destroyed without commit cuts it off again. A
// process that dies in between leaves a part of it. REQUIRES: nobody else writes to the file.
// Errors: kNotFound, kWriteFailed.
Result<std::unique_ptr<ByteSink>> append_file(const std::string& path);

// Removes the temporary files of the sinks that are not committed yet. Safe in a signal handler,
// after which the process must end: the sinks are of no use any more.
void remove_temporary_files();

// A sink that appends to `*bytes`, which the caller keeps alive.
std::unique_ptr<ByteSink> memory_sink(std::string* bytes);

}  // namespace mseavro
