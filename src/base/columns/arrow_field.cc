#include "base/columns/arrow_field.h"

#include <fmt/format.h>

#include <cstring>

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

char unit_letter(ArrowUnit unit) { return "smun"[static_cast<size_t>(unit)]; }

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

void export_texts_field(ArrowSchema* schema) {
  ArrowField texts;
  texts.type = {.kind = ArrowKind::kText, .width_bytes = 4};
  export_field(texts, schema);
}

}  // namespace

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
  if (field.symbols != nullptr) export_texts_field(&parts->dictionary);
  *schema = {
      .format = parts->format.c_str(),
      .name = parts->name.c_str(),
      .metadata = parts->metadata.empty() ? nullptr : parts->metadata.data(),
      .flags = field.is_nullable ? ARROW_FLAG_NULLABLE : 0,
      .n_children = static_cast<int64_t>(parts->children.size()),
      .children = parts->child_pointers.data(),
      .dictionary = field.symbols == nullptr ? nullptr : &parts->dictionary,
      .release = release_schema,
      .private_data = parts.get(),
  };
  static_cast<void>(parts.release());  // NOLINT: release_schema deletes it.
}

}  // namespace mseavro
