// How far a run is, on a terminal, when it takes long enough to wonder.
//
//   Progress progress(put);          // shows nothing for the first half second
//   options.rows_read = &progress.rows();
//   ... the run ...
//   progress.clear();                // before anything else is written; the line comes back
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>

namespace mseavro {

class Progress {
 public:
  // Writes to a terminal, from a thread of its own. Empty: there is none, and nothing is shown.
  using Put = std::function<void(std::string_view)>;

  explicit Progress(Put put,
                    std::chrono::milliseconds first_after = std::chrono::milliseconds(500));
  // Takes the line away.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // To be counted up by whoever reads rows.
  std::atomic<int64_t>& rows() { return rows_; }
  // Takes the line away until it is due again.
  void clear();

 private:
  void run(std::chrono::milliseconds first_after);

  Put put_;
  std::atomic<int64_t> rows_ = 0;
  std::mutex mutex_;  // Of what follows, and of the line on the terminal.
  std::condition_variable end_;
  bool has_ended_ = false;
  bool is_shown_ = false;
  std::thread thread_;
};

}  // namespace mseavro
