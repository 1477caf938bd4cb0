#include "avro/wire/resolution.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "avro/schema/schema_names.h"
#include "avro/schema/schema_print.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// Bounds the pairs, their steps and the time: recursive types of m and n records can make m * n
// pairs, and defaults within defaults grow by powers. Real schemas need some thousands.
constexpr int64_t kEffortLimit = int64_t{1} << 21;

// What a pair takes, in units of the bytes of a step.
constexpr int64_t kPairEffort = 8;

// Parts of a path that are worth collecting: join_path shows the last ones.
constexpr size_t kPathParts = 256;

constexpr size_t kPathBytes = 512;

}  // namespace

std::string join_path(std::string_view path, std::string_view name) {
  std::string joined = (path.empty() ? "" : std::string(path) + ".") + shown_name(name);
  if (joined.size() <= kPathBytes) return joined;
  return "..." + joined.substr(joined.find('.', joined.size() - kPathBytes));
}

Result<Resolution> Resolution::of(const Schema& writer, const Schema& reader) {
  Resolution made(writer, reader);
  made.effort_left_ = kEffortLimit;
  DefaultCompiler defaults(reader, made.effort_left_);
  made.pairs_.emplace_back();
  made.meet(writer.root_index(), reader.root_index(), 0, {}, false);
  // Matching one may add more.
  for (size_t index = 1; index < made.pairs_.size() && made.effort_left_ >= 0; ++index) {
    MSEAVRO_TRY(made.match_record(index, defaults));
  }
  if (made.effort_left_ < 0) {
    return fail(ErrorCode::kLimitExceeded,
                "the writer's and the reader's types correspond in too many ways to be matched",
                "use a smaller reader schema");
  }
  made.literals_ = defaults.literals();
  made.pairs_[0].mismatch = made.find_mismatch(writer.root_index(), reader.root_index());
  made.spread_mismatches();
  if (auto& mismatch = made.pairs_[0].mismatch) {
    return fail(ErrorCode::kIncompatibleSchemas, std::move(mismatch->rule),
                std::move(mismatch->help), {}, Place{.field = std::move(mismatch->path)});
  }
  return made;
}

// Adds the pairs of records that stand at a place, or deeper without another record between.
void Resolution::meet(NodeIndex writer, NodeIndex reader, size_t container, std::string_view field,
                      bool is_conditional) {
  const SchemaNode& from = writer_->node(writer);
  const SchemaNode& to = reader_->node(reader);
  effort_left_ -= 1 + static_cast<int64_t>(to.branches.size() + from.symbols.size());
  if (effort_left_ < 0) return;
  if (from.type == SchemaType::kUnion) {
    for (const NodeIndex branch : from.branches) meet(branch, reader, container, field, true);
    return;
  }
  if (to.type == SchemaType::kUnion) {
    const auto branch = find_branch(from, *reader_, to);
    if (branch) meet(writer, to.branches[*branch], container, field, is_conditional);
    return;
  }
  if (find_conflict(from, to)) return;
  if (from.type == SchemaType::kArray || from.type == SchemaType::kMap) {
    return meet(from.items, to.items, container, field, is_conditional);
  }
  if (from.type != SchemaType::kRecord) return;
  const auto [entry, is_new] = index_of_pair_.try_emplace(key(writer, reader), pairs_.size());
  if (is_new) {
    pairs_.push_back({writer, reader, container, field, {}, false, {}, {}});
    effort_left_ -= kPairEffort;
  }
  if (!is_conditional) pairs_[entry->second].containers.push_back(container);
}

Status Resolution::match_record(size_t index, DefaultCompiler& defaults) {
  const NodeIndex reader = pairs_[index].reader;
  const SchemaNode& from = writer_->node(pairs_[index].writer);
  const SchemaNode& to = reader_->node(reader);
  const auto matched = match_fields(from, to);
  std::vector<uint32_t> slots(from.fields.size(), kNoField);
  std::optional<Mismatch> mismatch;
  uint32_t last_field = 0;
  effort_left_ -= static_cast<int64_t>(from.fields.size() + to.fields.size());
  for (uint32_t slot = 0; slot < to.fields.size() && effort_left_ >= 0; ++slot) {
    const SchemaField& field = to.fields[slot];
    std::optional<Mismatch> found;
    if (matched[slot]) {
      const NodeIndex writer = from.fields[*matched[slot]].node;
      slots[*matched[slot]] = slot;
      pairs_[index].is_reordered |= *matched[slot] < last_field;
      last_field = *matched[slot];
      meet(writer, field.node, index, field.name, false);
      if (effort_left_ >= 0) found = find_mismatch(writer, field.node);
    } else if (field.default_json) {
      MSEAVRO_TRY(compile_default(reader, slot, defaults));
    } else {
      found = Mismatch{
          fmt::format("the writer has no field \"{}\", the reader no default for it",
                      shown_name(field.name)),
          "give the reader's field a default, or an alias: the name that the writer has for it",
          {}};
    }
    if (!found || mismatch) continue;
    mismatch = std::move(found);
    mismatch->path = join_path(path_of(pairs_[index]), field.name);
  }
  pairs_[index].slots = std::move(slots);
  pairs_[index].mismatch = std::move(mismatch);
  return {};
}

Status Resolution::compile_default(NodeIndex record, uint32_t slot, DefaultCompiler& defaults) {
  auto& steps = defaults_[key(record, slot)];
  if (steps.empty()) {
    const SchemaNode& node = reader_->node(record);
    MSEAVRO_ASSIGN(steps, defaults.compile(node, node.fields[slot]));
  }
  effort_left_ -= static_cast<int64_t>(steps.size());
  return {};
}

void Resolution::spread_mismatches() {
  std::vector<size_t> open;
  for (size_t index = 0; index < pairs_.size(); ++index) {
    if (pairs_[index].mismatch) open.push_back(index);
  }
  while (!open.empty()) {
    const size_t index = open.back();
    open.pop_back();
    for (const size_t container : pairs_[index].containers) {
      if (pairs_[container].mismatch) continue;
      pairs_[container].mismatch = pairs_[index].mismatch;
      open.push_back(container);
    }
  }
}

std::optional<Mismatch> Resolution::find_mismatch(NodeIndex writer, NodeIndex reader) const {
  const SchemaNode& from = writer_->node(writer);
  const SchemaNode& to = reader_->node(reader);
  if (from.type == SchemaType::kUnion) return std::nullopt;
  if (to.type == SchemaType::kUnion) {
    const auto branch = find_branch(from, *reader_, to);
    if (branch) return find_mismatch(writer, to.branches[*branch]);
    return conflict_of(CompatibilityRule::kMissingUnionBranch, writer, reader);
  }
  if (const auto rule = find_conflict(from, to)) return conflict_of(*rule, writer, reader);
  if (from.type == SchemaType::kRecord) return pair(writer, reader).mismatch;
  const bool has_items = from.type == SchemaType::kArray || from.type == SchemaType::kMap;
  return has_items ? find_mismatch(from.items, to.items) : std::nullopt;
}

Mismatch Resolution::conflict_of(CompatibilityRule rule, NodeIndex writer, NodeIndex reader) const {
  const SchemaNode& from = writer_->node(writer);
  const SchemaNode& to = reader_->node(reader);
  const std::string words = type_words(*writer_, writer);
  switch (rule) {
    case CompatibilityRule::kNameMismatch:
      return {fmt::format("the writer's {} is not the reader's {}, nor one of its aliases", words,
                          type_words(*reader_, reader)),
              fmt::format("add \"aliases\": [\"{}\"] to the reader's type", shown_name(from.name)),
              {}};
    case CompatibilityRule::kFixedSizeMismatch:
      return {fmt::format("{} has {} bytes for the writer and {} for the reader",
                          shown_name(to.name), from.size, to.size),
              "a fixed type keeps its size: add another one",
              {}};
    case CompatibilityRule::kDecimalScaleMismatch:
      return {fmt::format("the decimal has scale {} for the writer and {} for the reader",
                          from.scale, to.scale),
              "a decimal keeps its scale: add another field",
              {}};
    case CompatibilityRule::kMissingUnionBranch:
      return {fmt::format("the reader's {} has no branch for the writer's {}",
                          type_words(*reader_, reader), words),
              "add such a branch to the reader's union",
              {}};
    default:
      return {
          fmt::format("the writer's {} cannot be read as {}", words, type_words(*reader_, reader)),
          "give the reader the writer's type, or one that it is promoted to",
          {}};
  }
}

const Resolution::Pair& Resolution::pair(NodeIndex writer, NodeIndex reader) const {
  return pairs_[index_of_pair_.at(key(writer, reader))];
}

std::string Resolution::path_of(const Pair& pair) const {
  std::vector<std::string_view> parts;
  for (const Pair* at = &pair; at->parent != 0 && parts.size() < kPathParts;
       at = &pairs_[at->parent]) {
    parts.push_back(at->field);
  }
  std::string path;
  for (size_t i = parts.size(); i > 0; --i) path = join_path(path, parts[i - 1]);
  return path;
}

}  // namespace mseavro
