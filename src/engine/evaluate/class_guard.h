// Notices targets that look like classes, for which MSE is the wrong question.
#pragma once

namespace mseavro {

// True as long as every actual was 0 or 1 and every prediction between them.
class ClassGuard {
 public:
  void see(double prediction, double actual) {
    if (!looks_binary_) [[likely]]
      return;
    looks_binary_ = (actual == 0 || actual == 1) && prediction >= 0 && prediction <= 1;
  }
  void combine(const ClassGuard& other) { looks_binary_ &= other.looks_binary_; }
  bool looks_binary() const { return looks_binary_; }

 private:
  bool looks_binary_ = true;
};

}  // namespace mseavro
