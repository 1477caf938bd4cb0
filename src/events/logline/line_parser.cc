#include "events/logline/line_parser.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/result/ascii.h"
#include "base/result/result.h"
#include "base/text/number_text.h"
#include "base/text/utf8.h"
#include "events/logline/field_value.h"

namespace mseavro {
namespace {

constexpr std::string_view kBlank = " \t\r\v\f";
// The most that a value takes: so many bytes, and so many times those of its text, as an item of a
// list with its length and the comma.
constexpr size_t kValueBytesMax = 64;
constexpr size_t kTextBytesMax = 3;

// These write to `to`, where there is room, and return the end. Texts are short for the most part,
// and copies of a fixed size, one from the beginning and one up to the end, are no calls.
template <size_t kSize>
uint8_t* write_ends(std::string_view text, uint8_t* to) {
  std::memcpy(to, text.data(), kSize);
  std::memcpy(to + text.size() - kSize, text.data() + text.size() - kSize, kSize);
  return to + text.size();
}

inline uint8_t* write_raw(std::string_view text, uint8_t* to) {
  if (text.size() > 32) {
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
  }
  if (text.size() >= 16) return write_ends<16>(text, to);
  if (text.size() >= 8) return write_ends<8>(text, to);
  if (text.size() >= 4) return write_ends<4>(text, to);
  for (const char byte : text) *to++ = static_cast<uint8_t>(byte);
  return to;
}

inline uint8_t* write_bytes(std::string_view text, uint8_t* to) {
  return write_raw(text, write_long(static_cast<int64_t>(text.size()), to));
}

template <class Number>
uint8_t* write_copy(Number value, uint8_t* to) {
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}

bool is_blank(std::string_view text) {
  if (!text.empty() && text.front() > ' ') return false;
  return text.find_first_not_of(kBlank) == std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

}  // namespace

LineParser::LineParser(std::shared_ptr<const LineRules> rules)
    : rules_(std::move(rules)),
      way_slot_(rules_->line() == nullptr ? 0 : rules_->line()->captures().size()),
      captured_(rules_->slot_count()),
      time_reader_(rules_->time_format()) {}

// These write a value to `to`, where there is room for it, and return its end, or nullptr for what
// is no value of the field.
[[gnu::always_inline]] inline uint8_t* LineParser::write_value(const FieldStep& step,
                                                               const CompiledEvent& event,
                                                               std::string_view text, uint8_t* to) {
  switch (step.form) {
    case FieldForm::kText:
      return write_text(text, to);
    case FieldForm::kBytes:
      return write_bytes(text, to);
    case FieldForm::kTimeText:
    case FieldForm::kTimeNumber:
      return write_time(step, text, to);
    case FieldForm::kInteger:
      return write_integer(step, text, to);
    case FieldForm::kFloat:
    case FieldForm::kDouble:
      return write_number(step, text, to);
    case FieldForm::kBoolean: {
      const auto value = boolean_of(text);
      if (!value) return nullptr;
      *to = *value ? 1 : 0;
      return to + 1;
    }
    case FieldForm::kEnum: {
      const auto symbol = event.plan->find(step.node, text);
      return symbol ? write_long(static_cast<int64_t>(*symbol), to) : nullptr;
    }
    case FieldForm::kList:
      return write_list(text, to);
  }
  return nullptr;
}

inline uint8_t* LineParser::write_text(std::string_view text, uint8_t* to) const {
  if (!is_ascii_ && utf8_prefix_size(text) != text.size()) return nullptr;
  return write_bytes(text, to);
}

inline uint8_t* LineParser::write_integer(const FieldStep& step, std::string_view text,
                                          uint8_t* to) {
  const auto value = integer_of(text, step.is_count);
  if (!value || *value < step.low || *value > step.high) return nullptr;
  return check_range(step, static_cast<double>(*value)) ? write_long(*value, to) : to;
}

uint8_t* LineParser::write_number(const FieldStep& step, std::string_view text, uint8_t* to) {
  const auto value = parse_number(text);
  if (!value || !std::isfinite(*value)) return nullptr;
  if (step.form == FieldForm::kDouble)
    return check_range(step, *value) ? write_copy(*value, to) : to;
  const auto single = parse_number32(text);
  if (!single || !std::isfinite(*single)) return nullptr;
  return check_range(step, *value) ? write_copy(*single, to) : to;
}

// Notes when the value is out of its range; then the datum is taken back in the end.
inline bool LineParser::check_range(const FieldStep& step, double value) {
  if (step.range == nullptr || (value >= step.range->low && value <= step.range->high)) return true;
  if (range_reason_ == 0) range_reason_ = step.range_reason;
  return false;
}

inline uint8_t* LineParser::write_time(const FieldStep& step, std::string_view text, uint8_t* to) {
  LogTime other;
  const LogTime* time = &time_;
  if (time_slot_ != step.slot) {
    if (!time_reader_.read(text, &other)) return nullptr;
    time = &other;
  }
  if (step.form == FieldForm::kTimeNumber) {
    const auto number = time->in_units(step.units_per_second);
    return number ? write_long(*number, to) : nullptr;
  }
  const std::string_view canonical = time->canonical;
  if (!canonical.empty()) {
    to = write_long(static_cast<int64_t>(canonical.size() + 1), to);
    return write_raw("Z", write_raw(canonical, to));
  }
  const std::string_view seconds = time_writer_.seconds_text(time->seconds);
  const std::string_view point = time->fraction.empty() ? "" : ".";
  to = write_long(static_cast<int64_t>(seconds.size() + point.size() + time->fraction.size() + 1),
                  to);
  return write_raw("Z", write_raw(time->fraction, write_raw(point, write_raw(seconds, to))));
}

uint8_t* LineParser::write_list(std::string_view text, uint8_t* to) const {
  to = write_long(std::ranges::count(text, ',') + 1, to);
  while (true) {
    const size_t comma = std::min(text.find(','), text.size());
    to = write_text(trimmed(text.substr(0, comma)), to);
    if (to == nullptr) return nullptr;
    if (comma == text.size()) break;
    text.remove_prefix(comma + 1);
  }
  return write_long(0, to);  // No further block of items.
}

Instant LineParser::time() const {
  return time_slot_ ? time_.in_units(kMicrosPerSecond).value_or(kFirstInstant) : kFirstInstant;
}

LineOutcome LineParser::parse(std::string_view line, bool is_ascii, std::span<Encoder> outputs) {
  MSEAVRO_DCHECK(outputs.size() == rules_->events().size());
  is_ascii_ = is_ascii;
  time_slot_.reset();
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (is_blank(line)) return {.reason = kEmptyLine};
  std::string_view body = line;
  if (const LinePattern* const pattern = rules_->line(); pattern != nullptr) {
    if (!pattern->begins(line) || !pattern->match(line, captured_)) {
      return {.reason = kMissingField};
    }
    if (rules_->time_slot() && !read_time(*rules_->time_slot())) return {.reason = kBadTimeReason};
    body = captured_[rules_->event_slot()];
  }
  uint32_t reason = kUnknownEvent;
  for (uint32_t index = 0; index < rules_->events().size(); ++index) {
    const CompiledEvent& event = rules_->events()[index];
    for (const EventWay& way : event.ways) {
      if (!way.pattern.begins(body)) continue;
      const size_t datum_begin = outputs[index].size();
      Verdict verdict{false};
      if (way.pattern.match(body, std::span(captured_).subspan(way_slot_)) &&
          (!way.pattern.has_query() || read_queries(way))) {
        verdict = encode(event, way, outputs[index]);
      }
      if (verdict.is_fine) {
        return {.is_event = true, .event = index, .datum_begin = datum_begin};
      }
      // What a way found that fits but for a value says more than that another does not fit.
      if (reason == kUnknownEvent || verdict.reason != kMalformedEvent) reason = verdict.reason;
    }
  }
  return {.reason = reason};
}

LineParser::Verdict LineParser::encode(const CompiledEvent& event, const EventWay& way,
                                       Encoder& to) {
  const size_t size_before = to.size();
  range_reason_ = 0;
  if (way.time_slot && !read_time(*way.time_slot)) return {false, kBadTimeReason};
  for (const FieldStep& step : way.steps) {
    const std::string_view text = captured_[step.slot];
    if (text.data() == nullptr) {
      if (!step.absent) return to.truncate(size_before), Verdict{false};
      to.put_raw(*step.absent);
      continue;
    }
    uint8_t* end = to.room(step.before.size() + kValueBytesMax + kTextBytesMax * text.size());
    if (!step.before.empty()) end = write_raw(step.before, end);
    end = write_value(step, event, text, end);
    if (end == nullptr) return to.truncate(size_before), Verdict{false};
    to.commit(end);
  }
  // Ranges come last of all reasons, so they wait until every value was looked at.
  if (range_reason_ != 0) return to.truncate(size_before), Verdict{false, range_reason_};
  if (!way.after.empty()) to.put_raw(way.after);
  return {};
}

bool LineParser::read_queries(const EventWay& way) {
  const std::vector<Capture>& captures = way.pattern.captures();
  size_t slot = way_slot_ + captures.size();
  decoded_.clear();
  // Room for all that is decoded, which only becomes shorter, so that views into it stay.
  size_t query_size = 0;
  for (size_t index = 0; index < captures.size(); ++index) {
    if (captures[index].is_query()) query_size += captured_[way_slot_ + index].size();
  }
  if (decoded_.capacity() < query_size) decoded_.reserve(query_size);
  for (size_t index = 0; index < captures.size(); ++index) {
    if (!captures[index].is_query()) continue;
    if (!read_query(captures[index], captured_[way_slot_ + index], slot)) return false;
    slot += captures[index].parameters.size();
  }
  return true;
}

// The first parameter of a name counts, as most servers have it.
bool LineParser::read_query(const Capture& capture, std::string_view query, size_t first_slot) {
  const std::span<std::string_view> values =
      std::span(captured_).subspan(first_slot, capture.parameters.size());
  std::ranges::fill(values, std::string_view());
  if (query.starts_with('?')) query.remove_prefix(1);
  while (!query.empty()) {
    const std::string_view item = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(item.size() + 1, query.size()));
    const size_t equals = std::min(item.find('='), item.size());
    const auto parameter =
        std::ranges::find(capture.parameters, item.substr(0, equals), &CapturedField::parameter);
    if (parameter == capture.parameters.end()) continue;
    std::string_view& value = values[static_cast<size_t>(parameter - capture.parameters.begin())];
    if (value.data() != nullptr) continue;
    const auto text = decoded(equals < item.size() ? item.substr(equals + 1) : "");
    if (!text) return false;
    value = *text;
  }
  return true;
}

// Without %xx and with spaces for +; nullopt for a % that is none.
std::optional<std::string_view> LineParser::decoded(std::string_view text) {
  if (text.find_first_of("%+") == std::string_view::npos) {
    return text.data() == nullptr ? std::string_view("") : text;
  }
  const size_t begin = decoded_.size();
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded_ += text[at] == '+' ? ' ' : text[at];
      continue;
    }
    const int high = at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? hex_digit(text[at + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    const int byte = high * 16 + low;
    if (byte >= 0x80) is_ascii_ = false;
    decoded_ += static_cast<char>(byte);
    at += 2;
  }
  return std::string_view(decoded_).substr(begin);
}

bool LineParser::read_time(uint32_t slot) {
  if (!time_reader_.read(captured_[slot], &time_)) return false;
  time_slot_ = slot;
  return true;
}

}  // namespace mseavro
