#include "avro/wire/datum_order.h"

#include <utility>
#include <vector>

#include "avro/schema/schema_names.h"
#include "avro/wire/block_cursor.h"
#include "avro/wire/order_target.h"
#include "avro/wire/walk.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// Refuses a map that decides the order of datums.
Status check_order(const Schema& schema) {
  struct Pending {
    NodeIndex node;
    std::string path;
  };
  std::vector<Pending> pending = {{schema.root_index(), ""}};
  std::vector<bool> seen(schema.node_count());
  while (!pending.empty()) {
    const Pending next = std::move(pending.back());
    pending.pop_back();
    if (seen[next.node]) continue;
    seen[next.node] = true;
    const SchemaNode& node = schema.node(next.node);
    if (node.type == SchemaType::kMap) {
      return fail(ErrorCode::kBadSchema, "a map has no sort order",
                  "give its field the attribute \"order\": \"ignore\"", {}, {.field = next.path});
    }
    if (node.type == SchemaType::kArray) pending.push_back({node.items, next.path});
    for (const NodeIndex branch : node.branches) pending.push_back({branch, next.path});
    for (const SchemaField& field : node.fields) {
      if (field.order == FieldOrder::kIgnore) continue;
      const std::string dot = next.path.empty() ? "" : ".";
      pending.push_back({field.node, shorten(next.path + dot + field.name, 200)});
    }
  }
  return {};
}

}  // namespace

class DatumOrder::Run {
 public:
  Run(std::shared_ptr<const ReadPlan> plan, const Limits& limits)
      : plan_(std::move(plan)),
        limits_(limits),
        target_(plan_->schema(), 2 * limits.datum_size_bytes),
        walk_(*plan_, limits_, target_) {}

  void begin_block(std::span<const uint8_t> bytes, int64_t record_count) {
    cursor_ = BlockCursor(bytes, record_count, limits_);
  }

  Result<bool> next_key(std::string* key) {
    target_.begin(key);
    MSEAVRO_ASSIGN(const int64_t count, walk_.run(cursor_, 1));
    return count > 0;
  }

  Result<std::string> only_key(std::span<const uint8_t> datum) {
    cursor_ = BlockCursor::over_datum(datum, limits_);
    std::string key;
    MSEAVRO_TRY(next_key(&key));
    MSEAVRO_TRY(cursor_.finish());
    return key;
  }

 private:
  const std::shared_ptr<const ReadPlan> plan_;
  const Limits limits_;
  OrderTarget target_;
  Walk<OrderTarget> walk_;
  BlockCursor cursor_;
};

Result<DatumOrder> DatumOrder::make(std::shared_ptr<const Schema> schema, const Limits& limits) {
  MSEAVRO_TRY(check_order(*schema));
  return DatumOrder(std::make_unique<Run>(ReadPlan::whole(std::move(schema)), limits));
}

DatumOrder::DatumOrder(std::unique_ptr<Run> run) : run_(std::move(run)) {}
DatumOrder::~DatumOrder() = default;
DatumOrder::DatumOrder(DatumOrder&&) noexcept = default;
DatumOrder& DatumOrder::operator=(DatumOrder&&) noexcept = default;

void DatumOrder::begin_block(std::span<const uint8_t> bytes, int64_t record_count) {
  run_->begin_block(bytes, record_count);
}

Result<bool> DatumOrder::next_key(std::string* key) { return run_->next_key(key); }

Result<std::strong_ordering> DatumOrder::compare(std::span<const uint8_t> left,
                                                 std::span<const uint8_t> right) {
  MSEAVRO_ASSIGN(const std::string left_key, run_->only_key(left));
  MSEAVRO_ASSIGN(const std::string right_key, run_->only_key(right));
  return left_key <=> right_key;  // By unsigned bytes, as char_traits compares.
}

}  // namespace mseavro
