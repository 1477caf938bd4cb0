#include "base/io/byte_sink.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr size_t kBufferBytes = 64 << 10;
constexpr size_t kWritebackBytes = 4 << 20;
// A name may have 255 bytes; the rest is for what the temporary name adds.
constexpr size_t kTemporaryNameBytesKept = 200;
constexpr int kTemporaryNameAttempts = 100;

tl::unexpected<Error> write_failed(const std::string& path, int error_number) {
  return fail(
      ErrorCode::kWriteFailed,
      fmt::format("cannot write the file: {}", std::generic_category().message(error_number)),
      error_number == ENOENT ? "make the folder first" : "", "", Place{.file = path});
}

// The names of temporary files, where a signal handler can read them: it can neither lock nor
// allocate, and whoever owns a name goes on running beside it. A list that only grows; its slots
// are used again.
struct NameSlot {
  enum State : int { kFree, kBeingWritten, kNamed, kRemoved };
  std::atomic<int> state = kBeingWritten;
  std::string path;  // Changed only by whoever made the state kBeingWritten.
  NameSlot* next = nullptr;
};
std::atomic<NameSlot*> name_slots = nullptr;

NameSlot& take_name_slot() {
  for (NameSlot* slot = name_slots; slot != nullptr; slot = slot->next) {
    int expected = NameSlot::kFree;
    if (slot->state.compare_exchange_strong(expected, NameSlot::kBeingWritten)) return *slot;
  }
  auto* const added = new NameSlot;
  added->next = name_slots;
  while (!name_slots.compare_exchange_weak(added->next, added)) {
  }
  return *added;
}

// A name that is noted as long as it lives.
class TemporaryName {
 public:
  explicit TemporaryName(std::string path) : slot_(take_name_slot()) {
    slot_.path = std::move(path);
    slot_.state = NameSlot::kNamed;
  }
  ~TemporaryName() {
    // A slot that the handler has taken stays taken: the process is about to end.
    int expected = NameSlot::kNamed;
    slot_.state.compare_exchange_strong(expected, NameSlot::kFree);
  }
  TemporaryName(const TemporaryName&) = delete;
  TemporaryName& operator=(const TemporaryName&) = delete;

  const char* c_str() const { return slot_.path.c_str(); }

 private:
  NameSlot& slot_;
};

// Collects small writes and owns the descriptor; what commit() means is the subclasses' business.
class DescriptorSink : public ByteSink {
 public:
  DescriptorSink(std::string path, int descriptor, Durability durability)
      : path_(std::move(path)), descriptor_(descriptor), durability_(durability) {}
  ~DescriptorSink() override {
    if (descriptor_ >= 0) close(descriptor_);
  }

  Status write(std::span<const uint8_t> bytes) override {
    MSEAVRO_CHECK(descriptor_ >= 0);
    if (buffer_.size() + bytes.size() >= kBufferBytes) {
      MSEAVRO_TRY(flush());
      if (bytes.size() >= kBufferBytes) return write_through(bytes);
    }
    buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }

  // Writes in place: the bytes are where they belong once they are flushed.
  Status commit() override {
    MSEAVRO_TRY(flush());
    return close_descriptor();
  }

 protected:
  const std::string& path() const { return path_; }
  int descriptor() const { return descriptor_; }
  bool is_synced() const { return durability_ == Durability::kSynced; }

  Status flush() {
    MSEAVRO_TRY(write_through({reinterpret_cast<const uint8_t*>(buffer_.data()), buffer_.size()}));
    buffer_.clear();
    return {};
  }

  Status close_descriptor() {
    MSEAVRO_CHECK(descriptor_ >= 0);
    buffer_ = std::string();
    if (close(std::exchange(descriptor_, -1)) != 0) return write_failed(path_, errno);
    return {};
  }

 private:
  Status write_through(std::span<const uint8_t> bytes) {
    dirty_size_ += bytes.size();
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return write_failed(path_, errno);
      bytes = bytes.subspan(static_cast<size_t>(written));
    }
    if (is_synced() && dirty_size_ >= kWritebackBytes) begin_writeback();
    return {};
  }

  // Has the disk write while more is made, so that syncing waits for the last of it only. What this
  // cannot do, syncing does.
  void begin_writeback() {
    static_cast<void>(sync_file_range(descriptor_, 0, 0, SYNC_FILE_RANGE_WRITE));
    dirty_size_ = 0;
  }

  std::string path_;
  int descriptor_;
  Durability durability_;
  size_t dirty_size_ = 0;  // Written since the disk was last told to.
  std::string buffer_;
};

// Writes under a temporary name and renames at commit().
class ReplacingSink final : public DescriptorSink {
 public:
  ReplacingSink(std::string path, std::unique_ptr<TemporaryName> temporary_name, int descriptor,
                Durability durability)
      : DescriptorSink(std::move(path), descriptor, durability),
        temporary_name_(std::move(temporary_name)) {}
  ~ReplacingSink() override {
    if (!committed_) unlink(temporary_name_->c_str());
  }

  Status finish() override {
    MSEAVRO_TRY(flush());
    if (is_synced() && fsync(descriptor()) != 0) return write_failed(path(), errno);
    return close_descriptor();
  }

  Status commit() override {
    if (descriptor() >= 0) MSEAVRO_TRY(finish());
    if (rename(temporary_name_->c_str(), path().c_str()) != 0) return write_failed(path(), errno);
    committed_ = true;
    return is_synced() ? sync_folder() : Status();
  }

 private:
  // Makes the new name survive a power cut. A folder that may not be opened, or a file system that
  // cannot sync folders, keeps the name as well as it keeps any.
  Status sync_folder() {
    const size_t slash = path().rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path().substr(0, slash + 1);
    const int folder_descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_descriptor < 0) return {};
    const int error_number = fsync(folder_descriptor) == 0 ? 0 : errno;
    close(folder_descriptor);
    if (error_number != 0 && error_number != EINVAL) return write_failed(path(), error_number);
    return {};
  }

  std::unique_ptr<TemporaryName> temporary_name_;
  bool committed_ = false;
};

// Writes at the end of a file that was there before.
class AppendingSink final : public DescriptorSink {
 public:
  AppendingSink(std::string path, int descriptor, off_t old_size)
      : DescriptorSink(std::move(path), descriptor, Durability::kSynced), old_size_(old_size) {}
  ~AppendingSink() override {
    // What cannot be cut off is found by whoever reads the file.
    if (descriptor() >= 0) static_cast<void>(!ftruncate(descriptor(), old_size_));
  }

  Status commit() override {
    MSEAVRO_TRY(flush());
    if (fsync(descriptor()) != 0) return write_failed(path(), errno);
    return close_descriptor();
  }

 private:
  off_t old_size_;
};

class MemorySink final : public ByteSink {
 public:
  explicit MemorySink(std::string* bytes) : bytes_(bytes) {}

  Status write(std::span<const uint8_t> bytes) override {
    bytes_->append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }
  Status commit() override { return {}; }

 private:
  std::string* bytes_;
};

bool same_file(const struct stat& left, const struct stat& right) {
  return left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

// `command -o /dev/stdout >file`: the path leads to a regular file, which the shell holds open.
// Replacing it would lose what stands before the shell's offset.
std::optional<int> standard_stream_of(const struct stat& info) {
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat stream;
    if (fstat(descriptor, &stream) == 0 && same_file(stream, info)) return descriptor;
  }
  return std::nullopt;
}

Result<std::unique_ptr<ByteSink>> write_in_place(const std::string& path, int descriptor) {
  if (descriptor < 0) return write_failed(path, errno);
  return std::make_unique<DescriptorSink>(path, descriptor, Durability::kUnsynced);
}

// `mode` is that of the file which is replaced, if there is one.
Result<std::unique_ptr<ByteSink>> write_beside(const std::string& path, std::optional<mode_t> mode,
                                               Durability durability) {
  static std::atomic<uint64_t> counter{0};
  const size_t slash = path.rfind('/');
  const size_t name_begin = slash == std::string::npos ? 0 : slash + 1;
  const std::string prefix =
      fmt::format("{}.{}.tmp-{}-", path.substr(0, name_begin),
                  path.substr(name_begin, kTemporaryNameBytesKept), getpid());
  for (int attempt = 0; attempt < kTemporaryNameAttempts; ++attempt) {
    // Noted before it exists, so that no signal finds it unknown.
    auto temporary_name =
        std::make_unique<TemporaryName>(prefix + std::to_string(counter.fetch_add(1)));
    const int descriptor =
        open(temporary_name->c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    // A process of the same id that was killed may have left this name behind.
    if (descriptor < 0 && errno == EEXIST) continue;
    if (descriptor < 0) return write_failed(path, errno);
    // Where the mode cannot be kept, the new file has the user's usual one.
    if (mode) static_cast<void>(fchmod(descriptor, *mode & 07777));
    return std::make_unique<ReplacingSink>(path, std::move(temporary_name), descriptor, durability);
  }
  return write_failed(path, EEXIST);
}

}  // namespace

Result<std::unique_ptr<ByteSink>> create_file(const std::string& path, Durability durability) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT) return write_failed(path, errno);
    return write_beside(path, std::nullopt, durability);
  }
  if (S_ISDIR(info.st_mode)) return write_failed(path, EISDIR);
  if (const auto stream = standard_stream_of(info)) {
    return write_in_place(path, fcntl(*stream, F_DUPFD_CLOEXEC, 0));
  }
  if (!S_ISREG(info.st_mode)) return write_in_place(path, open(path.c_str(), O_WRONLY | O_CLOEXEC));
  // A link stays, and the file that it leads to is replaced.
  char* target = realpath(path.c_str(), nullptr);
  if (target == nullptr) return write_failed(path, errno);
  const std::string target_path = target;
  std::free(target);
  return write_beside(target_path, info.st_mode, durability);
}

Result<std::unique_ptr<ByteSink>> append_file(const std::string& path) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) {
    return fail(ErrorCode::kNotFound, "there is no such file to append to", "", path);
  }
  if (descriptor < 0) return write_failed(path, errno);
  struct stat info;
  const int error_number = fstat(descriptor, &info) != 0 ? errno
                           : S_ISREG(info.st_mode)       ? 0
                                                         : EINVAL;
  if (error_number == 0) return std::make_unique<AppendingSink>(path, descriptor, info.st_size);
  close(descriptor);
  return write_failed(path, error_number);
}

void remove_temporary_files() {
  for (NameSlot* slot = name_slots; slot != nullptr; slot = slot->next) {
    int expected = NameSlot::kNamed;
    if (slot->state.compare_exchange_strong(expected, NameSlot::kRemoved)) {
      unlink(slot->path.c_str());
    }
  }
}

std::unique_ptr<ByteSink> memory_sink(std::string* bytes) {
  return std::make_unique<MemorySink>(bytes);
}

}  // namespace mseavro
