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
  static constexpr bool kIsStructured = true;

  JsonTarget(const Schema& schema, int64_t size_limit_bytes);

  // Appends to `*json` until told otherwise.
  void begin(JsonStyle style, std::string* json) {
    style_ = style;
    json_ = json;
    begin_size_ = json->size();
    pieces_.clear();
    reordered_.clear();
    fields_.clear();
  }

  bool exceeded() const {
    const size_t size = json_->size() - begin_size_;
    if (pieces_.empty()) return size > size_limit_bytes_;
    // What is put in order at the end stands there twice.
    return 2 * size + sizeof(Piece) * pieces_.size() + sizeof(FieldPieces) * fields_.size() >
           size_limit_bytes_;
  }
  void end_datum(const uint8_t*) {
    if (!pieces_.empty()) put_in_order();
  }

  void null(const Step&) { json_->append("null"); }
  void boolean(const Step&, bool value) { json_->append(value ? "true" : "false"); }
  void integer(const Step& step, int64_t value);
  void float32(const Step&, float value);
  void float64(const Step&, double value);
  void string(const Step& step, std::string_view value);
  void bytes(const Step& step, std::string_view value);
  void fixed(const Step& step, std::string_view value);
  void enumeration(const Step&, size_t, std::string_view symbol);

  void begin_record(const Step& step) {
    json_->push_back('{');
    if ((step.flags & kReordered) != 0) begin_reordered(step);
  }
  void field(const Step& step) {
    if ((step.flags & kReordered) != 0) begin_reordered_field(step.slot);
    json_->append(field_prefixes_[first_prefixes_[static_cast<size_t>(step.operand)] + step.slot]);
  }
  void end_record(const Step& step) {
    if ((step.flags & kReordered) != 0) end_reordered();
    json_->push_back('}');
  }
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
  // The line is written in the order of the bytes. Where a record's fields come in another order
  // than the schema's, the text is cut into pieces, each of which ends where the next one begins,
  // and the pieces are chained in the order that they are to have:
  //
  //   {,"b":2"a":1}      pieces 0 {   1 ,"b":2   2 "a":1   3 }      chain 0 -> 2 -> 1 -> 3
  //
  // At the end they are copied once, however deep such records lie in each other.
  struct Piece {
    size_t begin;
    uint32_t next;
  };
  struct FieldPieces {
    uint32_t first;
    uint32_t last;
  };
  struct Reordered {
    size_t first_field;  // In fields_.
    uint32_t opening;    // The piece that ends in its bracket.
    uint32_t slot;       // Of the field that is being written.
  };
  static constexpr uint32_t kNone = UINT32_MAX;

  uint32_t begin_piece();
  void begin_reordered(const Step& step);
  void begin_reordered_field(uint32_t slot);
  void end_reordered_field();
  void end_reordered();
  void put_in_order();

  template <class Number>
  void floating(Number value);
  bool plain_decimal(const SchemaNode& node, std::string_view value);
  size_t size_limit() const { return begin_size_ + size_limit_bytes_; }

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
  std::vector<Piece> pieces_;  // Empty while no order differs.
  std::vector<Reordered> reordered_;
  std::vector<FieldPieces> fields_;  // Of the records in reordered_.
  std::string ordered_;
};

}  // namespace mseavro
