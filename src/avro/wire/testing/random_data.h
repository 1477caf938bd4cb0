// Random schemas and data for them, from a seed: what the walk is compared against the obvious on.
#pragma once

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "avro/wire/testing/wire_testing.h"

namespace mseavro {

class RandomData {
 public:
  explicit RandomData(uint64_t seed) : random_(seed) {}

  size_t below(size_t bound) { return random_() % bound; }

  // A record with fields f0, f1, ... of any type, records recursive now and then.
  std::string record_schema(int depth) {
    const std::string name = "N" + std::to_string(names_++);
    open_records_.push_back(name);
    std::string text = R"({"type":"record","name":")" + name + R"(","fields":[)";
    const size_t count = 1 + below(8);
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) text += ',';
      text += R"({"name":"f)" + std::to_string(i) + R"(","type":)" + type_schema(depth, true) + "}";
    }
    open_records_.pop_back();
    return text + "]}";
  }

  // The bytes of so many random values of the schema.
  std::string encode(const Schema& schema, int64_t count, int depth) {
    Encoder encoder;
    for (int64_t i = 0; i < count; ++i) encode(schema, schema.root_index(), depth, &encoder);
    return {reinterpret_cast<const char*>(encoder.bytes().data()), encoder.size()};
  }

  // Encodes a random value of the node, in blocks with and without sizes.
  void encode(const Schema& schema, NodeIndex index, int depth, Encoder* to) {
    const SchemaNode& node = schema.node(index);
    switch (node.type) {
      case SchemaType::kNull:
        return;
      case SchemaType::kBoolean:
        return to->put_boolean(below(2) == 1);
      case SchemaType::kInt:
        return to->put_int(static_cast<int32_t>(integer()));
      case SchemaType::kLong:
        return to->put_long(integer());
      case SchemaType::kFloat:
        return to->put_float(static_cast<float>(integer()) / 8);
      case SchemaType::kDouble:
        return to->put_double(static_cast<double>(integer()) / 1000);
      case SchemaType::kBytes:
      case SchemaType::kString:
        return to->put_bytes(text());
      case SchemaType::kFixed:
        for (int64_t i = 0; i < node.size; ++i) put_byte(static_cast<uint8_t>(random_()), to);
        return;
      case SchemaType::kEnum:
        return to->put_long(static_cast<int64_t>(below(node.symbols.size())));
      case SchemaType::kRecord:
        for (const SchemaField& field : node.fields) encode(schema, field.node, depth - 1, to);
        return;
      case SchemaType::kArray:
      case SchemaType::kMap:
        if (depth > 0) encode_items(schema, node, depth, to);
        return to->put_long(0);
      case SchemaType::kUnion: {
        size_t branch = below(node.branches.size());
        if (depth <= 0) branch = 0;  // Null, or something that ends.
        to->put_long(static_cast<int64_t>(branch));
        return encode(schema, node.branches[branch], depth - 1, to);
      }
    }
  }

 private:
  std::string type_schema(int depth, bool may_be_union) {
    static const std::vector<std::string> kLeaves = {
        R"("null")",   R"("boolean")", R"("int")",    R"("long")",   R"("float")", R"("double")",
        R"("double")", R"("bytes")",   R"("string")", R"("string")", R"("long")"};
    const size_t kind = below(depth > 0 ? 20 : 13);
    if (kind < kLeaves.size()) return kLeaves[kind];
    const std::string name = "N" + std::to_string(names_++);
    if (kind == 11)
      return R"({"type":"fixed","name":")" + name + R"(","size":)" + std::to_string(below(20)) +
             "}";
    if (kind == 12) return R"({"type":"enum","name":")" + name + R"(","symbols":["A","B","C"]})";
    if (kind == 13) return R"({"type":"array","items":)" + type_schema(depth - 1, true) + "}";
    if (kind == 14) return R"({"type":"map","values":)" + type_schema(depth - 1, true) + "}";
    if (kind == 15 && may_be_union && !open_records_.empty())
      return R"(["null",")" + open_records_.back() + R"("])";
    if (kind == 16) return record_schema(depth - 1);
    if (!may_be_union) return R"("string")";
    return union_schema(depth);
  }

  std::string union_schema(int depth) {
    const std::string other = below(2) == 0 ? R"("double")" : R"("string")";
    switch (below(7)) {
      case 0:
        return R"(["null",)" + other + "]";
      case 1:
        return "[" + other + R"(,"null"])";
      case 2:
        return R"(["null",)" + record_schema(depth - 1) + "]";
      case 3:
        return R"(["null","int",)" + other + "]";
      case 4:
        return R"(["long","bytes","null"])";
      case 5:
        return "[" + other + "]";
      default:
        return R"(["null","long","string",)" + record_schema(depth - 1) + R"(,"boolean"])";
    }
  }

  void encode_items(const Schema& schema, const SchemaNode& node, int depth, Encoder* to) {
    for (size_t blocks = below(3); blocks > 0; --blocks) {
      const size_t count = 1 + below(below(50) == 0 ? 100 : 3);
      Encoder items;
      for (size_t i = 0; i < count; ++i) {
        if (node.type == SchemaType::kMap) items.put_bytes(std::string(1, "abcd"[below(4)]));
        encode(schema, node.items, depth - 1, &items);
      }
      const bool sized = below(2) == 0;
      to->put_long(sized ? -static_cast<int64_t>(count) : static_cast<int64_t>(count));
      if (sized) to->put_long(static_cast<int64_t>(items.size()));
      to->put_fixed(items.bytes());
    }
  }

  int64_t integer() { return static_cast<int64_t>(random_()) >> below(64); }
  // Short ones as logs have them, longer ones, and those whose size takes two bytes.
  std::string text() {
    std::string text(below(12) == 0 ? 50 + below(100) : below(8) == 0 ? below(50) : below(9), ' ');
    char next = static_cast<char>('a' + below(26));
    for (char& letter : text) letter = std::exchange(next, next == 'z' ? 'a' : next + 1);
    return text;
  }
  static void put_byte(uint8_t byte, Encoder* to) { to->put_fixed({&byte, 1}); }

  std::mt19937_64 random_;
  int names_ = 0;
  std::vector<std::string> open_records_;
};

// All paths into a node, a few levels deep.
inline void collect_paths(const Schema& schema, NodeIndex index, const FieldPath& path, int depth,
                          std::vector<FieldPath>* paths) {
  if (!path.steps.empty()) paths->push_back(path);
  if (depth == 0) return;
  const SchemaNode& node = schema.node(index);
  const auto add = [&](const std::string& name, bool is_key) {
    FieldPath below = path;
    below.steps.push_back({name, is_key});
    if (const auto found = find_node(schema, below)) {
      collect_paths(schema, *found, below, depth - 1, paths);
    }
  };
  if (node.type == SchemaType::kUnion) {
    for (const NodeIndex branch : node.branches) {
      for (const SchemaField& field : schema.node(branch).fields) add(field.name, false);
    }
  }
  for (const SchemaField& field : node.fields) add(field.name, false);
  if (node.type == SchemaType::kMap) {
    for (const char* key : {"a", "d"}) add(key, true);
  }
}

}  // namespace mseavro
