// A pattern of a log line: literal texts with captures between them.
//
//   GET /data/m/{movieId...}/{minute:count}.mpg
//   status {status:int}, result: {items:list...}, {responseTime:count}[ ]ms
//   GET /predict{?id=prediction_id,score=prediction:number} HTTP/{}
//
// docs/formats/rules.md says what may stand in a pattern. A text matches in one pass: captures
// before the wide one (`...`, else the last) end at the first place where the next literal stands,
// those behind it begin behind the last place where the literal before them stands.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mseavro/error.h"

namespace mseavro {

enum class CaptureType : uint8_t {
  kAsField,  // None was said: what the field takes.
  kText,
  kInt,    // Digits, with an optional minus.
  kCount,  // Digits.
  kNumber,
  kBoolean,
  kTime,
  kList,  // Texts between commas.
};

// What each type is called in patterns.
std::span<const std::pair<std::string_view, CaptureType>> capture_types();

// `name:type` of a pattern; `parameter` differs from it in query strings (`parameter=name:type`).
struct CapturedField {
  std::string name;  // Empty: the text is passed over.
  CaptureType type = CaptureType::kAsField;
  std::string parameter{};
  int64_t offset = 0;  // Of the name, in the pattern.
};

struct Capture {
  CapturedField field{};
  std::optional<std::string> value{};       // The only text that it takes.
  std::vector<CapturedField> parameters{};  // Of a query string; then the field has no name.
  bool is_wide = false;

  bool is_query() const { return !parameters.empty(); }
};

// One way through a pattern, with each of its optional parts or without.
class LinePattern {
 public:
  static constexpr size_t kCaptureCountMax = 32;
  static constexpr size_t kOptionalCountMax = 4;

  // The ways through `text`, those with more parts first. An error says what is wrong and, in
  // place.byte, at which character from 0. Errors: kBadRules.
  static Result<std::vector<LinePattern>> parse(std::string_view text);

  // Whether the text begins as every text does that matches: with what stands before the first
  // capture.
  bool begins(std::string_view text) const {
    uint64_t word = 0;
    if (text.size() < sizeof word) return text.starts_with(literals_.front());
    std::memcpy(&word, text.data(), sizeof word);
    if (((word ^ start_word_) & start_mask_) != 0) return false;
    return literals_.front().size() <= sizeof word || text.starts_with(literals_.front());
  }
  // Whether all of `text` matches. Puts what each capture takes into `captured`, as views into
  // `text`. A named capture takes at least one byte. REQUIRES: begins(text), and room for
  // captures().size() views.
  bool match(std::string_view text, std::span<std::string_view> captured) const;

  // Whether each text that matches `other` matches this one, with the same captures; false for
  // patterns whose literal texts differ. What captures are values of is not looked at.
  bool takes_all_of(const LinePattern& other) const;

  const std::vector<Capture>& captures() const { return captures_; }
  bool has_query() const { return has_query_; }

 private:
  friend class PatternParser;

  // What a capture may be.
  enum class Taking : uint8_t { kAnything, kSomething, kValue, kQuery };

  void end_way();
  bool takes(size_t capture, std::string_view text) const;
  bool takes_all_of(const LinePattern& other, size_t capture) const;

  // A literal before each capture and one at the end; only the first and last may be empty.
  std::vector<std::string> literals_;
  std::vector<Capture> captures_;
  std::vector<Taking> takings_;  // Of each capture.
  uint64_t start_word_ = 0;      // The first bytes of the first literal,
  uint64_t start_mask_ = 0;      // and which of them it has.
  bool has_query_ = false;
  size_t wide_ = 0;  // Index of the capture that takes what the others leave.
};

}  // namespace mseavro
