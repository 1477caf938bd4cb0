#include "avro/schema/resolution_rules.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <unordered_map>

#include "avro/schema/schema_names.h"

namespace mseavro {
namespace {

constexpr std::array<std::string_view, 7> kRuleNames = {
    "TYPE_MISMATCH",          "NAME_MISMATCH",        "FIXED_SIZE_MISMATCH",
    "DECIMAL_SCALE_MISMATCH", "MISSING_ENUM_SYMBOLS", "READER_FIELD_MISSING_DEFAULT_VALUE",
    "MISSING_UNION_BRANCH"};

enum class NameMatch : uint8_t { kFull, kAlias, kWithoutNamespace };
constexpr std::array kNameMatches = {NameMatch::kFull, NameMatch::kAlias,
                                     NameMatch::kWithoutNamespace};

bool names_match(const SchemaNode& writer, const SchemaNode& reader, NameMatch how) {
  if (!writer.is_named()) return true;
  switch (how) {
    case NameMatch::kFull:
      return writer.name == reader.name;
    case NameMatch::kAlias:
      return std::ranges::find(reader.aliases, writer.name) != reader.aliases.end();
    case NameMatch::kWithoutNamespace:
      return unqualified_name(writer.name) == unqualified_name(reader.name);
  }
  return false;
}

bool names_match(const SchemaNode& writer, const SchemaNode& reader) {
  return std::ranges::any_of(kNameMatches,
                             [&](NameMatch how) { return names_match(writer, reader, how); });
}

bool sizes_match(const SchemaNode& writer, const SchemaNode& reader) {
  return writer.type != SchemaType::kFixed || writer.size == reader.size;
}

bool scales_match(const SchemaNode& writer, const SchemaNode& reader) {
  return writer.logical != LogicalType::kDecimal || reader.logical != LogicalType::kDecimal ||
         writer.scale == reader.scale;
}

bool is_promoted(SchemaType writer, SchemaType reader) {
  switch (writer) {
    case SchemaType::kInt:
      return reader == SchemaType::kLong || reader == SchemaType::kFloat ||
             reader == SchemaType::kDouble;
    case SchemaType::kLong:
      return reader == SchemaType::kFloat || reader == SchemaType::kDouble;
    case SchemaType::kFloat:
      return reader == SchemaType::kDouble;
    case SchemaType::kString:
      return reader == SchemaType::kBytes;
    case SchemaType::kBytes:
      return reader == SchemaType::kString;
    default:
      return false;
  }
}

}  // namespace

std::string_view rule_name(CompatibilityRule rule) { return kRuleNames[static_cast<size_t>(rule)]; }

std::optional<CompatibilityRule> find_conflict(const SchemaNode& writer, const SchemaNode& reader) {
  if (writer.type != reader.type) {
    if (is_promoted(writer.type, reader.type)) return std::nullopt;
    return CompatibilityRule::kTypeMismatch;
  }
  if (!names_match(writer, reader)) return CompatibilityRule::kNameMismatch;
  if (!sizes_match(writer, reader)) return CompatibilityRule::kFixedSizeMismatch;
  if (!scales_match(writer, reader)) return CompatibilityRule::kDecimalScaleMismatch;
  return std::nullopt;
}

bool changes_meaning(const SchemaNode& writer, const SchemaNode& reader) {
  const auto meaning = [](const SchemaNode& node) {
    return node.logical == LogicalType::kUuid ? LogicalType::kNone : node.logical;
  };
  return meaning(writer) != meaning(reader);
}

bool loses_digits(const SchemaNode& writer, const SchemaNode& reader) {
  const bool is_integer = writer.type == SchemaType::kInt || writer.type == SchemaType::kLong;
  if (!is_integer) return false;
  return reader.type == SchemaType::kFloat ||
         (writer.type == SchemaType::kLong && reader.type == SchemaType::kDouble);
}

std::optional<size_t> find_branch(const SchemaNode& writer, const Schema& reader_schema,
                                  const SchemaNode& reader) {
  const auto first = [&](const auto& takes) -> std::optional<size_t> {
    for (size_t index = 0; index < reader.branches.size(); ++index) {
      if (takes(reader_schema.node(reader.branches[index]))) return index;
    }
    return std::nullopt;
  };
  for (const NameMatch how : kNameMatches) {
    const auto exact = first([&](const SchemaNode& branch) {
      return branch.type == writer.type && names_match(writer, branch, how) &&
             sizes_match(writer, branch) && scales_match(writer, branch);
    });
    if (exact) return exact;
    if (!writer.is_named()) break;
  }
  return first([&](const SchemaNode& branch) { return is_promoted(writer.type, branch.type); });
}

std::vector<std::optional<uint32_t>> match_fields(const SchemaNode& writer,
                                                  const SchemaNode& reader) {
  std::unordered_map<std::string_view, uint32_t> free;  // The writer's fields not yet taken.
  for (const SchemaField& field : writer.fields) {
    free.emplace(field.name, static_cast<uint32_t>(free.size()));
  }
  std::vector<std::optional<uint32_t>> matched(reader.fields.size());
  const auto take = [&](size_t index, const std::string& name) {
    const auto found = free.find(name);
    if (found == free.end()) return false;
    matched[index] = found->second;
    free.erase(found);
    return true;
  };
  for (size_t index = 0; index < reader.fields.size(); ++index) {
    take(index, reader.fields[index].name);
  }
  for (size_t index = 0; index < reader.fields.size(); ++index) {
    if (matched[index]) continue;
    std::ranges::any_of(reader.fields[index].aliases,
                        [&](const std::string& alias) { return take(index, alias); });
  }
  return matched;
}

std::unordered_set<std::string_view> names_in_data(const SchemaNode& record) {
  std::unordered_set<std::string_view> names;
  for (const SchemaField& field : record.fields) {
    names.insert(field.name);
    names.insert(field.aliases.begin(), field.aliases.end());
  }
  return names;
}

std::vector<std::string> lost_aliases(const SchemaField& former,
                                      const std::unordered_set<std::string_view>& names) {
  std::vector<std::string> lost;
  std::ranges::copy_if(former.aliases, std::back_inserter(lost),
                       [&](const std::string& alias) { return !names.contains(alias); });
  return lost;
}

std::vector<std::string> lost_aliases(const SchemaNode& former, const SchemaNode& type) {
  std::vector<std::string> lost;
  const std::unordered_set<std::string_view> kept(type.aliases.begin(), type.aliases.end());
  std::ranges::copy_if(former.aliases, std::back_inserter(lost), [&](const std::string& alias) {
    return !kept.contains(alias) && unqualified_name(alias) != unqualified_name(type.name);
  });
  return lost;
}

}  // namespace mseavro
