#include "app/cli/demo.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "avro/codec/codec.h"
#include "avro/container/container_reader.h"
#include "avro/container/container_writer.h"
#include "avro/wire/column_decoder.h"
#include "avro/wire/read_plan.h"
#include "base/io/byte_sink.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"
#include "base/time/time.h"

// The bytes of examples/flights/flights.avro; nothing but the demo touches them.
extern "C" const uint8_t mseavro_flights_table_begin[];
extern "C" const uint8_t mseavro_flights_table_end[];

namespace mseavro {
namespace {

constexpr std::string_view kMarkerName = ".mseavro-demo";

constexpr std::string_view kPredictionSchema = R"({
  "type": "record", "name": "FlightPrediction", "namespace": "mseavro.example",
  "doc": "What a model version said about the arrival delay of a flight.",
  "fields": [
    {"name": "prediction_id", "type": "string",
     "doc": "Day, carrier, number and origin of the flight."},
    {"name": "prediction", "type": "double", "doc": "Arrival delay in minutes."},
    {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-micros"},
     "doc": "When it was said."},
    {"name": "carrier", "type": "string", "doc": "IATA code of the airline."},
    {"name": "origin", "type": "string", "doc": "EWR, JFK or LGA."},
    {"name": "dest", "type": "string", "doc": "FAA code of the destination."}
  ]})";

constexpr std::string_view kLabelSchema = R"({
  "type": "record", "name": "FlightLabel", "namespace": "mseavro.example",
  "doc": "The arrival delay of a flight, once it had landed.",
  "fields": [
    {"name": "prediction_id", "type": "string",
     "doc": "Day, carrier, number and origin of the flight."},
    {"name": "actual", "type": "double", "doc": "Arrival delay in minutes; negative: early."},
    {"name": "label_timestamp", "type": {"type": "long", "logicalType": "timestamp-micros"},
     "doc": "When the flight landed."}
  ]})";

struct Flight {
  std::string id;
  std::string carrier;
  std::string origin;
  std::string dest;
  Instant scheduled_departure;
  Instant scheduled_arrival;
  std::optional<int64_t> departure_delay_minutes;  // Absent: it never left.
  std::optional<int64_t> arrival_delay_minutes;    // Absent: cancelled, diverted or not recorded.
};

// Columns of the table, in the order in which they are requested.
enum TableColumn : size_t {
  kCarrier,
  kFlight,
  kOrigin,
  kDest,
  kDate,
  kDepartureMinute,
  kScheduledMinutes,
  kDepartureDelay,
  kArrivalDelay,
};

std::vector<ColumnRequest> table_columns() {
  const auto column = [](const char* name, ColumnType type) {
    return ColumnRequest{FieldPath{{{name}}}, type};
  };
  return {
      column("carrier", ColumnType::kText),
      column("flight", ColumnType::kInteger),
      column("origin", ColumnType::kText),
      column("dest", ColumnType::kText),
      column("date", ColumnType::kInteger),
      column("departure_minute", ColumnType::kInteger),
      column("scheduled_minutes", ColumnType::kInteger),
      column("departure_delay", ColumnType::kInteger),
      column("arrival_delay", ColumnType::kInteger),
  };
}

Flight read_flight(const ColumnBatch& batch, size_t row, const TimeZone& new_york) {
  const auto text = [&](TableColumn column) { return batch.columns[column].texts[row]; };
  const auto integer = [&](TableColumn column) { return batch.columns[column].integers[row]; };
  const auto optional_integer = [&](TableColumn column) -> std::optional<int64_t> {
    if (!batch.columns[column].has_value(row)) return std::nullopt;
    return integer(column);
  };

  const int64_t midnight = integer(kDate) * kMicrosPerDay;
  const Instant departure =
      new_york.from_local(midnight + integer(kDepartureMinute) * kMicrosPerMinute);
  return {
      .id = fmt::format("{}-{}-{}-{}", format_day(midnight), text(kCarrier), integer(kFlight),
                        text(kOrigin)),
      .carrier = std::string(text(kCarrier)),
      .origin = std::string(text(kOrigin)),
      .dest = std::string(text(kDest)),
      .scheduled_departure = departure,
      .scheduled_arrival = departure + integer(kScheduledMinutes) * kMicrosPerMinute,
      .departure_delay_minutes = optional_integer(kDepartureDelay),
      .arrival_delay_minutes = optional_integer(kArrivalDelay),
  };
}

Result<std::vector<Flight>> read_flights(const TimeZone& new_york) {
  const Limits limits;
  const auto source = memory_source({mseavro_flights_table_begin, mseavro_flights_table_end},
                                    "the table of flights in this program");
  MSEAVRO_ASSIGN(const auto reader, ContainerReader::open(*source, limits));
  MSEAVRO_ASSIGN(const auto plan, ReadPlan::project(reader->header().schema, table_columns()));
  const auto decompressor = make_decompressor(reader->header().codec, limits);
  ColumnDecoder decoder(plan, limits);
  ColumnBatch batch(plan->column_types(), 1024);

  std::vector<Flight> flights;
  Piece piece;
  while (true) {
    MSEAVRO_ASSIGN(const bool more_pieces, reader->next(piece));
    if (!more_pieces) return flights;
    for (const Block& block : piece.blocks) {
      MSEAVRO_ASSIGN(const auto bytes, decompressor->decompress(block.bytes));
      decoder.begin_block(bytes, block.record_count);
      while (true) {
        MSEAVRO_ASSIGN(const bool more_rows, decoder.next(batch));
        if (!more_rows) break;
        for (size_t row = 0; row < batch.size; ++row) {
          flights.push_back(read_flight(batch, row, new_york));
        }
      }
    }
  }
}

// A prediction or a label of a flight.
struct Event {
  Instant time;
  double delay_minutes;
  const Flight* flight;
};

std::vector<Event> schedule_predictions(const std::vector<Flight>& flights) {
  std::vector<Event> events;
  for (const Flight& flight : flights) {
    events.push_back({flight.scheduled_departure, 0.0, &flight});
  }
  return events;
}

std::vector<Event> carryover_predictions(const std::vector<Flight>& flights) {
  std::vector<Event> events;
  for (const Flight& flight : flights) {
    if (!flight.departure_delay_minutes) continue;
    const int64_t delay = *flight.departure_delay_minutes;
    events.push_back({flight.scheduled_departure + delay * kMicrosPerMinute,
                      static_cast<double>(delay), &flight});
  }
  return events;
}

std::vector<Event> arrival_labels(const std::vector<Flight>& flights) {
  std::vector<Event> events;
  for (const Flight& flight : flights) {
    if (!flight.arrival_delay_minutes) continue;
    const int64_t delay = *flight.arrival_delay_minutes;
    events.push_back(
        {flight.scheduled_arrival + delay * kMicrosPerMinute, static_cast<double>(delay), &flight});
  }
  return events;
}

void encode_prediction(const Event& event, Encoder& datum) {
  datum.put_bytes(event.flight->id);
  datum.put_double(event.delay_minutes);
  datum.put_long(event.time);
  datum.put_bytes(event.flight->carrier);
  datum.put_bytes(event.flight->origin);
  datum.put_bytes(event.flight->dest);
}

void encode_label(const Event& event, Encoder& datum) {
  datum.put_bytes(event.flight->id);
  datum.put_double(event.delay_minutes);
  datum.put_long(event.time);
}

using EncodeEvent = void (*)(const Event&, Encoder&);

Status make_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) {
    return fail(ErrorCode::kWriteFailed,
                fmt::format("the folder cannot be made: {}", error.message()), {}, {},
                {.file = path});
  }
  return {};
}

Status write_part(const std::string& folder, std::string_view schema, EncodeEvent encode,
                  std::span<const Event> events) {
  MSEAVRO_TRY(make_directory(folder));
  MSEAVRO_ASSIGN(const auto sink, create_file(folder + "/part-0.avro", Durability::kUnsynced));
  ContainerOptions options;
  options.codec = Codec::kSnappy;
  MSEAVRO_ASSIGN(const auto writer,
                 ContainerWriter::create(*sink, std::string(schema), std::move(options)));
  for (const Event& event : events) {
    encode(event, writer->datum());
    MSEAVRO_TRY(writer->end_record());
  }
  MSEAVRO_TRY(writer->finish());
  return sink->commit();
}

// One file for each New York day, in order of time; equal times stay in the order of the table.
Status write_days(const std::string& folder, std::string_view schema, EncodeEvent encode,
                  std::vector<Event> events, const TimeZone& new_york) {
  std::stable_sort(events.begin(), events.end(),
                   [](const Event& a, const Event& b) { return a.time < b.time; });
  const auto day = [&](const Event& event) {
    return new_york.to_local(event.time) / kMicrosPerDay;
  };
  for (auto begin = events.begin(); begin != events.end();) {
    const int64_t date = day(*begin);
    const auto end =
        std::find_if(begin, events.end(), [&](const Event& event) { return day(event) != date; });
    MSEAVRO_TRY(write_part(fmt::format("{}/date={}", folder, format_day(date * kMicrosPerDay)),
                           schema, encode, {begin, end}));
    begin = end;
  }
  return {};
}

// A folder that is new, empty, or a demo that was begun earlier.
Status claim_directory(const std::string& directory) {
  MSEAVRO_TRY(make_directory(directory));
  const std::string marker = fmt::format("{}/{}", directory, kMarkerName);
  std::error_code error;
  if (!std::filesystem::is_empty(directory, error) && !std::filesystem::exists(marker, error)) {
    return fail(
        ErrorCode::kWriteFailed, "the folder holds something other than an earlier demo",
        fmt::format("name a folder that does not exist yet: mseavro demo {}/flights", directory),
        {}, {.file = directory});
  }
  MSEAVRO_ASSIGN(const auto sink, create_file(marker));
  MSEAVRO_TRY(sink->write_text("`mseavro demo` may write over the files of this folder.\n"));
  return sink->commit();
}

std::string next_steps(const std::string& directory) {
  return fmt::format(
      R"(Wrote the flights of New York in 2013 to {0}: predictions of two model versions and labels
  schedule-1   predicts at the scheduled departure that the flight arrives on time
  carryover-2  predicts at the actual departure that its delay stays as it is
Try next:
  mseavro report {0}/predictions --labels {0}/labels --window month --timezone America/New_York
  mseavro eval {0}/predictions --labels {0}/labels --by origin
  mseavro eval {0}/predictions --labels {0}/labels --by carrier --where 'origin == "JFK"'
  mseavro cat {0}/labels/date=2013-01-01/part-0.avro
)",
      directory);
}

}  // namespace

Result<std::string> write_flights_demo(const std::string& directory) {
  MSEAVRO_ASSIGN(const auto new_york, TimeZone::find("America/New_York"));
  MSEAVRO_TRY(claim_directory(directory));
  MSEAVRO_ASSIGN(const auto flights, read_flights(*new_york));
  const std::string versions = directory + "/predictions/model_version=";
  MSEAVRO_TRY(write_days(versions + "schedule-1", kPredictionSchema, encode_prediction,
                         schedule_predictions(flights), *new_york));
  MSEAVRO_TRY(write_days(versions + "carryover-2", kPredictionSchema, encode_prediction,
                         carryover_predictions(flights), *new_york));
  MSEAVRO_TRY(write_days(directory + "/labels", kLabelSchema, encode_label, arrival_labels(flights),
                         *new_york));
  return next_steps(directory);
}

}  // namespace mseavro
