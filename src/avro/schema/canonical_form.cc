#include "avro/schema/canonical_form.h"

#include <fmt/format.h>

#include <iterator>
#include <vector>

#include "avro/schema/json_layout.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// A definition stands where the graph is first entered by it, as in the text that was parsed, so
// the recursion is no deeper than the parser's.
class CanonicalWriter {
 public:
  CanonicalWriter(const Schema& schema, const Limits& limits)
      : schema_(schema), limits_(limits), is_defined_(schema.node_count()) {}

  Result<std::string> write() && {
    MSEAVRO_TRY(type(schema_.root_index()));
    MSEAVRO_TRY(check_size());
    return std::move(out_);
  }

 private:
  Status type(NodeIndex index) {
    const SchemaNode& node = schema_.node(index);
    MSEAVRO_TRY(check_size());
    if (node.is_named()) return named(index);
    switch (node.type) {
      case SchemaType::kArray:
        return items(R"({"type":"array","items":)", node);
      case SchemaType::kMap:
        return items(R"({"type":"map","values":)", node);
      case SchemaType::kUnion:
        return union_of(node);
      default:
        append_json_string(schema_type_name(node.type), out_);
        return {};
    }
  }

  Status check_size() const {
    if (static_cast<int64_t>(out_.size()) <= limits_.schema_size_bytes) return {};
    return fail(ErrorCode::kLimitExceeded, fmt::format("the canonical form has more than {} bytes",
                                                       limits_.schema_size_bytes));
  }

  Status items(std::string_view opening, const SchemaNode& node) {
    out_ += opening;
    MSEAVRO_TRY(type(node.items));
    out_ += '}';
    return {};
  }

  Status union_of(const SchemaNode& node) {
    out_ += '[';
    for (size_t index = 0; index < node.branches.size(); ++index) {
      if (index > 0) out_ += ',';
      MSEAVRO_TRY(type(node.branches[index]));
    }
    out_ += ']';
    return {};
  }

  Status named(NodeIndex index) {
    const SchemaNode& node = schema_.node(index);
    if (is_defined_[index]) {
      append_json_string(node.name, out_);
      return {};
    }
    is_defined_[index] = true;
    out_ += R"({"name":)";
    append_json_string(node.name, out_);
    fmt::format_to(std::back_inserter(out_), R"(,"type":"{}")", schema_type_name(node.type));
    if (node.type == SchemaType::kRecord) MSEAVRO_TRY(fields(node));
    if (node.type == SchemaType::kEnum) symbols(node);
    if (node.type == SchemaType::kFixed) {
      fmt::format_to(std::back_inserter(out_), R"(,"size":{})", node.size);
    }
    out_ += '}';
    return {};
  }

  Status fields(const SchemaNode& node) {
    out_ += R"(,"fields":[)";
    for (size_t index = 0; index < node.fields.size(); ++index) {
      out_ += index > 0 ? R"(,{"name":)" : R"({"name":)";
      append_json_string(node.fields[index].name, out_);
      out_ += R"(,"type":)";
      MSEAVRO_TRY(type(node.fields[index].node));
      out_ += '}';
    }
    out_ += ']';
    return {};
  }

  void symbols(const SchemaNode& node) {
    out_ += R"(,"symbols":[)";
    for (size_t index = 0; index < node.symbols.size(); ++index) {
      if (index > 0) out_ += ',';
      append_json_string(node.symbols[index], out_);
    }
    out_ += ']';
  }

  const Schema& schema_;
  const Limits limits_;
  std::vector<bool> is_defined_;
  std::string out_;
};

}  // namespace

Result<std::string> canonical_form(const Schema& schema, const Limits& limits) {
  return CanonicalWriter(schema, limits).write();
}

}  // namespace mseavro
