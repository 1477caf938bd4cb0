// The demo: flights of New York in 2013 as prediction events and labels.
//
// The binary carries a table of the flights (examples/flights/README.md says what was chosen about
// times). The demo expands it to partitioned Avro files of two model versions and their labels, the
// same bytes each time.
#pragma once

#include <string>

#include "mseavro/error.h"

namespace mseavro {

// Writes `directory`/predictions/model_version=…/date=…/part-0.avro and
// `directory`/labels/date=…/part-0.avro, and returns what to try next, as lines for the user.
// An earlier demo is written over; files that a user added to it stay.
// Errors: kWriteFailed (the directory has other content, or cannot be written), kBadTimeZone (no
// time-zone database).
Result<std::string> write_flights_demo(const std::string& directory);

}  // namespace mseavro
