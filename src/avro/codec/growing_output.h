// The output of a stream that does not say how large it is.
//
// It grows by doubling, up to one byte more than the limit: that byte tells a block at the limit
// from one beyond.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "avro/codec/padded_buffer.h"
#include "mseavro/limits.h"

namespace mseavro {

class GrowingOutput {
 public:
  explicit GrowingOutput(const Limits& limits)
      : size_max_(static_cast<size_t>(limits.decoded_block_size_bytes) + 1) {}

  void restart() { size_ = 0; }

  // Where the stream goes on, never empty. REQUIRES: !is_over_limit().
  std::span<uint8_t> room() {
    if (size_ == buffer_.capacity() || buffer_.data() == nullptr) {
      const size_t doubled = std::max(kFirstBytes, 2 * buffer_.capacity());
      // The last step is a long one: moving what is as large as the limit takes twice the memory.
      buffer_.reserve(doubled > size_max_ / 2 ? size_max_ : doubled, size_);
    }
    return {buffer_.data() + size_, buffer_.capacity() - size_};
  }

  // The first `size` bytes of the room were filled.
  void add(size_t size) { size_ += size; }

  bool is_over_limit() const { return size_ >= size_max_; }

  // What was filled since restart(), padded.
  std::span<const uint8_t> bytes() {
    if (buffer_.data() == nullptr) room();
    return buffer_.padded(size_);
  }

 private:
  static constexpr size_t kFirstBytes = 128 << 10;

  const size_t size_max_;
  PaddedBuffer buffer_;
  size_t size_ = 0;
};

}  // namespace mseavro
