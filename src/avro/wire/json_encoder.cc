#include "avro/wire/json_encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "avro/schema/schema_names.h"
#include "avro/wire/json_text.h"
#include "base/result/result.h"
#include "base/text/number_text.h"

namespace mseavro {
namespace {

// Values that may be read in vain, or branches looked at, for each value of the document and beyond
// that.
constexpr int64_t kEffortPerValue = 256;
constexpr int64_t kEffort = 1 << 20;

// How much an object in plain JSON looks like a branch, the most first.
constexpr uint32_t kAllFields = 0;
constexpr uint32_t kMap = 1;
constexpr uint32_t kSomeFields = 2;  // Defaults take the place of the others.
constexpr uint32_t kNoBranch = 3;

// "record R", "int".
std::string type_text(const SchemaNode& node) {
  const std::string_view type = schema_type_name(node.type);
  return node.is_named() ? fmt::format("{} {}", type, shown_name(node.name)) : std::string(type);
}

std::string shown_value(JsonValue json) {
  const bool has_parts = json.kind() == JsonKind::kArray || json.kind() == JsonKind::kObject;
  return has_parts ? std::string() : shorten(scalar_of(json).text, 200);
}

std::string branch_names(const Schema& schema, const SchemaNode& node) {
  constexpr size_t kNamesShown = 8;
  std::string names;
  for (size_t i = 0; i < node.branches.size() && i < kNamesShown; ++i) {
    names += (i == 0 ? "" : ", ") + shown_name(schema.node(node.branches[i]).branch_name());
  }
  return node.branches.size() > kNamesShown ? names + ", ..." : names;
}

}  // namespace

Status JsonEncoder::encode(NodeIndex node, const JsonDocument& document, const JsonForm& form,
                           Encoder* to) {
  document_ = &document;
  form_ = form;
  to_ = to;
  begin_size_ = to->size();
  effort_left_ = kEffort + kEffortPerValue * static_cast<int64_t>(document.node_count());
  frames_.clear();
  fields_.clear();
  choices_.clear();
  error_.reset();
  bool fits = put(node, document.root()) || try_other_branch();
  while (fits && !frames_.empty()) fits = put_next() || try_other_branch();
  if (fits) return {};
  to->truncate(begin_size_);
  return tl::unexpected<Error>(std::move(*error_));
}

bool JsonEncoder::put(NodeIndex index, JsonValue json) {
  if (static_cast<int64_t>(to_->size() - begin_size_) > limits_.datum_size_bytes) {
    return stop(ErrorCode::kLimitExceeded,
                fmt::format("the datum takes more than {} bytes", limits_.datum_size_bytes),
                "raise Limits::datum_size_bytes");
  }
  const SchemaNode& node = schema_.node(index);
  const JsonKind kind = json.kind();
  switch (node.type) {
    case SchemaType::kUnion:
      return put_union(index, json);
    case SchemaType::kRecord:
      if (kind == JsonKind::kObject) return open_record(index, json);
      break;
    case SchemaType::kArray:
      if (kind == JsonKind::kArray) return open_items(index, json);
      break;
    case SchemaType::kMap:
      if (kind == JsonKind::kObject) return open_items(index, json);
      break;
    default:
      if (node.logical == LogicalType::kDuration && form_.style == JsonStyle::kPlain) {
        return put_duration(index, json);
      }
  }
  if (kind == JsonKind::kArray) return refuse(index, json, "it is an array");
  if (kind == JsonKind::kObject) return refuse(index, json, "it is an object");
  const std::string_view problem = scalars_.put(index, form_.style, scalar_of(json), to_);
  return problem.empty() || refuse(index, json, problem);
}

bool JsonEncoder::put_union(NodeIndex index, JsonValue json) {
  if (form_.style == JsonStyle::kAvro) return put_named_branch(index, json);
  if (json.kind() != JsonKind::kArray && json.kind() != JsonKind::kObject) {
    const std::string_view problem = scalars_.put(index, form_.style, scalar_of(json), to_);
    return problem.empty() || refuse(index, json, problem);
  }
  Choice choice{index, json.index(), 0, UINT32_MAX, to_->size(), frames_.size(), fields_.size()};
  if (!choose_branch(choice)) {
    return effort_left_ < 0 ? give_up() : refuse(index, json, "no branch of the union takes it");
  }
  choices_.push_back(choice);
  return put_choice(choice);
}

// null, or {"BRANCH": value}.
bool JsonEncoder::put_named_branch(NodeIndex index, JsonValue json) {
  const SchemaNode& node = schema_.node(index);
  std::optional<uint32_t> branch;
  JsonValue value = json;
  if (json.kind() == JsonKind::kNull) {
    branch = plan_.find(index, "null");
  } else if (json.kind() == JsonKind::kObject && json.count() == 1) {
    JsonMembers members(json);
    members.next();
    branch = plan_.find(index, members.key());
    value = members.value();
  }
  if (!branch) {
    return refuse({ErrorCode::kBadValue,
                   "the value names no branch of the union",
                   fmt::format("write null, or {{\"BRANCH\": value}} with one of {}; plain JSON "
                               "leaves the name out",
                               branch_names(schema_, node)),
                   shown_value(json),
                   {.field = path(), .byte = json.byte()}});
  }
  to_->put_long(*branch);
  return put(node.branches[*branch], value);
}

bool JsonEncoder::put_duration(NodeIndex index, JsonValue json) {
  constexpr std::string_view kProblem =
      "it is no object of months, days and milliseconds, each from 0 to 4294967295";
  if (json.kind() != JsonKind::kObject || json.count() != 3) return refuse(index, json, kProblem);
  constexpr std::string_view kNames[] = {"months", "days", "milliseconds"};
  uint32_t parts[3];
  uint32_t found = 0;
  for (JsonMembers members(json); members.next();) {
    const auto name = std::ranges::find(kNames, members.key());
    const bool is_number = members.value().kind() == JsonKind::kNumber;
    const auto part = is_number ? parse_integer(members.value().text()) : std::nullopt;
    if (name == std::end(kNames) || !part || !std::in_range<uint32_t>(*part)) {
      return refuse(index, json, kProblem);
    }
    parts[name - kNames] = static_cast<uint32_t>(*part);
    found |= 1u << (name - kNames);
  }
  if (found != 7) return refuse(index, json, kProblem);
  to_->put_fixed({reinterpret_cast<const uint8_t*>(parts), sizeof parts});
  return true;
}

bool JsonEncoder::open_record(NodeIndex index, JsonValue json) {
  const SchemaNode& node = schema_.node(index);
  const size_t first_field = fields_.size();
  fields_.resize(first_field + node.fields.size(), kMissing);
  uint32_t expected = 0;
  for (JsonMembers members(json); members.next(); ++expected) {
    const auto slot = plan_.find(index, members.key(), expected);
    const std::string name = slot ? std::string() : shown_name(members.key());
    if (!slot && !form_.ignores_unknown) {
      return refuse({ErrorCode::kBadValue,
                     fmt::format("the {} has no field {}", type_text(node), name),
                     "leave it out, or ignore such fields with --ignore-unknown",
                     shown_value(members.value()),
                     {.field = path(), .byte = members.value().byte()}});
    }
    if (!slot) continue;
    uint32_t& value = fields_[first_field + *slot];
    if (value != kMissing) {
      return refuse(index, json,
                    fmt::format("its field {} is given twice", shown_name(members.key())));
    }
    value = members.value().index();
  }
  for (uint32_t slot = 0; slot < node.fields.size(); ++slot) {
    if (fields_[first_field + slot] != kMissing || plan_.default_bytes(index, slot)) continue;
    const SchemaField& field = node.fields[slot];
    return refuse(
        {ErrorCode::kBadValue,
         fmt::format("the field {} of {} is missing and has no default{}", shown_name(field.name),
                     type_text(node), field.default_json ? " that fits its type" : ""),
         "give it, or give the field a default in the schema",
         {},
         {.field = path(), .byte = json.byte()}});
  }
  return push({.node = index, .first_field = static_cast<uint32_t>(first_field)});
}

bool JsonEncoder::open_items(NodeIndex index, JsonValue json) {
  if (json.count() > 0) to_->put_long(static_cast<int64_t>(json.count()));
  return push({.node = index, .behind = json.index() + 1, .end = json.end_index()});
}

bool JsonEncoder::push(const Frame& frame) {
  if (frames_.size() >= static_cast<size_t>(limits_.datum_depth)) {
    return stop(ErrorCode::kTooDeep,
                fmt::format("values are nested more than {} deep", limits_.datum_depth), {});
  }
  frames_.push_back(frame);
  return true;
}

bool JsonEncoder::put_next() {
  const SchemaNode& node = schema_.node(frames_.back().node);
  return node.type == SchemaType::kRecord ? put_next_field() : put_next_item();
}

bool JsonEncoder::put_next_field() {
  Frame& frame = frames_.back();
  const auto& fields = schema_.node(frame.node).fields;
  if (frame.next == fields.size()) return close();
  const uint32_t slot = frame.next++;
  frame.value = fields_[frame.first_field + slot];
  if (frame.value != kMissing) return put(fields[slot].node, document_->at(frame.value));
  to_->put_raw(*plan_.default_bytes(frame.node, slot));
  return true;
}

bool JsonEncoder::put_next_item() {
  Frame& frame = frames_.back();
  const SchemaNode& node = schema_.node(frame.node);
  if (frame.behind == frame.end) {
    to_->put_long(0);
    return close();
  }
  ++frame.next;
  frame.value = frame.behind;
  if (node.type == SchemaType::kMap) to_->put_bytes(document_->at(frame.value++).text());
  const JsonValue item = document_->at(frame.value);
  frame.behind = item.end_index();
  return put(node.items, item);
}

bool JsonEncoder::close() {
  const Frame& frame = frames_.back();
  if (schema_.node(frame.node).type == SchemaType::kRecord) fields_.resize(frame.first_field);
  frames_.pop_back();
  settle_choices();
  return true;
}

// What has come to its end needs no other branch any more.
void JsonEncoder::settle_choices() {
  while (!choices_.empty() && choices_.back().frame_count >= frames_.size()) choices_.pop_back();
  if (choices_.empty()) error_.reset();
}

bool JsonEncoder::put_choice(Choice choice) {
  to_->put_long(choice.branch);
  const NodeIndex branch = schema_.node(choice.node).branches[choice.branch];
  if (!put(branch, document_->at(choice.value))) return false;
  settle_choices();
  return true;
}

bool JsonEncoder::choose_branch(Choice& choice) {
  const auto& branches = schema_.node(choice.node).branches;
  const JsonValue json = document_->at(choice.value);
  const std::pair<uint32_t, uint32_t> tried(choice.rank, choice.branch);
  const bool is_first = choice.branch == UINT32_MAX;
  std::pair<uint32_t, uint32_t> best(kNoBranch, 0);
  for (uint32_t branch = 0; branch < branches.size(); ++branch) {
    const std::pair<uint32_t, uint32_t> candidate(rank_of(branches[branch], json), branch);
    if ((is_first || candidate > tried) && candidate < best) best = candidate;
  }
  std::tie(choice.rank, choice.branch) = best;
  return best.first != kNoBranch && effort_left_ >= 0;
}

uint32_t JsonEncoder::rank_of(NodeIndex index, JsonValue json) {
  const SchemaNode& node = schema_.node(index);
  --effort_left_;
  if (json.kind() == JsonKind::kArray) {
    return node.type == SchemaType::kArray ? kAllFields : kNoBranch;
  }
  if (node.type == SchemaType::kMap) return kMap;
  if (node.logical == LogicalType::kDuration) return kAllFields;
  if (node.type != SchemaType::kRecord) return kNoBranch;
  uint32_t expected = 0;
  uint32_t known = 0;
  for (JsonMembers members(json); members.next(); ++expected) {
    --effort_left_;
    const bool is_field = plan_.find(index, members.key(), expected).has_value();
    if (!is_field && !form_.ignores_unknown) return kNoBranch;
    known += is_field ? 1 : 0;
  }
  return known == node.fields.size() ? kAllFields : kSomeFields;
}

bool JsonEncoder::try_other_branch() {
  while (!choices_.empty()) {
    Choice& choice = choices_.back();
    const uint32_t reached = frames_.empty() ? choice.value : frames_.back().value;
    if (reached != kMissing && reached > choice.value) effort_left_ -= reached - choice.value;
    frames_.resize(choice.frame_count);
    fields_.resize(choice.field_count);
    to_->truncate(choice.size);
    if (choose_branch(choice)) {
      if (put_choice(choice)) return true;
    } else if (effort_left_ < 0) {
      return give_up();
    } else {
      choices_.pop_back();
    }
  }
  return false;
}

bool JsonEncoder::refuse(NodeIndex index, JsonValue json, std::string_view problem) {
  if (error_) return false;
  const SchemaNode& node = schema_.node(index);
  const bool is_union = node.type == SchemaType::kUnion;
  return refuse({ErrorCode::kBadValue,
                 fmt::format("the value does not fit the type {}: {}", type_text(node), problem),
                 is_union ? "its branches are " + branch_names(schema_, node) : std::string(),
                 shown_value(json),
                 {.field = path(), .byte = json.byte()}});
}

bool JsonEncoder::refuse(Error error) {
  if (!error_) error_ = std::move(error);
  return false;
}

bool JsonEncoder::give_up() {
  return stop(ErrorCode::kLimitExceeded, "finding the branches of unions takes too many attempts",
              "write Avro JSON, in which branches are named");
}

bool JsonEncoder::stop(ErrorCode code, std::string message, std::string help) {
  choices_.clear();
  error_ = Error{code, std::move(message), std::move(help), {}, {.field = path()}};
  return false;
}

std::string JsonEncoder::path() const {
  constexpr size_t kShownBytes = 200;
  std::string path;
  for (const Frame& frame : frames_) {
    if (frame.next == 0) break;  // Its parts have not begun.
    const SchemaNode& node = schema_.node(frame.node);
    if (node.type == SchemaType::kRecord) {
      path += (path.empty() ? "" : ".") + node.fields[frame.next - 1].name;
    } else if (node.type == SchemaType::kArray) {
      path += fmt::format("[{}]", frame.next - 1);
    } else {
      path.push_back('[');
      append_json_string(document_->at(frame.value - 1).text(), &path);
      path.push_back(']');
    }
  }
  return shorten(path, kShownBytes);
}

}  // namespace mseavro
