// Memory in the form that Arrow columns have it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

namespace mseavro {

// Bytes that grow by doubling and are not initialised first. Aligned as Arrow recommends, so that
// whoever receives them may use wide loads.
class ArrowBuffer {
 public:
  ArrowBuffer() = default;
  ArrowBuffer(ArrowBuffer&& other) noexcept
      : data_(std::move(other.data_)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  ArrowBuffer& operator=(ArrowBuffer&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  // Never null, though it may have no bytes: some readers take null for a missing buffer.
  const uint8_t* data() const { return data_ ? data_.get() : kNoBytes; }
  uint8_t* data() { return data_.get(); }
  size_t size() const { return size_; }

  template <class Number>
  void append(Number value) {
    std::memcpy(grow(sizeof value), &value, sizeof value);
  }
  void append(std::string_view bytes) {
    uint8_t* const to = grow(bytes.size());
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  }
  void append_zeros(size_t size) {
    uint8_t* const to = grow(size);
    if (size != 0) std::memset(to, 0, size);
  }

  // `size` more bytes, to be written by the caller.
  uint8_t* grow(size_t size) {
    if (size > capacity_ - size_) reserve(size_ + size);
    uint8_t* const to = data_.get() + size_;
    size_ += size;
    return to;
  }

 private:
  static constexpr size_t kAlignmentBytes = 64;
  alignas(kAlignmentBytes) static constexpr uint8_t kNoBytes[kAlignmentBytes] = {};

  struct Free {
    void operator()(uint8_t* bytes) const {
      operator delete(bytes, std::align_val_t(kAlignmentBytes));
    }
  };

  void reserve(size_t size) {
    const size_t capacity = std::max({size, 2 * capacity_, kAlignmentBytes});
    std::unique_ptr<uint8_t, Free> data(
        static_cast<uint8_t*>(operator new(capacity, std::align_val_t(kAlignmentBytes))));
    if (size_ != 0) std::memcpy(data.get(), data_.get(), size_);
    data_ = std::move(data);
    capacity_ = capacity;
  }

  std::unique_ptr<uint8_t, Free> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

// Bits, the first in the lowest place of the first byte.
class ArrowBits {
 public:
  ArrowBits() = default;
  ArrowBits(ArrowBits&& other) noexcept
      : bytes_(std::move(other.bytes_)), count_(std::exchange(other.count_, 0)) {}
  ArrowBits& operator=(ArrowBits&& other) noexcept {
    bytes_ = std::move(other.bytes_);
    count_ = std::exchange(other.count_, 0);
    return *this;
  }

  void append(bool bit) {
    const size_t place = static_cast<size_t>(count_ % 8);
    if (place == 0) bytes_.append(uint8_t{0});
    bytes_.data()[count_ / 8] |= static_cast<uint8_t>(bit ? 1 << place : 0);
    ++count_;
  }
  void append_ones(int64_t count) {
    for (; count > 0; --count) append(true);
  }
  const uint8_t* data() const { return bytes_.data(); }

 private:
  ArrowBuffer bytes_;
  int64_t count_ = 0;
};

inline bool arrow_bit(const void* bits, int64_t index) {
  return (static_cast<const uint8_t*>(bits)[index / 8] >> (index % 8) & 1) != 0;
}

}  // namespace mseavro
