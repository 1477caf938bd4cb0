#include "avro/wire/row_encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "avro/schema/schema_names.h"
#include "avro/wire/flat_columns.h"
#include "base/result/result.h"
#include "base/text/number_text.h"

namespace mseavro {
namespace {

// The branch that is not null, of a union of null and one other.
std::optional<size_t> find_other_branch(const Schema& schema, const SchemaNode& node) {
  if (node.type != SchemaType::kUnion || node.branches.size() != 2) return std::nullopt;
  const bool first_is_null = schema.node(node.branches[0]).type == SchemaType::kNull;
  const bool second_is_null = schema.node(node.branches[1]).type == SchemaType::kNull;
  if (first_is_null == second_is_null) return std::nullopt;
  return first_is_null ? 1 : 0;
}

bool is_plain_bytes(const SchemaNode& node) {
  return (node.type == SchemaType::kBytes || node.type == SchemaType::kFixed) &&
         (node.logical == LogicalType::kNone || node.logical == LogicalType::kDuration);
}

// Bytes as the characters U+0000 to U+00FF.
std::string widened(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte < 0x80) {
      text.push_back(c);
    } else {
      text.push_back(static_cast<char>(0xc0 | byte >> 6));
      text.push_back(static_cast<char>(0x80 | (byte & 0x3f)));
    }
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<RowEncoder>> RowEncoder::make(std::shared_ptr<const WritePlan> plan,
                                                     std::span<const std::string> columns,
                                                     bool ignores_unknown, const Limits& limits) {
  const Schema& schema = plan->schema();
  if (schema.root().type != SchemaType::kRecord) {
    return fail(ErrorCode::kBadSchema, "the schema's root is not a record, so rows do not fit it",
                "write the values as JSON lines", std::string(schema.root().branch_name()));
  }
  std::unique_ptr<RowEncoder> encoder(new RowEncoder(std::move(plan), columns, limits));
  MSEAVRO_TRY(encoder->add_fields(schema.root_index(), "", 0));
  if (!ignores_unknown) MSEAVRO_TRY(encoder->check_columns());
  return encoder;
}

RowEncoder::RowEncoder(std::shared_ptr<const WritePlan> plan, std::span<const std::string> columns,
                       const Limits& limits)
    : plan_(std::move(plan)),
      schema_(plan_->schema()),
      limits_(limits),
      columns_(columns.begin(), columns.end()),
      is_used_(columns.size()),
      parts_(1, {.form = Form::kRecord}),
      scalars_(*plan_),
      json_(*plan_, limits) {}

// A record within itself ends where no column's name is long enough to reach.
Status RowEncoder::add_fields(NodeIndex record, const std::string& prefix, uint32_t part) {
  if (std::ranges::count(prefix, '.') > limits_.schema_depth) {
    return fail(ErrorCode::kTooDeep, "the name of a column has too many parts");
  }
  const auto& fields = schema_.node(record).fields;
  const auto first = static_cast<uint32_t>(parts_.size());
  parts_[part].first = first;
  parts_[part].count = static_cast<uint32_t>(fields.size());
  parts_.resize(first + fields.size());
  for (uint32_t slot = 0; slot < fields.size(); ++slot) {
    MSEAVRO_ASSIGN(parts_[first + slot], make_part(record, slot, prefix));
    const Part made = parts_[first + slot];
    if (made.form != Form::kRecord) continue;
    MSEAVRO_TRY(add_fields(made.node, prefix + fields[slot].name + ".", first + slot));
  }
  return {};
}

Result<std::optional<uint32_t>> RowEncoder::find_column(const SchemaField& field,
                                                        const std::string& prefix) const {
  auto column = std::ranges::find(columns_, prefix + field.name);
  for (const std::string& alias : field.aliases) {
    if (column == columns_.end()) column = std::ranges::find(columns_, prefix + alias);
  }
  if (column == columns_.end()) return std::optional<uint32_t>();
  if (std::find(column + 1, columns_.end(), *column) != columns_.end()) {
    return fail(ErrorCode::kBadCsv, fmt::format("the header has the name '{}' twice", *column),
                "give one of the two fields another name");
  }
  return static_cast<uint32_t>(column - columns_.begin());
}

Result<RowEncoder::Part> RowEncoder::make_part(NodeIndex record, uint32_t slot,
                                               const std::string& prefix) {
  const SchemaField& field = schema_.node(record).fields[slot];
  const std::string path = prefix + field.name;
  Part part{.node = field.node};
  const SchemaNode* node = &schema_.node(part.node);
  const auto other = find_other_branch(schema_, *node);
  if (other) node = &schema_.node(node->branches[*other]);
  MSEAVRO_ASSIGN(const auto column, find_column(field, prefix));
  if (column) {
    part.column = *column;
    is_used_[part.column] = true;
    if (is_plain_bytes(*node)) part.form = Form::kBytes;
    if (flat_type(schema_, part.node) == ColumnType::kPlainJson) part.form = Form::kJson;
    return part;
  }
  const auto is_within = [&](const std::string& name) { return name.starts_with(path + "."); };
  const bool has_no_fields = node->fields.empty() && !other;
  if (node->type == SchemaType::kRecord &&
      (has_no_fields || std::ranges::any_of(columns_, is_within))) {
    part.form = Form::kRecord;
    if (!other) return part;
    const auto& branches = schema_.node(part.node).branches;
    part.node = branches[*other];
    part.record_branch = static_cast<int32_t>(*other);
    part.null_branch = 1 - part.record_branch;
    return part;
  }
  part.form = Form::kDefault;
  part.bytes = plan_->default_bytes(record, slot);
  if (part.bytes != nullptr) return part;
  return fail(ErrorCode::kBadValue,
              fmt::format("no column is called {}, and the field has no default", shown_name(path)),
              "add the column, or give the field a default in the schema", {}, {.field = path});
}

Status RowEncoder::check_columns() const {
  for (size_t column = 0; column < columns_.size(); ++column) {
    if (is_used_[column]) continue;
    return fail(
        ErrorCode::kBadValue,
        fmt::format("the column {} is no field of the schema", shown_name(columns_[column])),
        "leave it out, or ignore such columns with --ignore-unknown", {},
        {.field = columns_[column]});
  }
  return {};
}

Status RowEncoder::encode(std::span<const std::string_view> cells, Encoder* to) {
  MSEAVRO_CHECK(cells.size() == columns_.size());
  cells_ = cells;
  const size_t begin = to->size();
  Status status = put(parts_[0], to);
  if (!status) to->truncate(begin);
  return status;
}

bool RowEncoder::is_empty(const Part& part) const {
  if (part.form == Form::kDefault) return true;
  if (part.form != Form::kRecord) return cells_[part.column].empty();
  const std::span<const Part> fields(parts_.data() + part.first, part.count);
  return std::ranges::all_of(fields, [&](const Part& field) { return is_empty(field); });
}

Status RowEncoder::put(const Part& part, Encoder* to) {
  switch (part.form) {
    case Form::kDefault:
      to->put_raw(*part.bytes);
      return {};
    case Form::kScalar:
    case Form::kBytes:
      return put_scalar(part, cells_[part.column], to);
    case Form::kJson:
      return put_json(part, cells_[part.column], to);
    case Form::kRecord:
      break;
  }
  if (part.null_branch >= 0) {
    const bool is_null = is_empty(part);
    to->put_long(is_null ? part.null_branch : part.record_branch);
    if (is_null) return {};
  }
  for (uint32_t field = 0; field < part.count; ++field) {
    MSEAVRO_TRY(put(parts_[part.first + field], to));
  }
  return {};
}

Status RowEncoder::put_scalar(const Part& part, std::string_view cell, Encoder* to) {
  const bool is_bytes = part.form == Form::kBytes;
  const std::string characters = is_bytes ? widened(cell) : std::string(cell);
  const Scalar null{JsonKind::kNull, "null"};
  const Scalar text{JsonKind::kString, characters};
  Scalar likely = text;
  Scalar otherwise = text;
  if (cell.data() == nullptr) {
    likely = null;
  } else if (is_null_word(cell)) {
    otherwise = null;
  } else if (cell == "true" || cell == "false") {
    likely = {JsonKind::kBoolean, cell};
  } else if (!is_bytes && parse_number(cell)) {
    likely = {JsonKind::kNumber, cell};
  }
  const auto put = [&](const Scalar& value) {
    return scalars_.put(part.node, JsonStyle::kPlain, value, to);
  };
  const std::string_view problem = put(likely);
  if (problem.empty() || put(otherwise).empty()) return {};
  const SchemaNode& node = schema_.node(part.node);
  return fail(
      ErrorCode::kBadValue,
      fmt::format("the cell does not fit the type {}: {}", shown_name(node.branch_name()), problem),
      {}, shorten(cell, 200), {.field = columns_[part.column]});
}

Status RowEncoder::put_json(const Part& part, std::string_view cell, Encoder* to) {
  Status status = document_.parse(cell.empty() ? "null" : cell, limits_, limits_.datum_depth);
  if (status) status = json_.encode(part.node, document_, {.style = JsonStyle::kPlain}, to);
  if (status) return {};
  Place& place = status.error().place;
  const std::string below = place.field;
  const bool is_item = below.empty() || below.starts_with('[');
  place = {.field = columns_[part.column] + (is_item ? "" : ".") + below};
  return status;
}

}  // namespace mseavro
