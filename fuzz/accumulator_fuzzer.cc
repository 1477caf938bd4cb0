// Whatever ErrorAccumulator::decode accepts is canonical: encode gives the same bytes back.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "base/result/result.h"
#include "quality/metric/error_accumulator.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto state = mseavro::ErrorAccumulator::decode(std::span<const uint8_t>(data, size));
  if (!state) return 0;
  const std::string bytes = state->encode();
  MSEAVRO_CHECK(bytes.size() == size && std::memcmp(bytes.data(), data, size) == 0);

  // A decoded state takes part in the arithmetic of the group.
  state->finalize();
  mseavro::ErrorAccumulator sum = *state;
  sum.combine(*state);
  sum.subtract(*state);
  MSEAVRO_CHECK(sum.encode() == bytes);
  return 0;
}
