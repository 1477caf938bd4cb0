// Memory in the form that Arrow columns have it.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

namespace mseavro {

// Bytes that are not initialised first. Aligned as Arrow recommends, so that whoever receives them
// may use wide loads.
class ArrowBuffer {
 public:
  ArrowBuffer() = default;
  ArrowBuffer(ArrowBuffer&& other) noexcept
      : data_(std::move(other.data_)), capacity_(std::exchange(other.capacity_, 0)) {}
  ArrowBuffer& operator=(ArrowBuffer&& other) noexcept {
    data_ = std::move(other.data_);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  // Never null, though it may have no bytes: some readers take null for a missing buffer. Without
  // capacity there are zeros, so that it is also the offsets of a column without rows.
  const uint8_t* data() const { return data_ ? data_.get() : kNoBytes; }
  // To be written to, as far as there is capacity.
  uint8_t* mutable_data() { return data_.get(); }
  size_t capacity() const { return capacity_; }

  // REQUIRES: capacity > 0.
  static ArrowBuffer of(size_t capacity) {
    ArrowBuffer buffer;
    buffer.data_.reset(
        static_cast<uint8_t*>(operator new(capacity, std::align_val_t(kAlignmentBytes))));
    buffer.capacity_ = capacity;
    return buffer;
  }

 private:
  static constexpr size_t kAlignmentBytes = 64;
  alignas(kAlignmentBytes) static constexpr uint8_t kNoBytes[kAlignmentBytes] = {};

  struct Free {
    void operator()(uint8_t* bytes) const {
      operator delete(bytes, std::align_val_t(kAlignmentBytes));
    }
  };

  std::unique_ptr<uint8_t, Free> data_;
  size_t capacity_ = 0;
};

// Buffers of released batches for those to come. Without it the memory of each batch goes back to
// the system and comes again page by page, which takes as long as decoding. Thread-safe: batches
// are released wherever they end up.
class ArrowPool {
 public:
  // A buffer of at least this capacity. REQUIRES: capacity > 0.
  ArrowBuffer take(size_t capacity) {
    {
      const std::lock_guard lock(mutex_);
      // The oldest that fits and is not much too large.
      const auto fits = [&](const ArrowBuffer& buffer) {
        return buffer.capacity() >= capacity && buffer.capacity() / kMostTimes <= capacity;
      };
      const auto found = std::ranges::find_if(buffers_, fits);
      if (found != buffers_.end()) {
        ArrowBuffer buffer = std::move(*found);
        buffers_.erase(found);
        size_ -= buffer.capacity();
        return buffer;
      }
    }
    return ArrowBuffer::of(capacity);
  }

  void give(ArrowBuffer buffer) {
    // Small ones do not leave the allocator, and one so large that there is no other is rare.
    if (buffer.capacity() < kLeastBytes || buffer.capacity() > kMostBytes) return;
    const std::lock_guard lock(mutex_);
    size_ += buffer.capacity();
    buffers_.push_back(std::move(buffer));
    while (size_ > kMostBytes) {
      size_ -= buffers_.front().capacity();
      buffers_.pop_front();
    }
  }

 private:
  static constexpr size_t kMostTimes = 4;
  static constexpr size_t kLeastBytes = 2 << 10;
  static constexpr size_t kMostBytes = 16 << 20;

  std::mutex mutex_;
  std::deque<ArrowBuffer> buffers_;
  size_t size_ = 0;
};

// Turns `count` bytes of 0 or 1 into as many bits, in place, the first in the lowest place of the
// first byte. Up to the next multiple of 8 there must be room. Returns how many are 1.
inline int64_t pack_bits(uint8_t* bytes, int64_t count) {
  std::memset(bytes + count, 0, static_cast<size_t>(-count & 7));
  int64_t ones = 0;
  for (int64_t i = 0; i < count; i += 8) {
    uint64_t word;
    std::memcpy(&word, bytes + i, sizeof word);
    // Byte k of the word goes to bit 56 + k of the product, and nothing else goes there.
    const auto bits = static_cast<uint8_t>((word * 0x0102040810204080ull) >> 56);
    bytes[i / 8] = bits;
    ones += std::popcount(bits);
  }
  return ones;
}

inline bool arrow_bit(const void* bits, int64_t index) {
  const auto at = static_cast<uint64_t>(index);
  return (static_cast<const uint8_t*>(bits)[at / 8] >> (at % 8) & 1) != 0;
}

}  // namespace mseavro
