#include "base/io/byte_window.h"

#include <sys/mman.h>
#include <unistd.h>

#include <utility>

namespace mseavro {

std::span<uint8_t> ByteWindow::allocate(size_t size) {
  unmap();
  if (size > capacity_) {
    own_.reset();  // The old and the new need not exist at the same time.
    own_ = std::make_unique_for_overwrite<uint8_t[]>(size);
    capacity_ = size;
  }
  bytes_ = {own_.get(), size};
  return {own_.get(), size};
}

bool ByteWindow::map(int descriptor, int64_t offset, size_t size) {
  unmap();
  static const int64_t page_size = sysconf(_SC_PAGESIZE);
  const int64_t before = offset % page_size;
  const size_t mapping_size = size + static_cast<size_t>(before);
  // All pages are wanted, and soon: one call for them costs a fraction of a fault for each.
  void* mapping = mmap(nullptr, mapping_size, PROT_READ, MAP_SHARED | MAP_POPULATE, descriptor,
                       static_cast<off_t>(offset - before));
  if (mapping == MAP_FAILED) return false;
  mapping_ = mapping;
  mapping_size_ = mapping_size;
  bytes_ = {static_cast<const uint8_t*>(mapping) + before, size};
  return true;
}

void ByteWindow::swap(ByteWindow& other) noexcept {
  std::swap(own_, other.own_);
  std::swap(capacity_, other.capacity_);
  std::swap(mapping_, other.mapping_);
  std::swap(mapping_size_, other.mapping_size_);
  std::swap(bytes_, other.bytes_);
}

void ByteWindow::unmap() {
  if (mapping_ != nullptr) munmap(mapping_, mapping_size_);
  mapping_ = nullptr;
  bytes_ = {};
}

}  // namespace mseavro
