// Any bytes as a message of single-object encoding. Its datum is also made a sort key, which must
// succeed just when it is read, and equal itself in the order of datums.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "avro/wire/datum_order.h"
#include "avro/wire/single_object.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

std::shared_ptr<const Schema> make_schema() {
  return *Schema::parse(R"({"type":"record","name":"R","fields":[
    {"name":"s","type":["null","string"],"order":"descending"},
    {"name":"d","type":{"type":"array","items":"double"}},
    {"name":"m","type":{"type":"map","values":"int"},"order":"ignore"},
    {"name":"next","type":["null","R"]}]})");
}

void read_message(std::span<const uint8_t> message) {
  static const std::shared_ptr<const Schema> schema = make_schema();
  SchemaList schemas;
  MSEAVRO_CHECK(schemas.add(schema).has_value());
  SingleObjectReader reader(schemas, nullptr, {});
  const auto datum = reader.open(message);
  if (!datum) return;
  std::string json;
  const bool is_read = (*datum)->next_json(JsonStyle::kAvro, &json).has_value();
  const std::span<const uint8_t> rest = parse_single_object(message)->datum;
  const auto bytes = rest.first(rest.size() - (is_read ? (*datum)->bytes_left() : 0));
  const auto order = DatumOrder::make(schema, {})->compare(bytes, bytes);
  MSEAVRO_CHECK(order.has_value() == is_read);
  MSEAVRO_CHECK(!is_read || *order == std::strong_ordering::equal);
}

}  // namespace
}  // namespace mseavro

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mseavro::read_message({data, size});
  return 0;
}
