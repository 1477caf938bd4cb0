#include "avro/schema/definition_lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "avro/schema/default_rules.h"
#include "avro/schema/json_layout.h"
#include "avro/schema/lint_words.h"
#include "avro/schema/logical_type.h"
#include "avro/schema/schema_names.h"
#include "avro/schema/schema_print.h"
#include "base/result/ascii.h"

namespace mseavro {
namespace {

constexpr std::string_view kUnwritten = "TODO";

constexpr LintRule kNoDoc = {
    "no-doc",
    "in a year nobody knows the unit of the number or what null means, and a metric is "
    "made of the wrong field"};
constexpr LintRule kDefaultBranch = {
    "default-branch",
    "the default belongs to the first branch of a union, and other implementations refuse the "
    "schema"};
constexpr LintRule kBadDefault = {
    "bad-default",
    "other implementations refuse the schema, or fail when a reader needs the default"};
constexpr LintRule kUnusedLogicalType = {
    "unused-logical-type",
    "readers pass over a logical type that is not where the specification has it, and show the "
    "plain number or text"};
constexpr LintRule kEnumDefault = {
    "enum-default", "once a symbol is added, readers that have this schema fail at it"};
constexpr LintRule kBadName = {
    "bad-name", "some engines refuse the schema or lose a column, often long after it was written"};

// Beginnings that BigQuery keeps for itself, in lower case.
bool is_reserved(std::string_view name) {
  static constexpr std::string_view kReserved[] = {"_table_",        "_file_",   "_partition",
                                                   "_row_timestamp", "__root__", "_colidentifier"};
  return std::ranges::any_of(kReserved, [lower = to_lower(name)](std::string_view beginning) {
    return lower.starts_with(beginning);
  });
}

// What a default that does not fit was probably meant to be: without quotes around it, or the other
// kind of empty.
std::optional<std::string> meant_default(const Schema& schema, NodeIndex type,
                                         const std::string& json) {
  std::string meant;
  if (json == "[]") meant = "{}";
  if (json == "{}") meant = "[]";
  if (json.front() == '"') meant = json.substr(1, json.size() - 2);
  const bool fits = !meant.empty() && default_fits(schema, type, meant);
  return fits ? std::optional(meant) : std::nullopt;
}

void remove_logical_type(Properties& properties) {
  std::erase_if(properties, [](const auto& property) {
    return property.first == "logicalType" || property.first == "precision" ||
           property.first == "scale";
  });
}

// The words of a logical type that the specification knows, which the properties ask for.
std::optional<std::string> wanted_logical_type(const Properties& properties) {
  const std::string* json = find_property(properties, "logicalType");
  if (json == nullptr || json->size() < 2) return std::nullopt;
  std::string name = json->substr(1, json->size() - 2);
  return is_logical_type_name(name) ? std::optional(std::move(name)) : std::nullopt;
}

// Why the old name of what is renamed is no alias of it.
constexpr std::string_view kNoAlias =
    "; engines refuse the old one as an alias, too, so old data has to be written anew";

class DefinitionLinter {
 public:
  DefinitionLinter(const Schema& schema, SchemaLint& lint) : schema_(schema), lint_(lint) {}

  // Definitions have the order of the text, which is that of the nodes.
  void run() {
    for (NodeIndex index = 0; index < schema_.node_count(); ++index) {
      const SchemaNode& node = schema_.node(index);
      if (!node.is_named()) continue;
      check_type_name(index);
      if (node.type == SchemaType::kFixed) {
        check_logical_type(index, node.properties, shown_name(node.name));
        continue;
      }
      check_doc(index);
      if (node.type == SchemaType::kEnum) check_enum(index);
      if (node.type == SchemaType::kRecord) check_record(index);
    }
  }

 private:
  static bool is_unwritten(const std::string& doc) {
    return doc.empty() || doc.starts_with(kUnwritten);
  }

  static std::string doc_to_write(std::string_view name) {
    return fmt::format("{}: what {} says, in which unit, and what its absence means", kUnwritten,
                       name);
  }

  void check_doc(NodeIndex index) {
    const SchemaNode& node = schema_.node(index);
    if (!is_unwritten(node.doc)) return;
    if (lint_.find(kNoDoc, node.properties, shown_name(node.name),
                   fmt::format("the {} has no doc", schema_type_name(node.type)),
                   "a doc for you to write", true) &&
        node.doc.empty()) {
      lint_.draft().node(index).doc = fmt::format("{}: what one {} is", kUnwritten,
                                                  unqualified_name(lint_.draft().node(index).name));
    }
  }

  void check_type_name(NodeIndex index) {
    const SchemaNode& node = schema_.node(index);
    const std::string allowed = allowed_name(node.name, true);
    if (allowed == node.name) return;
    if (lint_.find(kBadName, node.properties, shown_name(node.name),
                   "a type name may have letters, digits and _, and begins with no digit",
                   fmt::format("the name {}{}", shown_name(allowed), kNoAlias))) {
      lint_.draft().node(index).name = allowed;
    }
  }

  void check_enum(NodeIndex index) {
    check_symbol_names(index);
    const SchemaNode& node = schema_.node(index);
    if (node.default_symbol) return;
    static constexpr std::string_view kCatchAll[] = {"unknown", "unspecified", "other",
                                                     "none",    "undefined",   "unrecognized"};
    const auto known = std::ranges::find_if(node.symbols, [](const std::string& symbol) {
      return std::ranges::find(kCatchAll, to_lower(symbol)) != std::end(kCatchAll);
    });
    const bool has_known = known != node.symbols.end();
    const std::string symbol = has_known ? *known : "UNKNOWN";
    if (!lint_.find(kEnumDefault, node.properties, shown_name(node.name), "the enum has no default",
                    fmt::format("the {} {} as its default", has_known ? "symbol" : "new symbol",
                                shown_name(symbol)))) {
      return;
    }
    SchemaNode& mended = lint_.draft().node(index);
    if (!has_known) mended.symbols.push_back(symbol);
    mended.default_symbol = symbol;
  }

  void check_symbol_names(NodeIndex index) {
    const SchemaNode& node = schema_.node(index);
    std::set<std::string> taken(node.symbols.begin(), node.symbols.end());
    for (size_t i = 0; i < node.symbols.size(); ++i) {
      std::string allowed = allowed_name(node.symbols[i], false);
      if (allowed == node.symbols[i]) continue;
      while (!taken.insert(allowed).second) allowed += '_';
      if (!lint_.find(kBadName, node.properties,
                      fmt::format("{}.{}", shown_name(node.name), shown_name(node.symbols[i])),
                      "a symbol may have letters, digits and _, and begins with no digit",
                      fmt::format("the symbol {}", shown_name(allowed)))) {
        continue;
      }
      SchemaNode& mended = lint_.draft().node(index);
      if (mended.default_symbol == node.symbols[i]) mended.default_symbol = allowed;
      mended.symbols[i] = allowed;
      rename_defaults(index, node.symbols[i], allowed);
    }
  }

  // Fields of the enum may have the symbol as their default.
  void rename_defaults(NodeIndex enumeration, const std::string& from, const std::string& to) {
    std::string before;
    std::string after;
    append_json_string(from, before);
    append_json_string(to, after);
    for (NodeIndex index = 0; index < schema_.node_count(); ++index) {
      for (SchemaField& field : lint_.draft().node(index).fields) {
        const bool has_enum =
            branches_of(lint_.draft().schema(), field.node).front() == enumeration;
        if (has_enum && field.default_json == before) field.default_json = after;
      }
    }
  }

  void check_record(NodeIndex index) {
    const SchemaNode& record = schema_.node(index);
    std::set<std::string> taken;
    // Where names have no case, "userId" and "userid" are one column.
    for (const SchemaField& field : record.fields) taken.insert(to_lower(field.name));
    std::set<std::string> seen;
    for (size_t i = 0; i < record.fields.size(); ++i) {
      const SchemaField& field = record.fields[i];
      const std::string place = place_of(record, field);
      check_default(index, i, place);
      check_field_logical_type(index, i, place);
      check_logical_types_of(field.node, field.properties, place);
      check_field_name(index, i, place, !seen.insert(to_lower(field.name)).second, taken);
      check_field_doc(index, i, place);
    }
  }

  void check_field_doc(NodeIndex index, size_t i, const std::string& place) {
    const SchemaField& field = schema_.node(index).fields[i];
    if (!is_unwritten(field.doc)) return;
    const bool is_found = lint_.find(kNoDoc, field.properties, place, "the field has no doc",
                                     "a doc for you to write", true);
    if (!is_found || !field.doc.empty()) return;
    SchemaField& mended = lint_.draft().node(index).fields[i];
    mended.doc = doc_to_write(mended.name);
  }

  // The types that a field is made of, down to those that have a name.
  void check_logical_types_of(NodeIndex type, const Properties& properties,
                              const std::string& place) {
    const SchemaNode& node = schema_.node(type);
    if (node.is_named()) return;
    check_logical_type(type, properties, place);
    for (const NodeIndex branch : node.branches) {
      check_logical_types_of(branch, properties, place);
    }
    const bool is_array = node.type == SchemaType::kArray;
    if (is_array || node.type == SchemaType::kMap) {
      check_logical_types_of(node.items, properties, place + (is_array ? "[]" : "{}"));
    }
  }

  void check_logical_type(NodeIndex type, const Properties& properties, const std::string& place) {
    const SchemaNode& node = schema_.node(type);
    const auto wanted = wanted_logical_type(node.properties);
    if (!wanted || node.logical != LogicalType::kNone) return;
    if (lint_.find(kUnusedLogicalType, properties, place,
                   fmt::format("the type is no {}: {}", *wanted, needs_of(*wanted)),
                   "the logical type left out, as it reads now; or a type that has it")) {
      remove_logical_type(lint_.draft().node(type).properties);
    }
  }

  // What a type needs for a logical type that it does not have.
  static std::string_view needs_of(std::string_view logical) {
    static constexpr std::pair<std::string_view, std::string_view> kNeeds[] = {
        {"decimal",
         "it is bytes or fixed, with a precision that holds the scale and that the fixed can hold"},
        {"big-decimal", "it is bytes"},
        {"uuid", "it is a string, or a fixed of 16 bytes"},
        {"date", "it is an int"},
        {"time-millis", "it is an int"},
        {"duration", "it is a fixed of 12 bytes"}};
    const auto* found =
        std::ranges::find(kNeeds, logical, [](const auto& entry) { return entry.first; });
    return found == std::end(kNeeds) ? "it is a long" : found->second;
  }

  // A logical type beside "type" is the usual mistake: it belongs inside.
  void check_field_logical_type(NodeIndex index, size_t i, const std::string& place) {
    const SchemaField& field = schema_.node(index).fields[i];
    const auto wanted = wanted_logical_type(field.properties);
    if (!wanted) return;
    std::optional<SchemaNode> typed;
    NodeIndex plain = 0;
    for (const NodeIndex branch : branches_of(schema_, field.node)) {
      typed = schema_.node(branch);
      plain = branch;
      if (typed->logical != LogicalType::kNone) continue;
      for (const auto& property : field.properties) {
        const std::string& name = property.first;
        const bool is_decimal = name == "precision" || name == "scale";
        if (name == "logicalType" || is_decimal) typed->properties.push_back(property);
      }
      apply_logical_type(*typed);
      if (typed->logical != LogicalType::kNone) break;
      typed.reset();
    }
    const bool is_new = typed && schema_.node(plain).logical == LogicalType::kNone;
    if (!lint_.find(kUnusedLogicalType, field.properties, place,
                    fmt::format("{} stands at the field and not in its type", *wanted),
                    is_new ? fmt::format("the type {{\"type\": \"{}\", \"logicalType\": \"{}\"}}",
                                         schema_type_name(typed->type), *wanted)
                           : std::string("the logical type left out, as it reads now"))) {
      return;
    }
    remove_logical_type(lint_.draft().node(index).fields[i].properties);
    if (is_new) replace_type(index, i, plain, std::move(*typed));
  }

  // Puts a type into the place of a field's, or of a branch of it. Definitions stay the ones that
  // they are.
  void replace_type(NodeIndex record, size_t i, NodeIndex before, SchemaNode after) {
    SchemaDraft& draft = lint_.draft();
    if (after.is_named()) {
      draft.node(before) = std::move(after);
      return;
    }
    NodeIndex type = draft.add(std::move(after));
    const NodeIndex now = draft.node(record).fields[i].node;
    if (draft.node(now).type == SchemaType::kUnion) {
      SchemaNode changed = draft.node(now);
      std::ranges::replace(changed.branches, before, type);
      type = draft.add(std::move(changed));
    }
    draft.node(record).fields[i].node = type;
  }

  void check_field_name(NodeIndex index, size_t i, const std::string& place, bool is_repeated,
                        std::set<std::string>& taken) {
    const SchemaField& field = schema_.node(index).fields[i];
    std::string name = allowed_name(field.name, false);
    const bool is_misspelt = name != field.name;
    const char* message = "a field name may have letters, digits and _, and begins with no digit";
    if (!is_misspelt && is_repeated) {
      message = "another field of the record has this name but for its case";
    } else if (!is_misspelt && is_reserved(name)) {
      message = "BigQuery keeps names that begin like this for itself";
      name.insert(0, "x");
    } else if (!is_misspelt) {
      return;
    }
    for (int number = 2; !taken.insert(to_lower(name)).second; ++number) {
      name = fmt::format("{}_{}", allowed_name(field.name, false), number);
    }
    // An alias has to be a name that engines take, too.
    const bool has_alias = !is_misspelt && !is_repeated;
    if (!lint_.find(kBadName, field.properties, place, message,
                    fmt::format("the name {}{}", shown_name(name),
                                has_alias ? ", with the old one as its alias" : kNoAlias))) {
      return;
    }
    SchemaField& mended = lint_.draft().node(index).fields[i];
    mended.name = name;
    if (has_alias) mended.aliases.push_back(field.name);
  }

  void check_default(NodeIndex index, size_t i, const std::string& place) {
    const SchemaField& field = schema_.node(index).fields[i];
    const SchemaNode& type = schema_.node(field.node);
    if (field.default_json && !default_fits(schema_, field.node, *field.default_json)) {
      find_bad_default(index, i, place);
      return;
    }
    if (type.type != SchemaType::kUnion || type.branches.empty()) return;
    const auto has_type = [&](NodeIndex branch) {
      return field.default_json ? default_fits(schema_, branch, *field.default_json)
                                : schema_.node(branch).type == SchemaType::kNull;
    };
    if (!field.default_json) {
      if (std::ranges::none_of(type.branches, has_type)) return;
      if (lint_.find(kNoDefault, field.properties, place,
                     "the field may be null and has no default",
                     "null as the first branch and the default")) {
        make_optional(lint_.draft(), index, i);
      }
      return;
    }
    const auto fitting = std::ranges::find_if(type.branches, has_type);
    if (fitting == type.branches.begin() || fitting == type.branches.end()) return;
    const std::string branch = type_words(schema_, *fitting);
    if (lint_.find(kDefaultBranch, field.properties, place,
                   fmt::format("the default is of the branch {}, which is not the first", branch),
                   fmt::format("{} as the first branch", branch))) {
      SchemaNode reordered = type;
      const auto at = reordered.branches.begin() + (fitting - type.branches.begin());
      std::rotate(reordered.branches.begin(), at, at + 1);
      const NodeIndex added = lint_.draft().add(std::move(reordered));
      lint_.draft().node(index).fields[i].node = added;
    }
  }

  void find_bad_default(NodeIndex index, size_t i, const std::string& place) {
    const SchemaField& field = schema_.node(index).fields[i];
    const std::string& json = *field.default_json;
    const auto meant = meant_default(schema_, field.node, json);
    if (!lint_.find(kBadDefault, field.properties, place,
                    fmt::format("the default {} is no value of the type {}", shown_name(json),
                                type_words(schema_, field.node)),
                    meant ? fmt::format("the default {}", shown_name(*meant))
                          : std::string("an optional field, null by default"))) {
      return;
    }
    if (meant) {
      lint_.draft().node(index).fields[i].default_json = meant;
    } else {
      make_optional(lint_.draft(), index, i);
    }
  }

  const Schema& schema_;
  SchemaLint& lint_;
};

}  // namespace

void lint_definitions(const Schema& schema, SchemaLint& lint) {
  DefinitionLinter(schema, lint).run();
}

}  // namespace mseavro
