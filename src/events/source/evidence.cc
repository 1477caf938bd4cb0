#include "events/source/evidence.h"

#include <algorithm>
#include <cmath>

#include "base/result/hash.h"
#include "base/text/json_document.h"
#include "base/text/number_text.h"
#include "base/text/utf8.h"
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
    // A word that says null is an example only where there is no other.
    const bool is_null = numbers == nullptr && is_null_word(text);
    if (value_count_ == 0) evidence_.example = cut(text);
    if (!is_null) ++value_count_;
    distinct_.add(hash_bytes(text));
    if (is_null) continue;
    if (numbers == nullptr) {
      add_text(text);
    } else if (numbers->has_value(row)) {
      if (numbers->type == ColumnType::kInteger) {
        add_integer(numbers->integers[row]);
      } else {
        add_number(numbers->numbers[row]);
      }
    }
  }
}

void EvidenceCollector::add_text(std::string_view text) {
  if (utf8_prefix_size(text) != text.size()) ++evidence_.invalid_text_count;
  const bool is_time = parse_time(text, *TimeZone::utc()).has_value();
  const std::optional<double> number = parse_number(text);
  time_text_count_ += is_time;
  number_text_count_ += number.has_value();
  const std::string_view shown = cut(text);
  if (evidence_.least_text.empty() || shown < evidence_.least_text) evidence_.least_text = shown;
  if (shown > evidence_.greatest_text) evidence_.greatest_text = shown;
  if (number) {
    evidence_.has_decimals |= text.find_first_of(".eE") != text.npos;
    evidence_.has_odd_numbers |= !is_json_number(text);
    add_number(*number);
  } else if (!is_time && evidence_.word_count++ == 0) {
    evidence_.first_word = cut(text);
  }
}

void EvidenceCollector::add_number(double number) {
  if (std::isnan(number)) return;
  evidence_.minimum = std::min(evidence_.minimum.value_or(number), number);
  evidence_.maximum = std::max(evidence_.maximum.value_or(number), number);
}

void EvidenceCollector::add_integer(int64_t integer) {
  evidence_.integer_minimum = std::min(evidence_.integer_minimum.value_or(integer), integer);
  evidence_.integer_maximum = std::max(evidence_.integer_maximum.value_or(integer), integer);
}

FieldEvidence EvidenceCollector::finish() {
  FieldEvidence result = evidence_;
  const auto [distinct_count, is_estimate] = distinct_.count();
  result.distinct_count = distinct_count;
  result.distinct_is_estimate = is_estimate;
  if (result.integer_minimum) {
    result.minimum = static_cast<double>(*result.integer_minimum);
    result.maximum = static_cast<double>(*result.integer_maximum);
  }
  result.texts_are_numbers = number_text_count_ > value_count_ / 2;
  result.texts_are_times = time_text_count_ > value_count_ / 2;
  // Numbers by their type are counted in neither.
  const bool are_words = number_text_count_ > 0 && !result.texts_are_numbers;
  if (are_words) result.minimum = result.maximum = std::nullopt;
  return result;
}

}  // namespace mseavro
