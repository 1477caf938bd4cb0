// A target of the walk that builds a tree.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "avro/schema/schema.h"
#include "avro/wire/datum_reader.h"
#include "avro/wire/step.h"

namespace mseavro {

class DatumTarget {
 public:
  static constexpr bool kIsColumns = false;
  static constexpr bool kIsStructured = true;

  DatumTarget(const Schema& schema, int64_t size_limit_bytes)
      : schema_(schema), count_limit_(static_cast<size_t>(size_limit_bytes) / sizeof(Datum) + 1) {}

  // The next value becomes `*root`.
  void begin(Datum* root) {
    *root = {};
    root_ = root;
    open_.clear();
    place_ = nullptr;
    count_ = 0;
    key_ = {};
    branch_ = -1;
  }

  bool exceeded() const { return count_ > count_limit_; }
  void end_datum(const uint8_t*) {}

  void null(const Step&) { add(SchemaType::kNull); }
  void boolean(const Step&, bool value) { add(SchemaType::kBoolean).integer = value ? 1 : 0; }
  void integer(const Step& step, int64_t value) { add(type(step)).integer = value; }
  void float32(const Step&, float value) { add(SchemaType::kFloat).number = value; }
  void float64(const Step&, double value) { add(SchemaType::kDouble).number = value; }
  void string(const Step&, std::string_view value) { add(SchemaType::kString).text = value; }
  void bytes(const Step&, std::string_view value) { add(SchemaType::kBytes).text = value; }
  void fixed(const Step&, std::string_view value) { add(SchemaType::kFixed).text = value; }
  void enumeration(const Step&, size_t index, std::string_view symbol) {
    Datum& datum = add(SchemaType::kEnum);
    datum.integer = static_cast<int64_t>(index);
    datum.text = symbol;
  }

  void begin_record(const Step& step) {
    const size_t field_count = node(step).fields.size();
    Datum& record = open(SchemaType::kRecord);
    if ((step.flags & kReordered) == 0) return record.children.reserve(field_count);
    record.children.resize(field_count);
    count_ += field_count;
  }
  void field(const Step& step) {
    key_ = node(step).fields[step.slot].name;
    if ((step.flags & kReordered) != 0) place_ = &open_.back()->children[step.slot];
  }
  void end_record(const Step&) { open_.pop_back(); }
  void begin_array(const Step&) { open(SchemaType::kArray); }
  void item() {}
  void end_array() { open_.pop_back(); }
  void begin_map(const Step&) { open(SchemaType::kMap); }
  void key(std::string_view key) { key_ = key; }
  void end_map() { open_.pop_back(); }
  void begin_branch(const Step& step) { branch_ = static_cast<int32_t>(step.slot); }
  void end_branch(const Step&) {}

 private:
  const SchemaNode& node(const Step& step) const {
    return schema_.node(static_cast<NodeIndex>(step.operand));
  }
  SchemaType type(const Step& step) const { return node(step).type; }

  // A parent's address is stable while it is open: its siblings come after it is closed.
  Datum& add(SchemaType type) {
    Datum& datum = next();
    datum.type = type;
    datum.key = key_;
    datum.branch = branch_;
    key_ = {};
    branch_ = -1;
    ++count_;
    return datum;
  }

  Datum& next() {
    if (place_ != nullptr) return *std::exchange(place_, nullptr);
    return open_.empty() ? *root_ : open_.back()->children.emplace_back();
  }

  Datum& open(SchemaType type) {
    Datum& datum = add(type);
    open_.push_back(&datum);
    return datum;
  }

  const Schema& schema_;
  const size_t count_limit_;
  Datum* root_ = nullptr;
  std::vector<Datum*> open_;
  Datum* place_ = nullptr;  // Of the next value, when it is not behind the last.
  size_t count_ = 0;
  std::string_view key_;  // Of the next value.
  int32_t branch_ = -1;   // Of the next value.
};

}  // namespace mseavro
