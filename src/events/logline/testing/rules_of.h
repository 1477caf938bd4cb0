// Rules and their schemas from texts, for tests.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result/result.h"
#include "events/logline/line_rules.h"

namespace mseavro {

using SchemaTexts = std::map<std::string, std::string>;

inline Result<std::shared_ptr<const LineRules>> rules_of(const std::string& toml,
                                                         const SchemaTexts& schemas,
                                                         const CompileOptions& options = {}) {
  MSEAVRO_ASSIGN(RuleSet rules, parse_rules(toml, "rules.toml"));
  const SchemaLoader load = [&](const std::string& name) -> Result<std::string> {
    if (const auto found = schemas.find(name); found != schemas.end()) return found->second;
    return fail(ErrorCode::kNotFound, "there is no schema \"" + name + "\"", "name another");
  };
  return LineRules::compile(std::move(rules), load, options);
}

}  // namespace mseavro
