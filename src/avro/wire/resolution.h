// How values of a writer schema are read as those of a reader schema: everything that can be known
// before there are bytes.
//
// Types may be recursive in both schemas, so records are looked at in pairs, each pair once. What
// one pair cannot do, all that always contain it cannot either; behind a writer's union it is up to
// the data.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "avro/schema/resolution_rules.h"
#include "avro/schema/schema.h"
#include "avro/wire/default_compiler.h"
#include "avro/wire/step.h"
#include "mseavro/error.h"

namespace mseavro {

// Why values of one type cannot be read as another.
struct Mismatch {
  std::string rule;  // A sentence without a full stop.
  std::string help;
  std::string path;  // Of the reader's value, as in `features.region`; empty at the root.
};

// `path.name`, or the name alone; of a long path only the last part.
std::string join_path(std::string_view path, std::string_view name);

// Immutable once made. The schemas must outlive it.
class Resolution {
 public:
  static constexpr uint32_t kNoField = std::numeric_limits<uint32_t>::max();

  // A record of the writer that is read as one of the reader.
  struct Pair {
    NodeIndex writer = 0;
    NodeIndex reader = 0;
    size_t parent = 0;            // The pair in which it was first met.
    std::string_view field;       // The reader's name of the field there; empty at the root.
    std::vector<uint32_t> slots;  // For each of the writer's fields the reader's, or kNoField.
    bool is_reordered = false;    // The reader has the writer's fields in another order.
    std::optional<Mismatch> mismatch;
    std::vector<size_t> containers;  // Pairs that always contain this one.
  };

  // Errors: kIncompatibleSchemas when no value can be read, with the rule that is broken and the
  // path in place.field; kBadSchema when a default that is needed does not fit its type;
  // kLimitExceeded when the schemas pair up in too many ways.
  static Result<Resolution> of(const Schema& writer, const Schema& reader);

  const Schema& writer() const { return *writer_; }
  const Schema& reader() const { return *reader_; }

  // Why no value of `writer` can be read as `reader`; nullopt when some can. The nodes correspond
  // to each other somewhere in the schemas.
  std::optional<Mismatch> find_mismatch(NodeIndex writer, NodeIndex reader) const;

  // REQUIRES: records that correspond to each other somewhere.
  const Pair& pair(NodeIndex writer, NodeIndex reader) const;

  std::string path_of(const Pair& pair) const;

  // The steps that put the default of a field that a writer of a pair lacks.
  const std::vector<Step>& default_of(NodeIndex record, uint32_t slot) const {
    return defaults_.at(key(record, slot));
  }
  // What slots of those steps refer to.
  const std::vector<Literal>& literals() const { return literals_; }

 private:
  Resolution(const Schema& writer, const Schema& reader) : writer_(&writer), reader_(&reader) {}

  static uint64_t key(uint32_t first, uint32_t second) { return uint64_t{first} << 32 | second; }

  Mismatch conflict_of(CompatibilityRule rule, NodeIndex writer, NodeIndex reader) const;
  void meet(NodeIndex writer, NodeIndex reader, size_t container, std::string_view field,
            bool is_conditional);
  Status match_record(size_t index, DefaultCompiler& defaults);
  Status compile_default(NodeIndex record, uint32_t slot, DefaultCompiler& defaults);
  void spread_mismatches();

  const Schema* writer_;
  const Schema* reader_;
  std::vector<Pair> pairs_;  // The first stands for the roots.
  std::unordered_map<uint64_t, size_t> index_of_pair_;
  std::unordered_map<uint64_t, std::vector<Step>> defaults_;
  std::vector<Literal> literals_;
  int64_t effort_left_ = 0;
};

}  // namespace mseavro
