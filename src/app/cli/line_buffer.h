// Lines on their way out.
#pragma once

#include <cstddef>
#include <string>

#include "base/io/byte_sink.h"
#include "base/result/result.h"
#include "mseavro/error.h"

namespace mseavro {

// Passes lines on many at a time; what is not flushed at the end is lost.
class LineBuffer {
 public:
  explicit LineBuffer(ByteSink& out) : out_(out) { text_.reserve(kReservedBytes); }

  std::string* line() { return &text_; }  // Where the next line is appended.
  Status end_line() {
    text_.push_back('\n');
    return text_.size() < kBufferBytes ? Status() : flush();
  }
  Status flush() {
    MSEAVRO_TRY(out_.write_text(text_));
    text_.clear();
    return {};
  }

 private:
  static constexpr size_t kBufferBytes = 64 << 10;
  // A line of any size in place: a text that grows by moving would stand in memory twice. What is
  // not used of it takes no memory.
  static constexpr size_t kReservedBytes = 65 << 20;

  ByteSink& out_;
  std::string text_;
};

}  // namespace mseavro
