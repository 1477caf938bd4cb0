// Hashing and the tables that turn keys into dense codes.
//
// Everything that groups rows does it in two steps: a value becomes a code (0, 1, 2 ... in order of
// first appearance), and pairs of codes become codes again until one number names the whole key.
// Codes depend on the order of rows, so they never leave the process.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mseavro {

// A 64-bit mix of bytes, good enough for tables that a hostile file cannot grow without bound;
// not for anything that is stored.
uint64_t hash_bytes(std::string_view bytes);

inline uint64_t hash_mix(uint64_t value) {
  value *= 0x9E3779B97F4A7C15ull;
  return value ^ (value >> 32);
}

// Codes of byte strings. The table owns copies of them; views that it returns stay valid for the
// table's life. Not thread-safe: each worker has its own.
class StringTable {
 public:
  StringTable();

  // The code of `text`, a new one when it was not seen before.
  uint32_t code(std::string_view text) {
    // Logs repeat themselves: most rows carry the value of a row just before.
    return code_hashed(text, hash_bytes(text));
  }

  std::string_view text(uint32_t code) const { return texts_[code]; }
  uint32_t size() const { return static_cast<uint32_t>(texts_.size()); }
  size_t memory_bytes() const;

 private:
  struct Slot {
    uint64_t hash = 0;
    uint32_t code = kEmpty;
  };
  static constexpr uint32_t kEmpty = 0xffffffffu;

  uint32_t code_hashed(std::string_view text, uint64_t hash) {
    for (size_t index = hash & mask_;; index = (index + 1) & mask_) {
      const Slot& slot = slots_[index];
      if (slot.code == kEmpty) return insert(text, hash, index);
      if (slot.hash == hash && texts_[slot.code] == text) return slot.code;
    }
  }
  uint32_t insert(std::string_view text, uint64_t hash, size_t index);
  void grow();
  std::string_view keep(std::string_view text);

  std::vector<Slot> slots_;
  size_t mask_;
  std::vector<std::string_view> texts_;
  std::vector<std::unique_ptr<char[]>> pieces_;
  char* free_ = nullptr;
  size_t free_size_ = 0;
  size_t bytes_ = 0;
};

// Codes of pairs of codes (or of any two 32-bit values).
class PairTable {
 public:
  PairTable();

  uint32_t code(uint32_t first, uint32_t second) {
    const uint64_t key = uint64_t{first} << 32 | second;
    for (size_t index = hash_mix(key) & mask_;; index = (index + 1) & mask_) {
      const Slot& slot = slots_[index];
      if (slot.code == kEmpty) return insert(key, index);
      if (slot.key == key) return slot.code;
    }
  }

  uint32_t size() const { return static_cast<uint32_t>(keys_.size()); }
  uint32_t first(uint32_t code) const { return static_cast<uint32_t>(keys_[code] >> 32); }
  uint32_t second(uint32_t code) const { return static_cast<uint32_t>(keys_[code]); }

 private:
  struct Slot {
    uint64_t key = 0;
    uint32_t code = kEmpty;
  };
  static constexpr uint32_t kEmpty = 0xffffffffu;

  uint32_t insert(uint64_t key, size_t index);
  void grow();

  std::vector<Slot> slots_;
  size_t mask_;
  std::vector<uint64_t> keys_;
};

}  // namespace mseavro
