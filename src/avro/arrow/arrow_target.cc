#include "avro/arrow/arrow_target.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <utility>

#include "avro/wire/wire_input.h"
#include "base/text/utf8.h"

namespace mseavro {

ArrowTarget::ArrowTarget(const ArrowLayout& layout, ArrowBudget& budget, ArrowBuilder& root,
                         int64_t full_bytes)
    : layout_(layout), budget_(budget), root_(root), full_bytes_(full_bytes) {
  find_texts(root_);
}

void ArrowTarget::find_texts(ArrowBuilder& column) {
  if (column.type().kind == ArrowKind::kText) texts_.push_back({&column});
  for (size_t i = 0; i < column.child_count(); ++i) find_texts(column.child(i));
}

void ArrowTarget::begin_batch() {
  field_lists_.begin_batch();
  for (TextColumn& column : texts_) column.settled_count = 0;
}

void ArrowTarget::settle_texts() {
  for (TextColumn& column : texts_) settle(column);
}

// Texts one behind the other are UTF-8 when their bytes are, and none begins within a character.
void ArrowTarget::settle(TextColumn& column) {
  const int64_t first = std::exchange(column.settled_count, column.builder->length());
  if (first == column.settled_count) return;
  const std::string_view texts = column.builder->texts_from(first);
  if (is_ascii(texts)) [[likely]]
    return;
  bool is_whole = utf8_prefix_size(texts) == texts.size();
  for (int64_t row = first; is_whole && row < column.settled_count; ++row) {
    const std::string_view text = column.builder->text(row);
    is_whole = text.empty() || (text.front() & 0xc0) != 0x80;
  }
  if (!is_whole) repair(*column.builder, first);
}

void ArrowTarget::repair(ArrowBuilder& column, int64_t first) {
  std::string texts;
  std::vector<size_t> sizes;
  for (int64_t row = first; row < column.length(); ++row) {
    const std::string_view text = column.text(row);
    const size_t begin = texts.size();
    append_utf8(text, &texts);
    sizes.push_back(texts.size() - begin);
    // What is replaced cannot be the same: U+FFFD is UTF-8.
    if (std::string_view(texts).substr(begin) != text) ++replaced_text_count_;
  }
  column.replace_texts(first, texts, sizes);
}

// Avro has the highest byte first and as many as it likes, Arrow the lowest first and as many as
// the type has.
void ArrowTarget::decimal(std::string_view value) {
  std::array<char, 32> number{};
  const auto width = static_cast<size_t>(next_->type().width_bytes);
  const char sign = !value.empty() && (value.front() & 0x80) != 0 ? '\xff' : '\0';
  number.fill(sign);
  const size_t extra = value.size() - std::min(value.size(), width);
  const std::string_view kept = value.substr(extra);
  std::ranges::reverse_copy(kept, number.begin());
  // What is cut off must say no more than the sign that is kept.
  const bool fits = value.substr(0, extra).find_first_not_of(sign) == std::string_view::npos &&
                    ((number[width - 1] ^ sign) & 0x80) == 0;
  if (!fits) {
    return refuse(ArrowMisfit::kDecimal);
  }
  next_->append_bytes({number.data(), width});
}

// Avro: unsigned months, days and milliseconds, of 4 bytes each. Arrow: signed months and days of
// 4 bytes, and nanoseconds of 8.
void ArrowTarget::duration(std::string_view value) {
  const auto* const bytes = reinterpret_cast<const uint8_t*>(value.data());
  const auto months = load<uint32_t>(bytes);
  const auto days = load<uint32_t>(bytes + 4);
  constexpr uint32_t kLargest = std::numeric_limits<int32_t>::max();
  if (months > kLargest || days > kLargest) {
    return refuse(ArrowMisfit::kDuration);
  }
  const int64_t nanos = int64_t{load<uint32_t>(bytes + 8)} * 1'000'000;
  std::array<char, 16> interval{};
  std::memcpy(interval.data(), bytes, 8);
  std::memcpy(interval.data() + 8, &nanos, sizeof nanos);
  next_->append_bytes({interval.data(), interval.size()});
}

}  // namespace mseavro
