// Hashing and the tables that turn keys into dense codes.
//
// Everything that groups rows does it in two steps: a value becomes a code (0, 1, 2 ... in order of
// first appearance), and pairs of codes become codes again until one number names the whole key.
// Codes depend on the order of rows, so they never leave the process.
#pragma once

#include <bit>
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
//
// Keys of logs are short. Up to 16 bytes, a string's size and words that overlap in its middle are
// the whole string, so that a look-up compares integers and touches no text.
class StringTable {
 public:
  StringTable();

  // The code of `text`, a new one when it was not seen before.
  uint32_t code(std::string_view text) {
    if (text.size() > kShortSize) [[unlikely]]
      return code_long(text);
    const ShortKey key = short_key(text);
    for (size_t index = slot_of(key);; index = (index + 1) & short_mask_) {
      const ShortSlot& slot = short_slots_[index];
      if (slot.key == key) return slot.code;
      if (slot.code == kEmpty) return insert_short(text, key, index);
    }
  }

  std::string_view text(uint32_t code) const { return texts_[code]; }
  uint32_t size() const { return static_cast<uint32_t>(texts_.size()); }
  size_t memory_bytes() const;

 private:
  static constexpr size_t kShortSize = 16;
  static constexpr uint32_t kEmpty = 0xffffffffu;

  struct ShortKey {
    uint64_t first = 0;
    uint64_t last = 0;
    uint32_t size = kEmpty;  // No string has this size.
    friend bool operator==(const ShortKey&, const ShortKey&) = default;
  };
  struct ShortSlot {
    ShortKey key;
    uint32_t code = kEmpty;
  };
  struct Slot {
    uint64_t hash = 0;
    uint32_t code = kEmpty;
  };

  template <class Word>
  static uint64_t load(const char* from) {
    Word word;
    std::memcpy(&word, from, sizeof word);
    return word;
  }

  // REQUIRES: text.size() <= kShortSize.
  static ShortKey short_key(std::string_view text) {
    const char* at = text.data();
    const size_t size = text.size();
    const auto key_size = static_cast<uint32_t>(size);
    if (size >= 4) [[likely]] {
      // Four words that cover 4 to 16 bytes alike: names of one column differ in length, and a
      // branch on it would be missed often.
      const size_t beyond_eight = (size - 8) & -static_cast<size_t>(size >= 8);
      return {load<uint32_t>(at) | load<uint32_t>(at + size - 4 - beyond_eight) << 32,
              load<uint32_t>(at + beyond_eight) | load<uint32_t>(at + size - 4) << 32, key_size};
    }
    if (size == 0) return {0, 0, 0};
    return {load<uint8_t>(at) | load<uint8_t>(at + size / 2) << 8, load<uint8_t>(at + size - 1),
            key_size};
  }

  // The high bits are the better ones.
  size_t slot_of(const ShortKey& key) const {
    const uint64_t mixed = (key.first ^ std::rotl(key.last + key.size, 23)) * 0x9E3779B97F4A7C15ull;
    return mixed >> short_shift_;
  }

  uint32_t code_long(std::string_view text);
  uint32_t insert_short(std::string_view text, const ShortKey& key, size_t index);
  uint32_t add_text(std::string_view text);
  std::string_view keep(std::string_view text);

  std::vector<ShortSlot> short_slots_;
  size_t short_mask_;
  int short_shift_;  // Leaves of a word the bits of short_mask_.
  size_t short_count_ = 0;
  std::vector<Slot> slots_;  // Of texts longer than kShortSize.
  size_t mask_;
  size_t long_count_ = 0;
  std::vector<std::string_view> texts_;
  std::vector<std::unique_ptr<char[]>> pieces_;
  char* free_ = nullptr;
  size_t free_size_ = 0;
  size_t bytes_ = 0;
};

// Codes of pairs of codes (or of any two 32-bit values). Small codes, which are nearly all in most
// logs, are looked up in a square; the others by hash.
class PairTable {
 public:
  PairTable();

  uint32_t code(uint32_t first, uint32_t second) {
    if ((first | second) < kSquareSide) [[likely]] {
      uint32_t& code_plus_one = square_[first * kSquareSide + second];
      if (code_plus_one == 0) [[unlikely]]
        code_plus_one = add_key(first, second) + 1;
      return code_plus_one - 1;
    }
    return code_far(first, second);
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
  static constexpr uint32_t kSquareSide = 256;

  uint32_t code_far(uint32_t first, uint32_t second);
  uint32_t add_key(uint32_t first, uint32_t second);
  void grow();

  std::vector<uint32_t> square_;  // Code + 1, or 0.
  std::vector<Slot> slots_;
  size_t mask_;
  size_t far_count_ = 0;
  std::vector<uint64_t> keys_;
};

}  // namespace mseavro
