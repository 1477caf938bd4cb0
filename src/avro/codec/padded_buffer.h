// A growing buffer that is never initialised: a worker's memory is what it really reads.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

#include "avro/codec/codec.h"

namespace mseavro {

class PaddedBuffer {
 public:
  PaddedBuffer() = default;
  PaddedBuffer(PaddedBuffer&& other) noexcept
      : bytes_(std::move(other.bytes_)), capacity_(std::exchange(other.capacity_, 0)) {}
  PaddedBuffer& operator=(PaddedBuffer&& other) noexcept {
    bytes_ = std::move(other.bytes_);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  // Makes room for `capacity` bytes and the padding. The first `kept` bytes stay, the others are
  // lost when the buffer has to move.
  void reserve(size_t capacity, size_t kept = 0) {
    if (capacity <= capacity_ && bytes_ != nullptr) return;
    if (kept == 0) bytes_.reset();  // The old and the new need not exist at the same time.
    auto bytes = std::make_unique_for_overwrite<uint8_t[]>(capacity + kReadPadding);
    if (kept > 0) std::memcpy(bytes.get(), bytes_.get(), kept);
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }

  uint8_t* data() { return bytes_.get(); }
  size_t capacity() const { return capacity_; }

  // The first `size` bytes, with kReadPadding zeros behind. REQUIRES: size <= capacity().
  std::span<const uint8_t> padded(size_t size) {
    std::memset(bytes_.get() + size, 0, kReadPadding);
    return {bytes_.get(), size};
  }

 private:
  std::unique_ptr<uint8_t[]> bytes_;
  size_t capacity_ = 0;
};

}  // namespace mseavro
