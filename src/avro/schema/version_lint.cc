#include "avro/schema/version_lint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "avro/schema/lint_words.h"
#include "avro/schema/resolution_rules.h"
#include "avro/schema/schema_names.h"
#include "avro/schema/schema_print.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr int64_t kWork = int64_t{1} << 22;  // Pairs of fields, branches and symbols looked at.

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
    "symbol-removed", "old data holds the symbol, and readers of the new schema do not know it"};
constexpr LintRule kAliasRemoved = {
    "alias-removed",
    "data from before the rename reads as if the field were not there, or not at all"};

constexpr size_t kListBytes = 256;

// Why what was removed is not put back.
constexpr const char* kBadFormerName =
    "none: its name is one that engines refuse, so old data has to be written anew";

// Where a type stands in the new schema, and what may be said there.
struct TypeSlot {
  std::string place;
  const Properties* properties;     // Which may allow it.
  std::optional<NodeIndex> holder;  // A record, array or map; nullopt: the root.
  std::optional<size_t> field;      // Of the record.
  const SchemaField* former_field = nullptr;
};

using Names = std::unordered_map<std::string_view, NodeIndex>;

Names defined_names(const Schema& schema) {
  Names names;
  for (NodeIndex index = 0; index < schema.node_count(); ++index) {
    if (schema.node(index).is_named()) names.emplace(schema.node(index).name, index);
  }
  return names;
}

class VersionLinter {
 public:
  VersionLinter(const Schema& former, const Schema& schema, SchemaLint& lint)
      : former_(former),
        schema_(schema),
        former_names_(defined_names(former)),
        names_(defined_names(schema)),
        lint_(lint) {}

  Status run() {
    const SchemaNode& root = schema_.root();
    compare_types(former_.root_index(), schema_.root_index(),
                  {shown_name(root.name), &root.properties, std::nullopt, std::nullopt});
    while (!open_.empty() && work_ <= kWork) {
      const Pair pair = std::move(open_.back());
      open_.pop_back();
      compare(pair);
    }
    if (work_ <= kWork) return {};
    return fail(ErrorCode::kLimitExceeded, "the schemas have too many pairs of types to compare");
  }

 private:
  // Of one type, and no unions.
  struct Pair {
    NodeIndex before;
    NodeIndex after;
    std::string place;
    const Properties* properties;
  };

  void enter(NodeIndex before, NodeIndex after, const TypeSlot& slot) {
    const SchemaNode& node = schema_.node(after);
    if (former_.node(before).type != node.type || node.type < SchemaType::kRecord) return;
    if (!seen_.insert(uint64_t{before} << 32 | after).second) return;
    open_.push_back({before, after, slot.place, slot.properties});
  }

  // Whether all former values of the type can be read, each branch by the one that takes it, and
  // mean what they meant. What is inside of them is compared by itself.
  void compare_types(NodeIndex before, NodeIndex after, const TypeSlot& slot) {
    bool is_read = true;
    std::unordered_set<NodeIndex> renamed;
    for (const NodeIndex one : branches_of(former_, before)) {
      std::optional<NodeIndex> other = taking_type(one, after);
      if (!other) {
        other = renamed_type(one, after);
        if (other && renamed.insert(*other).second) {
          find_renamed_type(one, *other);
        } else {
          other.reset();
        }
      }
      is_read = is_read && other && means_the_same(former_.node(one), schema_.node(*other));
      if (other) enter(one, *other, slot);
    }
    if (!is_read) find_retyped(before, after, slot);
  }

  // The type, or the branch of it, that reads values of the former one.
  std::optional<NodeIndex> taking_type(NodeIndex before, NodeIndex after) {
    const SchemaNode& former = former_.node(before);
    const SchemaNode& node = schema_.node(after);
    work_ += 1 + static_cast<int64_t>(node.branches.size());
    if (node.type != SchemaType::kUnion) {
      return find_conflict(former, node) ? std::nullopt : std::optional(after);
    }
    const auto branch = find_branch(former, schema_, node);
    return branch ? std::optional(node.branches[*branch]) : std::nullopt;
  }

  // The type, or the branch of it, that is the former one but for its name. What is there under
  // both names is not renamed.
  std::optional<NodeIndex> renamed_type(NodeIndex before, NodeIndex after) {
    const SchemaNode& former = former_.node(before);
    if (!former.is_named() || names_.contains(former.name)) return std::nullopt;
    for (const NodeIndex other : branches_of(schema_, after)) {
      ++work_;
      const SchemaNode& node = schema_.node(other);
      if (node.type == former.type && node.size == former.size && node.scale == former.scale &&
          !former_names_.contains(node.name)) {
        return other;
      }
    }
    return std::nullopt;
  }

  // A logical type where there was none says what the numbers were all along.
  static bool means_the_same(const SchemaNode& former, const SchemaNode& node) {
    return former.logical == LogicalType::kNone || !changes_meaning(former, node);
  }

  void find_retyped(NodeIndex before, NodeIndex after, const TypeSlot& slot) {
    const std::string former_words = type_words(former_, before);
    if (!slot.holder) {
      lint_.find(kFieldRetyped, *slot.properties, slot.place,
                 fmt::format("the schema was {}", former_words),
                 "none; a schema of another kind is another subject", true);
      return;
    }
    const bool can_return = std::ranges::all_of(
        branches_of(former_, before), [&](NodeIndex one) { return can_be_restored(one); });
    if (lint_.find(
            kFieldRetyped, *slot.properties, slot.place,
            fmt::format("the type was {} and is {}", former_words, type_words(schema_, after)),
            can_return ? "the former type"
                       : "none: the name of the former type is another type's now",
            !can_return) &&
        can_return) {
      restore(before, slot);
    }
  }

  // The definition that has the former one's name and does not read its values.
  std::optional<NodeIndex> changed_definition(NodeIndex before) const {
    const SchemaNode& former = former_.node(before);
    if (!former.is_named()) return std::nullopt;
    const auto known = names_.find(former.name);
    if (known == names_.end()) return std::nullopt;
    const SchemaNode& node = schema_.node(known->second);
    const bool reads = !find_conflict(former, node) && means_the_same(former, node);
    return reads ? std::nullopt : std::optional(known->second);
  }

  bool can_be_restored(NodeIndex before) const {
    const auto changed = changed_definition(before);
    return !changed || (former_.node(before).type == SchemaType::kFixed &&
                        schema_.node(*changed).type == SchemaType::kFixed);
  }

  void restore(NodeIndex before, const TypeSlot& slot) {
    SchemaDraft& draft = lint_.draft();
    for (const NodeIndex one : branches_of(former_, before)) {
      // The name stands for one definition, here and wherever else it is used.
      if (const auto changed = changed_definition(one)) {
        SchemaNode& definition = draft.node(*changed);
        SchemaNode restored = former_.node(one);
        restored.doc = definition.doc;
        restored.aliases = definition.aliases;
        definition = std::move(restored);
      }
    }
    const NodeIndex restored = draft.add_copy(former_, before);
    SchemaNode& holder = draft.node(*slot.holder);
    if (!slot.field) {
      holder.items = restored;
      return;
    }
    holder.fields[*slot.field].node = restored;
    holder.fields[*slot.field].default_json = slot.former_field->default_json;
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

  void find_lost_aliases(const SchemaNode& former, NodeIndex after) {
    const SchemaNode& node = schema_.node(after);
    std::vector<std::string> lost = lost_aliases(former, node);
    // A name that is another type's now is not an alias as well, and one that engines refuse is not
    // missed.
    std::erase_if(lost, [&](const std::string& alias) {
      return names_.contains(alias) || allowed_name(alias, true) != alias;
    });
    if (is_to_restore(lost, node.properties, shown_name(node.name))) {
      std::ranges::copy(lost, std::back_inserter(lint_.draft().node(after).aliases));
    }
  }

  void find_lost_aliases(const SchemaField& former, NodeIndex after, size_t i,
                         const std::unordered_set<std::string_view>& names) {
    const SchemaNode& record = schema_.node(after);
    const SchemaField& field = record.fields[i];
    std::vector<std::string> lost = lost_aliases(former, names);
    std::erase_if(lost,
                  [](const std::string& alias) { return allowed_name(alias, false) != alias; });
    if (is_to_restore(lost, field.properties, place_of(record, field))) {
      std::ranges::copy(lost, std::back_inserter(lint_.draft().node(after).fields[i].aliases));
    }
  }

  bool is_to_restore(const std::vector<std::string>& lost, const Properties& properties,
                     std::string place) {
    if (lost.empty()) return false;
    const bool is_one = lost.size() == 1;
    return lint_.find(kAliasRemoved, properties, std::move(place),
                      fmt::format("the {} {} {} removed", is_one ? "alias" : "aliases",
                                  shorten(fmt::format("{}", fmt::join(lost, ", ")), kListBytes),
                                  is_one ? "was" : "were"),
                      is_one ? "the alias put back" : "the aliases put back");
  }

  void compare(const Pair& pair) {
    const SchemaNode& former = former_.node(pair.before);
    const SchemaNode& node = schema_.node(pair.after);
    if (node.is_named()) find_lost_aliases(former, pair.after);
    switch (node.type) {
      case SchemaType::kRecord:
        return compare_fields(former, pair.after);
      case SchemaType::kEnum:
        return compare_symbols(former, pair.after);
      case SchemaType::kArray:
      case SchemaType::kMap:
        return compare_types(former.items, node.items,
                             {pair.place + (node.type == SchemaType::kArray ? "[]" : "{}"),
                              pair.properties, pair.after, std::nullopt});
      default:
        return;
    }
  }

  void compare_symbols(const SchemaNode& former, NodeIndex after) {
    const SchemaNode& node = schema_.node(after);
    work_ += static_cast<int64_t>(former.symbols.size());
    const std::unordered_set<std::string_view> kept(node.symbols.begin(), node.symbols.end());
    const std::string outcome = node.default_symbol ? fmt::format("take the default {} for it",
                                                                  shown_name(*node.default_symbol))
                                                    : std::string("fail at it");
    for (const std::string& symbol : former.symbols) {
      if (kept.contains(symbol)) continue;
      const bool can_stay = allowed_name(symbol, false) == symbol;
      if (lint_.find(kSymbolRemoved, node.properties,
                     fmt::format("{}.{}", shown_name(node.name), shown_name(symbol)),
                     fmt::format("the symbol was removed: readers of old data {}", outcome),
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
    const auto names = names_in_data(record);
    std::vector<bool> is_kept(former.fields.size());
    std::vector<size_t> added;
    for (size_t i = 0; i < record.fields.size(); ++i) {
      if (!matched[i]) {
        added.push_back(i);
        continue;
      }
      is_kept[*matched[i]] = true;
      compare_field(former.fields[*matched[i]], after, i);
      find_lost_aliases(former.fields[*matched[i]], after, i, names);
    }
    std::vector<size_t> removed;
    for (size_t i = 0; i < former.fields.size(); ++i) {
      if (!is_kept[i]) removed.push_back(i);
    }
    find_renamed_fields(former, after, names, removed, added);
    for (const size_t i : added) check_added(after, i);
    for (const size_t i : removed) find_removed(former.fields[i], after);
  }

  // Takes out of both what is the same field under another name: of the same type, and in the same
  // place, with the same doc or the only one that was removed and added.
  void find_renamed_fields(const SchemaNode& former, NodeIndex after,
                           const std::unordered_set<std::string_view>& names,
                           std::vector<size_t>& removed, std::vector<size_t>& added) {
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
      find_lost_aliases(field, after, *renamed, names);
      compare_types(field.node, other.node,
                    {place_of(record, other), &other.properties, after, *renamed, &field});
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
    compare_types(before.node, field.node, {place, &field.properties, after, i, &before});
  }

  const Schema& former_;
  const Schema& schema_;
  const Names former_names_;
  const Names names_;
  SchemaLint& lint_;
  std::vector<Pair> open_;
  std::unordered_set<uint64_t> seen_;
  int64_t work_ = 0;
};

}  // namespace

Status lint_changes(const Schema& former, const Schema& schema, SchemaLint& lint) {
  return VersionLinter(former, schema, lint).run();
}

}  // namespace mseavro
