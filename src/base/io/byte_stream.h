// Bytes that come in sequence, of any length: files, pipes, standard input.
//
// Unlike a ByteSource it has no size and cannot be read twice, and so needs no memory for a pipe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "mseavro/error.h"

namespace mseavro {

// A resource of one thread.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  // Reads up to `into.size()` bytes, waiting for at least one; 0 at the end. Errors: kUnreadable.
  virtual Result<size_t> read(std::span<uint8_t> into) = 0;

 protected:
  ByteStream() = default;
};

// A local file or pipe; "-" is standard input. Errors: kNotFound, kUnreadable.
Result<std::unique_ptr<ByteStream>> open_stream(const std::string& path);

}  // namespace mseavro
