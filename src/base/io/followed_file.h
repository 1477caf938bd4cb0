// A file that others write to, read as it grows, as `tail -F` does.
//
//   FollowedFile file("service.log");
//   MSEAVRO_ASSIGN(const auto piece, file.read(buffer));   // again and again; nothing in it: wait
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>

#include "mseavro/error.h"

namespace mseavro {

// Follows the name, not the file: when another file has taken the name (rotation by renaming), the
// one that is open is read to its end and then the other from its beginning; when the file became
// shorter (rotation by copying and cutting), it is read from its beginning again. A file that is
// not there yet, or not there for a while, is waited for. A file that was cut and has grown past
// where it was read before anyone looked cannot be told from one that grew.
//
// A resource of one thread.
class FollowedFile {
 public:
  explicit FollowedFile(std::string path) : path_(std::move(path)) {}
  ~FollowedFile();
  FollowedFile(const FollowedFile&) = delete;
  FollowedFile& operator=(const FollowedFile&) = delete;

  struct Piece {
    size_t size = 0;           // 0: nothing new.
    bool begins_file = false;  // These bytes are the first ones of a file.
  };

  // Never waits. Errors: kUnreadable.
  Result<Piece> read(std::span<uint8_t> into);

  const std::string& path() const { return path_; }

 private:
  Result<size_t> read_open(std::span<uint8_t> into);
  bool is_cut() const;
  int open_next() const;  // Less than 0 while the name has no other file.
  Status adopt(int descriptor);

  const std::string path_;
  int descriptor_ = -1;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  int64_t offset_ = 0;
};

}  // namespace mseavro
