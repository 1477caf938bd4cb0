#include "avro/wire/scalar_encoder.h"

#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include "avro/wire/decimal.h"
#include "avro/wire/json_text.h"
#include "avro/wire/value_text.h"
#include "base/result/result.h"
#include "base/text/number_text.h"

namespace mseavro {
namespace {

// What is wrong with a value; empty when nothing is.
using Problem = std::string_view;
constexpr Problem kNone{};

// How well a value fits a type, the best first.
enum class Fit : uint8_t { kExact, kClose, kLossy, kNot };

Problem wrong_kind(JsonKind kind) {
  switch (kind) {
    case JsonKind::kNull:
      return "it is null";
    case JsonKind::kBoolean:
      return "it is a boolean";
    case JsonKind::kNumber:
      return "it is a number";
    case JsonKind::kString:
      return "it is a string";
    case JsonKind::kArray:
      return "it is an array";
    case JsonKind::kObject:
      return "it is an object";
  }
  return {};
}

bool is_decimal(const SchemaNode& node) {
  return node.logical == LogicalType::kDecimal || node.logical == LogicalType::kBigDecimal;
}

Problem put_integer(const SchemaNode& node, JsonStyle style, const Scalar& value, Encoder* to) {
  const bool is_time = style == JsonStyle::kPlain && node.logical != LogicalType::kNone;
  if (is_time && value.kind == JsonKind::kString) {
    const auto time = parse_time(node.logical, value.text);
    if (!time) return "it is no such date or time, or not exactly one";
    to->put_long(*time);
    return kNone;
  }
  if (value.kind != JsonKind::kNumber) return wrong_kind(value.kind);
  if (value.text.find_first_of(".eE") != std::string_view::npos) return "it is no whole number";
  const auto integer = parse_integer(value.text);
  if (!integer) return "it is out of range";
  if (node.type == SchemaType::kInt && !std::in_range<int32_t>(*integer)) {
    return "it is out of range";
  }
  to->put_long(*integer);
  return kNone;
}

// A number that JSON does not have.
template <class Number>
std::optional<Number> find_special(std::string_view text) {
  constexpr Number kInfinity = std::numeric_limits<Number>::infinity();
  if (text == "NaN") return std::numeric_limits<Number>::quiet_NaN();
  if (text == "Infinity") return kInfinity;
  if (text == "-Infinity") return -kInfinity;
  return std::nullopt;
}

template <class Number>
std::optional<Number> nearest(std::string_view text) {
  if constexpr (std::is_same_v<Number, float>) {
    return parse_number32(text);
  } else {
    return parse_number(text);
  }
}

template <class Number>
Problem put_floating(const Scalar& value, Encoder* to) {
  std::optional<Number> number;
  if (value.kind == JsonKind::kString) {
    number = find_special<Number>(value.text);
    if (!number) return "it is a string";
  } else if (value.kind != JsonKind::kNumber) {
    return wrong_kind(value.kind);
  } else {
    number = nearest<Number>(value.text);
    if (!number) return "it is no number";
    if (std::isinf(*number)) return "it is out of range";
  }
  to->put_fixed({reinterpret_cast<const uint8_t*>(&*number), sizeof *number});
  return kNone;
}

void put_sized(const SchemaNode& node, std::string_view bytes, Encoder* to) {
  if (node.type == SchemaType::kFixed) {
    to->put_raw(bytes);
  } else {
    to->put_bytes(bytes);
  }
}

Problem put_bytes(const SchemaNode& node, JsonStyle style, const Scalar& value, Encoder* to) {
  const bool is_text = value.kind == JsonKind::kString;
  if (style == JsonStyle::kPlain && is_decimal(node)) {
    if (!is_text && value.kind != JsonKind::kNumber) return wrong_kind(value.kind);
    const DecimalBytes decimal = parse_decimal(node, value.text);
    if (decimal.problem.empty()) put_sized(node, decimal.bytes, to);
    return decimal.problem;
  }
  if (!is_text) return wrong_kind(value.kind);
  const bool is_uuid = style == JsonStyle::kPlain && node.logical == LogicalType::kUuid;
  const auto bytes = is_uuid ? parse_uuid(value.text) : json_bytes(value.text);
  if (!bytes) return is_uuid ? "it is no uuid" : "it has a character beyond U+00FF";
  if (node.type == SchemaType::kFixed && bytes->size() != static_cast<size_t>(node.size)) {
    return "it has another size";
  }
  put_sized(node, *bytes, to);
  return kNone;
}

// REQUIRES: the value fits the node.
Fit fit_of(const SchemaNode& node, const Scalar& value) {
  if (value.kind != JsonKind::kNumber) return Fit::kExact;
  const bool is_whole = value.text.find_first_of(".eE") == std::string_view::npos;
  switch (node.type) {
    case SchemaType::kFloat: {
      std::string digits;
      append_number(*parse_number32(value.text), &digits);
      if (parse_number(digits) != parse_number(value.text)) return Fit::kLossy;
      return is_whole ? Fit::kClose : Fit::kExact;
    }
    case SchemaType::kDouble:
      return is_whole ? Fit::kClose : Fit::kExact;
    case SchemaType::kBytes:
    case SchemaType::kFixed:
      return Fit::kClose;
    default:
      return node.logical == LogicalType::kNone ? Fit::kExact : Fit::kClose;
  }
}

}  // namespace

Scalar scalar_of(JsonValue json) {
  switch (json.kind()) {
    case JsonKind::kNull:
      return {JsonKind::kNull, "null"};
    case JsonKind::kBoolean:
      return {JsonKind::kBoolean, json.boolean() ? "true" : "false"};
    default:
      return {json.kind(), json.text()};
  }
}

std::string_view ScalarEncoder::put(NodeIndex index, JsonStyle style, const Scalar& value,
                                    Encoder* to) const {
  const SchemaNode& node = plan_.schema().node(index);
  switch (node.type) {
    case SchemaType::kNull:
      return value.kind == JsonKind::kNull ? kNone : wrong_kind(value.kind);
    case SchemaType::kBoolean:
      if (value.kind != JsonKind::kBoolean) return wrong_kind(value.kind);
      to->put_boolean(value.text == "true");
      return kNone;
    case SchemaType::kInt:
    case SchemaType::kLong:
      return put_integer(node, style, value, to);
    case SchemaType::kFloat:
      return put_floating<float>(value, to);
    case SchemaType::kDouble:
      return put_floating<double>(value, to);
    case SchemaType::kString:
      if (value.kind != JsonKind::kString) return wrong_kind(value.kind);
      to->put_bytes(value.text);
      return kNone;
    case SchemaType::kBytes:
    case SchemaType::kFixed:
      return put_bytes(node, style, value, to);
    case SchemaType::kEnum: {
      if (value.kind != JsonKind::kString) return wrong_kind(value.kind);
      const auto symbol = plan_.find(index, value.text);
      if (!symbol) return "the enum has no such symbol";
      to->put_long(*symbol);
      return kNone;
    }
    case SchemaType::kUnion:
      return put_union(index, value, to);
    case SchemaType::kRecord:
    case SchemaType::kArray:
    case SchemaType::kMap:
      return wrong_kind(value.kind);
  }
  return kNone;
}

std::string_view ScalarEncoder::put_union(NodeIndex index, const Scalar& value, Encoder* to) const {
  const SchemaNode& node = plan_.schema().node(index);
  const size_t begin = to->size();
  Fit best = Fit::kNot;
  size_t best_branch = 0;
  const auto put_branch = [&](size_t branch) {
    to->put_long(static_cast<int64_t>(branch));
    return put(node.branches[branch], JsonStyle::kPlain, value, to);
  };
  for (size_t branch = 0; branch < node.branches.size(); ++branch) {
    if (put_branch(branch).empty()) {
      const Fit fit = fit_of(plan_.schema().node(node.branches[branch]), value);
      if (fit == Fit::kExact) return kNone;
      if (fit < best) {
        best = fit;
        best_branch = branch;
      }
    }
    to->truncate(begin);
  }
  return best == Fit::kNot ? "no branch of the union takes it" : put_branch(best_branch);
}

}  // namespace mseavro
