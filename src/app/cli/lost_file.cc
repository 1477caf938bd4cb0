#include "app/cli/lost_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <string_view>

#include "base/io/byte_sink.h"

namespace mseavro {
namespace {

// A signal handler may call but few functions: nothing here allocates memory.

void write_error(std::string_view text) {
  static_cast<void>(!write(STDERR_FILENO, text.data(), text.size()));
}

// Takes the hexadecimal number and the character behind it off the front of `line`.
uintptr_t take_address(std::string_view& line) {
  uintptr_t address = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), address, 16);
  const auto size = static_cast<size_t>(end - line.data());
  line.remove_prefix(size < line.size() ? size + 1 : size);
  return address;
}

// The file that is mapped at the address, as /proc tells it; empty when it cannot.
std::string_view file_at(uintptr_t address) {
  static std::array<char, 256 << 10> buffer;
  const int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  size_t size = 0;
  while (maps >= 0 && size < buffer.size()) {
    const ssize_t count = read(maps, buffer.data() + size, buffer.size() - size);
    if (count <= 0) break;
    size += static_cast<size_t>(count);
  }
  std::string_view rest(buffer.data(), size);
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() < rest.size() ? line.size() + 1 : line.size());
    // As in "7f0000000000-7f0000040000 r--s 00000000 08:01 1234    /data/events.avro".
    const uintptr_t begin = take_address(line);
    const uintptr_t end = take_address(line);
    const size_t path = line.find('/');
    if (address >= begin && address < end && path != line.npos) return line.substr(path);
  }
  return {};
}

void lose_file(int, siginfo_t* info, void*) {
  static std::atomic_flag is_told;
  // Other threads read the same file.
  while (is_told.test_and_set()) pause();
  remove_temporary_files();
  const std::string_view file = file_at(reinterpret_cast<uintptr_t>(info->si_addr));
  write_error("error[E0102]: a file became shorter, or its disk failed, while it was read\n");
  if (!file.empty()) {
    write_error("  at ");
    write_error(file);
    write_error("\n");
  }
  write_error("help: run the command again once nobody writes to the file\n");
  _exit(2);
}

}  // namespace

void report_lost_files() {
  struct sigaction action{};
  action.sa_sigaction = lose_file;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGBUS, &action, nullptr);
}

}  // namespace mseavro
