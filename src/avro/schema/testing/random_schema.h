// Schemas for property tests: every kind of type, nested, recursive, in several namespaces, with
// every attribute. Equal seeds give equal schemas.
#pragma once

#include <algorithm>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace mseavro {

class RandomSchema {
 public:
  explicit RandomSchema(uint32_t seed) : random_(seed) {}

  // The JSON of a record that is new in its names to this object.
  std::string record() { return record("", 0); }

 private:
  int below(int bound) { return static_cast<int>(random_() % static_cast<uint32_t>(bound)); }
  bool one_in(int count) { return below(count) == 0; }

  std::string type(const std::string& space, int depth) {
    static const std::string kSimple[] = {
        R"("null")",
        R"("boolean")",
        R"("int")",
        R"("long")",
        R"("float")",
        R"("double")",
        R"("bytes")",
        R"("string")",
        R"({"type":"long","logicalType":"timestamp-micros"})",
        R"({"type":"bytes","logicalType":"decimal","precision":9,"scale":2})",
        R"({"type":"int","logicalType":"unheard-of","precision":1})",
        R"({"type":{"type":"int","doc":"inner"},"logicalType":"date","doc":"outer"})",
        R"({"type":["null","int"],"doc":"a union with a property"})",
    };
    if (depth > 3 || one_in(2)) return kSimple[below(std::size(kSimple))];
    if (!names_.empty() && one_in(4)) return reference(space);
    switch (below(6)) {
      case 0:
        return R"({"type":"array","items":)" + type(space, depth + 1) + property() + "}";
      case 1:
        return R"({"type":"map","values":)" + type(space, depth + 1) + property() + "}";
      case 2:
        return R"(["null",)" + definition(space, depth) + R"(,"string"])";
      default:
        return definition(space, depth);
    }
  }

  std::string definition(const std::string& space, int depth) {
    switch (below(3)) {
      case 0:
        return R"({"type":"enum",)" + name(space) + R"(,"symbols":["A","B"],"default":"B")" +
               property() + "}";
      case 1:
        return R"({"type":"fixed",)" + name(space) + R"(,"size":12)" +
               (one_in(2) ? R"(,"logicalType":"duration")" : "") + property() + "}";
      default:
        return record(space, depth + 1);
    }
  }

  std::string record(const std::string& space, int depth) {
    std::string json = (one_in(8) ? R"({"type":"error",)" : R"({"type":"record",)") + name(space);
    const std::string inner = names_.back().substr(0, names_.back().rfind('.') + 1);
    const std::string inner_space = inner.empty() ? "" : inner.substr(0, inner.size() - 1);
    json += R"(,"fields":[)";
    const int count = below(5);
    for (int index = 0; index < count; ++index) {
      if (index > 0) json += ',';
      json += R"({"name":"f)" + std::to_string(index) + R"(","type":)" + type(inner_space, depth);
      if (one_in(3)) json += R"(,"default":{"a":[1.5,null,"\u00e9\n"]})";
      if (one_in(4)) json += R"(,"order":"descending")";
      if (one_in(4)) json += R"(,"aliases":["old","older"])";
      json += property() + "}";
    }
    return json + "]" + property() + "}";
  }

  // The attributes of a new name: in the enclosing namespace, another or none.
  std::string name(const std::string& space) {
    static const std::string kSpaces[] = {"", "a", "a.b"};
    const std::string own = one_in(2) ? space : kSpaces[below(std::size(kSpaces))];
    // Names repeat from namespace to namespace, so that references can be mistaken.
    std::string simple;
    std::string full;
    do {
      simple = one_in(10) ? "int" : "N" + std::to_string(below(30));
      full = own.empty() ? simple : own + "." + simple;
    } while (full == "int" || std::find(names_.begin(), names_.end(), full) != names_.end());
    names_.push_back(full);
    std::string json = R"("name":")" + simple + R"(","namespace":")" + own + "\"";
    if (one_in(4)) json += R"(,"aliases":["Old",".Outer","x.y.Old"])";
    if (one_in(4)) json += R"(,"doc":"says \"why\" \\ and how")";
    return json;
  }

  std::string reference(const std::string& space) {
    const std::string& full = names_[static_cast<size_t>(below(static_cast<int>(names_.size())))];
    const bool is_outermost = full.find('.') == full.npos;
    return is_outermost && !space.empty() ? "\"." + full + "\"" : "\"" + full + "\"";
  }

  std::string property() {
    return one_in(4) ? R"(,"unit":{"of":[1,2.50,"\u20ac"],"is":true})" : "";
  }

  std::mt19937 random_;
  std::vector<std::string> names_;
};

}  // namespace mseavro
