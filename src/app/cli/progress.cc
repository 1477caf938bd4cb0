#include "app/cli/progress.h"

#include <fmt/format.h>

#include "base/text/number_text.h"

namespace mseavro {
namespace {

constexpr std::chrono::milliseconds kEvery(200);
// Back to the begin of the line, and delete it.
constexpr const char* kClearLine = "\r\x1b[K";

}  // namespace

Progress::Progress(Put put, std::chrono::milliseconds first_after) : put_(std::move(put)) {
  if (put_) thread_ = std::thread([this, first_after] { run(first_after); });
}

Progress::~Progress() {
  if (!put_) return;
  {
    const std::lock_guard lock(mutex_);
    has_ended_ = true;
  }
  end_.notify_one();
  thread_.join();
  clear();
}

void Progress::clear() {
  const std::lock_guard lock(mutex_);
  if (is_shown_) put_(kClearLine);
  is_shown_ = false;
}

void Progress::run(std::chrono::milliseconds first_after) {
  std::unique_lock lock(mutex_);
  auto wait = first_after;
  while (!end_.wait_for(lock, wait, [this] { return has_ended_; })) {
    put_(fmt::format("{}{} rows read", kClearLine, format_thousands(rows_)));
    is_shown_ = true;
    wait = kEvery;
  }
}

}  // namespace mseavro
