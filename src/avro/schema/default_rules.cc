#include "avro/schema/default_rules.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "base/text/json_document.h"
#include "base/text/number_text.h"

namespace mseavro {
namespace {

// Values looked at, those in unions once for each branch.
constexpr int64_t kWork = int64_t{1} << 16;

class DefaultCheck {
 public:
  explicit DefaultCheck(const Schema& schema) : schema_(schema) {}

  // REQUIRES: a document whose depth is bounded, as this recurses.
  bool fits(NodeIndex index, JsonValue json) {
    // A default that takes that long to look at is not worth a finding.
    if (++work_ > kWork) return true;
    const SchemaNode& node = schema_.node(index);
    const JsonKind kind = json.kind();
    switch (node.type) {
      case SchemaType::kUnion:
        return std::ranges::any_of(node.branches,
                                   [&](NodeIndex branch) { return fits(branch, json); });
      case SchemaType::kNull:
        return kind == JsonKind::kNull;
      case SchemaType::kBoolean:
        return kind == JsonKind::kBoolean;
      case SchemaType::kInt:
        return kind == JsonKind::kNumber && fits_int(json.text());
      case SchemaType::kLong:
        return kind == JsonKind::kNumber && parse_integer(json.text());
      case SchemaType::kFloat:
      case SchemaType::kDouble:
        return kind == JsonKind::kNumber;
      case SchemaType::kString:
        return kind == JsonKind::kString;
      case SchemaType::kBytes:
        return kind == JsonKind::kString && byte_count(json.text());
      case SchemaType::kFixed:
        return kind == JsonKind::kString && byte_count(json.text()) == node.size;
      case SchemaType::kEnum:
        return kind == JsonKind::kString &&
               std::ranges::find(node.symbols, json.text()) != node.symbols.end();
      case SchemaType::kArray:
        return kind == JsonKind::kArray && items_fit(node.items, json);
      case SchemaType::kMap:
        return kind == JsonKind::kObject && values_fit(node.items, json);
      case SchemaType::kRecord:
        return kind == JsonKind::kObject && fields_fit(node, json);
    }
    return false;
  }

 private:
  static bool fits_int(std::string_view digits) {
    const auto number = parse_integer(digits);
    return number && *number >= std::numeric_limits<int32_t>::min() &&
           *number <= std::numeric_limits<int32_t>::max();
  }

  // Of text that says bytes by its code points; nullopt when one of these is larger than a byte.
  static std::optional<int64_t> byte_count(std::string_view text) {
    int64_t count = 0;
    for (const char c : text) {
      const auto byte = static_cast<uint8_t>(c);
      if (byte > 0xc3) return std::nullopt;  // C3 BF is code point 255.
      if ((byte & 0xc0) != 0x80) ++count;    // Not a byte that goes on with a code point.
    }
    return count;
  }

  bool items_fit(NodeIndex items, JsonValue json) {
    for (JsonItems item(json); item.next();) {
      if (!fits(items, item.value())) return false;
    }
    return true;
  }

  bool values_fit(NodeIndex values, JsonValue json) {
    for (JsonMembers member(json); member.next();) {
      if (!fits(values, member.value())) return false;
    }
    return true;
  }

  bool fields_fit(const SchemaNode& record, JsonValue json) {
    return std::ranges::all_of(record.fields, [&](const SchemaField& field) {
      for (JsonMembers member(json); member.next();) {
        if (++work_ > kWork) return true;
        if (member.key() == field.name) return fits(field.node, member.value());
      }
      return field.default_json.has_value();
    });
  }

  const Schema& schema_;
  int64_t work_ = 0;
};

}  // namespace

bool default_fits(const Schema& schema, NodeIndex type, std::string_view json) {
  const Limits limits;
  JsonDocument document;
  return document.parse(json, limits, limits.schema_depth) &&
         DefaultCheck(schema).fits(type, document.root());
}

}  // namespace mseavro
