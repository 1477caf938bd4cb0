// Errors as values.
//
// Every function that can fail on input, files or limits returns Result<T>. An Error says what is
// wrong in one sentence, where, with which value, and what the user can type to go on. Nothing in
// the library throws, prints or aborts on input.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace mseavro {

// The number is what users see (`error[E0203]`) and what `mseavro explain` takes.
// Do not renumber: scripts and documents refer to it. Each has an entry in error_catalog.cc.
enum class ErrorCode : uint16_t {
  // Usage and configuration.
  kUsage = 1,
  kBadOptionValue = 2,
  kBadSpec = 3,
  kBadFilter = 4,
  kBadTimeZone = 5,
  kBadTime = 6,
  kNoInput = 7,
  kConflictingOptions = 8,
  kBadRules = 9,
  // Files.
  kNotFound = 101,
  kUnreadable = 102,
  kWriteFailed = 103,
  // Avro container files and their data.
  kNotAvro = 201,
  kBadHeader = 202,
  kTruncated = 203,
  kBadSync = 204,
  kUnknownCodec = 205,
  kBadCompression = 206,
  kBadChecksum = 207,
  kTrailingBytes = 208,
  kLimitExceeded = 209,
  kBadVarint = 210,
  kBadBoolean = 211,
  kBadIndex = 212,
  kBadLength = 213,
  kTooDeep = 214,
  kBadBlockCount = 215,
  kNotSingleObject = 216,
  // Schemas.
  kBadSchemaJson = 301,
  kBadSchema = 302,
  kDuplicateName = 303,
  kUnknownName = 304,
  kIncompatibleSchemas = 305,
  kNoArrowType = 306,
  kNoArrowValue = 307,
  kUnknownFingerprint = 308,
  // Roles.
  kRoleMissing = 401,
  kRoleAmbiguous = 402,
  kFieldMissing = 403,
  kTextNumber = 404,
  kWrongRoleType = 405,
  kClassLabels = 406,
  kTimeUnitUnclear = 407,
  // Rows and labels.
  kTooManyRejected = 501,
  kBadCsv = 502,
  kLabelTimesMissing = 503,
  kMemoryBudget = 504,
  kBadJson = 505,
  kBadValue = 506,
  // Metrics files.
  kNotMetrics = 601,
  kOverlappingRows = 602,
  kNotMergeable = 603,
  kBadState = 604,
  kMisalignedWindow = 605,
};

// Where an error happened. Empty and negative members are unknown and are not printed.
struct Place {
  std::string file{};
  std::string field{};  // Path of a field in the schema, as in `features.region`.
  int64_t block = -1;   // Index of the block in its container file, from 0.
  int64_t record = -1;  // Index of the record in its block, from 0.
  int64_t byte = -1;    // Offset in bytes from the start of the file (for compressed blocks: of the
                        // block's first byte).
  int64_t line = -1;    // Line of a text file, from 1.
};

struct Error {
  ErrorCode code;
  std::string message;  // One sentence, without a full stop.
  std::string help;     // What to type or do; empty when nothing is known to help.
  std::string value;    // The offending value as text; empty when there is none.
  Place place;
};

template <class T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

// Shorthand for the common `return fail(ErrorCode::kX, "sentence");`.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message,
                                                std::string help = {}, std::string value = {},
                                                Place place = {}) {
  return tl::unexpected<Error>(
      Error{code, std::move(message), std::move(help), std::move(value), std::move(place)});
}

}  // namespace mseavro
