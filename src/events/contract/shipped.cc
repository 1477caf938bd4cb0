#include "events/contract/shipped.h"

#include <algorithm>
#include <span>

// Put there by mseavro_embed in src/CMakeLists.txt.
extern "C" const char mseavro_movie_watch_schema_begin[];
extern "C" const char mseavro_movie_watch_schema_end[];
extern "C" const char mseavro_movie_watch_schema_v2_begin[];
extern "C" const char mseavro_movie_watch_schema_v2_end[];
extern "C" const char mseavro_movie_watch_schema_v3_begin[];
extern "C" const char mseavro_movie_watch_schema_v3_end[];
extern "C" const char mseavro_movie_watch_schema_typed_begin[];
extern "C" const char mseavro_movie_watch_schema_typed_end[];
extern "C" const char mseavro_movie_rating_schema_begin[];
extern "C" const char mseavro_movie_rating_schema_end[];
extern "C" const char mseavro_movie_rating_schema_v2_begin[];
extern "C" const char mseavro_movie_rating_schema_v2_end[];
extern "C" const char mseavro_movie_rating_schema_typed_begin[];
extern "C" const char mseavro_movie_rating_schema_typed_end[];
extern "C" const char mseavro_recommendation_request_schema_begin[];
extern "C" const char mseavro_recommendation_request_schema_end[];
extern "C" const char mseavro_recommendation_request_schema_v2_begin[];
extern "C" const char mseavro_recommendation_request_schema_v2_end[];
extern "C" const char mseavro_recommendation_request_schema_typed_begin[];
extern "C" const char mseavro_recommendation_request_schema_typed_end[];
extern "C" const char mseavro_movielog_rules_begin[];
extern "C" const char mseavro_movielog_rules_end[];

namespace mseavro {
namespace {

struct Shipped {
  std::string_view name;
  const char* begin;
  const char* end;
};

constexpr Shipped kSchemas[] = {
    {"movie_watch_schema", mseavro_movie_watch_schema_begin, mseavro_movie_watch_schema_end},
    {"movie_watch_schema_v2", mseavro_movie_watch_schema_v2_begin,
     mseavro_movie_watch_schema_v2_end},
    {"movie_watch_schema_v3", mseavro_movie_watch_schema_v3_begin,
     mseavro_movie_watch_schema_v3_end},
    {"movie_watch_schema_typed", mseavro_movie_watch_schema_typed_begin,
     mseavro_movie_watch_schema_typed_end},
    {"movie_rating_schema", mseavro_movie_rating_schema_begin, mseavro_movie_rating_schema_end},
    {"movie_rating_schema_v2", mseavro_movie_rating_schema_v2_begin,
     mseavro_movie_rating_schema_v2_end},
    {"movie_rating_schema_typed", mseavro_movie_rating_schema_typed_begin,
     mseavro_movie_rating_schema_typed_end},
    {"recommendation_request_schema", mseavro_recommendation_request_schema_begin,
     mseavro_recommendation_request_schema_end},
    {"recommendation_request_schema_v2", mseavro_recommendation_request_schema_v2_begin,
     mseavro_recommendation_request_schema_v2_end},
    {"recommendation_request_schema_typed", mseavro_recommendation_request_schema_typed_begin,
     mseavro_recommendation_request_schema_typed_end},
};

constexpr Shipped kRules[] = {
    {"movielog", mseavro_movielog_rules_begin, mseavro_movielog_rules_end},
};

std::optional<std::string_view> find(std::span<const Shipped> all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &Shipped::name);
  if (found == all.end()) return std::nullopt;
  return std::string_view(found->begin, found->end);
}

}  // namespace

std::optional<std::string_view> find_shipped_schema(std::string_view name) {
  return find(kSchemas, name);
}

std::vector<std::string_view> shipped_schema_names() {
  std::vector<std::string_view> names;
  for (const Shipped& schema : kSchemas) names.push_back(schema.name);
  return names;
}

std::optional<std::string_view> find_shipped_rules(std::string_view name) {
  return find(kRules, name);
}

std::string shipped_rules_names() {
  std::string names;
  for (const Shipped& rules : kRules)
    names += (names.empty() ? "" : ", ") + std::string(rules.name);
  return names;
}

}  // namespace mseavro
