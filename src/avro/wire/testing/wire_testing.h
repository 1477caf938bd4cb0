// What the tests of this module share: encoded bytes, decoded cells, and an encoder of trees.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "avro/wire/column_decoder.h"
#include "avro/wire/datum_reader.h"
#include "avro/wire/encoder.h"
#include "avro/wire/read_plan.h"
#include "base/result/result.h"

namespace mseavro {

inline std::shared_ptr<const Schema> schema_of(std::string_view text) {
  auto schema = Schema::parse(text);
  EXPECT_TRUE(schema) << text << ": " << (schema ? "" : schema.error().message);
  return schema ? *schema : nullptr;
}

// A record of one field called `x`.
inline std::string record_of(std::string_view type) {
  return R"({"type":"record","name":"R","fields":[{"name":"x","type":)" + std::string(type) + "}]}";
}

// Encoded values, one after another.
class Bytes {
 public:
  Bytes& integer(int64_t value) {
    return add([&](Encoder& to) { to.put_long(value); });
  }
  Bytes& number(double value) {
    return add([&](Encoder& to) { to.put_double(value); });
  }
  Bytes& number32(float value) {
    return add([&](Encoder& to) { to.put_float(value); });
  }
  Bytes& text(std::string_view value) {
    return add([&](Encoder& to) { to.put_bytes(value); });
  }
  Bytes& raw(std::string_view bytes) {
    bytes_.append(bytes);
    return *this;
  }

  const std::string& bytes() const { return bytes_; }
  // Implicit, so that tests read as the bytes they mean.
  operator const std::string&() const { return bytes_; }
  operator std::string_view() const { return bytes_; }

 private:
  template <class Put>
  Bytes& add(const Put& put) {
    Encoder encoder;
    put(encoder);
    const auto bytes = encoder.bytes();
    return raw({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  std::string bytes_;
};

// A copy of its own size on the heap, so that a sanitizer sees any read behind it.
class Block {
 public:
  explicit Block(std::string_view bytes) : bytes_(bytes.begin(), bytes.end()) {
    bytes_.shrink_to_fit();
  }
  std::span<const uint8_t> bytes() const { return bytes_; }

 private:
  std::vector<uint8_t> bytes_;
};

inline ColumnRequest request(std::string_view path, ColumnType type) {
  auto parsed = FieldPath::parse(path);
  EXPECT_TRUE(parsed) << path;
  return {*parsed, type};
}

// A cell as text: "null", "wrong", or the value, numbers as their 64 bits.
inline std::string cell_text(const Column& column, size_t row) {
  if (column.states[row] == CellState::kNull) return "null";
  if (column.states[row] == CellState::kWrongType) return "wrong";
  if (column.type == ColumnType::kInteger) return std::to_string(column.integers[row]);
  if (column.type == ColumnType::kText || is_json(column.type))
    return std::string(column.texts[row]);
  return std::to_string(std::bit_cast<uint64_t>(column.numbers[row]));
}

inline std::string number_text(double value) {
  return std::to_string(std::bit_cast<uint64_t>(value));
}

using Rows = std::vector<std::vector<std::string>>;

inline Result<Rows> decode_rows(const std::shared_ptr<const ReadPlan>& plan, std::string_view bytes,
                                int64_t record_count, const Limits& limits = {},
                                size_t capacity = 3) {
  const Block block(bytes);
  ColumnDecoder decoder(plan, limits);
  ColumnBatch batch(plan->column_types(), capacity);
  Rows rows;
  decoder.begin_block(block.bytes(), record_count);
  while (true) {
    MSEAVRO_ASSIGN(const bool more, decoder.next(batch));
    if (!more) return rows;
    for (size_t row = 0; row < batch.size; ++row) {
      auto& cells = rows.emplace_back();
      for (const Column& column : batch.columns) cells.push_back(cell_text(column, row));
    }
  }
}

inline Result<Rows> decode_rows(std::string_view schema, std::vector<ColumnRequest> requests,
                                std::string_view bytes, int64_t record_count,
                                const Limits& limits = {}, size_t capacity = 3) {
  MSEAVRO_ASSIGN(const auto plan, ReadPlan::project(schema_of(schema), requests));
  return decode_rows(plan, bytes, record_count, limits, capacity);
}

inline Result<std::vector<std::string>> decode_json(std::string_view schema, std::string_view bytes,
                                                    int64_t record_count,
                                                    JsonStyle style = JsonStyle::kAvro,
                                                    const Limits& limits = {}) {
  const Block block(bytes);
  DatumReader reader(ReadPlan::whole(schema_of(schema)), limits);
  reader.begin_block(block.bytes(), record_count);
  std::vector<std::string> lines;
  while (true) {
    std::string line;
    MSEAVRO_ASSIGN(const bool more, reader.next_json(style, &line));
    if (!more) return lines;
    lines.push_back(std::move(line));
  }
}

// The slow and obvious encoder, from the specification's page alone.
inline void encode_datum(const Schema& schema, NodeIndex index, const Datum& datum,
                         Encoder* encoder) {
  const SchemaNode& node = schema.node(index);
  switch (node.type) {
    case SchemaType::kNull:
      return;
    case SchemaType::kBoolean:
      return encoder->put_boolean(datum.integer != 0);
    case SchemaType::kInt:
    case SchemaType::kLong:
    case SchemaType::kEnum:
      return encoder->put_long(datum.integer);
    case SchemaType::kFloat:
      return encoder->put_float(static_cast<float>(datum.number));
    case SchemaType::kDouble:
      return encoder->put_double(datum.number);
    case SchemaType::kBytes:
    case SchemaType::kString:
      return encoder->put_bytes(datum.text);
    case SchemaType::kFixed:
      return encoder->put_fixed(
          {reinterpret_cast<const uint8_t*>(datum.text.data()), datum.text.size()});
    case SchemaType::kRecord:
      for (size_t i = 0; i < node.fields.size(); ++i) {
        encode_datum(schema, node.fields[i].node, datum.children[i], encoder);
      }
      return;
    case SchemaType::kArray:
    case SchemaType::kMap:
      if (!datum.children.empty()) {
        encoder->put_long(static_cast<int64_t>(datum.children.size()));
        for (const Datum& child : datum.children) {
          if (node.type == SchemaType::kMap) encoder->put_bytes(child.key);
          encode_datum(schema, node.items, child, encoder);
        }
      }
      return encoder->put_long(0);
    case SchemaType::kUnion:
      encoder->put_long(datum.branch);
      return encode_datum(schema, node.branches[static_cast<size_t>(datum.branch)], datum, encoder);
  }
}

inline std::string encode_datum(const Schema& schema, const Datum& datum) {
  Encoder encoder;
  encode_datum(schema, schema.root_index(), datum, &encoder);
  const auto bytes = encoder.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace mseavro
