// The files of other Avro implementations, where the machine has them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace mseavro {

// Beside the repository, when no variable says where. Headers compile alone, without the folder of
// the test data that only tests know.
inline std::filesystem::path corpus_folder() {
  const char* shared = std::getenv("MSEAVRO_SHARED");
#ifdef MSEAVRO_TESTDATA
  const auto beside = std::filesystem::path(MSEAVRO_TESTDATA) / ".." / ".." / "shared";
#else
  const std::filesystem::path beside = "shared";
#endif
  return (shared != nullptr ? std::filesystem::path(shared) : beside) / "corpus";
}

// The text of a file in the folder; empty when there is none.
inline std::string read_corpus(const std::string& name) {
  std::ifstream in(corpus_folder() / name);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace mseavro
