// JSON to bytes: the run of a WritePlan along the values of a document.
//
// It keeps a stack of its own for records, arrays and maps, so that the nesting of data never
// becomes nesting of C++ calls. In plain JSON an object in a union may be a map or one of several
// records; then the branches are tried one after another, the likeliest first, and when one turns
// out not to fit, however deep inside, the run goes back to it and takes the next. What is tried in
// vain is bounded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "avro/wire/encoder.h"
#include "avro/wire/scalar_encoder.h"
#include "avro/wire/write_plan.h"
#include "base/text/json_document.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

struct JsonForm {
  JsonStyle style = JsonStyle::kAvro;
  bool ignores_unknown = false;  // Members that the record does not have; else they are an error.
};

class JsonEncoder {
 public:
  // `plan` must outlive this.
  JsonEncoder(const WritePlan& plan, const Limits& limits)
      : plan_(plan), schema_(plan.schema()), scalars_(plan), limits_(limits) {}

  // Appends the value of the node that the document holds; nothing when there is an error. See
  // DatumWriter::write_json for both.
  Status encode(NodeIndex node, const JsonDocument& document, const JsonForm& form, Encoder* to);

 private:
  static constexpr uint32_t kMissing = UINT32_MAX;

  // A record, array or map whose parts are being put.
  struct Frame {
    NodeIndex node = 0;
    uint32_t next = 0;         // Slot of the next field; index of the next item.
    uint32_t value = 0;        // Index in the document of the part that is being put.
    uint32_t behind = 0;       // Of an array or map: of what stands behind that part.
    uint32_t end = 0;          // And behind the whole.
    uint32_t first_field = 0;  // Of a record: where its fields stand in fields_.
  };

  // A union whose branch may turn out to be the wrong one.
  struct Choice {
    NodeIndex node;
    uint32_t value;
    uint32_t rank;  // Of the branch that is being tried, and its index.
    uint32_t branch;
    size_t size;  // Of the output, frames_ and fields_ before.
    size_t frame_count;
    size_t field_count;
  };

  bool put(NodeIndex node, JsonValue json);
  bool put_union(NodeIndex node, JsonValue json);
  bool put_named_branch(NodeIndex node, JsonValue json);
  bool put_duration(NodeIndex node, JsonValue json);
  bool open_record(NodeIndex node, JsonValue json);
  bool open_items(NodeIndex node, JsonValue json);
  bool push(const Frame& frame);
  // Puts the next part of the innermost record, array or map, or ends it.
  bool put_next();
  bool put_next_field();
  bool put_next_item();
  bool close();

  // The next branch that the value may be, behind that of the choice in rank and order.
  bool choose_branch(Choice& choice);
  uint32_t rank_of(NodeIndex branch, JsonValue json);
  bool put_choice(Choice choice);
  void settle_choices();
  bool try_other_branch();

  // Each says false. What is refused first is what the error says when no branch is left to be
  // tried; stop() and give_up() end the run.
  bool refuse(NodeIndex node, JsonValue json, std::string_view problem);
  bool refuse(Error error);
  bool stop(ErrorCode code, std::string message, std::string help);
  bool give_up();
  std::string path() const;

  const WritePlan& plan_;
  const Schema& schema_;
  const ScalarEncoder scalars_;
  const Limits limits_;

  const JsonDocument* document_ = nullptr;
  JsonForm form_;
  Encoder* to_ = nullptr;
  size_t begin_size_ = 0;
  int64_t effort_left_ = 0;
  std::vector<Frame> frames_;
  std::vector<uint32_t> fields_;  // Index in the document of each field's value, or kMissing.
  std::vector<Choice> choices_;
  std::optional<Error> error_;
};

}  // namespace mseavro
