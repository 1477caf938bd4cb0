#include "app/cli/output_sink.h"

#include <unistd.h>

#include <cstdio>

#include "base/result/result.h"

namespace mseavro {
namespace {

class StandardOutput : public ByteSink {
 public:
  Status write(std::span<const uint8_t> bytes) override {
    if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return {};
    return fail(ErrorCode::kWriteFailed, "standard output cannot be written");
  }
  Status commit() override { return std::fflush(stdout) == 0 ? Status() : write({}); }
};

}  // namespace

Result<std::unique_ptr<ByteSink>> open_output(const OptionValues& values) {
  if (values.has("output")) return create_file(values.text("output"));
  return std::make_unique<StandardOutput>();
}

Status check_binary_output(const OptionValues& values) {
  if (values.has("output") || isatty(STDOUT_FILENO) == 0) return {};
  return fail(ErrorCode::kUsage, "the output is bytes, which would only disturb the terminal",
              "write it to a file with -o FILE, or pipe it on");
}

}  // namespace mseavro
