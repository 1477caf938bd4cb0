#include "avro/schema/schema_diff.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "avro/schema/resolution_rules.h"
#include "avro/schema/schema_names.h"
#include "avro/schema/schema_print.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr size_t kChangeCount = 1024;
constexpr size_t kPlaceBytes = 512;
constexpr size_t kValueBytes = 64;
constexpr size_t kListedCount = 8;
constexpr int64_t kWork = int64_t{1} << 22;  // Fields, branches and symbols looked at.

using Strings = std::vector<std::string>;

std::string shown_value(std::string_view json) { return shorten(json, kValueBytes); }

std::string listed(const Strings& names) {
  Strings shown;
  for (size_t index = 0; index < std::min(names.size(), kListedCount); ++index) {
    shown.push_back(shown_name(names[index]));
  }
  if (names.size() > kListedCount) shown.emplace_back("...");
  return fmt::format("{}", fmt::join(shown, ", "));
}

// Those of `names` that are not in `others`.
Strings missing_from(const Strings& others, const Strings& names) {
  const std::unordered_set<std::string_view> known(others.begin(), others.end());
  Strings missing;
  std::ranges::copy_if(names, std::back_inserter(missing),
                       [&](const std::string& name) { return !known.contains(name); });
  return missing;
}

std::string default_words(const SchemaField& field) {
  return field.default_json ? fmt::format("default {}", shown_value(*field.default_json))
                            : std::string("no default");
}

bool is_simple(const SchemaNode& node) {
  return node.type < SchemaType::kRecord || node.type == SchemaType::kFixed;
}

class SchemaDiffer {
 public:
  SchemaDiffer(const Schema& older, const Schema& newer) : older_(older), newer_(newer) {}

  Result<SchemaDiff> run() {
    inside("", older_.root_index(), newer_.root_index());
    std::swap(open_, found_);
    while (!open_.empty() && !diff_.has_more) {
      if (work_ > kWork) {
        return fail(ErrorCode::kLimitExceeded,
                    "the schemas have too many pairs of types to compare");
      }
      const Pair pair = std::move(open_.back());
      open_.pop_back();
      compare(pair);
      // The pairs just found come next, in their order.
      std::move(found_.rbegin(), found_.rend(), std::back_inserter(open_));
      found_.clear();
    }
    return std::move(diff_);
  }

 private:
  struct Pair {
    std::string place;
    NodeIndex older;
    NodeIndex newer;
  };

  void inside(std::string place, NodeIndex older, NodeIndex newer) {
    ++work_;
    if (!seen_.insert(uint64_t{older} << 32 | newer).second) return;
    found_.push_back({shorten(place, kPlaceBytes), older, newer});
  }

  void say_lost(const std::string& place, const Strings& aliases, std::string_view outcome) {
    if (aliases.empty() || diff_.lost_names.size() == kChangeCount) return;
    diff_.lost_names.push_back(
        {place, fmt::format("what was written as {} {}", listed(aliases), outcome)});
  }

  void say(const std::string& place, std::string message) {
    diff_.has_more = diff_.changes.size() == kChangeCount;
    if (!diff_.has_more) diff_.changes.push_back({place, std::move(message)});
  }

  void compare(const Pair& pair) {
    const SchemaNode& older = older_.node(pair.older);
    const SchemaNode& newer = newer_.node(pair.newer);
    if (older.type == SchemaType::kUnion || newer.type == SchemaType::kUnion) {
      return compare_branches(pair);
    }
    const std::string place = newer.is_named() ? shown_name(newer.name) : pair.place;
    const std::string older_words = type_words(older_, pair.older);
    const std::string newer_words = type_words(newer_, pair.newer);
    const bool is_replaced = older.type != newer.type;
    if (is_replaced || (is_simple(newer) && older_words != newer_words) ||
        older.logical != newer.logical) {
      say(pair.place.empty() ? place : pair.place,
          fmt::format("{} became {}", older_words, newer_words));
    } else if (older.precision != newer.precision) {
      say(pair.place, fmt::format("the precision became {}", newer.precision));
    } else if (older.name != newer.name) {
      say(place, fmt::format("the name was {}", shown_name(older.name)));
    }
    if (is_replaced) return;
    compare_texts(place, "aliases", older.aliases, newer.aliases);
    say_lost(place, lost_aliases(older, newer), "cannot be read");
    if (older.doc != newer.doc) say(place, "the doc changed");
    if (older.is_error != newer.is_error) say(place, "it changed between record and error");
    compare_properties(place, older.properties, newer.properties);
    if (newer.type == SchemaType::kRecord) compare_fields(place, older, newer);
    if (newer.type == SchemaType::kEnum) compare_symbols(place, older, newer);
    if (newer.type == SchemaType::kArray) inside(pair.place + "[]", older.items, newer.items);
    if (newer.type == SchemaType::kMap) inside(pair.place + "{}", older.items, newer.items);
  }

  // A type that is no union counts as a union of itself.
  void compare_branches(const Pair& pair) {
    const SchemaNode& older = older_.node(pair.older);
    const SchemaNode& newer = newer_.node(pair.newer);
    const auto branches = [](const SchemaNode& node, NodeIndex index) {
      return node.type == SchemaType::kUnion ? node.branches : std::vector<NodeIndex>{index};
    };
    const std::vector<NodeIndex> older_branches = branches(older, pair.older);
    const std::vector<NodeIndex> newer_branches = branches(newer, pair.newer);
    work_ += static_cast<int64_t>(older_branches.size() + newer_branches.size());
    std::unordered_map<std::string_view, NodeIndex> by_name;
    Strings older_names;
    Strings newer_names;
    for (const NodeIndex index : older_branches) {
      by_name.emplace(older_.node(index).branch_name(), index);
      older_names.emplace_back(older_.node(index).branch_name());
    }
    for (const NodeIndex index : newer_branches) {
      const std::string_view name = newer_.node(index).branch_name();
      newer_names.emplace_back(name);
      if (const auto found = by_name.find(name); found != by_name.end()) {
        inside(pair.place, found->second, index);
      }
    }
    if (older.type != newer.type) {
      say(pair.place, fmt::format("{} became {}", type_words(older_, pair.older),
                                  type_words(newer_, pair.newer)));
    } else {
      compare_sets(pair.place, "branch", "branches", older_names, newer_names);
      compare_properties(pair.place, older.properties, newer.properties);
    }
  }

  // Names whose order counts.
  void compare_sets(const std::string& place, std::string_view one, std::string_view many,
                    const Strings& older, const Strings& newer) {
    const Strings added = missing_from(older, newer);
    const Strings removed = missing_from(newer, older);
    const auto noun = [&](const Strings& names) { return names.size() == 1 ? one : many; };
    const auto were = [](const Strings& names) { return names.size() == 1 ? "was" : "were"; };
    if (!removed.empty()) {
      say(place,
          fmt::format("the {} {} {} removed", noun(removed), listed(removed), were(removed)));
    }
    if (!added.empty()) {
      say(place, fmt::format("the {} {} {} added", noun(added), listed(added), were(added)));
    }
    if (missing_from(removed, older) != missing_from(added, newer)) {
      say(place, fmt::format("the {} stand in another order", many));
    }
  }

  void compare_texts(const std::string& place, std::string_view what, const Strings& older,
                     const Strings& newer) {
    if (older == newer) return;
    say(place, newer.empty() ? fmt::format("the {} were removed", what)
                             : fmt::format("the {} became {}", what, listed(newer)));
  }

  void compare_properties(const std::string& place, const Properties& older,
                          const Properties& newer) {
    work_ += static_cast<int64_t>(older.size() * newer.size());
    for (const auto& [name, json] : newer) {
      const std::string* before = find_property(older, name);
      if (before == nullptr) {
        say(place,
            fmt::format("the attribute \"{}\" was added: {}", shown_name(name), shown_value(json)));
      } else if (*before != json) {
        say(place, fmt::format("the attribute \"{}\" became {}, and was {}", shown_name(name),
                               shown_value(json), shown_value(*before)));
      }
    }
    for (const auto& [name, json] : older) {
      if (find_property(newer, name) != nullptr) continue;
      say(place, fmt::format("the attribute \"{}\" was removed", shown_name(name)));
    }
  }

  void compare_symbols(const std::string& place, const SchemaNode& older, const SchemaNode& newer) {
    work_ += static_cast<int64_t>(older.symbols.size() + newer.symbols.size());
    compare_sets(place, "symbol", "symbols", older.symbols, newer.symbols);
    if (older.default_symbol == newer.default_symbol) return;
    say(place, newer.default_symbol
                   ? fmt::format("the default became {}", shown_name(*newer.default_symbol))
                   : std::string("the default was removed"));
  }

  void compare_fields(const std::string& place, const SchemaNode& older, const SchemaNode& newer) {
    work_ += static_cast<int64_t>(older.fields.size() + newer.fields.size());
    const auto matched = match_fields(older, newer);
    const auto names = names_in_data(newer);
    std::vector<bool> is_kept(older.fields.size());
    std::optional<uint32_t> last;
    bool is_reordered = false;
    for (size_t index = 0; index < newer.fields.size(); ++index) {
      const SchemaField& field = newer.fields[index];
      const std::string field_place = fmt::format("{}.{}", place, shown_name(field.name));
      if (!matched[index]) {
        say(field_place, fmt::format("the field was added: {}, {}", type_words(newer_, field.node),
                                     default_words(field)));
        continue;
      }
      is_kept[*matched[index]] = true;
      is_reordered |= last && *matched[index] < *last;
      last = matched[index];
      const SchemaField& before = older.fields[*matched[index]];
      compare_field(field_place, before, field);
      say_lost(field_place, lost_aliases(before, names),
               field.default_json
                   ? fmt::format("is read as the default, {}", shown_value(*field.default_json))
                   : std::string("cannot be read"));
    }
    for (size_t index = 0; index < older.fields.size(); ++index) {
      if (is_kept[index]) continue;
      const SchemaField& field = older.fields[index];
      say(fmt::format("{}.{}", place, shown_name(field.name)),
          fmt::format("the field was removed: {}, {}", type_words(older_, field.node),
                      default_words(field)));
    }
    if (is_reordered) say(place, "the fields stand in another order");
  }

  void compare_field(const std::string& place, const SchemaField& older, const SchemaField& newer) {
    if (older.name != newer.name) {
      say(place, fmt::format("the field was called {}", shown_name(older.name)));
    }
    if (older.default_json != newer.default_json) {
      say(place, fmt::format("{} became {}", default_words(older), default_words(newer)));
    }
    compare_texts(place, "aliases", older.aliases, newer.aliases);
    if (older.doc != newer.doc) say(place, "the doc changed");
    if (older.order != newer.order) {
      say(place, fmt::format("the sort order became {}", field_order_name(newer.order)));
    }
    compare_properties(place, older.properties, newer.properties);
    inside(place, older.node, newer.node);
  }

  const Schema& older_;
  const Schema& newer_;
  std::vector<Pair> open_;
  std::vector<Pair> found_;  // By the comparison that goes on.
  std::unordered_set<uint64_t> seen_;
  SchemaDiff diff_;
  int64_t work_ = 0;
};

}  // namespace

Result<SchemaDiff> diff_schemas(const Schema& older, const Schema& newer) {
  return SchemaDiffer(older, newer).run();
}

}  // namespace mseavro
