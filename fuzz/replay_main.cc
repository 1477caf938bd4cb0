// Runs a fuzzer over given files and folders once, so that every input that ever broke a parser is
// an ordinary test with any compiler. Ends with 1 when a path is missing or a folder is empty,
// because a test that ran nothing must not pass.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void replay(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  // A copy of its exact size on the heap, so that a read past the end is seen by the sanitizer.
  const std::vector<uint8_t> input(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

size_t replay_all(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) {
    if (!std::filesystem::exists(path)) return 0;
    replay(path);
    return 1;
  }
  size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (!entry.is_regular_file()) continue;
    replay(entry.path());
    ++count;
  }
  return count;
}

}  // namespace

int main(int argument_count, char** arguments) {
  LLVMFuzzerTestOneInput(nullptr, 0);
  for (int index = 1; index < argument_count; ++index) {
    const size_t count = replay_all(arguments[index]);
    std::printf("%s: %zu inputs\n", arguments[index], count);
    if (count == 0) return 1;
  }
  return 0;
}
