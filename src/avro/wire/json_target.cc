#include "avro/wire/json_target.h"

#include <cmath>

#include "avro/wire/decimal.h"
#include "avro/wire/json_text.h"
#include "avro/wire/value_text.h"
#include "avro/wire/wire_input.h"
#include "base/text/number_text.h"

namespace mseavro {

JsonTarget::JsonTarget(const Schema& schema, int64_t size_limit_bytes)
    : schema_(schema),
      size_limit_bytes_(static_cast<size_t>(size_limit_bytes)),
      first_prefixes_(schema.node_count()) {
  for (NodeIndex index = 0; index < schema.node_count(); ++index) {
    first_prefixes_[index] = field_prefixes_.size();
    const char* separator = "";
    for (const SchemaField& field : schema.node(index).fields) {
      std::string& prefix = field_prefixes_.emplace_back(separator);
      append_json_string(field.name, &prefix);
      prefix.push_back(':');
      separator = ",";
    }
  }
}

void JsonTarget::integer(const Step& step, int64_t value) {
  if (style_ == JsonStyle::kPlain && node(step).logical != LogicalType::kNone) {
    const size_t quote = json_->size();
    json_->push_back('"');
    if (append_time(node(step).logical, value, json_)) {
      json_->push_back('"');
      return;
    }
    json_->resize(quote);
  }
  append_integer(value, json_);
}

template <class Number>
void JsonTarget::floating(Number value) {
  if (!std::isfinite(value)) {
    json_->push_back('"');
    append_number(value, json_);
    json_->push_back('"');
    return;
  }
  const size_t begin = json_->size();
  append_number(value, json_);
  // 1.0 rather than 1: a reader of the text alone sees that it is no integer.
  if (json_->find_first_of(".e", begin) == std::string::npos) json_->append(".0");
}

void JsonTarget::float32(const Step&, float value) { floating(value); }
void JsonTarget::float64(const Step&, double value) { floating(value); }

void JsonTarget::string(const Step& step, std::string_view value) {
  if (!plain_decimal(node(step), value)) append_json_string(value, json_, size_limit());
}

void JsonTarget::bytes(const Step& step, std::string_view value) {
  if (!plain_decimal(node(step), value)) append_json_bytes(value, json_, size_limit());
}

void JsonTarget::fixed(const Step& step, std::string_view value) {
  const LogicalType logical = node(step).logical;
  if (style_ == JsonStyle::kPlain && logical == LogicalType::kUuid) {
    json_->push_back('"');
    append_uuid(value, json_);
    json_->push_back('"');
  } else if (style_ == JsonStyle::kPlain && logical == LogicalType::kDuration) {
    const auto* from = reinterpret_cast<const uint8_t*>(value.data());
    json_->append("{\"months\":");
    append_integer(load<uint32_t>(from), json_);
    json_->append(",\"days\":");
    append_integer(load<uint32_t>(from + 4), json_);
    json_->append(",\"milliseconds\":");
    append_integer(load<uint32_t>(from + 8), json_);
    json_->push_back('}');
  } else {
    bytes(step, value);
  }
}

void JsonTarget::enumeration(const Step&, size_t, std::string_view symbol) {
  append_json_string(symbol, json_);
}

bool JsonTarget::plain_decimal(const SchemaNode& node, std::string_view value) {
  if (style_ != JsonStyle::kPlain) return false;
  if (node.logical != LogicalType::kDecimal && node.logical != LogicalType::kBigDecimal)
    return false;
  const auto decimal = find_decimal(node, value);
  if (!decimal) return false;
  const size_t quote = json_->size();
  json_->push_back('"');
  if (!append_decimal(*decimal, json_)) {
    json_->resize(quote);
    return false;
  }
  json_->push_back('"');
  return true;
}

uint32_t JsonTarget::begin_piece() {
  pieces_.push_back({json_->size(), kNone});
  return static_cast<uint32_t>(pieces_.size() - 1);
}

void JsonTarget::begin_reordered(const Step& step) {
  if (pieces_.empty()) pieces_.push_back({begin_size_, kNone});
  const auto opening = static_cast<uint32_t>(pieces_.size() - 1);
  reordered_.push_back({fields_.size(), opening, kNone});
  fields_.resize(fields_.size() + node(step).fields.size());
}

void JsonTarget::begin_reordered_field(uint32_t slot) {
  end_reordered_field();
  Reordered& record = reordered_.back();
  record.slot = slot;
  fields_[record.first_field + slot].first = begin_piece();
}

void JsonTarget::end_reordered_field() {
  const Reordered& record = reordered_.back();
  if (record.slot == kNone) return;
  fields_[record.first_field + record.slot].last = static_cast<uint32_t>(pieces_.size() - 1);
}

void JsonTarget::end_reordered() {
  end_reordered_field();
  const Reordered record = reordered_.back();
  reordered_.pop_back();
  uint32_t last = record.opening;
  for (size_t field = record.first_field; field < fields_.size(); ++field) {
    pieces_[last].next = fields_[field].first;
    last = fields_[field].last;
  }
  fields_.resize(record.first_field);
  const uint32_t closing = begin_piece();
  pieces_[last].next = closing;
}

void JsonTarget::put_in_order() {
  ordered_.clear();
  for (uint32_t piece = 0; piece != kNone; piece = pieces_[piece].next) {
    const bool is_last = piece + 1 == pieces_.size();
    const size_t end = is_last ? json_->size() : pieces_[piece + 1].begin;
    ordered_.append(*json_, pieces_[piece].begin, end - pieces_[piece].begin);
  }
  json_->replace(begin_size_, std::string::npos, ordered_);
}

void JsonTarget::key(std::string_view key) {
  if (json_->back() != '{') json_->push_back(',');
  append_json_string(key, json_, size_limit());
  json_->push_back(':');
}

void JsonTarget::begin_branch(const Step& step) {
  if (!is_named(step)) return;
  json_->push_back('{');
  append_json_string(branch(step).branch_name(), json_);
  json_->push_back(':');
}

}  // namespace mseavro
