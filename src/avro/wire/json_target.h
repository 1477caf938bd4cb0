// A target of the walk that writes each value as a line of JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "avro/schema/schema.h"
#include "avro/wire/datum_reader.h"
#include "avro/wire/step.h"

namespace mseavro {

class JsonTarget {
 public:
  static constexpr bool kIsColumns = false;

  JsonTarget(const Schema& schema, int64_t size_limit_bytes);

  // Appends to `*json` until told otherwise.
  void begin(JsonStyle style, std::string* json) {
    style_ = style;
    json_ = json;
    begin_size_ = json->size();
  }

  bool exceeded() const { return json_->size() - begin_size_ > size_limit_bytes_; }
  void end_datum(const uint8_t*) {}

  void null(const Step&) { json_->append("null"); }
  void boolean(const Step&, bool value) { json_->append(value ? "true" : "false"); }
  void integer(const Step& step, int64_t value);
  void float32(const Step&, float value);
  void float64(const Step&, double value);
  void string(const Step& step, std::string_view value);
  void bytes(const Step& step, std::string_view value);
  void fixed(const Step& step, std::string_view value);
  void enumeration(const Step&, size_t, std::string_view symbol);

  void begin_record(const Step&) { json_->push_back('{'); }
  void field(const Step& step) {
    json_->append(field_prefixes_[first_prefixes_[static_cast<size_t>(step.operand)] + step.slot]);
  }
  void end_record() { json_->push_back('}'); }
  void begin_array(const Step&) { json_->push_back('['); }
  // No value ends in an opening bracket, so what stands last tells whether this item is the first.
  void item() {
    if (json_->back() != '[') json_->push_back(',');
  }
  void end_array() { json_->push_back(']'); }
  void begin_map(const Step&) { json_->push_back('{'); }
  void key(std::string_view key);
  void end_map() { json_->push_back('}'); }
  void begin_branch(const Step& step);
  void end_branch(const Step& step) {
    if (is_named(step)) json_->push_back('}');
  }

 private:
  template <class Number>
  void floating(Number value);
  bool plain_decimal(const SchemaNode& node, std::string_view value);

  const SchemaNode& node(const Step& step) const {
    return schema_.node(static_cast<NodeIndex>(step.operand));
  }
  const SchemaNode& branch(const Step& step) const {
    return schema_.node(node(step).branches[step.slot]);
  }
  bool is_named(const Step& step) const {
    return style_ == JsonStyle::kAvro && branch(step).type != SchemaType::kNull;
  }

  const Schema& schema_;
  const size_t size_limit_bytes_;
  // What stands before each field's value, as in `,"name":`, and where those of a record begin.
  std::vector<std::string> field_prefixes_;
  std::vector<size_t> first_prefixes_;
  JsonStyle style_ = JsonStyle::kAvro;
  std::string* json_ = nullptr;
  size_t begin_size_ = 0;
};

}  // namespace mseavro
