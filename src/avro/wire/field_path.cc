#include "avro/wire/field_path.h"

#include <algorithm>
#include <utility>

namespace mseavro {
namespace {

constexpr std::string_view kSpecial = ".[]`\"";

// One pass over the text; each function consumes one thing and says whether it was there.
class PathParser {
 public:
  explicit PathParser(std::string_view text) : rest_(text) {}

  bool parse(FieldPath* path) {
    if (!read_name(path)) return false;
    while (!rest_.empty()) {
      const bool is_key = rest_.front() == '[';
      if (!is_key && rest_.front() != '.') return false;
      rest_.remove_prefix(1);
      if (!(is_key ? read_key(path) : read_name(path))) return false;
    }
    return true;
  }

 private:
  bool read_name(FieldPath* path) {
    std::string name;
    if (!rest_.empty() && rest_.front() == '`') {
      if (!read_quoted('`', &name)) return false;
    } else {
      const size_t size = std::min(rest_.find_first_of(kSpecial), rest_.size());
      if (size == 0) return false;
      name = rest_.substr(0, size);
      rest_.remove_prefix(size);
    }
    path->steps.push_back({std::move(name), false});
    return true;
  }

  bool read_key(FieldPath* path) {
    std::string key;
    if (rest_.empty() || !read_quoted('"', &key)) return false;
    if (rest_.empty() || rest_.front() != ']') return false;
    rest_.remove_prefix(1);
    path->steps.push_back({std::move(key), true});
    return true;
  }

  // A quote within quotes is written twice.
  bool read_quoted(char quote, std::string* text) {
    if (rest_.front() != quote) return false;
    for (rest_.remove_prefix(1); !rest_.empty();) {
      const char next = rest_.front();
      rest_.remove_prefix(1);
      if (next == quote) {
        if (rest_.empty() || rest_.front() != quote) return true;
        rest_.remove_prefix(1);
      }
      text->push_back(next);
    }
    return false;
  }

  std::string_view rest_;
};

void append_quoted(std::string_view text, char quote, std::string* out) {
  out->push_back(quote);
  for (const char c : text) {
    if (c == quote) out->push_back(quote);
    out->push_back(c);
  }
  out->push_back(quote);
}

// The branch beside null, the node itself when it is no union, nullopt when it is another union.
std::optional<NodeIndex> look_through_null(const Schema& schema, NodeIndex index) {
  const SchemaNode& node = schema.node(index);
  if (node.type != SchemaType::kUnion) return index;
  if (node.branches.size() != 2) return std::nullopt;
  const bool first = schema.node(node.branches[0]).type == SchemaType::kNull;
  const bool second = schema.node(node.branches[1]).type == SchemaType::kNull;
  if (first == second) return std::nullopt;
  return node.branches[first ? 1 : 0];
}

std::optional<NodeIndex> follow(const Schema& schema, NodeIndex from, const FieldPath::Step& step) {
  const auto index = look_through_null(schema, from);
  if (!index) return std::nullopt;
  const SchemaNode& node = schema.node(*index);
  if (step.is_map_key) {
    if (node.type != SchemaType::kMap) return std::nullopt;
    return node.items;
  }
  const auto field = std::ranges::find(node.fields, step.name, &SchemaField::name);
  if (field == node.fields.end()) return std::nullopt;
  return field->node;
}

}  // namespace

Result<FieldPath> FieldPath::parse(std::string_view text) {
  FieldPath path;
  if (PathParser(text).parse(&path)) return path;
  return fail(ErrorCode::kBadOptionValue, "this is not the path of a field",
              "write region, features.region, tags[\"x\"], or `a.b` for a name with a dot in it",
              std::string(text));
}

std::string FieldPath::text() const {
  std::string text;
  for (const Step& step : steps) {
    if (step.is_map_key) {
      text += '[';
      append_quoted(step.name, '"', &text);
      text += ']';
      continue;
    }
    if (!text.empty()) text += '.';
    if (step.name.empty() || step.name.find_first_of(kSpecial) != std::string::npos) {
      append_quoted(step.name, '`', &text);
    } else {
      text += step.name;
    }
  }
  return text;
}

std::optional<NodeIndex> find_node(const Schema& schema, const FieldPath& path) {
  NodeIndex index = schema.root_index();
  for (const FieldPath::Step& step : path.steps) {
    const auto next = follow(schema, index, step);
    if (!next) return std::nullopt;
    index = *next;
  }
  return index;
}

}  // namespace mseavro
