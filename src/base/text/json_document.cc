#include "base/text/json_document.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "base/result/ascii.h"
#include "base/result/result.h"
#include "base/text/shell_word.h"

namespace mseavro {
namespace {

namespace ondemand = simdjson::ondemand;

std::string_view without_digits(std::string_view text) {
  const auto end = std::ranges::find_if_not(text, is_digit);
  return text.substr(static_cast<size_t>(end - text.begin()));
}

// What is left behind one or more digits; the text itself, which is wrong then, when there is none.
bool take_digits(std::string_view& text) {
  const std::string_view rest = without_digits(text);
  return std::exchange(text, rest).size() > rest.size();
}

bool take_one_of(std::string_view& text, std::string_view set) {
  if (text.empty() || set.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::string_view trimmed_right(std::string_view text) {
  const size_t last = text.find_last_not_of(" \t\r\n");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// No text has more values and keys than this.
size_t node_bound(std::string_view text) {
  return 1 + static_cast<size_t>(std::ranges::count_if(
                 text, [](char c) { return c == ',' || c == ':' || c == '[' || c == '{'; }));
}

std::string_view message_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR:
      return "the JSON text is not UTF-8";
    case simdjson::UNCLOSED_STRING:
      return "a string of the JSON text is never closed";
    case simdjson::UNESCAPED_CHARS:
      return "a string of the JSON text holds a control character, such as a line end or a tab";
    case simdjson::STRING_ERROR:
      return "a string of the JSON text has a wrong escape";
    default:
      return "the text is not JSON";
  }
}

// Outside of texts.
bool has_special_number(std::string_view line) {
  bool is_in_text = false;
  for (size_t at = 0; at < line.size(); ++at) {
    if (is_in_text && line[at] == '\\') {
      ++at;
    } else if (line[at] == '"') {
      is_in_text = !is_in_text;
    } else if (!is_in_text &&
               (line.substr(at).starts_with("NaN") || line.substr(at).starts_with("Infinity"))) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string json_lines_help(std::string_view line, int64_t line_number, const std::string& file) {
  if (has_special_number(line)) return "NaN and Infinity are no JSON: write null for no number";
  const size_t begin = line.find_first_not_of(" \t");
  const char first = line_number == 1 && begin != line.npos ? line[begin] : 0;
  if (first != '[' && first != '{') {
    return "write one whole value in each line, as in {\"prediction\": 3.5}";
  }
  const std::string output = file.substr(0, file.rfind(".json")) + ".lines.jsonl";
  return fmt::format("write one value in each line: jq -c {} {} > {}", first == '[' ? "'.[]'" : ".",
                     shell_word(file), shell_word(output));
}

// RFC 8259, section 6.

bool is_json_number(std::string_view text) {
  take_one_of(text, "-");
  if (!take_one_of(text, "0") && !take_digits(text)) return false;
  if (take_one_of(text, ".") && !take_digits(text)) return false;
  if (!take_one_of(text, "eE")) return text.empty();
  take_one_of(text, "+-");
  return take_digits(text) && text.empty();
}

// The library wants the text in memory of its own, with room behind it, and it reads arrays and
// objects alone without asking what they are first; so the text is copied there in brackets.
class JsonDocument::Parser {
 public:
  Status parse(std::string_view text, int64_t depth_limit, std::vector<Node>& nodes) {
    text_ = text;
    nodes_ = &nodes;
    position_ = 0;
    open_.clear();
    nodes.clear();
    nodes.reserve(node_bound(text));
    buffer_.clear();
    buffer_.reserve(text.size() + 2 + simdjson::SIMDJSON_PADDING);
    buffer_.append("[").append(text).append("]");

    if (const auto error = make_room(depth_limit)) return refuse(error);
    ondemand::array whole;
    if (const auto error = parser_.iterate(buffer_).get(document_)) return refuse(error);
    if (const auto error = document_.get_array().get(whole)) return refuse(error);
    MSEAVRO_TRY(open_array(kNone, whole));
    while (!open_.empty()) {
      if (static_cast<int64_t>(open_.size()) - 1 > depth_limit) return too_deep(depth_limit);
      MSEAVRO_TRY(open_.back().is_object ? next_member() : next_item());
    }
    const auto behind = document_.current_location().error();
    if (behind != simdjson::OUT_OF_BOUNDS) return refuse(simdjson::TRAILING_CONTENT);
    return {};
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  // An array or object that is being read.
  struct Open {
    uint32_t node;  // kNone: the brackets around the text.
    bool is_object;
    bool is_first = true;
    ondemand::array_iterator items{};
    ondemand::object_iterator members{};
  };

  // Debug builds of the library keep a note for each level.
  simdjson::error_code make_room(int64_t depth_limit) {
    const size_t depth = static_cast<size_t>(depth_limit) + 3;  // The brackets, and one too many.
    if (parser_.capacity() >= buffer_.size() && parser_.max_depth() >= depth) {
      return simdjson::SUCCESS;
    }
    return parser_.allocate(std::max(parser_.capacity(), buffer_.size()),
                            std::max(parser_.max_depth(), depth));
  }

  Status open_array(uint32_t node, ondemand::array& array) {
    open_.push_back({node, false});
    if (const auto error = array.begin().get(open_.back().items)) return refuse(error);
    return {};
  }

  Status open_object(uint32_t node, ondemand::object& object) {
    open_.push_back({node, true});
    if (const auto error = object.begin().get(open_.back().members)) return refuse(error);
    return {};
  }

  // The library's iterators compare with any other as with the end.
  template <class Iterator>
  static bool is_at_end(Iterator& iterator) {
    return !(iterator != iterator);
  }

  Status next_item() {
    Open& open = open_.back();
    if (!std::exchange(open.is_first, false)) ++open.items;
    if (is_at_end(open.items)) return close();
    ondemand::value value;
    if (const auto error = (*open.items).get(value)) return refuse(error);
    if (open.node == kNone && !nodes_->empty()) return refuse(simdjson::TRAILING_CONTENT);
    return add(value);
  }

  Status next_member() {
    Open& open = open_.back();
    if (!std::exchange(open.is_first, false)) ++open.members;
    if (is_at_end(open.members)) return close();
    ondemand::field member;
    if (const auto error = (*open.members).get(member)) return refuse(error);
    Node& key = add_node(member.key().raw() - 1, JsonKind::kString);
    std::string_view text;
    if (const auto error = member.unescaped_key().get(text)) return refuse(error);
    set_text(key, text);
    return add(member.value());
  }

  Status close() {
    const uint32_t node = open_.back().node;
    open_.pop_back();
    if (node == kNone) return nodes_->empty() ? refuse(simdjson::EMPTY) : Status();
    (*nodes_)[node].next = static_cast<uint32_t>(nodes_->size());
    return {};
  }

  Status add(ondemand::value value) {
    Open& parent = open_.back();
    if (parent.node != kNone) ++(*nodes_)[parent.node].size;
    const std::string_view token = trimmed_right(value.raw_json_token());
    const auto index = static_cast<uint32_t>(nodes_->size());
    Node& node = add_node(token.data(), JsonKind::kNull);
    switch (token.empty() ? '\0' : token[0]) {
      case '[': {
        node.kind = JsonKind::kArray;
        ondemand::array array;
        if (const auto error = value.get_array().get(array)) return refuse(error);
        return open_array(index, array);
      }
      case '{': {
        node.kind = JsonKind::kObject;
        ondemand::object object;
        if (const auto error = value.get_object().get(object)) return refuse(error);
        return open_object(index, object);
      }
      case '"': {
        node.kind = JsonKind::kString;
        std::string_view text;
        if (const auto error = value.get_string().get(text)) return refuse(error);
        set_text(node, text);
        return {};
      }
      default:
        return set_literal(node, token);
    }
  }

  Status set_literal(Node& node, std::string_view token) {
    if (token == "null") return {};
    if (token == "true" || token == "false") {
      node.kind = JsonKind::kBoolean;
      node.size = token == "true" ? 1 : 0;
      return {};
    }
    if (!is_json_number(token)) return refuse(simdjson::TAPE_ERROR);
    node.kind = JsonKind::kNumber;
    set_text(node, token);
    return {};
  }

  Node& add_node(const char* begin, JsonKind kind) {
    position_ = static_cast<size_t>(begin - buffer_.data()) - 1;
    const auto next = static_cast<uint32_t>(nodes_->size() + 1);
    return nodes_->emplace_back(Node{static_cast<uint32_t>(position_), next, 0, kind, nullptr});
  }

  static void set_text(Node& node, std::string_view text) {
    node.text = text.data();
    node.size = static_cast<uint32_t>(text.size());
  }

  tl::unexpected<Error> refuse(simdjson::error_code error) const {
    if (trimmed_right(text_).empty()) {
      return fail(ErrorCode::kBadJson, "there is no JSON value", {}, {}, place());
    }
    if (error == simdjson::TRAILING_CONTENT) {
      return fail(ErrorCode::kBadJson, "more stands behind the JSON value", "give one value a line",
                  near(), place());
    }
    return fail(ErrorCode::kBadJson, std::string(message_of(error)), {}, near(), place());
  }

  tl::unexpected<Error> too_deep(int64_t depth_limit) const {
    return fail(
        ErrorCode::kTooDeep,
        fmt::format("more than {} JSON arrays and objects stand in each other", depth_limit), {},
        {}, place());
  }

  // The text from where something was last understood.
  std::string near() const {
    constexpr size_t kShownBytes = 40;
    return std::string(text_.substr(position_, kShownBytes));
  }

  // The library does not tell where it stopped in words that could be relied on; the value before
  // is near enough to be found.
  Place place() const {
    const std::string_view before = text_.substr(0, position_);
    return {.byte = static_cast<int64_t>(position_), .line = 1 + std::ranges::count(before, '\n')};
  }

  ondemand::parser parser_;
  ondemand::document document_;
  std::string buffer_;
  std::vector<Open> open_;
  std::vector<Node>* nodes_ = nullptr;
  std::string_view text_;
  size_t position_ = 0;  // Of the value or key that was read last.
};

JsonDocument::JsonDocument() : parser_(std::make_unique<Parser>()) {}
JsonDocument::~JsonDocument() = default;
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;

Status JsonDocument::parse(std::string_view text, const Limits& limits, int64_t depth_limit) {
  nodes_.clear();
  if (static_cast<int64_t>(text.size()) > limits.json_size_bytes) {
    return fail(ErrorCode::kLimitExceeded,
                fmt::format("the JSON text has {} bytes, more than {}", text.size(),
                            limits.json_size_bytes),
                "raise Limits::json_size_bytes");
  }
  return parser_->parse(text, depth_limit, nodes_);
}

JsonKind JsonValue::kind() const { return document_->nodes_[index_].kind; }

bool JsonValue::boolean() const {
  MSEAVRO_DCHECK(kind() == JsonKind::kBoolean);
  return document_->nodes_[index_].size != 0;
}

std::string_view JsonValue::text() const {
  MSEAVRO_DCHECK(kind() == JsonKind::kString || kind() == JsonKind::kNumber);
  const JsonDocument::Node& node = document_->nodes_[index_];
  return {node.text, node.size};
}

size_t JsonValue::count() const {
  MSEAVRO_DCHECK(kind() == JsonKind::kArray || kind() == JsonKind::kObject);
  return document_->nodes_[index_].size;
}

int64_t JsonValue::byte() const { return document_->nodes_[index_].begin; }

uint32_t JsonValue::end_index() const { return document_->nodes_[index_].next; }

JsonItems::JsonItems(JsonValue array)
    : document_(array.document_),
      index_(array.index_),
      next_(index_ + 1),
      end_(document_->nodes_[index_].next) {
  MSEAVRO_DCHECK(array.kind() == JsonKind::kArray);
}

bool JsonItems::next() {
  if (next_ == end_) return false;
  index_ = next_;
  next_ = document_->nodes_[index_].next;
  return true;
}

JsonMembers::JsonMembers(JsonValue object)
    : document_(object.document_),
      index_(object.index_),
      next_(index_ + 1),
      end_(document_->nodes_[index_].next) {
  MSEAVRO_DCHECK(object.kind() == JsonKind::kObject);
}

bool JsonMembers::next() {
  if (next_ == end_) return false;
  index_ = next_;
  next_ = document_->nodes_[index_ + 1].next;
  return true;
}

}  // namespace mseavro
