#include "base/io/byte_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/io/unreadable.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

class DescriptorStream final : public ByteStream {
 public:
  DescriptorStream(std::string path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  ~DescriptorStream() override { close(descriptor_); }

  Result<size_t> read(std::span<uint8_t> into) override {
    while (true) {
      const ssize_t size = ::read(descriptor_, into.data(), into.size());
      if (size >= 0) return static_cast<size_t>(size);
      if (errno != EINTR) return unreadable(path_, errno);
    }
  }

 private:
  const std::string path_;
  const int descriptor_;
};

}  // namespace

Result<std::unique_ptr<ByteStream>> open_stream(const std::string& path) {
  const int descriptor = path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                     : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return unreadable(path, errno);
  auto stream = std::make_unique<DescriptorStream>(path, descriptor);
  struct stat info;
  if (fstat(descriptor, &info) != 0) return unreadable(path, errno);
  if (S_ISDIR(info.st_mode)) return unreadable(path, EISDIR);
  // Advice only: what does not take it reads as well without.
  static_cast<void>(posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL));
  return stream;
}

}  // namespace mseavro
