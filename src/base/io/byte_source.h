// Where bytes come from: local files and memory, later buckets.
//
// A source has a known size and can be read at any offset, by several threads at once. Sources are
// resources: owned by unique_ptr, neither copied nor moved.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/io/byte_window.h"
#include "mseavro/error.h"

namespace mseavro {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  // Reads up to `into.size()` bytes from `offset`. Fewer only at the end of the source; 0 there.
  // Errors: kUnreadable, also for a file that is shorter than when it was opened. Thread-safe.
  virtual Result<size_t> read_at(int64_t offset, std::span<uint8_t> into) const = 0;

  // Fills the window with the `size` bytes from `offset` on, fewer only at the end of the source.
  // Errors: kUnreadable. Thread-safe, for windows of different threads.
  virtual Status read_window(int64_t offset, size_t size, ByteWindow& window) const;

  // Bytes in the source, as seen when it was opened.
  virtual int64_t size_bytes() const = 0;

  // What errors call it: a path, an URL, or "<memory>".
  const std::string& name() const { return name_; }

 protected:
  explicit ByteSource(std::string name) : name_(std::move(name)) {}

 private:
  std::string name_;
};

// Opens a local file. Something that is not a regular file (a pipe, /dev/stdin) is read whole into
// memory first, up to `limit_bytes`. Errors: kNotFound, kUnreadable (a folder, no permission),
// kLimitExceeded.
Result<std::unique_ptr<ByteSource>> open_file(const std::string& path,
                                              int64_t limit_bytes = int64_t{1} << 32);

// Like open_file, but windows are mapped and not copied. If somebody cuts the file while a window
// is in use, the process gets a SIGBUS: only for programs that handle it.
Result<std::unique_ptr<ByteSource>> open_file_mapped(const std::string& path);

// A source over bytes that the caller keeps alive and unchanged.
std::unique_ptr<ByteSource> memory_source(std::span<const uint8_t> bytes,
                                          std::string name = "<memory>");

// The first `size` bytes of the source, fewer when it has no more. Errors: kUnreadable.
Result<std::string> read_beginning(const ByteSource& source, int64_t size);

}  // namespace mseavro
