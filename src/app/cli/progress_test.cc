#include "app/cli/progress.h"

#include <gtest/gtest.h>

#include <string>

namespace mseavro {
namespace {

using std::chrono::milliseconds;

// What was written so far; the writer runs on the thread of the progress.
class Screen {
 public:
  Progress::Put writer() {
    return [this](std::string_view text) {
      const std::lock_guard lock(mutex_);
      text_ += text;
    };
  }
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  bool wait_for(const std::string& part) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (text().find(part) == std::string::npos) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(milliseconds(1));
    }
    return true;
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

TEST(Progress, ShowsTheRowsReadSoFarAndTakesThemAway) {
  Screen screen;
  {
    Progress progress(screen.writer(), milliseconds(0));
    progress.rows() = 1234567;
    EXPECT_TRUE(screen.wait_for("1,234,567 rows read"));
  }
  EXPECT_TRUE(screen.text().ends_with(" rows read\r\x1b[K"));
}

TEST(Progress, MakesRoomForOtherLinesAndComesBack) {
  Screen screen;
  Progress progress(screen.writer(), milliseconds(0));
  ASSERT_TRUE(screen.wait_for("0 rows read"));
  progress.clear();
  progress.rows() = 5;
  EXPECT_TRUE(screen.wait_for("\r\x1b[K\r\x1b[K5 rows read"));
}

TEST(Progress, ShowsNothingInAShortRun) {
  Screen screen;
  {
    Progress progress(screen.writer(), std::chrono::hours(1));
    progress.rows() = 5;
    progress.clear();
  }
  EXPECT_EQ(screen.text(), "");
}

TEST(Progress, WithoutATerminalOnlyCounts) {
  Progress progress({}, milliseconds(0));
  progress.rows() += 5;
  progress.clear();
  EXPECT_EQ(progress.rows(), 5);
}

}  // namespace
}  // namespace mseavro
