// What commands write: data to standard output or a file, everything else to standard error.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "app/cli/option_values.h"
#include "mseavro/error.h"

namespace mseavro {

class Terminal {
 public:
  // Reads --color, --quiet, NO_COLOR and whether the streams are terminals.
  static Result<Terminal> make(const OptionValues& values);

  // For people, unless --quiet. `text` gets a line feed when it has none.
  void say(std::string_view text) const;
  // As say(), with a bold yellow "warning:" in front.
  void warn(std::string_view text) const;
  // Writes progress to standard error; empty when nobody would see it come and go.
  std::function<void(std::string_view)> progress_writer() const;
  // Prints an error as format_error does. Not silenced.
  void report(const Error& error) const;
  // The command's data: to --output, whole or not at all, or to standard output.
  // Errors: kWriteFailed.
  Status emit(std::string_view data) const;

  // Whether data on standard output may be colored.
  bool colors_output() const { return colors_output_; }

 private:
  std::string output_path_;
  bool is_quiet_ = false;
  bool colors_output_ = false;
  bool colors_errors_ = false;
};

// Whether an output can be written to `path`, found out before the work that leads to it. Leaves
// nothing behind. Errors: kWriteFailed.
Status check_output(const std::string& path);

// Breaks a sentence into lines of up to `width` characters; every line but the first is indented.
std::string wrap_text(std::string_view text, size_t width, size_t indent = 0);
inline constexpr size_t kTextWidth = 98;

}  // namespace mseavro
