#include "app/cli/schema_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "avro/container/container_header.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"
#include "engine/question/metric_row.h"
#include "events/contract/contract.h"
#include "events/contract/shipped.h"

namespace mseavro {
namespace {

Result<std::shared_ptr<const Schema>> read_schema(const ByteSource& source, const Limits& limits) {
  // One byte more than allowed is enough to be refused.
  MSEAVRO_ASSIGN(const std::string text, read_beginning(source, limits.schema_size_bytes + 1));
  if (!text.starts_with(kContainerMagic)) return Schema::parse(text, limits);
  MSEAVRO_ASSIGN(const ContainerHeader header, read_header(source, limits));
  return header.schema;
}

// Names by which the schemas of the product can be asked for. No file is called like them; schemas
// for logs have names that a file may have, which then comes first.
std::array<std::pair<std::string_view, std::string_view>, 3> shipped_schemas() {
  return {{{"mseavro.PredictionEvent", prediction_event_schema()},
           {"mseavro.LabelEvent", label_event_schema()},
           {"mseavro.MetricRow", metric_row_schema()}}};
}

// Of the product's own schemas and of those for logs.
std::string shipped_names() {
  std::string names;
  for (const auto& [name, text] : shipped_schemas()) names += fmt::format("{}, ", name);
  return names + fmt::format("{}", fmt::join(shipped_schema_names(), ", "));
}

}  // namespace

Result<std::shared_ptr<const Schema>> load_schema(const std::string& path, const Limits& limits) {
  for (const auto& [name, text] : shipped_schemas()) {
    if (path == name) return Schema::parse(text, limits);
  }
  auto source = open_file(path);
  const bool is_absent = !source && source.error().code == ErrorCode::kNotFound;
  if (is_absent) {
    if (const auto text = find_shipped_schema(path)) return Schema::parse(*text, limits);
    source.error().help = "check the path; schemas that ship go by name: " + shipped_names();
  }
  if (!source) return tl::unexpected<Error>(std::move(source.error()));
  auto schema = read_schema(**source, limits);
  if (!schema) schema.error().place.file = path;
  return schema;
}

Result<bool> is_container_file(const std::string& path) {
  MSEAVRO_ASSIGN(const auto source, open_file(path));
  MSEAVRO_ASSIGN(const std::string beginning,
                 read_beginning(*source, static_cast<int64_t>(kContainerMagic.size())));
  return beginning == kContainerMagic;
}

}  // namespace mseavro
