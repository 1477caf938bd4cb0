#include "base/text/line_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr size_t kFirstBufferSizeBytes = 64 << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

LineReader::LineReader(ReadMore read_more, int64_t size_limit_bytes)
    : read_more_(std::move(read_more)),
      size_limit_(static_cast<size_t>(size_limit_bytes)),
      buffer_(kFirstBufferSizeBytes) {}

Result<bool> LineReader::next(std::string_view* line) {
  do {
    MSEAVRO_ASSIGN(const bool found, read_line(line));
    if (!found) return false;
    if (line_ == 1 && line->starts_with(kByteOrderMark)) line->remove_prefix(kByteOrderMark.size());
  } while (line->find_first_not_of(" \t\r") == std::string_view::npos);
  return true;
}

Result<bool> LineReader::read_line(std::string_view* line) {
  size_t searched = 0;
  const char* feed = nullptr;
  while (true) {
    const char* const from = buffer_.data() + begin_ + searched;
    feed = static_cast<const char*>(std::memchr(from, '\n', end_ - begin_ - searched));
    searched = end_ - begin_;
    const size_t size =
        feed == nullptr ? searched : static_cast<size_t>(feed - buffer_.data()) - begin_;
    if (size > size_limit_ + 1) {  // One for the CR.
      return fail(ErrorCode::kLimitExceeded,
                  fmt::format("the line has more than {} bytes", size_limit_),
                  "raise the limit in Limits", {}, {.line = line_ + 1});
    }
    if (feed != nullptr) break;
    MSEAVRO_ASSIGN(const bool more, refill());
    if (!more) break;
  }
  if (feed == nullptr && searched == 0) return false;
  const size_t size =
      feed == nullptr ? searched : static_cast<size_t>(feed - buffer_.data()) - begin_;
  *line = {buffer_.data() + begin_, size};
  if (line->ends_with('\r')) line->remove_suffix(1);
  const size_t taken = size + (feed == nullptr ? 0 : 1);
  begin_ += taken;
  ++line_;
  offset_bytes_ =
      std::exchange(next_offset_bytes_, next_offset_bytes_ + static_cast<int64_t>(taken));
  return true;
}

Result<bool> LineReader::refill() {
  if (ended_) return false;
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
  const std::span<char> room = std::span(buffer_).subspan(end_);
  MSEAVRO_ASSIGN(const size_t count,
                 read_more_({reinterpret_cast<uint8_t*>(room.data()), room.size()}));
  ended_ = count == 0;
  end_ += count;
  return !ended_;
}

}  // namespace mseavro
