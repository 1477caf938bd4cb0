// All columns to Arrow batches, and from them back to a file, through the public headers alone.
//
//   columns_job read FILE [RUNS]
//   columns_job write FILE CODEC[:LEVEL] OUT [RUNS]    the records of FILE, read before the clock
//
// Prints for each run what a record took, of the processor's time and of the wall's.
#include <mseavro/reader.h>
#include <mseavro/writer.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace {

[[noreturn]] void complain(const mseavro::Error& error) {
  std::fprintf(stderr, "columns_job: %s\n", error.message.c_str());
  std::exit(2);
}

template <class Value>
Value need(mseavro::Result<Value> result) {
  if (!result) complain(result.error());
  return std::move(*result);
}

void need(const mseavro::Status& status) {
  if (!status) complain(status.error());
}

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double wall_seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

// `job` returns how many records it did.
template <class Job>
void run(int runs, const Job& job) {
  for (int i = 0; i < runs; ++i) {
    const double processor_begin = processor_seconds();
    const double wall_begin = wall_seconds();
    const auto records = static_cast<double>(job());
    std::printf("%.2f ns/record, wall %.2f\n",
                (processor_seconds() - processor_begin) * 1e9 / records,
                (wall_seconds() - wall_begin) * 1e9 / records);
  }
}

int64_t read_columns(const std::string& path) {
  auto batches = need(need(mseavro::AvroFile::open(path)).read_batches());
  int64_t records = 0;
  for (ArrowArray batch; need(batches.next(&batch)); batch.release(&batch)) records += batch.length;
  return records;
}

// Everything that a file holds.
struct Columns {
  std::string schema;
  ArrowSchema type{};
  std::vector<ArrowArray> batches;
};

Columns load(const std::string& path) {
  const auto file = need(mseavro::AvroFile::open(path));
  auto batches = need(file.read_batches());
  Columns columns{.schema = file.schema()};
  batches.schema(&columns.type);
  for (ArrowArray batch; need(batches.next(&batch));) columns.batches.push_back(batch);
  return columns;
}

int64_t write_columns(const Columns& columns, const mseavro::WriteOptions& options,
                      const std::string& path) {
  auto writer = need(mseavro::AvroWriter::create(path, columns.schema, options));
  for (const ArrowArray& batch : columns.batches) need(writer.write(columns.type, batch));
  need(writer.close());
  return writer.record_count();
}

mseavro::WriteOptions options_of(const std::string& codec) {
  const size_t colon = codec.find(':');
  mseavro::WriteOptions options{.codec = codec.substr(0, colon)};
  if (colon != std::string::npos) options.level = std::atoi(codec.c_str() + colon + 1);
  return options;
}

int runs_of(const char* text) { return text == nullptr ? 1 : std::atoi(text); }

}  // namespace

int main(int argc, char** argv) {
  const std::string job = argc > 1 ? argv[1] : "";
  if (job == "read" && argc >= 3) {
    run(runs_of(argv[3]), [&] { return read_columns(argv[2]); });
  } else if (job == "write" && argc >= 5) {
    const Columns columns = load(argv[2]);
    run(runs_of(argv[5]), [&] { return write_columns(columns, options_of(argv[3]), argv[4]); });
  } else {
    std::fputs("columns_job read FILE [RUNS] | write FILE CODEC[:LEVEL] OUT [RUNS]\n", stderr);
    return 2;
  }
}
