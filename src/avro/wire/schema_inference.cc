#include "avro/wire/schema_inference.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "avro/schema/lint_words.h"
#include "avro/schema/schema_names.h"
#include "avro/wire/json_text.h"
#include "base/result/ascii.h"
#include "base/result/result.h"
#include "base/text/number_text.h"

namespace mseavro {
namespace {

// A source with more has names where it should have values.
constexpr int64_t kFieldCountLimit = 1 << 16;

std::string quoted(std::string_view text) {
  std::string json;
  append_json_string(text, &json);
  return json;
}

bool is_whole(std::string_view number) {
  return number.find_first_of(".eE") == std::string_view::npos && parse_integer(number);
}

}  // namespace

// Writes the types of one schema, whose records need names of their own.
class SchemaInference::Text {
 public:
  explicit Text(bool has_aliases) : has_aliases_(has_aliases) {}

  std::string record(const Kinds& kinds, const std::string& name) {
    std::string unique = name;
    for (int number = 2; !names_.insert(unique).second; ++number) {
      unique = fmt::format("{}_{}", name, number);
    }
    const std::vector<std::string> names = allowed_names(kinds);
    std::string fields;
    for (size_t i = 0; i < names.size(); ++i) {
      const auto& [field, below] = kinds.fields[i];
      const auto types = types_of(below, fmt::format("{}_{}", unique, names[i]));
      const bool has_alias = has_aliases_ && names[i] != field;
      fields += fmt::format(R"({}{{"name":{},"type":["null",{}],"default":null{}}})",
                            fields.empty() ? "" : ",", quoted(names[i]),
                            types.empty() ? R"("string")" : joined(types),
                            has_alias ? fmt::format(R"(,"aliases":[{}])", quoted(field)) : "");
    }
    return fmt::format(R"({{"type":"record","name":{},"fields":[{}]}})", quoted(unique), fields);
  }

 private:
  // Of its fields. Those that are allowed stay what they are.
  static std::vector<std::string> allowed_names(const Kinds& kinds) {
    std::vector<std::string> names(kinds.fields.size());
    std::set<std::string> taken;
    for (size_t i = 0; i < names.size(); ++i) {
      const std::string& field = kinds.fields[i].first;
      if (allowed_name(field, false) == field && taken.insert(field).second) names[i] = field;
    }
    std::map<std::string, int> numbers;
    for (size_t i = 0; i < names.size(); ++i) {
      if (!names[i].empty()) continue;
      const std::string base = allowed_name(kinds.fields[i].first, false);
      int& number = numbers[base];
      do {
        names[i] = ++number == 1 ? base : fmt::format("{}_{}", base, number);
      } while (!taken.insert(names[i]).second);
    }
    return names;
  }

  // All but null.
  std::vector<std::string> types_of(const Kinds& kinds, const std::string& name) {
    std::vector<std::string> types;
    if (is_text(kinds)) return {R"("string")"};
    if (kinds.boolean) types.emplace_back(R"("boolean")");
    if (kinds.whole && !kinds.fraction) types.emplace_back(R"("long")");
    if (kinds.fraction) types.emplace_back(R"("double")");
    if (kinds.text) types.emplace_back(R"("string")");
    if (kinds.items) {
      types.push_back(fmt::format(R"({{"type":"array","items":{}}})", item(*kinds.items, name)));
    }
    if (kinds.object) types.push_back(record(kinds, name));
    return types;
  }

  std::string item(const Kinds& kinds, const std::string& name) {
    std::vector<std::string> types = types_of(kinds, name);
    if (kinds.null || types.empty()) types.insert(types.begin(), R"("null")");
    return types.size() == 1 ? types[0] : "[" + joined(types) + "]";
  }

  static std::string joined(const std::vector<std::string>& types) {
    std::string text;
    for (const std::string& type : types) text += (text.empty() ? "" : ",") + type;
    return text;
  }

  const bool has_aliases_;
  std::set<std::string> names_;
};

Status SchemaInference::add_object(JsonValue json) {
  if (json.kind() == JsonKind::kObject) return add_members(json, &root_);
  return fail(ErrorCode::kBadJson,
              "without a schema (--schema FILE) each line must be a JSON object");
}

Status SchemaInference::add_value(JsonValue json, Kinds* kinds) {
  switch (json.kind()) {
    case JsonKind::kNull:
      kinds->null = true;
      return {};
    case JsonKind::kBoolean:
      kinds->boolean = true;
      return {};
    case JsonKind::kNumber:
      (is_whole(json.text()) ? kinds->whole : kinds->fraction) = true;
      return {};
    case JsonKind::kString:
      kinds->text = true;
      return {};
    case JsonKind::kArray:
      if (!kinds->items) kinds->items = std::make_unique<Kinds>();
      for (JsonItems items(json); items.next();) {
        MSEAVRO_TRY(add_value(items.value(), kinds->items.get()));
      }
      return {};
    case JsonKind::kObject:
      kinds->object = true;
      return add_members(json, kinds);
  }
  return {};
}

Status SchemaInference::add_members(JsonValue json, Kinds* kinds) {
  for (JsonMembers members(json); members.next();) {
    auto slot = kinds->slots.find(members.key());
    if (slot == kinds->slots.end()) {
      if (++field_count_ > kFieldCountLimit) {
        return fail(ErrorCode::kLimitExceeded,
                    fmt::format("the objects have more than {} fields", kFieldCountLimit),
                    "if their names are values, make it a map: --schema FILE");
      }
      slot = kinds->slots.emplace(members.key(), kinds->fields.size()).first;
      kinds->fields.emplace_back(members.key(), Kinds());
    }
    MSEAVRO_TRY(add_value(members.value(), &kinds->fields[slot->second].second));
  }
  return {};
}

void SchemaInference::set_columns(std::span<const std::string> columns,
                                  bool (*is_name)(std::string_view column)) {
  is_csv_ = true;
  for (const std::string& column : columns) {
    root_.fields.emplace_back(column, Kinds());
    root_.fields.back().second.is_name = is_name(column);
  }
}

void SchemaInference::KeptCell::keep(const Cell& cell) {
  if (line == 0) *this = {shorten(cell.text, 64), cell.line};
}

void SchemaInference::add_number(const Cell& cell, Kinds* kinds) {
  const std::string_view text = cell.text;
  const size_t point = text.find('.');
  const size_t exponent = text.find_first_of("eE");
  if (point == text.npos && exponent == text.npos) {
    (is_whole(text) ? kinds->whole : kinds->text) = true;
    return;
  }
  kinds->fraction = true;
  if (point == text.npos) {
    kinds->exponent |= is_digit(text[exponent + 1]);
    kinds->odd_exponent.keep(cell);
    return;
  }
  if (exponent != text.npos) return;
  const size_t decimal_count = text.size() - point - 1;
  if (decimal_count > 1 && text.back() == '0') {
    kinds->padded = true;
    kinds->odd_decimals.keep(cell);
  }
  kinds->uneven |= kinds->decimal_count != 0 && kinds->decimal_count != decimal_count;
  kinds->decimal_count = decimal_count;
}

// Whether all that was seen in a column is text, or may be names that only look like numbers.
bool SchemaInference::is_text(const Kinds& kinds) {
  const bool has_decimals = kinds.decimal_count != 0;
  return (kinds.is_name && kinds.fraction) || (kinds.exponent && !has_decimals) ||
         (kinds.padded && kinds.uneven);
}

void SchemaInference::add_row(std::span<const std::string_view> cells, int64_t line) {
  MSEAVRO_CHECK(is_csv_ && cells.size() == root_.fields.size());
  for (size_t column = 0; column < cells.size(); ++column) {
    add_cell({cells[column], line}, &root_.fields[column].second);
  }
}

void SchemaInference::add_cell(const Cell& cell, Kinds* kinds) {
  if (is_null_word(cell.text)) {
    kinds->null = true;  // As text it is one where the others are texts, too.
    return;
  }
  ++kinds->value_count;
  if (cell.text == "true" || cell.text == "false") {
    kinds->boolean = true;
  } else if (!is_json_number(cell.text)) {
    kinds->text = true;
  } else {
    ++kinds->number_count;
    add_number(cell, kinds);
  }
  const bool is_mixed = kinds->boolean && (kinds->whole || kinds->fraction);
  if (!kinds->text && !is_mixed) return;
  kinds->odd_text.keep(cell);
  kinds->boolean = kinds->whole = kinds->fraction = false;
  kinds->text = true;
}

std::string SchemaInference::schema_text() const { return Text(true).record(root_, "Row"); }

std::string SchemaInference::schema_text_without_aliases() const {
  return Text(false).record(root_, "Row");
}

std::vector<OddCell> SchemaInference::odd_cells() const {
  std::vector<OddCell> odd;
  for (const auto& [column, kinds] : root_.fields) {
    const bool is_made_text = kinds.text || is_text(kinds);
    if (!is_made_text || kinds.is_name || kinds.number_count <= kinds.value_count / 2) continue;
    const bool has_exponent = kinds.exponent && kinds.decimal_count == 0;
    const KeptCell& cell = kinds.text     ? kinds.odd_text
                           : has_exponent ? kinds.odd_exponent
                                          : kinds.odd_decimals;
    odd.push_back({column, cell.text, cell.line});
  }
  return odd;
}

}  // namespace mseavro
