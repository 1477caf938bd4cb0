#include "avro/schema/logical_type.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <string>

namespace mseavro {
namespace {

constexpr int64_t kAnySize = -1;

struct Rule {
  std::string_view name;
  LogicalType logical;
  SchemaType type;
  int64_t fixed_size = kAnySize;
};

constexpr Rule kRules[] = {
    {"decimal", LogicalType::kDecimal, SchemaType::kBytes},
    {"decimal", LogicalType::kDecimal, SchemaType::kFixed},
    {"big-decimal", LogicalType::kBigDecimal, SchemaType::kBytes},
    {"uuid", LogicalType::kUuid, SchemaType::kString},
    {"uuid", LogicalType::kUuid, SchemaType::kFixed, 16},
    {"date", LogicalType::kDate, SchemaType::kInt},
    {"time-millis", LogicalType::kTimeMillis, SchemaType::kInt},
    {"time-micros", LogicalType::kTimeMicros, SchemaType::kLong},
    {"timestamp-millis", LogicalType::kTimestampMillis, SchemaType::kLong},
    {"timestamp-micros", LogicalType::kTimestampMicros, SchemaType::kLong},
    {"timestamp-nanos", LogicalType::kTimestampNanos, SchemaType::kLong},
    {"local-timestamp-millis", LogicalType::kLocalTimestampMillis, SchemaType::kLong},
    {"local-timestamp-micros", LogicalType::kLocalTimestampMicros, SchemaType::kLong},
    {"local-timestamp-nanos", LogicalType::kLocalTimestampNanos, SchemaType::kLong},
    {"duration", LogicalType::kDuration, SchemaType::kFixed, 12},
};

// Decimal digits that always fit in a signed number of `size` bytes: 2^(8 size - 1) is never a
// power of ten, so the floor of its logarithm is exact.
int64_t digits_that_fit(int64_t size) {
  return static_cast<int64_t>(std::floor(static_cast<double>(8 * size - 1) * std::log10(2.0)));
}

bool is_valid_decimal(const LogicalAttributes& attributes, SchemaType type, int64_t fixed_size) {
  const int64_t precision = attributes.precision;
  if (precision < 1 || precision > std::numeric_limits<int32_t>::max()) return false;
  if (attributes.scale < 0 || attributes.scale > precision) return false;
  return type != SchemaType::kFixed || (fixed_size > 0 && precision <= digits_that_fit(fixed_size));
}

void remove_property(Properties& properties, std::string_view name) {
  std::erase_if(properties, [&](const auto& property) { return property.first == name; });
}

// -1 when the property is absent or no integer.
int64_t integer_property(const Properties& properties, std::string_view name) {
  const std::string* json = find_property(properties, name);
  int64_t value = -1;
  if (json == nullptr) return -1;
  const char* end = json->data() + json->size();
  const auto [parsed_end, error] = std::from_chars(json->data(), end, value);
  return error == std::errc() && parsed_end == end ? value : -1;
}

}  // namespace

LogicalType find_logical_type(const LogicalAttributes& attributes, SchemaType type,
                              int64_t fixed_size) {
  for (const Rule& rule : kRules) {
    if (rule.name != attributes.name || rule.type != type) continue;
    if (rule.fixed_size != kAnySize && rule.fixed_size != fixed_size) continue;
    if (rule.logical == LogicalType::kDecimal && !is_valid_decimal(attributes, type, fixed_size)) {
      continue;
    }
    return rule.logical;
  }
  return LogicalType::kNone;
}

void apply_logical_type(SchemaNode& node) {
  const std::string* name = find_property(node.properties, "logicalType");
  if (name == nullptr || name->size() < 2 || name->front() != '"') return;
  const bool has_scale = find_property(node.properties, "scale") != nullptr;
  const LogicalAttributes attributes{std::string_view(*name).substr(1, name->size() - 2),
                                     integer_property(node.properties, "precision"),
                                     has_scale ? integer_property(node.properties, "scale") : 0};
  const LogicalType logical = find_logical_type(attributes, node.type, node.size);
  if (logical == LogicalType::kNone) return;
  node.logical = logical;
  if (logical == LogicalType::kDecimal) {
    node.precision = static_cast<int32_t>(attributes.precision);
    node.scale = static_cast<int32_t>(attributes.scale);
    remove_property(node.properties, "precision");
    remove_property(node.properties, "scale");
  }
  remove_property(node.properties, "logicalType");
}

bool is_logical_type_name(std::string_view name) {
  return std::ranges::find(kRules, name, &Rule::name) != std::end(kRules);
}

std::string_view logical_type_name(LogicalType logical) {
  for (const Rule& rule : kRules) {
    if (rule.logical == logical) return rule.name;
  }
  return {};
}

}  // namespace mseavro
