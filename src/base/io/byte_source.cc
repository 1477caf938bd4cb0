#include "base/io/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "base/io/unreadable.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// Fewer bytes are copied sooner than mapped.
constexpr size_t kMappedBytesMin = 16 << 10;

constexpr size_t kPipeReadBytes = 64 << 10;

class LocalFile final : public ByteSource {
 public:
  LocalFile(std::string path, int descriptor, int64_t size_bytes, bool is_mapped)
      : ByteSource(std::move(path)),
        descriptor_(descriptor),
        size_bytes_(size_bytes),
        is_mapped_(is_mapped) {}
  ~LocalFile() override { close(descriptor_); }

  // What is appended after the file was opened does not belong to the source.
  Result<size_t> read_at(int64_t offset, std::span<uint8_t> into) const override {
    MSEAVRO_DCHECK(offset >= 0);
    const auto left = static_cast<size_t>(std::max<int64_t>(0, size_bytes_ - offset));
    const size_t wanted = std::min(into.size(), left);
    size_t done = 0;
    while (done < wanted) {
      const ssize_t got = pread(descriptor_, into.data() + done, wanted - done,
                                static_cast<off_t>(offset + static_cast<int64_t>(done)));
      if (got == 0) return became_shorter(name());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return unreadable(name(), errno);
      done += static_cast<size_t>(got);
    }
    return done;
  }

  Status read_window(int64_t offset, size_t size, ByteWindow& window) const override {
    if (is_mapped_ && size >= kMappedBytesMin && is_still_there(offset, size) &&
        window.map(descriptor_, offset, size)) {
      return {};
    }
    return ByteSource::read_window(offset, size, window);
  }

  int64_t size_bytes() const override { return size_bytes_; }

 private:
  // A file that became shorter is found here, and not by touching pages that are gone.
  bool is_still_there(int64_t offset, size_t size) const {
    struct stat info;
    return fstat(descriptor_, &info) == 0 && offset + static_cast<int64_t>(size) <= info.st_size;
  }

  int descriptor_;
  int64_t size_bytes_;
  bool is_mapped_;
};

class Memory final : public ByteSource {
 public:
  Memory(std::string name, std::span<const uint8_t> bytes)
      : ByteSource(std::move(name)), bytes_(bytes) {}
  Memory(std::string name, std::vector<uint8_t> owned)
      : ByteSource(std::move(name)), owned_(std::move(owned)), bytes_(owned_) {}

  Result<size_t> read_at(int64_t offset, std::span<uint8_t> into) const override {
    MSEAVRO_DCHECK(offset >= 0);
    const auto left = static_cast<size_t>(std::max<int64_t>(0, size_bytes() - offset));
    const size_t count = std::min(into.size(), left);
    if (count > 0) std::memcpy(into.data(), bytes_.data() + offset, count);
    return count;
  }

  int64_t size_bytes() const override { return static_cast<int64_t>(bytes_.size()); }

 private:
  std::vector<uint8_t> owned_;
  std::span<const uint8_t> bytes_;
};

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

Result<std::vector<uint8_t>> read_whole(const std::string& path, int descriptor,
                                        int64_t limit_bytes) {
  std::vector<uint8_t> bytes;
  while (true) {
    const size_t filled = bytes.size();
    bytes.resize(filled + kPipeReadBytes);
    const ssize_t got = read(descriptor, bytes.data() + filled, kPipeReadBytes);
    if (got < 0 && errno != EINTR) return unreadable(path, errno);
    bytes.resize(filled + static_cast<size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0) return bytes;
    if (static_cast<int64_t>(bytes.size()) > limit_bytes) {
      return fail(ErrorCode::kLimitExceeded,
                  fmt::format("the pipe holds more than {} bytes", limit_bytes),
                  "write it to a file first", "", Place{.file = path});
    }
  }
}

Result<std::unique_ptr<ByteSource>> open_local(const std::string& path, int64_t limit_bytes,
                                               bool is_mapped) {
  Descriptor descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.get() < 0) return unreadable(path, errno);
  struct stat info;
  if (fstat(descriptor.get(), &info) != 0) return unreadable(path, errno);
  if (S_ISDIR(info.st_mode)) return unreadable(path, EISDIR);
  if (!S_ISREG(info.st_mode)) {
    MSEAVRO_ASSIGN(auto bytes, read_whole(path, descriptor.get(), limit_bytes));
    return std::make_unique<Memory>(path, std::move(bytes));
  }
  // Advice only: a file system that does not take it reads as well without.
  static_cast<void>(posix_fadvise(descriptor.get(), 0, 0, POSIX_FADV_SEQUENTIAL));
  return std::make_unique<LocalFile>(path, descriptor.release(), info.st_size, is_mapped);
}

}  // namespace

Status ByteSource::read_window(int64_t offset, size_t size, ByteWindow& window) const {
  MSEAVRO_ASSIGN(const size_t got, read_at(offset, window.allocate(size)));
  window.set_size(got);
  return {};
}

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path, int64_t limit_bytes) {
  return open_local(path, limit_bytes, false);
}

Result<std::unique_ptr<ByteSource>> open_file_mapped(const std::string& path) {
  return open_local(path, int64_t{1} << 32, true);
}

std::unique_ptr<ByteSource> memory_source(std::span<const uint8_t> bytes, std::string name) {
  return std::make_unique<Memory>(std::move(name), bytes);
}

Result<std::string> read_beginning(const ByteSource& source, int64_t size) {
  std::string bytes(static_cast<size_t>(std::min(size, source.size_bytes())), '\0');
  MSEAVRO_ASSIGN(const size_t count,
                 source.read_at(0, {reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()}));
  bytes.resize(count);
  return bytes;
}

}  // namespace mseavro
