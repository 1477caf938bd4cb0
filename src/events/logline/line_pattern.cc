#include "events/logline/line_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/result/ascii.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr std::pair<std::string_view, CaptureType> kTypes[] = {
    {"text", CaptureType::kText},    {"int", CaptureType::kInt},
    {"count", CaptureType::kCount},  {"number", CaptureType::kNumber},
    {"bool", CaptureType::kBoolean}, {"time", CaptureType::kTime},
    {"list", CaptureType::kList},
};
constexpr std::string_view kWideMark = "...";

bool is_name(std::string_view text) {
  const auto is_word = [](char byte) { return byte == '_' || is_letter_or_digit(byte); };
  return !text.empty() && std::ranges::all_of(text, is_word);
}

// A literal text, a capture, or where an optional part begins or ends.
struct Part {
  enum class Kind : uint8_t { kLiteral, kCapture, kOpen, kClose };
  Kind kind;
  size_t offset;
  std::string literal{};
  Capture capture{};
};

// Whether the literal stands there, where its first byte does.
inline bool is_at(const char* at, const std::string& literal) {
  return literal.size() == 1 || std::memcmp(at, literal.data(), literal.size()) == 0;
}

// These look for the byte with which the literal begins, which is rare enough in a line.
//
// Where the literal stands first in the text, or nullptr. REQUIRES: the literal is not empty.
inline const char* find_first(std::string_view text, const std::string& literal) {
  if (text.size() < literal.size()) return nullptr;
  const char* begin = text.data();
  const char* const end = begin + (text.size() - literal.size() + 1);
  while (true) {
    const auto* at =
        static_cast<const char*>(std::memchr(begin, literal[0], static_cast<size_t>(end - begin)));
    if (at == nullptr || is_at(at, literal)) return at;
    begin = at + 1;
  }
}

// Where it stands last.
inline const char* find_last(std::string_view text, const std::string& literal) {
  if (text.size() < literal.size()) return nullptr;
  size_t place_count = text.size() - literal.size() + 1;
  while (true) {
    const auto* at = static_cast<const char*>(memrchr(text.data(), literal[0], place_count));
    if (at == nullptr || is_at(at, literal)) return at;
    place_count = static_cast<size_t>(at - text.data());
  }
}

tl::unexpected<Error> bad_pattern(size_t offset, std::string message, std::string help) {
  return fail(ErrorCode::kBadRules, std::move(message), std::move(help), {},
              {.byte = static_cast<int64_t>(offset)});
}

}  // namespace

std::span<const std::pair<std::string_view, CaptureType>> capture_types() { return kTypes; }

// First the parts, then the ways through them.
class PatternParser {
 public:
  explicit PatternParser(std::string_view text) : text_(text) {}

  Result<std::vector<LinePattern>> parse() {
    MSEAVRO_TRY(read_parts());
    std::vector<LinePattern> ways;
    // Bit i of the mask leaves out the optional part i.
    for (uint32_t left_out = 0; left_out < (1u << optional_count_); ++left_out) {
      MSEAVRO_ASSIGN(LinePattern way, make_way(left_out));
      ways.push_back(std::move(way));
    }
    return ways;
  }

 private:
  Status read_parts() {
    while (at_ < text_.size()) {
      const char byte = text_[at_];
      const bool is_doubled = at_ + 1 < text_.size() && text_[at_ + 1] == byte;
      if (is_doubled && std::string_view("{}[]").find(byte) != std::string_view::npos) {
        add_literal(byte);
        at_ += 2;
      } else if (byte == '{') {
        MSEAVRO_TRY(read_capture());
      } else if (byte == '[' || byte == ']') {
        MSEAVRO_TRY(read_bracket(byte));
      } else if (byte == '}') {
        return bad_pattern(at_, "a } without {", "a brace of the line itself is doubled: }}");
      } else {
        add_literal(byte);
        ++at_;
      }
    }
    if (!is_open_) return {};
    return bad_pattern(open_at_, "a [ without ]", "a bracket of the line itself is doubled: [[");
  }

  void add_literal(char byte) {
    if (parts_.empty() || parts_.back().kind != Part::Kind::kLiteral) {
      parts_.push_back({Part::Kind::kLiteral, at_});
    }
    parts_.back().literal += byte;
  }

  Status read_bracket(char byte) {
    const bool opens = byte == '[';
    if (opens == is_open_) {
      return bad_pattern(at_, opens ? "an optional part within another one" : "a ] without [",
                         opens ? "write the patterns one by one: patterns = [...]"
                               : "a bracket of the line itself is doubled: ]]");
    }
    is_open_ = opens;
    open_at_ = at_;
    if (opens && ++optional_count_ > LinePattern::kOptionalCountMax) {
      return bad_pattern(
          at_, fmt::format("there are more than {} optional parts", LinePattern::kOptionalCountMax),
          "write the patterns one by one: patterns = [...]");
    }
    parts_.push_back({opens ? Part::Kind::kOpen : Part::Kind::kClose, at_});
    ++at_;
    return {};
  }

  Status read_capture() {
    const size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) {
      return bad_pattern(at_, "a { without }", "a brace of the line itself is doubled: {{");
    }
    Part part{Part::Kind::kCapture, at_};
    MSEAVRO_ASSIGN(part.capture, capture_of(text_.substr(at_ + 1, end - at_ - 1), at_ + 1));
    parts_.push_back(std::move(part));
    at_ = end + 1;
    return {};
  }

  // What stands between braces.
  Result<Capture> capture_of(std::string_view text, size_t offset) const {
    Capture capture;
    if (text.starts_with('?')) return query_of(text.substr(1), offset + 1);
    if (text.ends_with(kWideMark)) {
      capture.is_wide = true;
      text.remove_suffix(kWideMark.size());
    }
    if (text.empty()) return capture;
    const size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      capture.value = std::string(text.substr(equals + 1));
      if (capture.value->empty()) {
        return bad_pattern(offset + equals, "there is no value behind =", "as in {status=200}");
      }
      text = text.substr(0, equals);
    }
    MSEAVRO_ASSIGN(capture.field, field_of(text, offset));
    return capture;
  }

  Result<Capture> query_of(std::string_view text, size_t offset) const {
    Capture capture;
    while (true) {
      const size_t comma = std::min(text.find(','), text.size());
      const std::string_view item = text.substr(0, comma);
      const size_t equals = item.find('=');
      const bool is_renamed = equals != std::string_view::npos;
      const std::string_view field = is_renamed ? item.substr(equals + 1) : item;
      MSEAVRO_ASSIGN(CapturedField made, field_of(field, offset + (item.size() - field.size())));
      made.parameter = is_renamed ? std::string(item.substr(0, equals)) : made.name;
      if (std::ranges::count(capture.parameters, made.parameter, &CapturedField::parameter) > 0) {
        return bad_pattern(offset,
                           fmt::format("the parameter \"{}\" is taken twice", made.parameter),
                           "a parameter becomes one field: leave one of them out");
      }
      capture.parameters.push_back(std::move(made));
      if (comma == text.size()) return capture;
      text.remove_prefix(comma + 1);
      offset += comma + 1;
    }
  }

  // `name` or `name:type`.
  Result<CapturedField> field_of(std::string_view text, size_t offset) const {
    const size_t colon = std::min(text.find(':'), text.size());
    CapturedField field{std::string(text.substr(0, colon))};
    if (!is_name(field.name)) {
      return bad_pattern(offset, fmt::format("\"{}\" is no name of a field", field.name),
                         "write {name}, {name:type}, {name=value}, {name...} or {} to pass over");
    }
    field.offset = static_cast<int64_t>(offset);
    if (colon == text.size()) return field;
    const std::string_view type = text.substr(colon + 1);
    const auto* found =
        std::ranges::find(kTypes, type, [](const auto& entry) { return entry.first; });
    if (found == std::end(kTypes)) {
      return bad_pattern(offset + colon + 1, fmt::format("there is no type \"{}\"", type),
                         "the types are text, int, count, number, bool, time and list");
    }
    field.type = found->second;
    return field;
  }

  Result<LinePattern> make_way(uint32_t left_out) const {
    LinePattern way;
    std::string literal;
    std::optional<size_t> wide;
    uint32_t optional = 0;
    bool is_left_out = false;
    for (const Part& part : parts_) {
      if (part.kind == Part::Kind::kOpen) is_left_out = (left_out >> optional++ & 1) != 0;
      if (part.kind == Part::Kind::kClose) is_left_out = false;
      if (is_left_out) continue;
      if (part.kind == Part::Kind::kLiteral) literal += part.literal;
      if (part.kind != Part::Kind::kCapture) continue;
      if (literal.empty() && !way.captures_.empty()) {
        return bad_pattern(part.offset, "two captures with nothing between them",
                           "a capture ends where the text behind it stands: put some there");
      }
      if (way.captures_.size() == LinePattern::kCaptureCountMax) {
        return bad_pattern(
            part.offset,
            fmt::format("there are more than {} captures", LinePattern::kCaptureCountMax),
            "pass over what is not kept at once, with {} or {...}");
      }
      if (part.capture.is_wide && std::exchange(wide, way.captures_.size())) {
        return bad_pattern(part.offset, "a second capture with ...",
                           "one of them takes what the others leave");
      }
      way.literals_.push_back(std::exchange(literal, {}));
      way.captures_.push_back(part.capture);
    }
    way.literals_.push_back(std::move(literal));
    way.wide_ = wide.value_or(way.captures_.empty() ? 0 : way.captures_.size() - 1);
    MSEAVRO_TRY(check_constants(way));
    way.end_way();
    return way;
  }

  // A capture of one text must not end within it, at the literal behind it or before it.
  Status check_constants(const LinePattern& way) const {
    for (size_t index = 0; index < way.captures_.size(); ++index) {
      const auto& [field, value, parameters, is_wide] = way.captures_[index];
      if (!value || index == way.wide_) continue;
      const bool is_before_wide = index < way.wide_;
      const std::string& end = way.literals_[is_before_wide ? index + 1 : index];
      const bool is_cut =
          is_before_wide ? (*value + end).find(end) < value->size() : (end + *value).rfind(end) > 0;
      if (!is_cut) continue;
      return bad_pattern(
          static_cast<size_t>(field.offset),
          fmt::format("\"{}\" is never taken whole: the capture ends at \"{}\"", *value, end),
          "write it as text of the pattern, not as a capture");
    }
    return {};
  }

  const std::string_view text_;
  size_t at_ = 0;
  bool is_open_ = false;
  size_t open_at_ = 0;
  uint32_t optional_count_ = 0;
  std::vector<Part> parts_;
};

Result<std::vector<LinePattern>> LinePattern::parse(std::string_view text) {
  return PatternParser(text).parse();
}

// What match() asks of each line, looked up once.
void LinePattern::end_way() {
  for (const Capture& capture : captures_) {
    has_query_ = has_query_ || capture.is_query();
    takings_.push_back(capture.is_query()            ? Taking::kQuery
                       : capture.value               ? Taking::kValue
                       : !capture.field.name.empty() ? Taking::kSomething
                                                     : Taking::kAnything);
  }
  const std::string& start = literals_.front();
  const size_t size = std::min(start.size(), sizeof start_word_);
  std::memcpy(&start_word_, start.data(), size);
  std::memset(&start_mask_, 0xff, size);
}

inline bool LinePattern::takes(size_t index, std::string_view text) const {
  switch (takings_[index]) {
    case Taking::kAnything:
      return true;
    case Taking::kSomething:
      return !text.empty();
    case Taking::kValue:
      return text == *captures_[index].value;
    case Taking::kQuery:
      return text.empty() || text.front() == '?';
  }
  return false;
}

bool LinePattern::match(std::string_view text, std::span<std::string_view> captured) const {
  const char* begin = text.data() + literals_.front().size();
  const char* end = text.data() + text.size();
  if (takings_.empty()) return begin == end;
  for (size_t index = 0; index < wide_; ++index) {
    const std::string& next = literals_[index + 1];
    const char* const found = find_first({begin, end}, next);
    if (found == nullptr) return false;
    captured[index] = {begin, found};
    if (!takes(index, captured[index])) return false;
    begin = found + next.size();
  }
  if (!std::string_view(begin, end).ends_with(literals_.back())) return false;
  end -= literals_.back().size();
  for (size_t index = takings_.size() - 1; index > wide_; --index) {
    const std::string& before = literals_[index];
    const char* const found = find_last({begin, end}, before);
    if (found == nullptr) return false;
    captured[index] = {found + before.size(), end};
    if (!takes(index, captured[index])) return false;
    end = found;
  }
  captured[wide_] = {begin, end};
  return takes(wide_, captured[wide_]);
}

bool LinePattern::takes_all_of(const LinePattern& other, size_t index) const {
  const Capture& own = captures_[index];
  const Capture& others = other.captures_[index];
  const Taking taking = other.takings_[index];
  switch (takings_[index]) {
    case Taking::kAnything:
      return true;
    case Taking::kSomething:
      return taking == Taking::kSomething || taking == Taking::kValue;
    case Taking::kValue:
      return taking == Taking::kValue && *others.value == *own.value;
    case Taking::kQuery:
      return std::ranges::equal(others.parameters, own.parameters, {}, &CapturedField::parameter,
                                &CapturedField::parameter);
  }
  return false;
}

bool LinePattern::takes_all_of(const LinePattern& other) const {
  if (literals_ != other.literals_ || wide_ != other.wide_) return false;
  for (size_t index = 0; index < captures_.size(); ++index) {
    if (!takes_all_of(other, index)) return false;
  }
  return true;
}

}  // namespace mseavro
