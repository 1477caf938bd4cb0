#include "base/text/csv_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr size_t kFirstBufferSizeBytes = 64 << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A line end is LF or CRLF; reading stops this far behind the longest record.
constexpr size_t kLineEndSizeBytes = 2;

char delimiter_of(std::string_view line) {
  std::string unquoted;
  bool is_quoted = false;
  for (const char byte : line) {
    is_quoted ^= byte == '"';
    if (!is_quoted) unquoted += byte;
  }
  for (const char delimiter : {',', ';', '\t', '|'}) {
    if (unquoted.find(delimiter) != std::string::npos) return delimiter;
  }
  return ',';
}

}  // namespace

CsvReader::CsvReader(ReadMore read_more, const Limits& limits, char delimiter)
    : read_more_(std::move(read_more)),
      record_size_limit_(static_cast<size_t>(limits.csv_line_size_bytes)),
      field_count_limit_(static_cast<size_t>(limits.csv_field_count)),
      delimiter_(delimiter),
      buffer_(kFirstBufferSizeBytes) {
  MSEAVRO_CHECK(delimiter != '"' && delimiter != '\r' && delimiter != '\n');
}

Result<bool> CsvReader::next(std::vector<std::string_view>* fields) {
  fields->clear();
  if (!started_) MSEAVRO_TRY(start());
  do {
    MSEAVRO_ASSIGN(const bool found, read_record());
    if (!found) return false;
  } while (record_size_ == 0 && !keeps_blank_lines_);

  unescaped_.clear();
  // Views point into it, so it must not move while it grows.
  unescaped_.reserve(record_size_);
  for (const Field& field : fields_) fields->push_back(text_of(field));
  return true;
}

bool CsvReader::is_quoted(size_t field) const {
  const size_t begin = fields_[field].begin;
  return begin > 0 && raw()[begin - 1] == '"';
}

Status CsvReader::start() {
  started_ = true;
  while (buffer_end_ < kByteOrderMark.size() && !ended_) MSEAVRO_TRY(refill());
  if (std::string_view(buffer_.data(), buffer_end_).starts_with(kByteOrderMark)) {
    position_ = kByteOrderMark.size();
  }
  return delimiter_ == kAsInFirstLine ? find_delimiter() : Status();
}

Status CsvReader::find_delimiter() {
  // Of a line that does not end in the first buffer its beginning tells, however its bytes came.
  const auto line = [this] {
    std::string_view text(buffer_.data() + position_, buffer_end_ - position_);
    text.remove_prefix(std::min(text.find_first_not_of("\r\n"), text.size()));
    return text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
  };
  while (!line().ends_with('\n') && buffer_end_ < buffer_.size() && !ended_) MSEAVRO_TRY(refill());
  delimiter_ = delimiter_of(line());
  return {};
}

Result<bool> CsvReader::read_record() {
  begin_record();
  while (true) {
    if (position_ == buffer_end_) {
      MSEAVRO_ASSIGN(const bool more, refill());
      if (!more) return end_input();
    }
    // The place where reading stops depends on the record alone, not on how its bytes came.
    const size_t stop = record_begin_ + record_size_limit_ + kLineEndSizeBytes;
    skip_plain_bytes(std::min(buffer_end_, stop));
    if (position_ == stop) return limit_error("a CSV record is too long");
    if (position_ == buffer_end_) continue;

    switch (take_byte()) {
      case Step::kGoOn:
        break;
      case Step::kEndField:
        end_field();
        if (fields_.size() >= field_count_limit_) {
          return limit_error("a CSV record has too many fields");
        }
        break;
      case Step::kEndRecord:
        ++next_line_;
        MSEAVRO_TRY(end_record(position_ - 1 - record_begin_));
        return true;
      case Step::kStrayQuote:
        return quote_error("a quote stands inside a field that is not quoted",
                           "quote the whole field and double the quotes in it", next_line_);
      case Step::kTextAfterQuote:
        return quote_error("text follows the closing quote of a field",
                           "double the quotes inside a quoted field", next_line_);
    }
  }
}

void CsvReader::begin_record() {
  record_begin_ = position_;
  record_size_ = 0;
  line_ = next_line_;
  fields_.clear();
  state_ = State::kFieldStart;
  field_ = {};
  field_line_ = next_line_;
}

// Runs over the bytes that mean nothing in the present state.
void CsvReader::skip_plain_bytes(size_t end) {
  // Locals, because to the compiler any byte could be part of a member.
  const char* const bytes = buffer_.data();
  const char delimiter = delimiter_;
  size_t position = position_;
  if (state_ == State::kUnquoted) {
    while (position < end && bytes[position] != delimiter && bytes[position] != '\n' &&
           bytes[position] != '"') {
      ++position;
    }
  } else if (state_ == State::kQuoted) {
    while (position < end && bytes[position] != '"' && bytes[position] != '\n') ++position;
  }
  position_ = position;
}

CsvReader::Step CsvReader::take_byte() {
  const size_t offset = position_ - record_begin_;
  const char byte = buffer_[position_++];
  switch (state_) {
    case State::kFieldStart:
      if (byte == '"') {
        state_ = State::kQuoted;
        field_.begin = offset + 1;
        return Step::kGoOn;
      }
      state_ = State::kUnquoted;
      [[fallthrough]];
    case State::kUnquoted:
      if (byte == '"') return Step::kStrayQuote;
      if (byte == '\n') return Step::kEndRecord;
      if (byte != delimiter_) return Step::kGoOn;
      field_.end = offset;
      return Step::kEndField;
    case State::kQuoted:
      if (byte == '\n') ++next_line_;
      if (byte != '"') return Step::kGoOn;
      state_ = State::kQuoteSeen;
      field_.end = offset;
      return Step::kGoOn;
    case State::kQuoteSeen:
      if (byte == '\n') return Step::kEndRecord;
      if (byte == delimiter_) return Step::kEndField;
      if (byte == '\r') {
        state_ = State::kReturnSeen;
        return Step::kGoOn;
      }
      if (byte != '"') return Step::kTextAfterQuote;
      state_ = State::kQuoted;
      field_.has_doubled_quotes = true;
      return Step::kGoOn;
    case State::kReturnSeen:
      return byte == '\n' ? Step::kEndRecord : Step::kTextAfterQuote;
  }
  return Step::kGoOn;
}

void CsvReader::end_field() {
  fields_.push_back(field_);
  state_ = State::kFieldStart;
  field_ = {.begin = position_ - record_begin_, .end = 0, .has_doubled_quotes = false};
  field_line_ = next_line_;
}

// Ends the record, which took `size` bytes before its LF or the end of input.
Status CsvReader::end_record(size_t size) {
  if (size > 0 && buffer_[record_begin_ + size - 1] == '\r') --size;
  if (size > record_size_limit_) return limit_error("a CSV record is too long");
  if (state_ == State::kFieldStart || state_ == State::kUnquoted) field_.end = size;
  fields_.push_back(field_);
  record_size_ = size;
  return {};
}

Result<bool> CsvReader::end_input() {
  if (position_ == record_begin_) return false;
  if (state_ == State::kQuoted) {
    return quote_error("the quote that opens a field is never closed",
                       "close the field with a quote", field_line_);
  }
  MSEAVRO_TRY(end_record(position_ - record_begin_));
  return true;
}

Result<bool> CsvReader::refill() {
  if (ended_) return false;
  make_room();
  const std::span<char> room = std::span(buffer_).subspan(buffer_end_);
  MSEAVRO_ASSIGN(const size_t count,
                 read_more_({reinterpret_cast<uint8_t*>(room.data()), room.size()}));
  MSEAVRO_CHECK(count <= room.size());
  ended_ = count == 0;
  buffer_end_ += count;
  return !ended_;
}

void CsvReader::make_room() {
  std::memmove(buffer_.data(), buffer_.data() + record_begin_, buffer_end_ - record_begin_);
  buffer_end_ -= record_begin_;
  position_ -= record_begin_;
  record_begin_ = 0;
  if (buffer_end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
}

std::string_view CsvReader::text_of(const Field& field) {
  const std::string_view text = raw().substr(field.begin, field.end - field.begin);
  if (!field.has_doubled_quotes) return text;
  const size_t begin = unescaped_.size();
  for (size_t index = 0; index < text.size(); ++index) {
    unescaped_ += text[index];
    if (text[index] == '"') ++index;
  }
  return std::string_view(unescaped_).substr(begin);
}

tl::unexpected<Error> CsvReader::quote_error(std::string message, std::string help,
                                             int64_t line) const {
  return fail(ErrorCode::kBadCsv, std::move(message), std::move(help), {}, {.line = line});
}

tl::unexpected<Error> CsvReader::limit_error(std::string message) const {
  return fail(ErrorCode::kLimitExceeded, std::move(message),
              "look for a quote that is never closed, or for another delimiter", {},
              {.line = line_});
}

}  // namespace mseavro
