// Lines out of a stream of bytes of any length.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "mseavro/error.h"

namespace mseavro {

// Lines end in LF or CRLF, the last one perhaps in nothing. A UTF-8 byte order mark at the start is
// passed over, and so are lines of spaces alone. A resource of one thread that keeps one line in
// memory.
class LineReader {
 public:
  // As CsvReader::ReadMore.
  using ReadMore = std::function<Result<size_t>(std::span<uint8_t> into)>;

  LineReader(ReadMore read_more, int64_t size_limit_bytes);

  // Reads the next line, without its end, or returns false when there is none. The view is valid
  // until the next call. Errors: those of `read_more`; kLimitExceeded, with place.line, for a line
  // beyond the limit. REQUIRES: no call before has returned an error.
  Result<bool> next(std::string_view* line);

  // Of the line that next() returned: its number, from 1, and where it begins in the stream.
  int64_t line() const { return line_; }
  int64_t offset_bytes() const { return offset_bytes_; }

 private:
  Result<bool> read_line(std::string_view* line);
  Result<bool> refill();

  ReadMore read_more_;
  const size_t size_limit_;
  // Of buffer_, [begin_, end_) has been read and not been given away.
  std::vector<char> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool ended_ = false;
  int64_t line_ = 0;
  int64_t offset_bytes_ = 0;
  int64_t next_offset_bytes_ = 0;
};

}  // namespace mseavro
