#include "avro/schema/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/result/ascii.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr std::array<std::string_view, 14> kTypeNames = {
    "null",   "boolean", "int",  "long",  "float", "double", "bytes",
    "string", "record",  "enum", "array", "map",   "union",  "fixed"};

constexpr std::array<std::string_view, 3> kOrderNames = {"ascending", "descending", "ignore"};

bool is_simple_name(std::string_view name) {
  const auto is_allowed = [](char c) { return is_letter_or_digit(c) || c == '_'; };
  return !name.empty() && !is_digit(name[0]) && std::ranges::all_of(name, is_allowed);
}

bool is_full_name(std::string_view name) {
  size_t dot;
  while ((dot = name.find('.')) != std::string_view::npos) {
    if (!is_simple_name(name.substr(0, dot))) return false;
    name.remove_prefix(dot + 1);
  }
  return is_simple_name(name);
}

tl::unexpected<Error> bad_name(std::string_view what, const std::string& name,
                               const std::string& owner) {
  return fail(
      ErrorCode::kBadSchema, fmt::format("the {} \"{}\" is not a valid Avro name", what, name),
      "use letters, digits and _, and do not begin with a digit", name, Place{.field = owner});
}

Status check_names(const SchemaNode& node) {
  if (node.is_named() && !is_full_name(node.name))
    return bad_name("type name", node.name, node.name);
  for (const std::string& alias : node.aliases) {
    if (!is_full_name(alias)) return bad_name("alias", alias, node.name);
  }
  for (const SchemaField& field : node.fields) {
    if (!is_simple_name(field.name)) return bad_name("field name", field.name, node.name);
  }
  for (const std::string& symbol : node.symbols) {
    if (!is_simple_name(symbol)) return bad_name("symbol", symbol, node.name);
  }
  return {};
}

}  // namespace

std::string_view schema_type_name(SchemaType type) { return kTypeNames[static_cast<size_t>(type)]; }

std::optional<SchemaType> find_primitive(std::string_view name) {
  constexpr size_t kPrimitiveCount = static_cast<size_t>(SchemaType::kString) + 1;
  for (size_t index = 0; index < kPrimitiveCount; ++index) {
    if (kTypeNames[index] == name) return static_cast<SchemaType>(index);
  }
  return std::nullopt;
}

std::string_view field_order_name(FieldOrder order) {
  return kOrderNames[static_cast<size_t>(order)];
}

const std::string* find_property(const Properties& properties, std::string_view name) {
  for (const auto& [key, json] : properties) {
    if (key == name) return &json;
  }
  return nullptr;
}

Status check_names(const Schema& schema) {
  for (NodeIndex index = 0; index < schema.node_count(); ++index) {
    MSEAVRO_TRY(check_names(schema.node(index)));
  }
  return {};
}

}  // namespace mseavro
