#include "bench/sample_events.h"

#include <cmath>
#include <string>

namespace mseavro {
namespace {

constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDayMs = 24 * kHourMs;
constexpr int64_t kMonthBeginMs = 1'753'660'800'000;  // 2025-07-28
constexpr int64_t kMonthMs = 30 * kDayMs;

constexpr std::string_view kVersions[] = {"v3.2.1", "v3.3.0", "v4.0.0", "v4.1.0", "v4.1.1-rc2"};
constexpr std::string_view kFeaturesets[] = {"fs-2025.05", "fs-2025.06", "fs-2025.07"};
constexpr std::string_view kRegions[] = {
    "us-east-1",  "us-east-2",  "us-west-1",  "us-west-2",      "ca-central-1",
    "sa-east-1",  "eu-west-1",  "eu-west-2",  "eu-west-3",      "eu-central-1",
    "eu-north-1", "eu-south-1", "me-south-1", "af-south-1",     "ap-south-1",
    "ap-east-1",  "ap-south-2", "ca-west-1",  "ap-northeast-1", "ap-northeast-2"};
constexpr std::string_view kUserTypes[] = {"free", "pro", "trial", "enterprise"};
constexpr std::string_view kDevices[] = {"ios", "android", "web", "tv", "desktop", "console"};
constexpr std::string_view kChannels[] = {"search", "feed", "email", "push", "ads"};
constexpr std::string_view kCities[] = {"Lisboa", "Porto",  "Sevilla", "Bilbao",  "Nantes",
                                        "Lyon",   "Torino", "Bari",    "Bremen",  "Dresden",
                                        "Graz",   "Linz",   "Aarhus",  "Uppsala", "Tampere"};
constexpr std::string_view kCarriers[] = {"bike", "scooter", "van"};
constexpr std::string_view kFeatures[] = {"queue_length", "rain_mm", "courier_count",
                                          "route_kind",   "is_peak", "kitchen_load"};

std::string numbered(std::string_view prefix, int64_t number, size_t digit_count) {
  std::string digits = std::to_string(number);
  if (digits.size() < digit_count) digits.insert(0, digit_count - digits.size(), '0');
  return digits.insert(0, prefix);
}

struct Outcome {
  size_t version;
  double prediction;
  bool is_known;
  double actual;
};

// Versions differ in how wrong they are; a tenth of the actuals is not known.
Outcome draw_outcome(SampleRandom& random) {
  const auto version = static_cast<size_t>(random.below(std::size(kVersions)));
  const double prediction = 28 + 9 * random.normal();
  const double deviation = 1.5 + 0.25 * static_cast<double>(version);
  return {version, prediction, random.below(10) != 0,
          std::round((prediction + deviation * random.normal()) * 100) / 100};
}

void put_optional_double(Encoder& to, bool is_known, double value) {
  to.put_long(is_known ? 1 : 0);
  if (is_known) to.put_double(value);
}

// A decimal's unscaled value, in `size` bytes or in as many as it needs up to eight.
void put_unscaled(Encoder& to, int64_t unscaled, size_t size) {
  std::string bytes(size, unscaled < 0 ? '\xff' : '\0');
  for (size_t i = 0; i < size && i < 8; ++i) {
    bytes[size - 1 - i] = static_cast<char>(unscaled >> (8 * i));
  }
  to.put_raw(bytes);
}

void put_decimal_bytes(Encoder& to, int64_t unscaled) {
  size_t size = 1;
  while (size < 8 && unscaled >> (8 * size - 1) != unscaled >> 63) ++size;
  to.put_long(static_cast<int64_t>(size));
  put_unscaled(to, unscaled, size);
}

// Items of an array or a map in one block, as most writers make it.
template <class PutItem>
void put_items(Encoder& to, int64_t count, const PutItem& put_item) {
  if (count > 0) to.put_long(count);
  for (int64_t i = 0; i < count; ++i) put_item(i);
  to.put_long(0);
}

#define MSEAVRO_NARROW_FIELDS                                                        \
  R"({"name":"prediction_id","type":"string"},)"                                     \
  R"({"name":"model_version","type":"string"},)"                                     \
  R"({"name":"prediction","type":"double"},)"                                        \
  R"({"name":"actual","type":["null","double"],"default":null},)"                    \
  R"({"name":"squared_error","type":["null","double"],"default":null},)"             \
  R"({"name":"timestamp","type":{"type":"long","logicalType":"timestamp-millis"}},)" \
  R"({"name":"featureset_version","type":["null","string"],"default":null},)"        \
  R"({"name":"region","type":"string"},)"                                            \
  R"({"name":"user_type","type":"string"},)"                                         \
  R"({"name":"device","type":"string"})"

constexpr std::string_view kNarrowSchema =
    R"({"type":"record","name":"PredictionEvent","namespace":"sample","fields":[)"  //
    MSEAVRO_NARROW_FIELDS "]}";

constexpr std::string_view kWideSchema =
    R"({"type":"record","name":"PredictionEvent","namespace":"sample","fields":[)"  //
    MSEAVRO_NARROW_FIELDS R"(,{"name":"tags","type":{"type":"map","values":"string"}},)"
    R"({"name":"features","type":{"type":"array","items":"double"}}]})";

void put_narrow(Encoder& to, SampleRandom& random, const SampleMoment& moment) {
  const Outcome outcome = draw_outcome(random);
  const double residual = outcome.actual - outcome.prediction;
  to.put_bytes(numbered("p-", moment.index, 9));
  to.put_bytes(kVersions[outcome.version]);
  to.put_double(outcome.prediction);
  put_optional_double(to, outcome.is_known, outcome.actual);
  put_optional_double(to, outcome.is_known, residual * residual);
  to.put_long(moment.time_ms);
  const bool has_featureset = random.below(5) != 0;
  to.put_long(has_featureset ? 1 : 0);
  if (has_featureset) to.put_bytes(random.pick(kFeaturesets));
  to.put_bytes(random.pick(kRegions));
  to.put_bytes(random.pick(kUserTypes));
  to.put_bytes(random.pick(kDevices));
}

void put_wide(Encoder& to, SampleRandom& random, const SampleMoment& moment) {
  put_narrow(to, random, moment);
  put_items(to, 2, [&](int64_t i) {
    to.put_bytes(i == 0 ? "experiment" : "channel");
    to.put_bytes(i == 0 ? numbered("exp-", random.below(200), 3)
                        : std::string(random.pick(kChannels)));
  });
  put_items(to, 8, [&](int64_t) { to.put_double(static_cast<float>(random.normal())); });
}

constexpr std::string_view kNestedSchema = R"({
"type":"record","name":"DeliveryEstimate","namespace":"sample","fields":[
{"name":"estimate_id","type":{"type":"fixed","name":"EstimateId","size":16}},
{"name":"order_id","type":"string"},
{"name":"estimator","type":"string"},
{"name":"deployment","type":{"type":"record","name":"Deployment","fields":[
  {"name":"host","type":"string"},
  {"name":"replica","type":"int"},
  {"name":"started_at","type":{"type":"long","logicalType":"timestamp-millis"}},
  {"name":"stage","type":{"type":"enum","name":"Stage","symbols":["CANARY","SHADOW","LIVE"]}}]}},
{"name":"requested_at","type":{"type":"long","logicalType":"timestamp-micros"}},
{"name":"answered_at","type":["null",{"type":"long","logicalType":"timestamp-micros"}]},
{"name":"city","type":"string"},
{"name":"customer","type":{"type":"record","name":"Customer","fields":[
  {"name":"number","type":"long"},
  {"name":"kind","type":{"type":"enum","name":"CustomerKind","symbols":["NEW","CASUAL","LOYAL"]}},
  {"name":"since","type":{"type":"int","logicalType":"date"}},
  {"name":"address","type":["null",{"type":"record","name":"Address","fields":[
    {"name":"street","type":"string"},
    {"name":"postcode","type":["null","string"]},
    {"name":"at","type":{"type":"record","name":"Point","fields":[
      {"name":"latitude","type":"double"},{"name":"longitude","type":"double"}]}}]}]}]}},
{"name":"pickup","type":"Point"},
{"name":"distance_km","type":"float"},
{"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}},
{"name":"fee","type":["null",{"type":"fixed","name":"Fee","size":8,
  "logicalType":"decimal","precision":16,"scale":4}]},
{"name":"currency","type":{"type":"enum","name":"Currency",
  "symbols":["EUR","SEK","DKK","CHF","GBP"]}},
{"name":"items","type":{"type":"array","items":{"type":"record","name":"Item","fields":[
  {"name":"sku","type":"string"},
  {"name":"quantity","type":"int"},
  {"name":"unit_price","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}},
  {"name":"kind","type":{"type":"enum","name":"ItemKind","symbols":["FOOD","DRINK","OTHER"]}},
  {"name":"note","type":["null","string"]}]}}},
{"name":"legs","type":{"type":"array","items":{"type":"record","name":"Leg","fields":[
  {"name":"from","type":"Point"},
  {"name":"seconds","type":"int"},
  {"name":"delay","type":["null","int","string"]}]}}},
{"name":"features","type":{"type":"array","items":{"type":"record","name":"Feature","fields":[
  {"name":"name","type":"string"},
  {"name":"value","type":["null","double","string"]}]}}},
{"name":"carrier","type":"string"},
{"name":"predicted_minutes","type":"double"},
{"name":"low_minutes","type":["null","double"]},
{"name":"high_minutes","type":["null","double"]},
{"name":"delivered_minutes","type":["null","double"]},
{"name":"reason","type":["null","string","int"]},
{"name":"weather","type":["null","Stage",{"type":"record","name":"Weather","fields":[
  {"name":"celsius","type":"float"},{"name":"rain_mm","type":"float"}]}]},
{"name":"priority","type":"int"},
{"name":"is_fallback","type":"boolean"},
{"name":"latency","type":{"type":"long","logicalType":"time-micros"}},
{"name":"embedding","type":{"type":"array","items":"float"}},
{"name":"tags","type":{"type":"map","values":"string"}},
{"name":"trace","type":["null","bytes"]},
{"name":"checksum","type":{"type":"fixed","name":"Checksum","size":4}}]})";

void put_point(Encoder& to, SampleRandom& random) {
  to.put_double(40 + 20 * random.unit());
  to.put_double(25 * random.unit());
}

void put_customer(Encoder& to, SampleRandom& random) {
  to.put_long(random.below(1'000'000));
  to.put_long(random.below(3));
  to.put_int(static_cast<int32_t>(15'000 + random.below(5'000)));
  const bool has_address = random.below(4) != 0;
  to.put_long(has_address ? 1 : 0);
  if (!has_address) return;
  to.put_bytes(numbered("Street ", random.below(5'000), 1));
  const bool has_postcode = random.below(3) != 0;
  to.put_long(has_postcode ? 1 : 0);
  if (has_postcode) to.put_bytes(numbered("", random.below(100'000), 5));
  put_point(to, random);
}

void put_item(Encoder& to, SampleRandom& random) {
  to.put_bytes(numbered("sku-", random.below(100'000), 5));
  to.put_int(static_cast<int32_t>(1 + random.below(9)));
  put_decimal_bytes(to, random.below(10'000));
  to.put_long(random.below(3));
  const bool has_note = random.below(8) == 0;
  to.put_long(has_note ? 1 : 0);
  if (has_note) to.put_bytes("no onions, please");
}

void put_leg(Encoder& to, SampleRandom& random) {
  put_point(to, random);
  to.put_int(static_cast<int32_t>(random.below(2'000)));
  const int64_t delay = random.below(3);
  to.put_long(delay);
  if (delay == 1) to.put_int(static_cast<int32_t>(random.below(600)));
  if (delay == 2) to.put_bytes("unknown");
}

void put_feature(Encoder& to, SampleRandom& random, int64_t index) {
  to.put_bytes(kFeatures[index]);
  const int64_t value = random.below(3);
  to.put_long(value);
  if (value == 1) to.put_double(random.normal());
  if (value == 2) to.put_bytes(random.pick(kChannels));
}

void put_weather(Encoder& to, SampleRandom& random) {
  const int64_t branch = random.below(3);
  to.put_long(branch);
  if (branch == 1) to.put_long(random.below(3));
  if (branch == 2) {
    to.put_float(static_cast<float>(15 + 8 * random.normal()));
    to.put_float(static_cast<float>(random.unit()));
  }
}

void put_reason(Encoder& to, SampleRandom& random) {
  const int64_t branch = random.below(3);
  to.put_long(branch);
  if (branch == 1) to.put_bytes(random.pick(kChannels));
  if (branch == 2) to.put_int(static_cast<int32_t>(random.below(1'000)));
}

void put_nested(Encoder& to, SampleRandom& random, const SampleMoment& moment) {
  const Outcome outcome = draw_outcome(random);
  put_unscaled(to, moment.index, 16);
  to.put_bytes(numbered("order-", moment.index, 8));
  to.put_bytes(kVersions[outcome.version]);
  to.put_bytes(numbered("host-", random.below(40), 2));
  to.put_int(static_cast<int32_t>(random.below(16)));
  to.put_long(kMonthBeginMs - random.below(kMonthMs));
  to.put_long(random.below(3));
  to.put_long(moment.time_ms * 1'000);
  to.put_long(1);
  to.put_long(moment.time_ms * 1'000 + random.below(100'000));
  to.put_bytes(random.pick(kCities));
  put_customer(to, random);
  put_point(to, random);
  to.put_float(static_cast<float>(12 * random.unit()));
  put_decimal_bytes(to, random.below(20'000) - 500);
  const bool has_fee = random.below(2) != 0;
  to.put_long(has_fee ? 1 : 0);
  if (has_fee) put_unscaled(to, random.below(50'000) - 1'000, 8);
  to.put_long(random.below(5));
  put_items(to, random.below(5), [&](int64_t) { put_item(to, random); });
  put_items(to, random.below(4), [&](int64_t) { put_leg(to, random); });
  put_items(to, random.below(7), [&](int64_t i) { put_feature(to, random, i); });
  to.put_bytes(random.pick(kCarriers));
  to.put_double(outcome.prediction);
  const bool has_interval = random.below(3) != 0;
  put_optional_double(to, has_interval, outcome.prediction - 5);
  put_optional_double(to, has_interval, outcome.prediction + 5);
  put_optional_double(to, outcome.is_known, outcome.actual);
  put_reason(to, random);
  put_weather(to, random);
  to.put_int(static_cast<int32_t>(random.below(5)));
  to.put_boolean(random.below(20) == 0);
  to.put_long(random.below(50'000));
  put_items(to, 8, [&](int64_t) { to.put_float(static_cast<float>(random.normal())); });
  put_items(to, random.below(3), [&](int64_t i) {
    to.put_bytes(i == 0 ? "channel" : "device");
    to.put_bytes(i == 0 ? random.pick(kChannels) : random.pick(kDevices));
  });
  const bool has_trace = random.below(4) == 0;
  to.put_long(has_trace ? 1 : 0);
  if (has_trace) to.put_bytes(numbered("trace-", random.below(1'000'000), 10));
  put_unscaled(to, random.below(1LL << 32), 4);
}

}  // namespace

const SampleShape kNarrow = {kNarrowSchema, put_narrow};
const SampleShape kWide = {kWideSchema, put_wide};
const SampleShape kNested = {kNestedSchema, put_nested};

SampleEvents::SampleEvents(const SampleShape& shape, int64_t count, SampleOrder order)
    : shape_(shape), count_(count), order_(order), random_(20'250'728) {}

bool SampleEvents::next(Encoder& to) {
  if (index_ == count_) return false;
  const int64_t offset_ms = order_ == SampleOrder::kShuffled
                                ? random_.below(kMonthMs)
                                : (kMonthMs - kHourMs) / count_ * index_ + random_.below(kHourMs);
  shape_.put(to, random_, {index_, kMonthBeginMs + offset_ms});
  ++index_;
  return true;
}

}  // namespace mseavro
