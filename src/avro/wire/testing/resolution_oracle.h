// Schema resolution the slow and obvious way, on trees, and random reader schemas to try it on.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "avro/wire/testing/random_data.h"
#include "avro/wire/testing/wire_testing.h"

namespace mseavro {

// A field that readers add, with its default as JSON and as bytes.
struct AddedField {
  std::string_view name;
  std::string_view type;
  std::string_view default_json;
  std::string_view encoded;
};

inline constexpr AddedField kAddedFields[] = {
    {"added_long", R"("long")", "-3", "\x05"},
    {"added_text", R"("string")", R"("\u00e9\n")", "\x06\xc3\xa9\n"},
    {"added_bytes", R"("bytes")", R"("\u00e9\n")", "\x04\xe9\n"},
    {"added_none", R"(["null","int"])", "null", std::string_view("\0", 1)},
    {"added_some", R"(["null","int"])", "1", "\x02\x02"},
    {"added_items", R"({"type":"array","items":"int"})", "[1,2]",
     std::string_view("\x04\x02\x04\0", 4)},
    {"added_tags", R"({"type":"map","values":"boolean"})", R"({"k":true})",
     std::string_view("\x02\x02k\x01\0", 5)},
};

// The schema of a reader that can read all that the writer writes: fields in another order, some
// dropped, some added, some renamed with an alias; numbers promoted, strings as bytes, values as
// branches of unions, symbols in another order or by a default.
class RandomReader {
 public:
  RandomReader(RandomData& random, const Schema& writer) : random_(random), writer_(writer) {}

  std::string schema() { return type(writer_.root_index(), false); }

 private:
  std::string type(NodeIndex index, bool in_union) {
    const SchemaNode& node = writer_.node(index);
    if (node.type == SchemaType::kUnion) return union_type(node);
    if (!in_union && may_stand_in_union(node) && random_.below(6) == 0) {
      return R"(["null",)" + type(index, true) + "]";
    }
    switch (node.type) {
      case SchemaType::kRecord:
        return defined_.insert(node.name).second ? record(node) : '"' + node.name + '"';
      case SchemaType::kEnum:
        return enumeration(node);
      case SchemaType::kFixed:
        return R"({"type":"fixed","name":")" + node.name + R"(","size":)" +
               std::to_string(node.size) + "}";
      case SchemaType::kArray:
        return R"({"type":"array","items":)" + type(node.items, false) + "}";
      case SchemaType::kMap:
        return R"({"type":"map","values":)" + type(node.items, false) + "}";
      default:
        return '"' + std::string(schema_type_name(in_union ? node.type : promoted(node.type))) +
               '"';
    }
  }

  bool may_stand_in_union(const SchemaNode& node) const {
    return node.type != SchemaType::kNull && &node != &writer_.root();
  }

  // Branches stay what they are, so that each finds its own, but their order may change.
  std::string union_type(const SchemaNode& node) {
    std::vector<std::string> branches;
    for (const NodeIndex branch : node.branches) branches.push_back(type(branch, true));
    // A recursive type must be defined before it is referred to.
    if (defined_.empty() || random_.below(2) == 0) std::ranges::reverse(branches);
    std::string text = "[";
    for (const std::string& branch : branches) text += (text == "[" ? "" : ",") + branch;
    return text + "]";
  }

  std::string record(const SchemaNode& node) {
    std::vector<const SchemaField*> fields;
    for (const SchemaField& field : node.fields) {
      if (random_.below(4) != 0) fields.push_back(&field);
    }
    for (size_t i = fields.size(); i > 1; --i) std::swap(fields[i - 1], fields[random_.below(i)]);
    std::string text = R"({"type":"record","name":")" + node.name + R"(","fields":[)";
    const size_t own_size = text.size();
    const auto separator = [&] { return text.size() == own_size ? "" : ","; };
    for (const SchemaField* field : fields) {
      if (random_.below(4) == 0) text += separator() + added_field(text);
      const bool is_renamed = random_.below(5) == 0;
      const std::string alias = R"(","aliases":["none",")" + field->name + R"("])";
      text += separator() + (R"({"name":")" + field->name) +
              (is_renamed ? "_new" + alias : std::string("\"")) + R"(,"type":)" +
              type(field->node, false) + "}";
    }
    if (random_.below(2) == 0) text += separator() + added_field(text);
    return text + "]}";
  }

  // Names of fields are unique, so each gets a number.
  std::string added_field(const std::string&) {
    const AddedField& added = kAddedFields[random_.below(std::size(kAddedFields))];
    return R"({"name":")" + std::string(added.name) + "_" + std::to_string(added_count_++) +
           R"(","type":)" + std::string(added.type) + R"(,"default":)" +
           std::string(added.default_json) + "}";
  }

  std::string enumeration(const SchemaNode& node) {
    static constexpr std::string_view kForms[] = {R"(["A","B","C"])", R"(["C","new","A","B"])",
                                                  R"(["other","B"],"default":"other")"};
    return R"({"type":"enum","name":")" + node.name + R"(","symbols":)" +
           std::string(kForms[random_.below(std::size(kForms))]) + "}";
  }

  SchemaType promoted(SchemaType type) {
    if (type == SchemaType::kString || type == SchemaType::kBytes) {
      return random_.below(2) == 0 ? SchemaType::kString : SchemaType::kBytes;
    }
    if (type < SchemaType::kInt || type > SchemaType::kDouble) return type;
    const size_t further = static_cast<size_t>(SchemaType::kDouble) - static_cast<size_t>(type);
    return static_cast<SchemaType>(static_cast<size_t>(type) + random_.below(further + 1));
  }

  RandomData& random_;
  const Schema& writer_;
  std::set<std::string> defined_;
  int added_count_ = 0;
};

class ResolutionOracle {
 public:
  ResolutionOracle(const Schema& writer, const Schema& reader) : writer_(writer), reader_(reader) {}

  // The writer's datum in the reader's bytes.
  std::string resolve(const Datum& datum) {
    Encoder encoder;
    put(writer_.root_index(), datum, reader_.root_index(), &encoder);
    const auto bytes = encoder.bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

 private:
  static bool is_promoted(SchemaType from, SchemaType to) {
    switch (to) {
      case SchemaType::kLong:
        return from == SchemaType::kInt;
      case SchemaType::kFloat:
        return from == SchemaType::kInt || from == SchemaType::kLong;
      case SchemaType::kDouble:
        return from == SchemaType::kInt || from == SchemaType::kLong || from == SchemaType::kFloat;
      case SchemaType::kBytes:
        return from == SchemaType::kString;
      case SchemaType::kString:
        return from == SchemaType::kBytes;
      default:
        return false;
    }
  }

  void put(NodeIndex writer, const Datum& datum, NodeIndex reader, Encoder* to) {
    const SchemaNode& from = writer_.node(writer);
    const SchemaNode& node = reader_.node(reader);
    if (from.type == SchemaType::kUnion) {
      Datum value = datum;
      value.branch = -1;
      return put(from.branches[static_cast<size_t>(datum.branch)], value, reader, to);
    }
    if (node.type == SchemaType::kUnion) {
      for (size_t i = 0; i < node.branches.size(); ++i) {
        const SchemaNode& branch = reader_.node(node.branches[i]);
        if (branch.type != from.type || branch.name != from.name) continue;
        to->put_long(static_cast<int64_t>(i));
        return put(writer, datum, node.branches[i], to);
      }
      for (size_t i = 0; i < node.branches.size(); ++i) {
        if (!is_promoted(from.type, reader_.node(node.branches[i]).type)) continue;
        to->put_long(static_cast<int64_t>(i));
        return put(writer, datum, node.branches[i], to);
      }
      FAIL() << "no branch for " << from.branch_name();
    }
    const bool is_integer = from.type == SchemaType::kInt || from.type == SchemaType::kLong;
    switch (node.type) {
      case SchemaType::kFloat:
        return to->put_float(is_integer ? static_cast<float>(datum.integer)
                                        : static_cast<float>(datum.number));
      case SchemaType::kDouble:
        return to->put_double(is_integer ? static_cast<double>(datum.integer) : datum.number);
      case SchemaType::kEnum:
        return to->put_long(symbol(node, datum.text));
      case SchemaType::kArray:
      case SchemaType::kMap:
        if (!datum.children.empty()) to->put_long(static_cast<int64_t>(datum.children.size()));
        for (const Datum& child : datum.children) {
          if (node.type == SchemaType::kMap) to->put_bytes(child.key);
          put(from.items, child, node.items, to);
        }
        return to->put_long(0);
      case SchemaType::kRecord:
        for (const SchemaField& field : node.fields) put_field(from, datum, field, to);
        return;
      default:
        return encode_datum(reader_, reader, datum, to);
    }
  }

  static int64_t symbol(const SchemaNode& reader, std::string_view text) {
    auto found = std::ranges::find(reader.symbols, text);
    if (found == reader.symbols.end()) {
      found = std::ranges::find(reader.symbols, *reader.default_symbol);
    }
    return found - reader.symbols.begin();
  }

  void put_field(const SchemaNode& writer, const Datum& datum, const SchemaField& field,
                 Encoder* to) {
    for (size_t i = 0; i < writer.fields.size(); ++i) {
      const std::string& name = writer.fields[i].name;
      if (name == field.name || std::ranges::find(field.aliases, name) != field.aliases.end()) {
        return put(writer.fields[i].node, datum.children[i], field.node, to);
      }
    }
    for (const AddedField& added : kAddedFields) {
      if (!field.name.starts_with(added.name)) continue;
      return to->put_fixed(
          {reinterpret_cast<const uint8_t*>(added.encoded.data()), added.encoded.size()});
    }
    FAIL() << "no value for " << field.name;
  }

  const Schema& writer_;
  const Schema& reader_;
};

}  // namespace mseavro
