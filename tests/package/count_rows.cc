// Reads all of a file as columns and says how many rows there are (tests/e2e/test_hostile.py).
#include <mseavro/reader.h>

#include <cstdio>

int complain(const mseavro::Error& error) {
  std::fprintf(stderr, "error[E%04d]: %s\n", static_cast<int>(error.code), error.message.c_str());
  return 2;
}

int main(int, char** argv) {
  const auto file = mseavro::AvroFile::open(argv[1]);
  if (!file) return complain(file.error());
  auto batches = file->read_batches();
  if (!batches) return complain(batches.error());
  long long row_count = 0;
  ArrowArray batch;
  auto more = batches->next(&batch);
  for (; more && *more; more = batches->next(&batch)) {
    row_count += batch.length;
    batch.release(&batch);
  }
  if (!more) return complain(more.error());
  std::printf("%lld\n", row_count);
}
