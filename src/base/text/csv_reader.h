// Reads CSV records (RFC 4180) from a stream of bytes of any length.
//
// Fields are separated by a delimiter and records by LF or CRLF. A field that begins with '"' ends
// at the next '"', holds delimiters and line ends as they are, and writes '"' as '""'. A UTF-8 byte
// order mark at the start and blank lines are skipped (see keep_blank_lines). All other bytes, NUL
// and invalid UTF-8 included, pass through as they are. How the bytes are cut into pieces makes no
// difference.
//
// A reader is a resource of one thread. It keeps one record in memory, bounded by
// Limits::csv_line_size_bytes, and its fields by Limits::csv_field_count. An error ends the
// reading: where a quote is misplaced, nobody can know where the next record begins.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

class CsvReader {
 public:
  // Fills the front of `into` with the bytes that come next and returns their number; 0 at the end.
  using ReadMore = std::function<Result<size_t>(std::span<uint8_t> into)>;

  // As a delimiter: the comma, unless the first line has none outside quotes but has semicolons,
  // tabs or bars.
  static constexpr char kAsInFirstLine = '\0';

  // REQUIRES: `delimiter` is none of '"', CR and LF.
  explicit CsvReader(ReadMore read_more, const Limits& limits = {}, char delimiter = ',');
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  // Reads the next record, or returns false at the end. The views are valid until the next call.
  // Errors: those of `read_more`; kBadCsv for a quote inside an unquoted field, text after a
  // closing quote, and a quote that is never closed (place.line is the line of that field);
  // kLimitExceeded. REQUIRES: no call before has returned an error.
  //   CsvReader reader(read_more);
  //   std::vector<std::string_view> fields;
  //   while (true) {
  //     MSEAVRO_ASSIGN(const bool found, reader.next(&fields));
  //     if (!found) break;
  //     use(fields);
  //   }
  Result<bool> next(std::vector<std::string_view>* fields);

  // From here on a blank line is a record of one empty field, as in a table of one column.
  void keep_blank_lines() { keeps_blank_lines_ = true; }

  // Whether a field of the record that next() returned stands in quotes: `""` is an empty text,
  // where nothing at all may mean that there is no value.
  bool is_quoted(size_t field) const;

  // Of the record that next() returned: the number of its first line, from 1, and its bytes as they
  // came, without the line end, valid until the next call.
  int64_t line() const { return line_; }
  std::string_view raw() const { return {buffer_.data() + record_begin_, record_size_}; }

 private:
  enum class State : uint8_t { kFieldStart, kUnquoted, kQuoted, kQuoteSeen, kReturnSeen };
  // What a byte does. The errors are made outside the loop over bytes.
  enum class Step : uint8_t { kGoOn, kEndField, kEndRecord, kStrayQuote, kTextAfterQuote };

  // A field by its offsets in the record, without its quotes.
  struct Field {
    size_t begin;
    size_t end;
    bool has_doubled_quotes;
  };

  Status start();
  Status find_delimiter();
  Result<bool> read_record();
  void begin_record();
  void skip_plain_bytes(size_t end);
  Step take_byte();
  void end_field();
  Status end_record(size_t size);
  Result<bool> end_input();

  // Gets more bytes behind those that are there; false at the end.
  Result<bool> refill();
  void make_room();
  std::string_view text_of(const Field& field);

  tl::unexpected<Error> quote_error(std::string message, std::string help, int64_t line) const;
  tl::unexpected<Error> limit_error(std::string message) const;

  ReadMore read_more_;
  size_t record_size_limit_;
  size_t field_count_limit_;
  char delimiter_;

  // Of buffer_, [0, buffer_end_) has been read, and the record taken from record_begin_ to
  // position_.
  std::vector<char> buffer_;
  size_t buffer_end_ = 0;
  size_t record_begin_ = 0;
  size_t position_ = 0;
  bool started_ = false;
  bool keeps_blank_lines_ = false;
  bool ended_ = false;

  State state_ = State::kFieldStart;
  Field field_{};
  int64_t field_line_ = 1;
  std::vector<Field> fields_;
  std::string unescaped_;

  size_t record_size_ = 0;
  int64_t line_ = 0;
  int64_t next_line_ = 1;
};

}  // namespace mseavro
