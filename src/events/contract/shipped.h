// The rules and schemas for logs that ship, by name. They are installed in share/mseavro and are
// part of the binary.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mseavro {

// Avro schemas: "movie_watch_schema", its later versions "movie_watch_schema_v2" and "..._v3", and
// "movie_watch_schema_typed" with a timestamp in place of text; movie_rating_schema and
// recommendation_request_schema likewise. The views are valid for the life of the process; nullopt
// for other names.
std::optional<std::string_view> find_shipped_schema(std::string_view name);

// The names of all these, in groups of versions.
std::vector<std::string_view> shipped_schema_names();

// Rules in TOML: "movielog".
std::optional<std::string_view> find_shipped_rules(std::string_view name);

// The names of shipped rules, for messages: "movielog".
std::string shipped_rules_names();

}  // namespace mseavro
