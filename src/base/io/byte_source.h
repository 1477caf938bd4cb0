// Where bytes come from: local files and memory, later buckets.
//
// A source has a known size and can be read at any offset, by several threads at once. Sources are
// resources: owned by unique_ptr, neither copied nor moved.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "mseavro/error.h"

namespace mseavro {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  // Reads up to `into.size()` bytes from `offset`. Fewer only at the end of the source; 0 there.
  // Errors: kUnreadable. Thread-safe.
  virtual Result<size_t> read_at(int64_t offset, std::span<uint8_t> into) const = 0;

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

// A source over bytes that the caller keeps alive and unchanged.
std::unique_ptr<ByteSource> memory_source(std::span<const uint8_t> bytes,
                                          std::string name = "<memory>");

}  // namespace mseavro
