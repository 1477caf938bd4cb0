#include "base/io/followed_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/result/result.h"

namespace mseavro {
namespace {

tl::unexpected<Error> unreadable(const std::string& path, int error_number) {
  return fail(
      ErrorCode::kUnreadable,
      fmt::format("cannot follow the file: {}", std::generic_category().message(error_number)), "",
      "", Place{.file = path});
}

}  // namespace

FollowedFile::~FollowedFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<FollowedFile::Piece> FollowedFile::read(std::span<uint8_t> into) {
  while (true) {
    MSEAVRO_ASSIGN(const size_t size, read_open(into));
    if (size > 0) return Piece{size, offset_ == static_cast<int64_t>(size)};
    if (is_cut()) {
      offset_ = 0;
      continue;
    }
    const int next = open_next();
    if (next < 0) return Piece{};
    // Whoever gave the name to another file may have written to this one until then.
    const auto rest = read_open(into);
    if (!rest || *rest > 0) {
      close(next);
      MSEAVRO_TRY(rest);
      return Piece{*rest, offset_ == static_cast<int64_t>(*rest)};
    }
    MSEAVRO_TRY(adopt(next));
  }
}

Result<size_t> FollowedFile::read_open(std::span<uint8_t> into) {
  while (descriptor_ >= 0) {
    const ssize_t size = pread(descriptor_, into.data(), into.size(), offset_);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return unreadable(path_, errno);
    offset_ += size;
    return static_cast<size_t>(size);
  }
  return 0;
}

bool FollowedFile::is_cut() const {
  struct stat info;
  return descriptor_ >= 0 && fstat(descriptor_, &info) == 0 && info.st_size < offset_;
}

int FollowedFile::open_next() const {
  struct stat info;
  if (stat(path_.c_str(), &info) != 0) return -1;
  if (descriptor_ >= 0 && info.st_dev == device_ && info.st_ino == inode_) return -1;
  return open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

Status FollowedFile::adopt(int descriptor) {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = descriptor;
  offset_ = 0;
  struct stat info;
  if (fstat(descriptor_, &info) != 0) return unreadable(path_, errno);
  device_ = info.st_dev;
  inode_ = info.st_ino;
  if (S_ISREG(info.st_mode)) return {};
  return fail(ErrorCode::kUnreadable, "only a regular file can be followed",
              S_ISDIR(info.st_mode) ? "this is a folder: name a file in it"
                                    : "pipes end by themselves: leave out --follow",
              "", Place{.file = path_});
}

}  // namespace mseavro
