#include "engine/ingest/line_chunks.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/result/kernel.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A count of 8 bits for each lane of a vector register, summed up before it can run over.
MSEAVRO_KERNEL int64_t count_line_feeds(std::string_view text) {
  constexpr size_t kPieceBytes = 224;
  int64_t count = 0;
  for (; text.size() >= kPieceBytes; text.remove_prefix(kPieceBytes)) {
    uint8_t piece_count = 0;
    for (size_t index = 0; index < kPieceBytes; ++index) piece_count += text[index] == '\n';
    count += piece_count;
  }
  return count + std::ranges::count(text, '\n');
}

}  // namespace

LineCutter::LineCutter(size_t line_size_max)
    : line_size_max_(line_size_max), bytes_(line_size_max + 1 + kChunkBytes) {}

void LineCutter::begin_source(size_t source) {
  MSEAVRO_DCHECK(size_ == 0);
  source_ = source;
  piece_size_ = 0;
  next_line_ = 1;
  is_at_start_ = true;
  skips_line_ = false;
}

std::span<uint8_t> LineCutter::room() {
  if (piece_size_ == kChunkBytes) piece_size_ = 0;
  MSEAVRO_DCHECK(size_ + kChunkBytes - piece_size_ <= bytes_.size());
  return {reinterpret_cast<uint8_t*>(bytes_.data()) + size_, kChunkBytes - piece_size_};
}

void LineCutter::add(size_t size) {
  const size_t begin = size_;
  size_ += size;
  piece_size_ += size;
  if (skips_line_ && size > 0) {
    const void* feed = std::memchr(bytes_.data() + begin, '\n', size);
    const size_t end = feed == nullptr
                           ? size_
                           : static_cast<size_t>(static_cast<const char*>(feed) - bytes_.data());
    std::memmove(bytes_.data() + begin, bytes_.data() + end, size_ - end);
    size_ -= end - begin;
    skips_line_ = feed == nullptr;
  }
  const void* last = memrchr(bytes_.data() + begin, '\n', size_ - begin);
  if (last != nullptr) {
    complete_size_ = static_cast<size_t>(static_cast<const char*>(last) - bytes_.data()) + 1;
  }
  shorten_long_line();
}

// Of the line at the end.
void LineCutter::shorten_long_line() {
  if (size_ - complete_size_ <= line_size_max_ + 1) return;
  size_ = complete_size_ + line_size_max_ + 1;
  skips_line_ = true;
}

bool LineCutter::take(bool ends_source, LineChunk* chunk) {
  const size_t taken = ends_source ? size_ : complete_size_;
  if (taken == 0) return false;
  chunk->bytes.resize(bytes_.size());
  std::swap(chunk->bytes, bytes_);
  std::memcpy(bytes_.data(), chunk->bytes.data() + taken, size_ - taken);
  size_ -= taken;
  complete_size_ = 0;
  chunk->size = taken;
  chunk->source = source_;
  chunk->first_line = next_line_;
  next_line_ += count_line_feeds(chunk->text());
  if (std::exchange(is_at_start_, false) && chunk->text().starts_with(kByteOrderMark)) {
    chunk->size -= kByteOrderMark.size();
    std::memmove(chunk->bytes.data(), chunk->bytes.data() + kByteOrderMark.size(), chunk->size);
  }
  return true;
}

}  // namespace mseavro
