#include "base/columns/arrow_field.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>
#include <optional>

#include "base/result/result.h"

namespace mseavro {
namespace {

// What an exported schema points to. Its children lie in it, and each can be moved out.
struct SchemaParts {
  std::string format;
  std::string name;
  std::string metadata;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> child_pointers;
  ArrowSchema dictionary{};
};

void release_if_owned(ArrowSchema* schema) {
  if (schema->release != nullptr) schema->release(schema);
}

void release_schema(ArrowSchema* schema) {
  const std::unique_ptr<SchemaParts> parts(static_cast<SchemaParts*>(schema->private_data));
  for (ArrowSchema& child : parts->children) release_if_owned(&child);
  release_if_owned(&parts->dictionary);
  schema->release = nullptr;
}

void append_size(size_t size, std::string* bytes) {
  const auto number = static_cast<int32_t>(size);
  char raw[sizeof number];
  std::memcpy(raw, &number, sizeof number);
  bytes->append(raw, sizeof number);
}

std::string encode_metadata(const ArrowField& field) {
  std::string bytes;
  if (field.metadata.empty()) return bytes;
  append_size(field.metadata.size(), &bytes);
  for (const auto& [key, value] : field.metadata) {
    append_size(key.size(), &bytes);
    bytes += key;
    append_size(value.size(), &bytes);
    bytes += value;
  }
  return bytes;
}

constexpr std::string_view kUnitLetters = "smun";

char unit_letter(ArrowUnit unit) { return kUnitLetters[static_cast<size_t>(unit)]; }

std::string integer_format(const ArrowType& type) {
  static constexpr std::string_view kSigned = "csil";
  const size_t index = type.width_bytes == 8 ? 3 : static_cast<size_t>(type.width_bytes) / 2;
  const char letter = kSigned[index];
  const bool is_unsigned = type.kind == ArrowKind::kUnsigned;
  return {is_unsigned ? static_cast<char>(letter - 'a' + 'A') : letter};
}

std::string union_format(const ArrowField& field) {
  std::string format = "+ud:";
  for (size_t branch = 0; branch < field.children.size(); ++branch) {
    if (branch > 0) format += ',';
    format += std::to_string(branch);
  }
  return format;
}

// ---- Reading formats ----

struct PlainFormat {
  std::string_view format;
  ArrowType type;
};

const PlainFormat kPlainFormats[] = {
    {"n", {.kind = ArrowKind::kNull}},
    {"b", {.kind = ArrowKind::kBoolean}},
    {"c", {.kind = ArrowKind::kInteger, .width_bytes = 1}},
    {"s", {.kind = ArrowKind::kInteger, .width_bytes = 2}},
    {"i", {.kind = ArrowKind::kInteger, .width_bytes = 4}},
    {"l", {.kind = ArrowKind::kInteger, .width_bytes = 8}},
    {"C", {.kind = ArrowKind::kUnsigned, .width_bytes = 1}},
    {"S", {.kind = ArrowKind::kUnsigned, .width_bytes = 2}},
    {"I", {.kind = ArrowKind::kUnsigned, .width_bytes = 4}},
    {"L", {.kind = ArrowKind::kUnsigned, .width_bytes = 8}},
    {"f", {.kind = ArrowKind::kFloat, .width_bytes = 4}},
    {"g", {.kind = ArrowKind::kFloat, .width_bytes = 8}},
    {"z", {.kind = ArrowKind::kBinary, .width_bytes = 4}},
    {"Z", {.kind = ArrowKind::kBinary, .width_bytes = 8}},
    {"vz", {.kind = ArrowKind::kBinaryView, .width_bytes = 16}},
    {"u", {.kind = ArrowKind::kText, .width_bytes = 4}},
    {"U", {.kind = ArrowKind::kText, .width_bytes = 8}},
    {"vu", {.kind = ArrowKind::kTextView, .width_bytes = 16}},
    {"tdD", {.kind = ArrowKind::kDate, .width_bytes = 4}},
    {"tdm", {.kind = ArrowKind::kDate, .width_bytes = 8, .unit = ArrowUnit::kMillis}},
    {"tts", {.kind = ArrowKind::kTime, .width_bytes = 4}},
    {"ttm", {.kind = ArrowKind::kTime, .width_bytes = 4, .unit = ArrowUnit::kMillis}},
    {"ttu", {.kind = ArrowKind::kTime, .width_bytes = 8, .unit = ArrowUnit::kMicros}},
    {"ttn", {.kind = ArrowKind::kTime, .width_bytes = 8, .unit = ArrowUnit::kNanos}},
    {"tin", {.kind = ArrowKind::kInterval, .width_bytes = 16}},
    {"+l", {.kind = ArrowKind::kList, .width_bytes = 4}},
    {"+L", {.kind = ArrowKind::kList, .width_bytes = 8}},
    {"+s", {.kind = ArrowKind::kStruct}},
    {"+m", {.kind = ArrowKind::kMap, .width_bytes = 4}},
};

std::optional<int32_t> take_number(std::string_view& text) {
  int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

// "9,2" or "9,2,256".
std::optional<ArrowType> parse_decimal(std::string_view text) {
  ArrowType type{.kind = ArrowKind::kDecimal, .width_bytes = 16};
  const auto precision = take_number(text);
  if (!precision || !text.starts_with(',')) return std::nullopt;
  text.remove_prefix(1);
  const auto scale = take_number(text);
  if (!scale) return std::nullopt;
  type.precision = *precision;
  type.scale = *scale;
  if (text == ",256") {
    type.width_bytes = 32;
  } else if (!text.empty() && text != ",128") {
    return std::nullopt;
  }
  return type;
}

// "m:UTC".
std::optional<ArrowType> parse_timestamp(std::string_view text) {
  const size_t unit = text.empty() ? std::string_view::npos : kUnitLetters.find(text[0]);
  if (unit == std::string_view::npos || !text.substr(1).starts_with(':')) return std::nullopt;
  return ArrowType{.kind = ArrowKind::kTimestamp,
                   .width_bytes = 8,
                   .unit = static_cast<ArrowUnit>(unit),
                   .zone = std::string(text.substr(2))};
}

// Branches whose type ids are not their indexes are refused: nobody makes them.
std::optional<ArrowType> parse_union(ArrowKind kind, std::string_view ids) {
  for (int32_t index = 0; !ids.empty(); ++index) {
    if (take_number(ids) != index) return std::nullopt;
    if (ids.starts_with(',')) ids.remove_prefix(1);
  }
  return ArrowType{.kind = kind};
}

std::optional<ArrowType> parse_sized(ArrowKind kind, std::string_view text) {
  const auto size = take_number(text);
  if (!size || !text.empty()) return std::nullopt;
  return ArrowType{.kind = kind, .width_bytes = *size};
}

std::optional<ArrowType> parse_format(std::string_view format) {
  const auto found = std::ranges::find(kPlainFormats, format, &PlainFormat::format);
  if (found != std::end(kPlainFormats)) return found->type;
  const auto behind = [&](std::string_view prefix) { return format.substr(prefix.size()); };
  if (format.starts_with("w:")) return parse_sized(ArrowKind::kFixedBinary, behind("w:"));
  if (format.starts_with("d:")) return parse_decimal(behind("d:"));
  if (format.starts_with("ts")) return parse_timestamp(behind("ts"));
  if (format.starts_with("+w:")) return parse_sized(ArrowKind::kFixedList, behind("+w:"));
  if (format.starts_with("+ud:")) return parse_union(ArrowKind::kDenseUnion, behind("+ud:"));
  if (format.starts_with("+us:")) return parse_union(ArrowKind::kSparseUnion, behind("+us:"));
  return std::nullopt;
}

size_t take_size(const char*& at) {
  int32_t size = 0;
  std::memcpy(&size, at, sizeof size);
  at += sizeof size;
  return static_cast<size_t>(size);
}

std::string take_text(const char*& at) {
  const size_t size = take_size(at);
  std::string text(at, size);
  at += size;
  return text;
}

void decode_metadata(const char* at, ArrowField* field) {
  if (at == nullptr) return;
  for (size_t count = take_size(at); count > 0; --count) {
    std::string key = take_text(at);
    field->metadata.emplace_back(std::move(key), take_text(at));
  }
}

Status import_children(const ArrowSchema& schema, int32_t depth_limit, ArrowField* field) {
  for (int64_t i = 0; i < schema.n_children; ++i) {
    MSEAVRO_ASSIGN(ArrowField child, import_field(*schema.children[i], depth_limit - 1));
    field->children.push_back(std::move(child));
  }
  if (schema.dictionary == nullptr) return {};
  MSEAVRO_ASSIGN(ArrowField values, import_field(*schema.dictionary, depth_limit - 1));
  field->dictionary.push_back(std::move(values));
  return {};
}

}  // namespace

std::string_view arrow_kind_name(ArrowKind kind) {
  static constexpr std::string_view kNames[] = {"null",         "bool",
                                                "integer",      "unsigned integer",
                                                "float",        "binary",
                                                "text",         "fixed-size binary",
                                                "decimal",      "date",
                                                "time",         "timestamp",
                                                "interval",     "list",
                                                "struct",       "map",
                                                "dense union",  "fixed-size list",
                                                "sparse union", "text view",
                                                "binary view"};
  return kNames[static_cast<size_t>(kind)];
}

const std::string* ArrowField::find_metadata(std::string_view key) const {
  const auto found = std::ranges::find_if(metadata, [&](const auto& e) { return e.first == key; });
  return found == metadata.end() ? nullptr : &found->second;
}

Result<ArrowField> import_field(const ArrowSchema& schema, int32_t depth_limit) {
  ArrowField field;
  field.name = schema.name == nullptr ? "" : schema.name;
  const auto in_field = [&](Error error) {
    std::string& path = error.place.field;
    if (!field.name.empty()) path = path.empty() ? field.name : field.name + "." + path;
    return tl::unexpected(std::move(error));
  };
  if (depth_limit <= 0) {
    return in_field(
        {ErrorCode::kLimitExceeded, "the Arrow columns are nested too deep", {}, {}, {}});
  }
  const auto type = parse_format(schema.format);
  if (!type) {
    return in_field(
        {ErrorCode::kNoArrowType,
         "Avro has no type for the Arrow type of the format " + std::string(schema.format),
         "cast the column to another type",
         schema.format,
         {}});
  }
  field.type = *type;
  field.is_nullable = (schema.flags & ARROW_FLAG_NULLABLE) != 0;
  decode_metadata(schema.metadata, &field);
  if (Status status = import_children(schema, depth_limit, &field); !status) {
    return in_field(std::move(status.error()));
  }
  return field;
}

std::string arrow_format(const ArrowField& field) {
  const ArrowType& type = field.type;
  switch (type.kind) {
    case ArrowKind::kNull:
      return "n";
    case ArrowKind::kBoolean:
      return "b";
    case ArrowKind::kInteger:
    case ArrowKind::kUnsigned:
      return integer_format(type);
    case ArrowKind::kFloat:
      return type.width_bytes == 4 ? "f" : "g";
    case ArrowKind::kBinary:
      return type.width_bytes == 4 ? "z" : "Z";
    case ArrowKind::kText:
      return type.width_bytes == 4 ? "u" : "U";
    case ArrowKind::kFixedBinary:
      return fmt::format("w:{}", type.width_bytes);
    case ArrowKind::kDecimal:
      return fmt::format("d:{},{}{}", type.precision, type.scale,
                         type.width_bytes == 32 ? ",256" : "");
    case ArrowKind::kDate:
      return type.unit == ArrowUnit::kSeconds ? "tdD" : "tdm";
    case ArrowKind::kTime:
      return fmt::format("tt{}", unit_letter(type.unit));
    case ArrowKind::kTimestamp:
      return fmt::format("ts{}:{}", unit_letter(type.unit), type.zone);
    case ArrowKind::kInterval:
      return "tin";
    case ArrowKind::kList:
      return type.width_bytes == 4 ? "+l" : "+L";
    case ArrowKind::kStruct:
      return "+s";
    case ArrowKind::kMap:
      return "+m";
    case ArrowKind::kDenseUnion:
      return union_format(field);
    case ArrowKind::kFixedList:
    case ArrowKind::kSparseUnion:
    case ArrowKind::kTextView:
    case ArrowKind::kBinaryView:
      break;
  }
  MSEAVRO_CHECK(false);
}

void export_field(const ArrowField& field, ArrowSchema* schema) {
  auto parts = std::make_unique<SchemaParts>();
  parts->format = arrow_format(field);
  parts->name = field.name;
  parts->metadata = encode_metadata(field);
  parts->children.resize(field.children.size());
  for (size_t i = 0; i < field.children.size(); ++i) {
    export_field(field.children[i], &parts->children[i]);
    parts->child_pointers.push_back(&parts->children[i]);
  }
  if (!field.dictionary.empty()) export_field(field.dictionary[0], &parts->dictionary);
  *schema = {
      .format = parts->format.c_str(),
      .name = parts->name.c_str(),
      .metadata = parts->metadata.empty() ? nullptr : parts->metadata.data(),
      .flags = field.is_nullable ? ARROW_FLAG_NULLABLE : 0,
      .n_children = static_cast<int64_t>(parts->children.size()),
      .children = parts->child_pointers.data(),
      .dictionary = field.dictionary.empty() ? nullptr : &parts->dictionary,
      .release = release_schema,
      .private_data = parts.get(),
  };
  static_cast<void>(parts.release());  // NOLINT: release_schema deletes it.
}

}  // namespace mseavro
