#include "avro/arrow/arrow_target.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "avro/wire/wire_input.h"
#include "base/text/utf8.h"

namespace mseavro {

void ArrowTarget::text(ArrowBuilder& column, std::string_view value) {
  if (utf8_prefix_size(value) == value.size()) [[likely]]
    return column.append_bytes(value);
  ++replaced_text_count_;
  scratch_.clear();
  append_utf8(value, &scratch_);
  column.append_bytes(scratch_);
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
    misfit_ = ArrowMisfit::kDecimal;
    return;
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
    misfit_ = ArrowMisfit::kDuration;
    return;
  }
  const int64_t nanos = int64_t{load<uint32_t>(bytes + 8)} * 1'000'000;
  std::array<char, 16> interval{};
  std::memcpy(interval.data(), bytes, 8);
  std::memcpy(interval.data() + 8, &nanos, sizeof nanos);
  next_->append_bytes({interval.data(), interval.size()});
}

}  // namespace mseavro
