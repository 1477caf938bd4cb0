#include "base/result/hash.h"

namespace mseavro {
namespace {

constexpr size_t kFirstCapacity = 64;
constexpr size_t kPieceBytes = 64 << 10;

uint64_t load8(const char* from) {
  uint64_t value;
  std::memcpy(&value, from, 8);
  return value;
}

}  // namespace

uint64_t hash_bytes(std::string_view bytes) {
  const char* from = bytes.data();
  size_t left = bytes.size();
  uint64_t hash = left * 0xC2B2AE3D27D4EB4Full;
  for (; left >= 8; from += 8, left -= 8) {
    hash = (hash ^ load8(from)) * 0x9E3779B97F4A7C15ull;
    hash ^= hash >> 29;
  }
  uint64_t tail = 0;
  std::memcpy(&tail, from, left);
  hash = (hash ^ tail) * 0xFF51AFD7ED558CCDull;
  return hash ^ (hash >> 32);
}

StringTable::StringTable() : slots_(kFirstCapacity), mask_(kFirstCapacity - 1) {}

size_t StringTable::memory_bytes() const {
  return bytes_ + slots_.size() * sizeof(Slot) + texts_.capacity() * sizeof(std::string_view);
}

uint32_t StringTable::insert(std::string_view text, uint64_t hash, size_t index) {
  const uint32_t code = size();
  texts_.push_back(keep(text));
  slots_[index] = {hash, code};
  if (texts_.size() * 2 > slots_.size()) grow();
  return code;
}

void StringTable::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.code == kEmpty) continue;
    size_t index = slot.hash & mask_;
    while (slots_[index].code != kEmpty) index = (index + 1) & mask_;
    slots_[index] = slot;
  }
}

std::string_view StringTable::keep(std::string_view text) {
  if (text.size() > free_size_) {
    const size_t size = text.size() > kPieceBytes ? text.size() : kPieceBytes;
    pieces_.push_back(std::make_unique_for_overwrite<char[]>(size));
    free_ = pieces_.back().get();
    free_size_ = size;
    bytes_ += size;
  }
  if (!text.empty()) std::memcpy(free_, text.data(), text.size());
  const std::string_view kept(free_, text.size());
  free_ += text.size();
  free_size_ -= text.size();
  return kept;
}

PairTable::PairTable() : slots_(kFirstCapacity), mask_(kFirstCapacity - 1) {}

uint32_t PairTable::insert(uint64_t key, size_t index) {
  const uint32_t code = size();
  keys_.push_back(key);
  slots_[index] = {key, code};
  if (keys_.size() * 2 > slots_.size()) grow();
  return code;
}

void PairTable::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.code == kEmpty) continue;
    size_t index = hash_mix(slot.key) & mask_;
    while (slots_[index].code != kEmpty) index = (index + 1) & mask_;
    slots_[index] = slot;
  }
}

}  // namespace mseavro
