#include "engine/question/filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/result/ascii.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr int kMaxDepth = 64;
// Chains of `and` and `or` are as deep as they are long.
constexpr size_t kMaxNodeCount = 4096;
// From here on whole numbers lie closer together than doubles.
constexpr double kEndOfExactIntegers = 9007199254740992;  // 2^53

struct Token {
  enum class Kind : uint8_t { kEnd, kPath, kNumber, kText, kSymbol };
  Kind kind = Kind::kEnd;
  std::string_view source;  // As it stands in the expression.
  std::string text;         // Of kText: without quotes.
  double number = 0;
  size_t column = 0;  // From 1.
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
// Bytes above 127 belong to names, so that fields may be called in any script.
bool is_name(char c) {
  return is_letter_or_digit(c) || c == '_' || static_cast<unsigned char>(c) > 127;
}

tl::unexpected<Error> bad_filter(size_t column, std::string message, std::string value = {}) {
  return fail(ErrorCode::kBadFilter, fmt::format("--where, column {}: {}", column, message),
              "write comparisons such as region == \"eu\" and age >= 30, joined by and, or, not",
              std::move(value));
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<Token> next() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    Token token;
    token.column = at_ + 1;
    if (at_ == text_.size()) return token;
    const size_t begin = at_;
    const char first = text_[at_];
    if (first == '"' || first == '\'') return quoted(std::move(token));
    if (is_digit(first) || ((first == '-' || first == '.') && at_ + 1 < text_.size() &&
                            (is_digit(text_[at_ + 1]) || text_[at_ + 1] == '.'))) {
      return number(std::move(token));
    }
    if (is_name(first) || first == '`') {
      skip_path();
      token.kind = Token::Kind::kPath;
    } else {
      token.kind = Token::Kind::kSymbol;
      const bool is_pair = at_ + 1 < text_.size() && text_[at_ + 1] == '=' &&
                           std::string_view("=!<>").find(first) != std::string_view::npos;
      at_ += is_pair ? 2 : 1;
    }
    token.source = text_.substr(begin, at_ - begin);
    return token;
  }

 private:
  Result<Token> quoted(Token token) {
    const char quote = text_[at_];
    const size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      token.text += text_[at_++];
    }
    if (at_ == text_.size()) return bad_filter(begin + 1, "the text has no closing quote");
    ++at_;
    token.kind = Token::Kind::kText;
    token.source = text_.substr(begin, at_ - begin);
    return token;
  }

  Result<Token> number(Token token) {
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), token.number);
    const bool runs_on = end < text_.data() + text_.size() && is_name(*end);
    if (error != std::errc() || runs_on) return bad_filter(at_ + 1, "this is no number");
    token.kind = Token::Kind::kNumber;
    token.source = std::string_view(begin, static_cast<size_t>(end - begin));
    at_ += token.source.size();
    return token;
  }

  // A field path runs over names, dots, quoted map keys in brackets and backquoted names.
  void skip_path() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_name(c) || c == '.') {
        ++at_;
      } else if (c == '`') {
        const size_t end = text_.find('`', at_ + 1);
        at_ = end == std::string_view::npos ? text_.size() : end + 1;
      } else if (c == '[') {
        skip_key();
      } else {
        return;
      }
    }
  }

  // Up to the bracket that is in no quotes.
  void skip_key() {
    bool is_quoted = false;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') is_quoted = !is_quoted;
      if (c == ']' && !is_quoted) return;
    }
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

// Recursive descent over: or := and ("or" and)*; and := not ("and" not)*;
// not := "not" not | "(" or ")" | path comparison.
class FilterParser {
 public:
  explicit FilterParser(std::string_view text) : lexer_(text) {}

  Result<Filter> parse() {
    MSEAVRO_TRY(advance());
    MSEAVRO_ASSIGN(const uint32_t root, parse_or());
    MSEAVRO_CHECK(root + 1 == filter_.nodes_.size());
    if (token_.kind != Token::Kind::kEnd) {
      return bad_filter(token_.column, "something follows the expression",
                        std::string(token_.source));
    }
    return std::move(filter_);
  }

 private:
  using Op = Filter::Op;

  Status advance() {
    MSEAVRO_ASSIGN(token_, lexer_.next());
    return {};
  }

  bool at(std::string_view word) const {
    return (token_.kind == Token::Kind::kPath || token_.kind == Token::Kind::kSymbol) &&
           token_.source == word;
  }

  Result<bool> accept(std::string_view word) {
    if (!at(word)) return false;
    MSEAVRO_TRY(advance());
    return true;
  }

  Status expect(std::string_view word) {
    MSEAVRO_ASSIGN(const bool there, accept(word));
    if (there) return {};
    return bad_filter(token_.column, fmt::format("{} is missing here", word),
                      std::string(token_.source));
  }

  Result<uint32_t> add(Filter::Node node) {
    if (filter_.nodes_.size() == kMaxNodeCount) {
      return bad_filter(token_.column, "the expression is too long; a list may help: in (...)");
    }
    filter_.nodes_.push_back(std::move(node));
    return static_cast<uint32_t>(filter_.nodes_.size() - 1);
  }

  Result<uint32_t> parse_or() {
    if (++depth_ > kMaxDepth) return bad_filter(token_.column, "the expression is nested too deep");
    MSEAVRO_ASSIGN(uint32_t left, parse_and());
    while (at("or")) {
      MSEAVRO_TRY(advance());
      MSEAVRO_ASSIGN(const uint32_t right, parse_and());
      MSEAVRO_ASSIGN(left, add({Op::kOr, left, right, 0, {}}));
    }
    --depth_;
    return left;
  }

  Result<uint32_t> parse_and() {
    MSEAVRO_ASSIGN(uint32_t left, parse_not());
    while (at("and")) {
      MSEAVRO_TRY(advance());
      MSEAVRO_ASSIGN(const uint32_t right, parse_not());
      MSEAVRO_ASSIGN(left, add({Op::kAnd, left, right, 0, {}}));
    }
    return left;
  }

  Result<uint32_t> parse_not() {
    if (++depth_ > kMaxDepth) return bad_filter(token_.column, "the expression is nested too deep");
    MSEAVRO_ASSIGN(const uint32_t node, parse_factor());
    --depth_;
    return node;
  }

  Result<uint32_t> parse_factor() {
    if (at("not")) {
      MSEAVRO_TRY(advance());
      MSEAVRO_ASSIGN(const uint32_t inner, parse_not());
      return add({Op::kNot, inner, 0, 0, {}});
    }
    if (at("(")) {
      MSEAVRO_TRY(advance());
      MSEAVRO_ASSIGN(const uint32_t inner, parse_or());
      MSEAVRO_TRY(expect(")"));
      return inner;
    }
    return parse_comparison();
  }

  Result<uint32_t> parse_comparison() {
    if (token_.kind != Token::Kind::kPath) {
      return bad_filter(token_.column, "the name of a field is missing here",
                        std::string(token_.source));
    }
    auto path = FieldPath::parse(token_.source);
    if (!path) {
      return bad_filter(token_.column, path.error().message, std::string(token_.source));
    }
    MSEAVRO_TRY(advance());
    if (at("is")) return parse_is_null(std::move(*path));
    if (at("in")) return parse_in(std::move(*path));
    MSEAVRO_ASSIGN(const Op op, parse_operator());
    Filter::Node node{op, 0, 0, 0, {}};
    MSEAVRO_ASSIGN(const ColumnType type, parse_literal(&node));
    node.column = column(std::move(*path), type);
    note_word(node);
    return add(std::move(node));
  }

  Result<uint32_t> parse_is_null(FieldPath path) {
    MSEAVRO_TRY(expect("is"));
    MSEAVRO_ASSIGN(const bool negated, accept("not"));
    MSEAVRO_TRY(expect("null"));
    const uint32_t index = column(std::move(path), ColumnType::kText);
    MSEAVRO_ASSIGN(const uint32_t test, add({Op::kIsNull, 0, 0, index, {}}));
    if (!negated) return test;
    return add({Op::kNot, test, 0, 0, {}});
  }

  Result<uint32_t> parse_in(FieldPath path) {
    MSEAVRO_TRY(expect("in"));
    MSEAVRO_TRY(expect("("));
    Filter::Node node{Op::kIn, 0, 0, 0, {}};
    std::optional<ColumnType> type;
    while (true) {
      const size_t at_column = token_.column;
      MSEAVRO_ASSIGN(const ColumnType next, parse_literal(&node));
      if (type && *type != next) return bad_filter(at_column, "the list mixes numbers and texts");
      type = next;
      MSEAVRO_ASSIGN(const bool more, accept(","));
      if (!more) break;
    }
    MSEAVRO_TRY(expect(")"));
    node.column = column(std::move(path), *type);
    note_word(node);
    return add(std::move(node));
  }

  Result<Op> parse_operator() {
    static constexpr std::pair<std::string_view, Op> kOperators[] = {
        {"==", Op::kEqual},     {"=", Op::kEqual}, {"!=", Op::kNotEqual},
        {"<=", Op::kLessEqual}, {"<", Op::kLess},  {">=", Op::kGreaterEqual},
        {">", Op::kGreater}};
    for (const auto& [symbol, op] : kOperators) {
      MSEAVRO_ASSIGN(const bool there, accept(symbol));
      if (there) return op;
    }
    return bad_filter(token_.column, "a comparison is missing here (==, !=, <, <=, >, >=, in, is)",
                      std::string(token_.source));
  }

  static bool is_equality(Op op) {
    return op == Op::kEqual || op == Op::kNotEqual || op == Op::kIn;
  }
  static bool is_inexact_integer(const Token& token) {
    return std::abs(token.number) >= kEndOfExactIntegers &&
           token.source.find_first_of(".eE") == std::string_view::npos;
  }

  Result<ColumnType> parse_literal(Filter::Node* node) {
    Filter::Literal literal;
    ColumnType type = ColumnType::kText;
    if (token_.kind == Token::Kind::kNumber) {
      if (is_equality(node->op) && is_inexact_integer(token_)) {
        return bad_filter(token_.column,
                          "a number cannot tell this from its neighbours; put it in "
                          "quotes",
                          std::string(token_.source));
      }
      literal.number = token_.number;
      type = ColumnType::kNumber;
    } else if (token_.kind == Token::Kind::kText) {
      literal.text = token_.text;
    } else if (at("true") || at("false")) {
      literal.text = token_.source;
    } else if (at("null")) {
      return bad_filter(token_.column, "nothing is equal to null; write `is null`");
    } else {
      return bad_filter(token_.column, "a number or a text in quotes is missing here",
                        std::string(token_.source));
    }
    node->literals.push_back(std::move(literal));
    MSEAVRO_TRY(advance());
    return type;
  }

  uint32_t column(FieldPath path, ColumnType type) {
    for (uint32_t i = 0; i < filter_.columns_.size(); ++i) {
      if (filter_.columns_[i].path == path && filter_.columns_[i].type == type) return i;
    }
    filter_.columns_.push_back({.path = std::move(path), .type = type});
    return static_cast<uint32_t>(filter_.columns_.size() - 1);
  }

  void note_word(const Filter::Node& node) {
    FilterColumn& column = filter_.columns_[node.column];
    if (column.type != ColumnType::kText) return;
    for (const Filter::Literal& literal : node.literals) {
      const bool is_whole = std::ranges::all_of(literal.text.substr(literal.text.starts_with('-')),
                                                [](char c) { return is_digit(c); });
      if (!is_whole || literal.text.empty() || !is_equality(node.op)) column.word = literal.text;
    }
  }

  Lexer lexer_;
  Token token_;
  Filter filter_;
  int depth_ = 0;
};

Result<Filter> Filter::parse(std::string_view text) { return FilterParser(text).parse(); }

bool Filter::keeps(const ColumnBatch& batch, const std::vector<size_t>& column_indexes,
                   size_t row) const {
  return truth(static_cast<uint32_t>(nodes_.size() - 1), batch, column_indexes, row) ==
         Truth::kTrue;
}

Filter::Truth Filter::truth(uint32_t index, const ColumnBatch& batch,
                            const std::vector<size_t>& column_indexes, size_t row) const {
  const Node& node = nodes_[index];
  switch (node.op) {
    case Op::kNot: {
      const Truth inner = truth(node.left, batch, column_indexes, row);
      if (inner == Truth::kUnknown) return inner;
      return inner == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
    }
    case Op::kAnd:
    case Op::kOr: {
      // The value that settles the matter whatever the other side is.
      const Truth settles = node.op == Op::kAnd ? Truth::kFalse : Truth::kTrue;
      const Truth left = truth(node.left, batch, column_indexes, row);
      if (left == settles) return settles;
      const Truth right = truth(node.right, batch, column_indexes, row);
      if (right == settles) return settles;
      return left == Truth::kUnknown ? left : right;
    }
    default:
      return compare(node, batch.columns[column_indexes[node.column]], row);
  }
}

Filter::Truth Filter::compare(const Node& node, const Column& column, size_t row) {
  const auto of = [](bool value) { return value ? Truth::kTrue : Truth::kFalse; };
  if (node.op == Op::kIsNull) return of(column.states[row] == CellState::kNull);
  if (!column.has_value(row)) return Truth::kUnknown;
  const auto test = [&](const auto& value, const auto& literal) {
    switch (node.op) {
      case Op::kNotEqual:
        return value != literal;
      case Op::kLess:
        return value < literal;
      case Op::kLessEqual:
        return value <= literal;
      case Op::kGreater:
        return value > literal;
      case Op::kGreaterEqual:
        return value >= literal;
      default:
        return value == literal;
    }
  };
  for (const Literal& literal : node.literals) {
    const bool holds = column.type == ColumnType::kNumber
                           ? test(column.numbers[row], literal.number)
                           : test(column.texts[row], std::string_view(literal.text));
    if (holds) return Truth::kTrue;
  }
  return Truth::kFalse;
}

Status check_comparison(const FieldCatalog& catalog, const FieldPath& path,
                        const FilterColumn& column) {
  const CandidateField* field = catalog.find(path);
  if (field == nullptr || (field->origin != FieldOrigin::kSchema && !field->has_strings)) return {};
  const auto refuse = [&](const char* other, std::string help, std::string value) {
    return fail(ErrorCode::kBadFilter,
                fmt::format("--where compares a {} with a {}", field_kind_name(field->kind), other),
                std::move(help), std::move(value), {.file = catalog.file, .field = path.text()});
  };
  const std::string name = path.text();
  const std::string& example = field->evidence.example;
  switch (field->kind) {
    case FieldKind::kBoolean:
      if (column.type != ColumnType::kNumber) return {};
      return refuse("number", fmt::format("write {} == true", name), example);
    case FieldKind::kText:
      if (column.type != ColumnType::kNumber) return {};
      return refuse("number", fmt::format("put the value in quotes: {} == \"...\"", name), example);
    case FieldKind::kInteger:
    case FieldKind::kNumber:
      if (!column.word) return {};
      return refuse("text", fmt::format("write a number without quotes, as in {} > 5", name),
                    *column.word);
    default:
      return {};
  }
}

}  // namespace mseavro
