#include "events/logline/line_parser.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/result/ascii.h"
#include "base/result/result.h"
#include "base/text/number_text.h"
#include "base/text/utf8.h"

namespace mseavro {
namespace {

constexpr std::string_view kBlank = " \t\r\v\f";

std::string_view trimmed(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::optional<bool> boolean_of(std::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return std::nullopt;
}

// An integer, or the end of int64 that it would pass; nullopt for what is none.
std::optional<int64_t> integer_of(std::string_view text, bool is_count) {
  const bool is_negative = !is_count && text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  int64_t value = 0;
  bool is_past = false;
  for (const char byte : text) {
    if (byte < '0' || byte > '9') return std::nullopt;
    is_past = is_past || __builtin_mul_overflow(value, 10, &value) ||
              __builtin_add_overflow(value, byte - '0', &value);
  }
  if (is_past) return is_negative ? INT64_MIN : INT64_MAX;
  return is_negative ? -value : value;
}

}  // namespace

LineParser::LineParser(std::shared_ptr<const LineRules> rules)
    : rules_(std::move(rules)),
      way_slot_(rules_->line() == nullptr ? 0 : rules_->line()->captures().size()),
      captured_(rules_->slot_count()) {}

LineOutcome LineParser::parse(std::string_view line, bool is_ascii, std::span<Encoder> outputs) {
  MSEAVRO_DCHECK(outputs.size() == rules_->events().size());
  is_ascii_ = is_ascii;
  time_slot_.reset();
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.find_first_not_of(kBlank) == std::string_view::npos) return {.reason = kEmptyLine};
  std::string_view body = line;
  if (rules_->line() != nullptr) {
    if (!rules_->line()->match(line, captured_)) return {.reason = kMissingField};
    if (rules_->time_slot() && !time_of(*rules_->time_slot())) return {.reason = kBadTimeReason};
    body = captured_[rules_->event_slot()];
  }
  uint32_t reason = kUnknownEvent;
  for (uint32_t index = 0; index < rules_->events().size(); ++index) {
    const CompiledEvent& event = rules_->events()[index];
    for (const EventWay& way : event.ways) {
      if (!body.starts_with(way.pattern.start())) continue;
      const size_t datum_begin = outputs[index].size();
      Verdict verdict{false};
      if (way.pattern.match(body, std::span(captured_).subspan(way_slot_)) && read_queries(way)) {
        verdict = encode(event, way, outputs[index]);
      }
      if (verdict.is_fine) {
        return {.is_event = true,
                .event = index,
                .seconds = time_slot_ ? time_->seconds : 0,
                .datum_begin = datum_begin};
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
  if (way.time_slot && !time_of(*way.time_slot)) return {false, kBadTimeReason};
  for (const FieldStep& step : way.steps) {
    if (!step.before.empty()) to.put_raw(step.before);
    const std::string_view text = captured_[step.slot];
    if (text.data() == nullptr) {
      if (!step.absent) return to.truncate(size_before), Verdict{false};
      to.put_raw(*step.absent);
      continue;
    }
    if (!step.branch.empty()) to.put_raw(step.branch);
    if (!put(step, event, text, to)) return to.truncate(size_before), Verdict{false};
  }
  // Ranges come last of all reasons, so they wait until every value was looked at.
  if (range_reason_ != 0) return to.truncate(size_before), Verdict{false, range_reason_};
  if (!way.after.empty()) to.put_raw(way.after);
  return {};
}

bool LineParser::put(const FieldStep& step, const CompiledEvent& event, std::string_view text,
                     Encoder& to) {
  switch (step.form) {
    case FieldForm::kText:
      return put_text(text, to);
    case FieldForm::kBytes:
      to.put_bytes(text);
      return true;
    case FieldForm::kTimeText:
    case FieldForm::kTimeNumber:
      return put_time(step, text, to);
    case FieldForm::kInteger:
      return put_integer(step, text, to);
    case FieldForm::kFloat:
    case FieldForm::kDouble:
      return put_number(step, text, to);
    case FieldForm::kBoolean: {
      const auto value = boolean_of(text);
      if (value) to.put_boolean(*value);
      return value.has_value();
    }
    case FieldForm::kEnum: {
      const auto symbol = event.plan->find(step.node, text);
      if (symbol) to.put_int(static_cast<int32_t>(*symbol));
      return symbol.has_value();
    }
    case FieldForm::kList:
      return put_list(text, to);
  }
  return false;
}

bool LineParser::put_text(std::string_view text, Encoder& to) const {
  if (!is_ascii_ && utf8_prefix_size(text) != text.size()) return false;
  to.put_bytes(text);
  return true;
}

bool LineParser::put_integer(const FieldStep& step, std::string_view text, Encoder& to) {
  const auto value = integer_of(text, step.is_count);
  if (!value) return false;
  if (!check_range(step, static_cast<double>(*value))) return true;
  to.put_long(*value);
  return *value >= step.low && *value <= step.high;
}

bool LineParser::put_number(const FieldStep& step, std::string_view text, Encoder& to) {
  const auto value = parse_number(text);
  if (!value || !std::isfinite(*value)) return false;
  if (!check_range(step, *value)) return true;
  if (step.form == FieldForm::kDouble) {
    to.put_double(*value);
    return true;
  }
  const auto single = parse_number32(text);
  if (!single || !std::isfinite(*single)) return false;
  to.put_float(*single);
  return true;
}

// Notes when the value is out of its range. What is put after that is taken back.
bool LineParser::check_range(const FieldStep& step, double value) {
  if (step.range == nullptr || (value >= step.range->low && value <= step.range->high)) return true;
  if (range_reason_ == 0) range_reason_ = step.range_reason;
  return false;
}

bool LineParser::put_time(const FieldStep& step, std::string_view text, Encoder& to) {
  const bool is_known = time_slot_ == step.slot;
  const auto time = is_known ? time_ : rules_->time_format().read(text);
  if (!time) return false;
  if (step.form == FieldForm::kTimeNumber) {
    const auto number = time->in_units(step.units_per_second);
    if (number) to.put_long(*number);
    return number.has_value();
  }
  const std::string_view seconds = time_writer_.seconds_text(time->seconds);
  const size_t point_size = time->fraction.empty() ? 0 : 1;
  to.put_long(static_cast<int64_t>(seconds.size() + point_size + time->fraction.size() + 1));
  to.put_raw(seconds);
  if (point_size > 0) {
    to.put_raw(".");
    to.put_raw(time->fraction);
  }
  to.put_raw("Z");
  return true;
}

bool LineParser::put_list(std::string_view text, Encoder& to) const {
  const auto count = std::ranges::count(text, ',') + 1;
  to.put_long(count);
  while (true) {
    const size_t comma = std::min(text.find(','), text.size());
    if (!put_text(trimmed(text.substr(0, comma)), to)) return false;
    if (comma == text.size()) break;
    text.remove_prefix(comma + 1);
  }
  to.put_long(0);  // No further block of items.
  return true;
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

std::optional<LogTime> LineParser::time_of(uint32_t slot) {
  time_slot_ = slot;
  time_ = rules_->time_format().read(captured_[slot]);
  return time_;
}

}  // namespace mseavro
