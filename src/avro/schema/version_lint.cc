#include "avro/schema/version_lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
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
    "symbol-removed", "old data holds the symbol, and readers of the new schema fail at it"};

// Why what was removed is not put back.
constexpr const char* kBadFormerName =
    "none: its name is one that engines refuse, so old data has to be written anew";

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

Status lint_changes(const Schema& former, const Schema& schema, SchemaLint& lint) {
  return VersionLinter(former, schema, lint).run();
}

}  // namespace mseavro
