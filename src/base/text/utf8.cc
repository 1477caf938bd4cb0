#include "base/text/utf8.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace mseavro {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080ull;

// What follows a lead byte in well-formed UTF-8 (Unicode Standard, table 3-7).
struct Sequence {
  size_t size;  // 0 when the byte leads nothing.
  uint8_t second_first;
  uint8_t second_last;
};

Sequence sequence_of(uint8_t lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xc2) return {0, 0, 0};
  if (lead < 0xe0) return {2, 0x80, 0xbf};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead < 0xf0) return {3, 0x80, 0xbf};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead < 0xf4) return {4, 0x80, 0xbf};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

struct Character {
  size_t size;
  bool is_well_formed;
};

Character first_character(std::string_view text) {
  const Sequence sequence = sequence_of(static_cast<uint8_t>(text[0]));
  size_t size = 1;
  while (size < sequence.size && size < text.size()) {
    const auto byte = static_cast<uint8_t>(text[size]);
    const uint8_t first = size == 1 ? sequence.second_first : 0x80;
    const uint8_t last = size == 1 ? sequence.second_last : 0xbf;
    if (byte < first || byte > last) break;
    ++size;
  }
  return {size, size == sequence.size};
}

// How many bytes below 0x80 the text begins with, give or take those of the last word.
size_t ascii_prefix_size(std::string_view text) {
  size_t size = 0;
  for (; text.size() - size >= sizeof(uint64_t); size += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, text.data() + size, sizeof word);
    if ((word & kHighBits) != 0) break;
  }
  return size;
}

}  // namespace

bool is_ascii(std::string_view text) {
  // Pieces so small that compilers keep them in vector registers, so large that one test at the end
  // of each is nothing.
  constexpr size_t kPieceWords = 32;
  std::array<uint64_t, kPieceWords> words;
  for (; text.size() >= sizeof words; text.remove_prefix(sizeof words)) {
    std::memcpy(words.data(), text.data(), sizeof words);
    uint64_t all = 0;
    for (const uint64_t word : words) all |= word;
    if ((all & kHighBits) != 0) return false;
  }
  uint8_t all = 0;
  for (const char byte : text) all |= static_cast<uint8_t>(byte);
  return all < 0x80;
}

size_t utf8_prefix_size(std::string_view text) {
  size_t size = ascii_prefix_size(text);
  while (size < text.size()) {
    const Character character = first_character(text.substr(size));
    if (!character.is_well_formed) break;
    size += character.size;
    if (character.size == 1) size += ascii_prefix_size(text.substr(size));
  }
  return size;
}

size_t append_utf8_character(std::string_view text, std::string* to) {
  const Character character = first_character(text);
  to->append(character.is_well_formed ? text.substr(0, character.size) : "\xef\xbf\xbd");
  return character.size;
}

void append_utf8(std::string_view text, std::string* to) {
  while (true) {
    const size_t size = utf8_prefix_size(text);
    to->append(text.substr(0, size));
    text.remove_prefix(size);
    if (text.empty()) return;
    text.remove_prefix(append_utf8_character(text, to));
  }
}

}  // namespace mseavro
