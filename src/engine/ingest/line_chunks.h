// A stream of bytes cut into chunks of whole lines.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/io/byte_stream.h"
#include "mseavro/error.h"

namespace mseavro {

inline constexpr size_t kChunkBytes = 1 << 20;

// Lines that stand behind each other, as bytes with their line feeds; the last line of a source may
// have none.
struct LineChunk {
  std::vector<char> bytes{};
  size_t size = 0;         // Of the bytes that count.
  int64_t first_line = 1;  // Number of the first line in its source.
  size_t source = 0;       // Index of the source.

  std::string_view text() const { return {bytes.data(), size}; }
};

// Keeps a line that is not complete until its rest comes. Of a line with more than `limit` bytes
// the first limit + 1 are kept, so that it is still seen to be too long. A chunk has the lines that
// end in so many bytes of the source, from one multiple of kChunkBytes to the next, whatever the
// pieces in which they come. Not thread-safe.
class LineCutter {
 public:
  explicit LineCutter(size_t line_size_max);

  // Begins a source: lines count from 1, and a byte order mark is passed over.
  void begin_source(size_t source);

  // Where the next bytes of the source go, and that `size` of them came. Not empty.
  std::span<uint8_t> room();
  void add(size_t size);

  // Whether all lines of a chunk came.
  bool is_full() const { return complete_size_ > 0 && piece_size_ == kChunkBytes; }
  // Takes the complete lines, and with `ends_source` also the last one without a line feed. False
  // when there are none.
  bool take(bool ends_source, LineChunk* chunk);

 private:
  void shorten_long_line();

  const size_t line_size_max_;
  std::vector<char> bytes_;
  size_t size_ = 0;
  size_t piece_size_ = 0;     // What came since the last multiple of kChunkBytes.
  size_t complete_size_ = 0;  // Up to behind the last line feed.
  bool is_at_start_ = true;
  bool skips_line_ = false;  // Until the next line feed: the rest of a line that is too long.
  int64_t next_line_ = 1;
  size_t source_ = 0;
};

}  // namespace mseavro
