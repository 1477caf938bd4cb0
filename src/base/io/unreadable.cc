#include "base/io/unreadable.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace mseavro {

tl::unexpected<Error> unreadable(const std::string& path, int error_number) {
  if (error_number == EISDIR) {
    return fail(ErrorCode::kUnreadable, "this is a folder, and one file is read here",
                "name a file in it", "", Place{.file = path});
  }
  const bool is_absent = error_number == ENOENT || error_number == ENOTDIR;
  return fail(
      is_absent ? ErrorCode::kNotFound : ErrorCode::kUnreadable,
      fmt::format("cannot read the file: {}", std::generic_category().message(error_number)),
      is_absent ? "check the path" : "", "", Place{.file = path});
}

tl::unexpected<Error> became_shorter(const std::string& path) {
  return fail(ErrorCode::kUnreadable, "the file became shorter while it was read",
              "run the command again once nobody writes to the file", "", Place{.file = path});
}

}  // namespace mseavro
