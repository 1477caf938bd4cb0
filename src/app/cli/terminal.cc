#include "app/cli/terminal.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/io/byte_sink.h"
#include "base/result/error_catalog.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr const char* kBold = "\x1b[1m";
constexpr const char* kBoldRed = "\x1b[1;31m";
constexpr const char* kBoldYellow = "\x1b[1;33m";
constexpr const char* kReset = "\x1b[0m";

void put(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

// Colors the word of `text` that ends at the first colon.
std::string color_head(std::string_view text, const char* color) {
  const size_t colon = text.find(':');
  return fmt::format("{}{}{}{}", color, text.substr(0, colon), kReset, text.substr(colon));
}

}  // namespace

Result<Terminal> Terminal::make(const OptionValues& values) {
  Terminal terminal;
  terminal.output_path_ = values.text("output");
  terminal.is_quiet_ = values.flag("quiet");
  const std::string color = values.text("color", "auto");
  if (color != "auto" && color != "always" && color != "never") {
    return values.bad_value("color", "colors are shown auto, always or never");
  }
  const char* no_color = std::getenv("NO_COLOR");
  const bool is_allowed = color == "auto" && (no_color == nullptr || *no_color == 0);
  terminal.colors_output_ = color == "always" || (is_allowed && isatty(STDOUT_FILENO) != 0);
  terminal.colors_errors_ = color == "always" || (is_allowed && isatty(STDERR_FILENO) != 0);
  return terminal;
}

void Terminal::say(std::string_view text) const {
  if (is_quiet_) return;
  put(stderr, text);
  if (!text.ends_with('\n')) put(stderr, "\n");
}

void Terminal::warn(std::string_view text) const {
  const std::string line = fmt::format("warning: {}", text);
  say(colors_errors_ ? color_head(line, kBoldYellow) : line);
}

std::function<void(std::string_view)> Terminal::progress_writer() const {
  const char* kind = std::getenv("TERM");
  const bool is_dumb = kind == nullptr || std::string_view(kind) == "dumb";
  if (is_quiet_ || is_dumb || isatty(STDERR_FILENO) == 0) return {};
  return [](std::string_view text) { put(stderr, text); };
}

void Terminal::report(const Error& error) const {
  const std::string text = format_error(error);
  if (!colors_errors_) return put(stderr, text);
  std::string colored = color_head(text, kBoldRed);
  const std::string help = "\nhelp:";
  if (const size_t at = colored.rfind(help); at != std::string::npos) {
    colored.replace(at, help.size(), fmt::format("\n{}help{}:", kBold, kReset));
  }
  put(stderr, colored);
}

Status Terminal::emit(std::string_view data) const {
  if (!output_path_.empty()) {
    MSEAVRO_ASSIGN(auto sink, create_file(output_path_));
    MSEAVRO_TRY(sink->write_text(data));
    return sink->commit();
  }
  put(stdout, data);
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    return fail(ErrorCode::kWriteFailed, "standard output cannot be written");
  }
  return {};
}

Status check_output(const std::string& path) {
  struct stat info;
  // What exists is not touched: to open a pipe would show at its other end.
  if (path.empty() || (stat(path.c_str(), &info) == 0 && !S_ISDIR(info.st_mode))) return {};
  MSEAVRO_TRY(create_file(path));
  return {};
}

std::string wrap_text(std::string_view text, size_t width, size_t indent) {
  std::string lines;
  while (text.size() > width) {
    size_t cut = text.rfind(' ', width);
    if (cut == std::string_view::npos) cut = text.find(' ');
    if (cut == std::string_view::npos) break;
    lines += fmt::format("{}\n{:{}}", text.substr(0, cut), "", indent);
    text.remove_prefix(cut + 1);
  }
  return lines + std::string(text);
}

}  // namespace mseavro
