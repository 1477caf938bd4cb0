// Schema JSON from anywhere ends in a schema or a typed error, within its limits.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "avro/schema/schema.h"
#include "base/result/result.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto schema = mseavro::Schema::parse(text);
  if (!schema) return 0;
  // Every index leads to a node, and the walk over all names ends.
  static_cast<void>(mseavro::check_names(**schema));
  for (mseavro::NodeIndex index = 0; index < (*schema)->node_count(); ++index) {
    const mseavro::SchemaNode& node = (*schema)->node(index);
    MSEAVRO_CHECK(node.items < (*schema)->node_count());
    for (const auto branch : node.branches) MSEAVRO_CHECK(branch < (*schema)->node_count());
    for (const auto& field : node.fields) MSEAVRO_CHECK(field.node < (*schema)->node_count());
  }
  return 0;
}
