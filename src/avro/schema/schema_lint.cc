#include "avro/schema/schema_lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "avro/schema/default_rules.h"
#include "avro/schema/json_layout.h"
#include "avro/schema/logical_type.h"
#include "avro/schema/resolution_rules.h"
#include "avro/schema/schema_names.h"
#include "avro/schema/schema_print.h"
#include "base/result/ascii.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr size_t kFindingCount = 1024;
constexpr size_t kPlaceBytes = 512;
constexpr int64_t kWork = int64_t{1} << 22;  // Pairs of fields, branches and symbols looked at.
constexpr std::string_view kAllow = "mseavro.allow";
constexpr std::string_view kUnwritten = "TODO";

constexpr LintRule kNoDoc = {
    "no-doc",
    "in a year nobody knows the unit of the number or what null means, and a metric is "
    "made of the wrong field"};
constexpr LintRule kNoDefault = {
    "no-default", "a reader with this schema cannot read data that was written without the field"};
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
constexpr LintRule kRenamed = {
    "rename",
    "without an alias the data of the former schema reads as if the field were not there"};
constexpr LintRule kFieldRemoved = {
    "field-removed", "readers that have the former schema do not find the field in new data"};
constexpr LintRule kFieldRetyped = {
    "field-retyped",
    "readers of the new schema cannot read the old data, or take it for something "
    "else"};
constexpr LintRule kSymbolRemoved = {
    "symbol-removed", "old data holds the symbol, and readers of the new schema fail at it"};

// `name` with every character that the specification does not allow made a `_`. Dots divide full
// names.
std::string allowed_name(std::string_view name, bool is_full) {
  std::string allowed;
  for (const char c : name) {
    const bool is_part = is_full && c == '.';
    const bool begins = allowed.empty() || allowed.back() == '.';
    if (begins && (is_digit(c) || is_part)) allowed += '_';
    allowed += is_letter_or_digit(c) || is_part ? c : '_';
  }
  if (allowed.empty() || allowed.back() == '.') allowed += '_';
  return allowed;
}

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

// Why what was removed is not put back.
constexpr const char* kBadFormerName =
    "none: its name is one that engines refuse, so old data has to be written anew";

// Why the old name of what is renamed is no alias of it.
constexpr std::string_view kNoAlias =
    "; engines refuse the old one as an alias, too, so old data has to be written anew";

// The branches of a union; a type that is none is its own and only branch.
std::vector<NodeIndex> branches_of(const Schema& schema, NodeIndex index) {
  const SchemaNode& node = schema.node(index);
  return node.type == SchemaType::kUnion ? node.branches : std::vector<NodeIndex>{index};
}

std::string place_of(const SchemaNode& record, const SchemaField& field) {
  return fmt::format("{}.{}", shown_name(record.name), shown_name(field.name));
}

// Rules that look at one definition at a time.
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

// Rules about what became of the former version.
class VersionLinter {
 public:
  VersionLinter(const Schema& former, const Schema& schema, SchemaLint& lint)
      : former_(former), schema_(schema), lint_(lint) {}

  Status run() {
    compare_roots();
    while (!open_.empty() && work_ <= kWork) {
      const auto [before, after] = open_.back();
      open_.pop_back();
      compare(before, after);
    }
    if (work_ <= kWork) return {};
    return fail(ErrorCode::kLimitExceeded, "the schemas have too many pairs of types to compare");
  }

 private:
  void enter(NodeIndex before, NodeIndex after) {
    if (seen_.insert(uint64_t{before} << 32 | after).second) open_.push_back({before, after});
  }

  void compare_roots() {
    const SchemaNode& before = former_.root();
    const SchemaNode& after = schema_.root();
    if (reads(former_.root_index(), schema_.root_index())) {
      enter(former_.root_index(), schema_.root_index());
      return;
    }
    if (is_renamed(before, after)) {
      find_renamed_type(former_.root_index(), schema_.root_index());
      enter(former_.root_index(), schema_.root_index());
      return;
    }
    lint_.find(kFieldRetyped, after.properties, shown_name(after.name),
               fmt::format("the schema was {}", type_words(former_, former_.root_index())),
               "none; a schema of another kind is another subject", true);
  }

  // A type that is the same but for its name.
  bool is_renamed(const SchemaNode& before, const SchemaNode& after) const {
    return before.type == after.type && before.is_named() &&
           find_conflict(before, after) == CompatibilityRule::kNameMismatch;
  }

  static std::string alias_words(bool can_be_alias) {
    return can_be_alias ? "the former name as an alias"
                        : "none: engines refuse the former name as an alias, so old data has to be "
                          "written anew";
  }

  void find_renamed_type(NodeIndex before, NodeIndex after) {
    const std::string& former_name = former_.node(before).name;
    const bool can_be_alias = allowed_name(former_name, true) == former_name;
    if (lint_.find(kRenamed, schema_.node(after).properties, shown_name(schema_.node(after).name),
                   fmt::format("the type was called {}", shown_name(former_name)),
                   alias_words(can_be_alias), !can_be_alias) &&
        can_be_alias) {
      lint_.draft().node(after).aliases.push_back(former_name);
    }
  }

  void compare(NodeIndex before, NodeIndex after) {
    const SchemaNode& former = former_.node(before);
    const SchemaNode& node = schema_.node(after);
    if (former.type == SchemaType::kUnion || node.type == SchemaType::kUnion) {
      for (const NodeIndex one : branches_of(former_, before)) {
        for (const NodeIndex other : branches_of(schema_, after)) {
          ++work_;
          if (former_.node(one).branch_name() == schema_.node(other).branch_name()) {
            enter(one, other);
          }
        }
      }
    } else if (former.type != node.type) {
      return;
    } else if (node.type == SchemaType::kRecord) {
      compare_fields(former, after);
    } else if (node.type == SchemaType::kEnum) {
      compare_symbols(former, after);
    } else if (node.type == SchemaType::kArray || node.type == SchemaType::kMap) {
      enter(former.items, node.items);
    }
  }

  void compare_symbols(const SchemaNode& former, NodeIndex after) {
    const SchemaNode& node = schema_.node(after);
    work_ += static_cast<int64_t>(former.symbols.size());
    const std::unordered_set<std::string_view> kept(node.symbols.begin(), node.symbols.end());
    for (const std::string& symbol : former.symbols) {
      if (kept.contains(symbol)) continue;
      const bool can_stay = allowed_name(symbol, false) == symbol;
      if (lint_.find(kSymbolRemoved, node.properties,
                     fmt::format("{}.{}", shown_name(node.name), shown_name(symbol)),
                     "the symbol was removed",
                     can_stay ? "the symbol put back behind the others" : kBadFormerName,
                     !can_stay) &&
          can_stay) {
        lint_.draft().node(after).symbols.push_back(symbol);
      }
    }
  }

  void compare_fields(const SchemaNode& former, NodeIndex after) {
    const SchemaNode& record = schema_.node(after);
    work_ += static_cast<int64_t>(former.fields.size() + record.fields.size());
    const auto matched = match_fields(former, record);
    std::vector<bool> is_kept(former.fields.size());
    std::vector<size_t> added;
    for (size_t i = 0; i < record.fields.size(); ++i) {
      if (!matched[i]) {
        added.push_back(i);
        continue;
      }
      is_kept[*matched[i]] = true;
      compare_field(former.fields[*matched[i]], after, i);
    }
    std::vector<size_t> removed;
    for (size_t i = 0; i < former.fields.size(); ++i) {
      if (!is_kept[i]) removed.push_back(i);
    }
    find_renamed_fields(former, after, removed, added);
    for (const size_t i : added) check_added(after, i);
    for (const size_t i : removed) find_removed(former.fields[i], after);
  }

  // Takes out of both what is the same field under another name: of the same type, and in the same
  // place, with the same doc or the only one that was removed and added.
  void find_renamed_fields(const SchemaNode& former, NodeIndex after, std::vector<size_t>& removed,
                           std::vector<size_t>& added) {
    const SchemaNode& record = schema_.node(after);
    const bool is_only = removed.size() == 1 && added.size() == 1;
    std::erase_if(removed, [&](size_t before) {
      const SchemaField& field = former.fields[before];
      const auto renamed = std::ranges::find_if(added, [&](size_t i) {
        if (++work_ > kWork) return false;
        const SchemaField& other = record.fields[i];
        const bool has_same_doc = !field.doc.empty() && field.doc == other.doc;
        return (is_only || i == before || has_same_doc) &&
               type_words(former_, field.node) == type_words(schema_, other.node);
      });
      if (renamed == added.end()) return false;
      const SchemaField& other = record.fields[*renamed];
      const bool can_be_alias = allowed_name(field.name, false) == field.name;
      if (lint_.find(kRenamed, other.properties, place_of(record, other),
                     fmt::format("the field looks like the former {} under a new name",
                                 shown_name(field.name)),
                     alias_words(can_be_alias), !can_be_alias) &&
          can_be_alias) {
        lint_.draft().node(after).fields[*renamed].aliases.push_back(field.name);
      }
      added.erase(renamed);
      return true;
    });
  }

  void check_added(NodeIndex after, size_t i) {
    const SchemaField& field = schema_.node(after).fields[i];
    if (field.default_json) return;
    if (lint_.find(kNoDefault, field.properties, place_of(schema_.node(after), field),
                   "the field is new and has no default", "an optional field, null by default")) {
      make_optional(lint_.draft(), after, i);
    }
  }

  void find_removed(const SchemaField& field, NodeIndex after) {
    const SchemaNode& record = schema_.node(after);
    const char* outcome = field.default_json ? "take its default" : "cannot read new data";
    const bool can_stay = allowed_name(field.name, false) == field.name;
    if (lint_.find(
            kFieldRemoved, record.properties, place_of(record, field),
            fmt::format("the field was removed: readers that have the former schema {}", outcome),
            can_stay ? "the field put back behind the others" : kBadFormerName, !can_stay) &&
        can_stay) {
      SchemaField restored = field;
      restored.node = lint_.draft().add_copy(former_, field.node);
      lint_.draft().node(after).fields.push_back(std::move(restored));
    }
  }

  void compare_field(const SchemaField& before, NodeIndex after, size_t i) {
    const SchemaNode& record = schema_.node(after);
    const SchemaField& field = record.fields[i];
    const std::string place = place_of(record, field);
    if (before.default_json && !field.default_json &&
        lint_.find(kNoDefault, field.properties, place, "the field had a default before",
                   "the former default")) {
      lint_.draft().node(after).fields[i].default_json = before.default_json;
    }
    if (reads(before.node, field.node)) {
      enter(before.node, field.node);
    } else if (is_renamed(former_.node(before.node), schema_.node(field.node))) {
      find_renamed_type(before.node, field.node);
      enter(before.node, field.node);
    } else if (lint_.find(kFieldRetyped, field.properties, place,
                          fmt::format("the type was {} and is {}", type_words(former_, before.node),
                                      type_words(schema_, field.node)),
                          "the former type")) {
      const NodeIndex restored = lint_.draft().add_copy(former_, before.node);
      SchemaField& mended = lint_.draft().node(after).fields[i];
      mended.node = restored;
      mended.default_json = before.default_json;
    }
  }

  // Whether all former values of the type can be read, each branch by one of the new ones, and mean
  // what they meant. Fields, items and symbols are compared by themselves.
  bool reads(NodeIndex before, NodeIndex after) {
    const std::vector<NodeIndex> branches = branches_of(schema_, after);
    return std::ranges::all_of(branches_of(former_, before), [&](NodeIndex one) {
      return std::ranges::any_of(branches, [&](NodeIndex other) {
        ++work_;
        const SchemaNode& former = former_.node(one);
        const SchemaNode& node = schema_.node(other);
        const bool means_the_same =
            former.logical == node.logical || former.logical == LogicalType::kNone;
        return means_the_same && !find_conflict(former, node);
      });
    });
  }

  const Schema& former_;
  const Schema& schema_;
  SchemaLint& lint_;
  std::vector<std::pair<NodeIndex, NodeIndex>> open_;
  std::unordered_set<uint64_t> seen_;
  int64_t work_ = 0;
};

}  // namespace

bool SchemaLint::find(const LintRule& rule, const Properties& properties, std::string place,
                      std::string message, std::string fix, bool is_left) {
  const std::string* allowed = find_property(properties, kAllow);
  if (allowed != nullptr && allowed->find(fmt::format("\"{}\"", rule.name)) != std::string::npos) {
    return false;
  }
  if (!places_.insert({&rule, place}).second) return false;
  has_more_ = findings_.size() == kFindingCount;
  if (has_more_) return false;
  findings_.push_back(
      {&rule, shorten(place, kPlaceBytes), std::move(message), std::move(fix), is_left});
  return true;
}

Result<SchemaLint> lint_schema(const Schema& schema, const Schema* former) {
  SchemaLint lint(schema);
  DefinitionLinter(schema, lint).run();
  if (former != nullptr) MSEAVRO_TRY(VersionLinter(*former, schema, lint).run());
  return lint;
}

}  // namespace mseavro
