// A stretch of a source's bytes in memory, to be read in place.
//
// A source that can, maps its bytes into the window, so that nothing is copied; others copy them
// into memory that the window owns and keeps for the next stretch.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace mseavro {

// Movable; not thread-safe.
class ByteWindow {
 public:
  ByteWindow() = default;
  ~ByteWindow() { unmap(); }
  ByteWindow(ByteWindow&& other) noexcept { swap(other); }
  ByteWindow& operator=(ByteWindow&& other) noexcept {
    swap(other);
    return *this;
  }

  // Valid until the window is filled again.
  std::span<const uint8_t> bytes() const { return bytes_; }

  // For sources. Room for `size` bytes of own memory, which are not initialised.
  std::span<uint8_t> allocate(size_t size);
  // Takes the first `size` bytes of the room as the window's bytes. REQUIRES: allocate() before.
  void set_size(size_t size) { bytes_ = {own_.get(), size}; }
  // Maps `size` bytes of an open file from `offset` on. False when the system does not.
  bool map(int descriptor, int64_t offset, size_t size);

 private:
  void swap(ByteWindow& other) noexcept;
  void unmap();

  std::unique_ptr<uint8_t[]> own_;
  size_t capacity_ = 0;
  void* mapping_ = nullptr;
  size_t mapping_size_ = 0;
  std::span<const uint8_t> bytes_;
};

}  // namespace mseavro
