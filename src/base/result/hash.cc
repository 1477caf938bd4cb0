#include "base/result/hash.h"

namespace mseavro {
namespace {

constexpr size_t kFirstCapacity = 256;
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

StringTable::StringTable()
    : short_slots_(kFirstCapacity),
      short_mask_(kFirstCapacity - 1),
      short_shift_(64 - std::countr_zero(kFirstCapacity)),
      slots_(kFirstCapacity),
      mask_(kFirstCapacity - 1) {}

size_t StringTable::memory_bytes() const {
  return bytes_ + slots_.size() * sizeof(Slot) + short_slots_.size() * sizeof(ShortSlot) +
         texts_.capacity() * sizeof(std::string_view);
}

uint32_t StringTable::add_text(std::string_view text) {
  texts_.push_back(keep(text));
  return size() - 1;
}

uint32_t StringTable::insert_short(std::string_view text, const ShortKey& key, size_t index) {
  const uint32_t code = add_text(text);
  short_slots_[index] = {key, code};
  if (++short_count_ * 2 <= short_slots_.size()) return code;
  std::vector<ShortSlot> old(short_slots_.size() * 2);
  old.swap(short_slots_);
  short_mask_ = short_slots_.size() - 1;
  --short_shift_;
  for (const ShortSlot& slot : old) {
    if (slot.code == kEmpty) continue;
    size_t to = slot_of(slot.key);
    while (short_slots_[to].code != kEmpty) to = (to + 1) & short_mask_;
    short_slots_[to] = slot;
  }
  return code;
}

uint32_t StringTable::code_long(std::string_view text) {
  const uint64_t text_hash = hash_bytes(text);
  size_t index = text_hash & mask_;
  for (;; index = (index + 1) & mask_) {
    const Slot& slot = slots_[index];
    if (slot.code == kEmpty) break;
    if (slot.hash == text_hash && texts_[slot.code] == text) return slot.code;
  }
  const uint32_t code = add_text(text);
  slots_[index] = {text_hash, code};
  if (++long_count_ * 2 <= slots_.size()) return code;
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.code == kEmpty) continue;
    size_t to = slot.hash & mask_;
    while (slots_[to].code != kEmpty) to = (to + 1) & mask_;
    slots_[to] = slot;
  }
  return code;
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

PairTable::PairTable()
    : square_(size_t{kSquareSide} * kSquareSide),
      slots_(kFirstCapacity),
      mask_(kFirstCapacity - 1) {}

uint32_t PairTable::add_key(uint32_t first, uint32_t second) {
  keys_.push_back(uint64_t{first} << 32 | second);
  return size() - 1;
}

uint32_t PairTable::code_far(uint32_t first, uint32_t second) {
  const uint64_t key = uint64_t{first} << 32 | second;
  for (size_t index = hash_mix(key) & mask_;; index = (index + 1) & mask_) {
    const Slot& slot = slots_[index];
    if (slot.code != kEmpty && slot.key == key) return slot.code;
    if (slot.code != kEmpty) continue;
    const uint32_t code = add_key(first, second);
    slots_[index] = {key, code};
    if (++far_count_ * 2 > slots_.size()) grow();
    return code;
  }
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
