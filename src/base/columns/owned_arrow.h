// A structure of the Arrow interfaces that is released at the end of its scope.
#pragma once

#include "mseavro/arrow_abi.h"

namespace mseavro {

template <class Structure>
class OwnedArrow {
 public:
  OwnedArrow() = default;
  ~OwnedArrow() {
    if (value_.release != nullptr) value_.release(&value_);
  }
  OwnedArrow(const OwnedArrow&) = delete;
  OwnedArrow& operator=(const OwnedArrow&) = delete;

  Structure* get() { return &value_; }
  const Structure& operator*() const { return value_; }
  const Structure* operator->() const { return &value_; }

 private:
  Structure value_{};
};

}  // namespace mseavro
