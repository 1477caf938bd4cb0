// Columns of decoded rows: what readers fill and everything above them computes with.
//
// A batch has a fixed capacity and is reused; values of a row stand at the same index in every
// column. Texts are views into the block they were decoded from (or into the batch's arena when the
// text had to be made), valid until the batch is filled again. Not thread-safe.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace mseavro {

// What a reader is asked to make of a field.
enum class ColumnType : uint8_t {
  kInteger,  // int and long as int64 (raw: units of logical types are the caller's business).
  kNumber,   // int, long, float, double and decimal as double (floats widened exactly).
  kText,     // anything scalar as bytes: strings as they are, enum symbols, digits of integers.
  // Any value whatever as JSON text, null as `null`; of Avro data only.
  kAvroJson,   // As the specification encodes it.
  kPlainJson,  // For people.
};

inline bool is_json(ColumnType type) {
  return type == ColumnType::kAvroJson || type == ColumnType::kPlainJson;
}

enum class CellState : uint8_t {
  kValue = 0,
  kNull = 1,       // null, or a field that the file does not have.
  kWrongType = 2,  // a value of a type that the column cannot hold.
};

struct Column {
  explicit Column(ColumnType column_type, size_t capacity) : type(column_type), states(capacity) {
    if (type == ColumnType::kInteger) integers.resize(capacity);
    if (type == ColumnType::kNumber) numbers.resize(capacity);
    if (type == ColumnType::kText || is_json(type)) texts.resize(capacity);
  }

  bool has_value(size_t row) const { return states[row] == CellState::kValue; }

  ColumnType type;
  std::vector<CellState> states;
  // Only the one of `type` has elements. Where a state is not kValue the element is unspecified.
  std::vector<int64_t> integers;
  std::vector<double> numbers;
  std::vector<std::string_view> texts;
};

// Room for texts that are made while decoding. Cleared with each batch; keeps its memory.
class TextArena {
 public:
  // `size` bytes to write to, valid until clear().
  char* allocate(size_t size) {
    if (size > free_size_) add_piece(size);
    char* result = free_;
    free_ += size;
    free_size_ -= size;
    return result;
  }

  std::string_view copy(std::string_view text) {
    char* to = allocate(text.size());
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  void clear();

 private:
  static constexpr size_t kPieceBytes = 32 << 10;
  void add_piece(size_t size);

  struct Piece {
    std::unique_ptr<char[]> bytes;
    size_t size;
  };
  std::vector<Piece> pieces_;
  char* free_ = nullptr;
  size_t free_size_ = 0;
};

struct ColumnBatch {
  ColumnBatch(const std::vector<ColumnType>& types, size_t batch_capacity);

  size_t capacity;
  size_t size = 0;  // Rows that are filled.
  std::vector<Column> columns;
  TextArena arena;
  // The bytes that each row was decoded from, row i being [row_begins[i], row_begins[i + 1]).
  // Valid as long as the block. Empty for sources that have no such bytes.
  std::vector<const uint8_t*> row_begins;
};

}  // namespace mseavro
