#include "avro/schema/schema_compatibility.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "avro/schema/schema_names.h"
#include "avro/schema/schema_print.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr size_t kConflictCount = 256;
constexpr size_t kPathBytes = 512;
constexpr size_t kSymbolCount = 8;

// Bounds time and memory, in comparisons of names or types; a pair of types counts as several. A
// schema of ten thousand fields needs a fiftieth.
constexpr int64_t kWork = int64_t{1} << 22;
constexpr int64_t kWorkPerPair = 16;

// From a pair of types to a pair inside.
enum class StepKind : uint8_t { kField, kItems, kValues, kBranch, kReaderBranch };
struct Step {
  StepKind kind;
  uint32_t index;  // Of the reader's field or the writer's branch.
  NodeIndex reader;
  NodeIndex writer;
};

// What is wrong with a pair in itself; `tail` is where, from the pair on.
struct OwnConflict {
  CompatibilityRule rule;
  std::string tail;
  std::string field;
  std::string message;
};

struct Comparison {
  std::vector<OwnConflict> conflicts;
  std::vector<std::string> changes;  // Messages about values that are read as others.
  std::vector<Step> steps;
};

std::string missing_symbols(const SchemaNode& reader, const SchemaNode& writer) {
  const std::unordered_set<std::string_view> known(reader.symbols.begin(), reader.symbols.end());
  std::string missing;
  size_t count = 0;
  for (const std::string& symbol : writer.symbols) {
    if (known.contains(symbol)) continue;
    if (++count > kSymbolCount) return missing + ", ...";
    missing += (count == 1 ? "" : ", ") + shown_name(symbol);
  }
  return missing;
}

// The schemas as a graph of pairs. A pair is plain when there is nothing to say of it and all pairs
// inside are; recursive types make circles, so a pair counts as plain until something is found in
// it. Every pair is looked at once, however many ways lead to it.
class CompatibilityCheck {
 public:
  CompatibilityCheck(const Schema& reader, const Schema& writer)
      : reader_(reader), writer_(writer) {}

  Result<CompatibilityVerdict> run() {
    pair_of(reader_.root_index(), writer_.root_index());
    for (size_t index = 0; index < pairs_.size(); ++index) {
      if (work_ > kWork) {
        return fail(ErrorCode::kLimitExceeded,
                    "the schemas have too many pairs of types to compare");
      }
      explore(index);
    }
    spread_findings();
    return report();
  }

 private:
  struct Pair {
    NodeIndex reader;
    NodeIndex writer;
    bool is_plain = true;
    bool is_reported = false;
    std::vector<uint32_t> users;  // Pairs that have this one inside.
  };

  // A pair on the way from the root, for the paths of conflicts.
  struct Visit {
    uint32_t pair;
    uint32_t parent;
    Step step;
  };

  uint32_t pair_of(NodeIndex reader, NodeIndex writer) {
    const auto [entry, is_new] =
        indexes_.try_emplace(uint64_t{reader} << 32 | writer, static_cast<uint32_t>(pairs_.size()));
    if (is_new) {
      pairs_.push_back({.reader = reader, .writer = writer, .users = {}});
      work_ += kWorkPerPair;
    }
    return entry->second;
  }

  void explore(size_t index) {
    const Comparison found = compare(pairs_[index]);
    pairs_[index].is_plain = found.conflicts.empty() && found.changes.empty();
    for (const Step& step : found.steps) {
      pairs_[pair_of(step.reader, step.writer)].users.push_back(static_cast<uint32_t>(index));
    }
  }

  void spread_findings() {
    std::vector<uint32_t> changed;
    for (uint32_t index = 0; index < pairs_.size(); ++index) {
      if (!pairs_[index].is_plain) changed.push_back(index);
    }
    while (!changed.empty()) {
      const uint32_t index = changed.back();
      changed.pop_back();
      for (const uint32_t user : pairs_[index].users) {
        if (pairs_[user].is_plain) changed.push_back(user);
        pairs_[user].is_plain = false;
      }
    }
  }

  Comparison compare(const Pair& pair) {
    const SchemaNode& reader = reader_.node(pair.reader);
    const SchemaNode& writer = writer_.node(pair.writer);
    Comparison found;
    if (writer.type == SchemaType::kUnion) {
      add_writer_branches(pair, found);
    } else if (reader.type == SchemaType::kUnion) {
      add_reader_branch(pair, "/", pair.writer, found);
    } else if (const auto rule = find_conflict(writer, reader)) {
      found.conflicts.push_back(whole_type(*rule, pair));
      // Avro Java goes on inside of types whose names alone differ.
      if (*rule == CompatibilityRule::kNameMismatch) add_inside(pair, found);
    } else {
      add_change(pair, found);
      add_inside(pair, found);
    }
    return found;
  }

  void add_writer_branches(const Pair& pair, Comparison& found) {
    const std::vector<NodeIndex>& branches = writer_.node(pair.writer).branches;
    const bool reads_union = reader_.node(pair.reader).type == SchemaType::kUnion;
    for (uint32_t index = 0; index < branches.size(); ++index) {
      if (reads_union) {
        add_reader_branch(pair, fmt::format("/{}", index), branches[index], found, index);
      } else {
        found.steps.push_back({StepKind::kBranch, index, pair.reader, branches[index]});
      }
    }
    work_ += static_cast<int64_t>(branches.size());
  }

  // Which branch of the reader's union takes the writer's type, itself a branch or not.
  void add_reader_branch(const Pair& pair, std::string tail, NodeIndex writer, Comparison& found,
                         std::optional<uint32_t> writer_branch = std::nullopt) {
    const SchemaNode& reader = reader_.node(pair.reader);
    work_ += static_cast<int64_t>(reader.branches.size());
    if (const auto branch = find_branch(writer_.node(writer), reader_, reader)) {
      found.steps.push_back({writer_branch ? StepKind::kBranch : StepKind::kReaderBranch,
                             writer_branch.value_or(0), reader.branches[*branch], writer});
      return;
    }
    found.conflicts.push_back(
        {CompatibilityRule::kMissingUnionBranch, std::move(tail), "",
         fmt::format("the reader's {} has no branch for the writer's {}",
                     type_words(reader_, pair.reader), type_words(writer_, writer))});
  }

  OwnConflict whole_type(CompatibilityRule rule, const Pair& pair) const {
    const SchemaNode& reader = reader_.node(pair.reader);
    const SchemaNode& writer = writer_.node(pair.writer);
    const std::string reader_words = type_words(reader_, pair.reader);
    const std::string writer_words = type_words(writer_, pair.writer);
    switch (rule) {
      case CompatibilityRule::kNameMismatch:
        return {rule, "/name", "",
                fmt::format("the writer's {} is not the reader's {}, nor one of its aliases",
                            writer_words, reader_words)};
      case CompatibilityRule::kFixedSizeMismatch:
        return {rule, "/size", "",
                fmt::format("{} has {} bytes for the writer and {} for the reader",
                            shown_name(reader.name), writer.size, reader.size)};
      case CompatibilityRule::kDecimalScaleMismatch:
        return {rule, "/scale", "",
                fmt::format("the decimal has scale {} for the writer and {} for the reader",
                            writer.scale, reader.scale)};
      default:
        return {rule, "/", "",
                fmt::format("the writer's {} cannot be read as {}", writer_words, reader_words)};
    }
  }

  void add_change(const Pair& pair, Comparison& found) const {
    const SchemaNode& reader = reader_.node(pair.reader);
    const SchemaNode& writer = writer_.node(pair.writer);
    const bool is_rounded = loses_digits(writer, reader);
    if (!is_rounded && !changes_meaning(writer, reader)) return;
    found.changes.push_back(fmt::format(
        "the writer's {} is read as {}{}", type_words(writer_, pair.writer),
        type_words(reader_, pair.reader), is_rounded ? ", which holds fewer digits" : ""));
  }

  void add_inside(const Pair& pair, Comparison& found) {
    const SchemaNode& reader = reader_.node(pair.reader);
    const SchemaNode& writer = writer_.node(pair.writer);
    switch (reader.type == writer.type ? reader.type : SchemaType::kNull) {
      case SchemaType::kRecord:
        return add_fields(reader, writer, found);
      case SchemaType::kEnum:
        return add_symbols(reader, writer, found);
      case SchemaType::kArray:
        found.steps.push_back({StepKind::kItems, 0, reader.items, writer.items});
        return;
      case SchemaType::kMap:
        found.steps.push_back({StepKind::kValues, 0, reader.items, writer.items});
        return;
      default:
        return;
    }
  }

  void add_symbols(const SchemaNode& reader, const SchemaNode& writer, Comparison& found) {
    work_ += static_cast<int64_t>(reader.symbols.size() + writer.symbols.size());
    const std::string missing = missing_symbols(reader, writer);
    if (missing.empty()) return;
    if (reader.default_symbol) {
      found.changes.push_back(fmt::format("the writer's {} is read as {}, the default of {}",
                                          missing, shown_name(*reader.default_symbol),
                                          shown_name(reader.name)));
      return;
    }
    found.conflicts.push_back(
        {CompatibilityRule::kMissingEnumSymbols, "/symbols", "",
         fmt::format("the reader's enum {} has no default and does not know the writer's {}",
                     shown_name(reader.name), missing)});
  }

  void add_fields(const SchemaNode& reader, const SchemaNode& writer, Comparison& found) {
    work_ += static_cast<int64_t>(reader.fields.size() + writer.fields.size());
    const auto matched = match_fields(writer, reader);
    for (uint32_t index = 0; index < reader.fields.size(); ++index) {
      const SchemaField& field = reader.fields[index];
      if (matched[index]) {
        found.steps.push_back(
            {StepKind::kField, index, field.node, writer.fields[*matched[index]].node});
      } else if (!field.default_json) {
        const std::string name = shown_name(field.name);
        found.conflicts.push_back(
            {CompatibilityRule::kReaderFieldMissingDefaultValue, fmt::format("/fields/{}", index),
             name,
             fmt::format("the writer has no field \"{}\", the reader no default for it", name)});
      }
    }
  }

  // Goes from the root, in the order of the reader's fields, to all findings.
  CompatibilityVerdict report() {
    CompatibilityVerdict verdict;
    visits_.push_back({0, 0, {}});
    std::vector<uint32_t> open = {0};
    while (!open.empty()) {
      const uint32_t visit = open.back();
      open.pop_back();
      Pair& pair = pairs_[visits_[visit].pair];
      if (pair.is_plain || pair.is_reported) continue;
      pair.is_reported = true;
      const Comparison found = compare(pair);
      for (const OwnConflict& conflict : found.conflicts) {
        if (verdict.conflicts.size() == kConflictCount) {
          verdict.has_more = true;
          return verdict;
        }
        verdict.conflicts.push_back(placed(conflict, visit));
      }
      for (const std::string& change : found.changes) {
        // Conflicts that come after these must not be missed.
        const bool is_full = verdict.changed_values.size() == kConflictCount;
        verdict.has_more |= is_full;
        if (!is_full) verdict.changed_values.push_back({place_of(visit).field, change});
      }
      for (auto step = found.steps.rbegin(); step != found.steps.rend(); ++step) {
        open.push_back(static_cast<uint32_t>(visits_.size()));
        visits_.push_back({pair_of(step->reader, step->writer), visit, *step});
      }
    }
    return verdict;
  }

  struct Place {
    std::string path;
    std::string field;
  };

  Place place_of(uint32_t visit) const {
    std::vector<uint32_t> way;
    for (; visit != 0; visit = visits_[visit].parent) way.push_back(visit);
    Place place;
    for (auto at = way.rbegin(); at != way.rend(); ++at) {
      append_step(visits_[*at], place.path, place.field);
    }
    return place;
  }

  SchemaConflict placed(const OwnConflict& conflict, uint32_t visit) const {
    auto [path, field] = place_of(visit);
    if (conflict.tail != "/" || path.empty()) path += conflict.tail;
    if (!conflict.field.empty()) field += (field.empty() ? "" : ".") + conflict.field;
    return {conflict.rule, shorten(path, kPathBytes), shorten(field, kPathBytes), conflict.message};
  }

  void append_step(const Visit& visit, std::string& path, std::string& field) const {
    if (path.size() > kPathBytes) return;
    const Step& step = visit.step;
    switch (step.kind) {
      case StepKind::kField: {
        const SchemaNode& record = reader_.node(pairs_[visits_[visit.parent].pair].reader);
        path += fmt::format("/fields/{}/type", step.index);
        field += (field.empty() ? "" : ".") + shown_name(record.fields[step.index].name);
        return;
      }
      case StepKind::kItems:
        path += "/items";
        field += "[]";
        return;
      case StepKind::kValues:
        path += "/values";
        field += "{}";
        return;
      case StepKind::kBranch:
        path += fmt::format("/{}", step.index);
        return;
      case StepKind::kReaderBranch:
        return;
    }
  }

  const Schema& reader_;
  const Schema& writer_;
  std::vector<Pair> pairs_;
  std::unordered_map<uint64_t, uint32_t> indexes_;
  std::vector<Visit> visits_;
  int64_t work_ = 0;
};

}  // namespace

Result<CompatibilityVerdict> check_compatibility(const Schema& reader, const Schema& writer) {
  return CompatibilityCheck(reader, writer).run();
}

}  // namespace mseavro
