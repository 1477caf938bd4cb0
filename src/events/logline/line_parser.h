// Raw lines to datums, by compiled rules.
//
//   LineParser parser(rules);
//   std::vector<Encoder> outputs(rules->events().size());
//   const LineOutcome outcome = parser.parse(line, false, outputs);
//   if (!outcome.is_event) count(rules->reasons()[outcome.reason]);
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "avro/wire/encoder.h"
#include "events/logline/line_rules.h"

namespace mseavro {

// What became of a line.
struct LineOutcome {
  bool is_event = false;
  uint32_t event = 0;      // Of an event: index in rules.events().
  uint32_t reason = 0;     // Else: index in rules.reasons().
  size_t datum_begin = 0;  // Of an event: where its datum begins in the output.
};

// Not thread-safe; make one for each thread. Its memory is bounded by the longest line.
class LineParser {
 public:
  explicit LineParser(std::shared_ptr<const LineRules> rules);

  // Appends the datum to the event's output, or nothing when the line is none. `line` comes
  // without its line feed; a carriage return at its end is passed over. `is_ascii` says that the
  // caller knows that; otherwise texts are checked to be UTF-8. REQUIRES: an output for each event.
  LineOutcome parse(std::string_view line, bool is_ascii, std::span<Encoder> outputs);

  // When the event of the last line was, to the microsecond; kFirstInstant if the line does not
  // say.
  Instant time() const;

 private:
  // What a step or a way came to.
  struct Verdict {
    bool is_fine = true;
    uint32_t reason = kMalformedEvent;
  };

  Verdict encode(const CompiledEvent& event, const EventWay& way, Encoder& to);
  uint8_t* write_value(const FieldStep& step, const CompiledEvent& event, std::string_view text,
                       uint8_t* to);
  uint8_t* write_text(std::string_view text, uint8_t* to) const;
  uint8_t* write_integer(const FieldStep& step, std::string_view text, uint8_t* to);
  uint8_t* write_number(const FieldStep& step, std::string_view text, uint8_t* to);
  uint8_t* write_time(const FieldStep& step, std::string_view text, uint8_t* to);
  uint8_t* write_list(std::string_view text, uint8_t* to) const;
  bool check_range(const FieldStep& step, double value);
  bool read_queries(const EventWay& way);
  bool read_query(const Capture& capture, std::string_view query, size_t first_slot);
  std::optional<std::string_view> decoded(std::string_view text);
  bool read_time(uint32_t slot);

  const std::shared_ptr<const LineRules> rules_;
  const size_t way_slot_;  // The first one behind those of the line pattern.
  std::vector<std::string_view> captured_;
  bool is_ascii_ = false;
  // The time that was read, of the line.
  std::optional<uint32_t> time_slot_;
  LogTime time_;
  TimeReader time_reader_;
  TimeWriter time_writer_;
  uint32_t range_reason_ = 0;  // Of the way that is tried; 0: within all ranges.
  std::string decoded_;        // Parameters without their percent signs.
};

}  // namespace mseavro
