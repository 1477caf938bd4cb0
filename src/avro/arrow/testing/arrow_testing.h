// What the tests of this module share: decoding to Arrow, and values as arrow_text writes them.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "avro/arrow/arrow_decoder.h"
#include "avro/wire/testing/wire_testing.h"
#include "base/columns/testing/arrow_text.h"

namespace mseavro {

struct ArrowRequest {
  std::string_view writer;
  std::string_view reader = {};  // Empty: the writer's.
  std::vector<std::string> columns = {};
};

// The plan and the layout for a request.
struct ArrowPlans {
  std::shared_ptr<const ReadPlan> plan;
  std::shared_ptr<const ArrowLayout> layout;

  static Result<ArrowPlans> of(const ArrowRequest& request, const Limits& limits = {}) {
    const auto writer = schema_of(request.writer);
    const auto reader = request.reader.empty() ? writer : schema_of(request.reader);
    ArrowPlans plans;
    MSEAVRO_ASSIGN(plans.layout, ArrowLayout::of(*reader, request.columns, limits));
    const FieldSelection& selection = plans.layout->selection;
    if (request.reader.empty()) {
      plans.plan = ReadPlan::whole(writer, selection);
    } else {
      MSEAVRO_ASSIGN(plans.plan, ReadPlan::resolve(*writer, reader, selection));
    }
    return plans;
  }
};

// The rows of one block as texts, decoded in batches of `row_limit`.
inline Result<std::vector<std::string>> decode_arrow(const ArrowRequest& request,
                                                     std::string_view bytes, int64_t record_count,
                                                     const Limits& limits = {},
                                                     int64_t row_limit = 3) {
  MSEAVRO_ASSIGN(const ArrowPlans plans, ArrowPlans::of(request, limits));
  OwnedArrow<ArrowSchema> schema;
  export_field(plans.layout->root, schema.get());
  ArrowDecoder decoder(plans.plan, plans.layout, limits);
  std::vector<std::string> rows;
  bool is_full = true;
  {
    const Block block(bytes);
    decoder.begin_block(block.bytes(), record_count);
    while (is_full) {
      MSEAVRO_ASSIGN(is_full, decoder.fill(row_limit));
      OwnedArrow<ArrowArray> batch;
      decoder.finish(batch.get());
      EXPECT_LE(batch->length, row_limit);
      for (int64_t row = 0; row < batch->length; ++row) {
        rows.push_back(arrow_text(*schema, *batch, row));
      }
    }
  }
  return rows;
}

// What arrow_text must give for a datum whose types have no logical ones.
inline std::string expected_arrow_text(const Schema& schema, NodeIndex index, const Datum& datum) {
  const SchemaNode& node = schema.node(index);
  const auto raw = [](auto number) {
    return hex_text({reinterpret_cast<const char*>(&number), sizeof number});
  };
  switch (node.type) {
    case SchemaType::kNull:
      return "null";
    case SchemaType::kBoolean:
      return datum.integer != 0 ? "true" : "false";
    case SchemaType::kInt:
    case SchemaType::kLong:
      return std::to_string(datum.integer);
    case SchemaType::kFloat:
      return raw(static_cast<float>(datum.number));
    case SchemaType::kDouble:
      return raw(datum.number);
    case SchemaType::kBytes:
    case SchemaType::kFixed:
      return hex_text(datum.text);
    case SchemaType::kString:
    case SchemaType::kEnum:
      return std::string(datum.text);
    case SchemaType::kRecord: {
      std::string text = "{";
      for (size_t i = 0; i < node.fields.size(); ++i) {
        text += expected_arrow_text(schema, node.fields[i].node, datum.children[i]) + ";";
      }
      return text + "}";
    }
    case SchemaType::kArray:
    case SchemaType::kMap: {
      std::string text = "[";
      for (const Datum& child : datum.children) {
        const std::string item = expected_arrow_text(schema, node.items, child) + ";";
        text += node.type == SchemaType::kArray ? item
                                                : "{" + std::string(child.key) + ";" + item + "};";
      }
      return text + "]";
    }
    case SchemaType::kUnion: {
      const auto branch = static_cast<size_t>(datum.branch);
      const std::string value = expected_arrow_text(schema, node.branches[branch], datum);
      const bool is_nullable =
          node.branches.size() == 2 && (schema.node(node.branches[0]).type == SchemaType::kNull ||
                                        schema.node(node.branches[1]).type == SchemaType::kNull);
      return is_nullable ? value : "<" + std::to_string(branch) + ">" + value;
    }
  }
  return {};
}

}  // namespace mseavro
