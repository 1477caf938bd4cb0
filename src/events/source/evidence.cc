#include "events/source/evidence.h"

#include <algorithm>
#include <cmath>

#include "base/result/hash.h"
#include "base/text/number_text.h"
#include "base/time/time.h"

namespace mseavro {
namespace {

constexpr size_t kExampleBytes = 40;

// Not cut inside a UTF-8 character.
std::string_view cut(std::string_view text) {
  if (text.size() <= kExampleBytes) return text;
  size_t size = kExampleBytes;
  while (size > 0 && (static_cast<uint8_t>(text[size]) & 0xc0) == 0x80) --size;
  return text.substr(0, size);
}

}  // namespace

void EvidenceCollector::add(const Column& texts, const Column* numbers, size_t row_count) {
  evidence_.row_count += static_cast<int64_t>(row_count);
  for (size_t row = 0; row < row_count; ++row) {
    if (texts.states[row] == CellState::kNull) ++evidence_.null_count;
    if (!texts.has_value(row)) continue;
    const std::string_view text = texts.texts[row];
    if (hashes_.empty()) evidence_.example = cut(text);
    // A value that was seen before shows nothing new.
    if (!hashes_.insert(hash_bytes(text)).second) continue;
    if (numbers == nullptr) {
      add_text(text);
    } else if (numbers->has_value(row)) {
      add_number(numbers->numbers[row]);
    }
  }
}

void EvidenceCollector::add_text(std::string_view text) {
  has_texts_ = true;
  if (all_are_times_) all_are_times_ = parse_time(text, *TimeZone::utc()).has_value();
  if (!all_are_numbers_) return;
  const std::optional<double> number = parse_number(text);
  all_are_numbers_ = number.has_value();
  if (number) add_number(*number);
}

void EvidenceCollector::add_number(double number) {
  if (std::isnan(number)) return;
  evidence_.minimum = std::min(evidence_.minimum.value_or(number), number);
  evidence_.maximum = std::max(evidence_.maximum.value_or(number), number);
}

FieldEvidence EvidenceCollector::finish() const {
  FieldEvidence result = evidence_;
  result.distinct_count = static_cast<int64_t>(hashes_.size());
  result.texts_are_numbers = has_texts_ && all_are_numbers_;
  result.texts_are_times = has_texts_ && all_are_times_;
  if (has_texts_ && !all_are_numbers_) result.minimum = result.maximum = std::nullopt;
  return result;
}

}  // namespace mseavro
