// The mean squared error of a file of predictions: mse FILE
#include <mseavro/reader.h>

#include <cstdio>

int complain(const mseavro::Error& error) {
  std::fprintf(stderr, "mse: %s\n", error.message.c_str());
  return 2;
}

int main(int argc, char** argv) {
  const auto file = mseavro::AvroFile::open(argc > 1 ? argv[1] : "events.avro");
  if (!file) return complain(file.error());
  // As this schema says, numbers of any type are read as doubles, and actuals that are not there as
  // nulls.
  auto batches = file->read_batches({.reader_schema = R"({
      "type": "record", "name": "PredictionEvent", "fields": [
        {"name": "prediction", "type": "double"},
        {"name": "actual", "type": ["null", "double"], "default": null}]})"});
  if (!batches) return complain(batches.error());

  double sum = 0;
  int64_t scored = 0;
  ArrowArray batch;
  auto more = batches->next(&batch);
  for (; more && *more; more = batches->next(&batch)) {
    const auto* predictions = static_cast<const double*>(batch.children[0]->buffers[1]);
    const auto* actuals = static_cast<const double*>(batch.children[1]->buffers[1]);
    const auto* validity = static_cast<const uint8_t*>(batch.children[1]->buffers[0]);
    for (int64_t row = 0; row < batch.length; ++row) {
      if (validity != nullptr && (validity[row / 8] >> row % 8 & 1) == 0) continue;
      sum += (actuals[row] - predictions[row]) * (actuals[row] - predictions[row]);
      ++scored;
    }
    batch.release(&batch);
  }
  if (!more) return complain(more.error());
  if (scored == 0) std::puts("no actual is known");
  if (scored > 0) std::printf("MSE %g of %lld\n", sum / scored, static_cast<long long>(scored));
}
