// add_toml_file() of option_values.h. Apart from it, since it is all that knows TOML.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "app/cli/option_values.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"
#include "base/text/number_text.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace mseavro {
namespace {

tl::unexpected<Error> bad_spec(const std::string& path, const toml::source_region& where,
                               std::string message, std::string help = {}) {
  return fail(ErrorCode::kBadSpec,
              fmt::format("column {}: {}", where.begin.column, std::move(message)), std::move(help),
              {}, {.file = path, .line = where.begin.line});
}

// A scalar as the command line would have it.
std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* boolean = node.as_boolean()) return boolean->get() ? "true" : "false";
  if (const auto* number = node.as_floating_point()) return format_number(number->get());
  if (!node.is_integer() && !node.is_date() && !node.is_date_time()) return std::nullopt;
  std::ostringstream text;
  node.visit([&](const auto& value) {
    if constexpr (toml::is_value<decltype(value)>) text << value.get();
  });
  return text.str();
}

Result<std::string> read_text(const std::string& path) {
  constexpr int64_t kMostBytes = 1 << 20;
  MSEAVRO_ASSIGN(const auto source, open_file(path, kMostBytes));
  if (source->size_bytes() > kMostBytes) {
    return fail(ErrorCode::kLimitExceeded, "a file of options is never this large", {},
                std::to_string(source->size_bytes()), {.file = path});
  }
  return read_beginning(*source, kMostBytes);
}

class TomlOptions {
 public:
  TomlOptions(const std::string& path, CommandId command, OptionValues* values)
      : path_(path), command_(command), values_(values) {}

  Status add(const toml::table& table) {
    for (const auto& [key, node] : table) {
      std::string name(key.str());
      std::replace(name.begin(), name.end(), '_', '-');
      const Option* option = find_option(name);
      if (option == nullptr || option->name == "spec") return unknown_key(key);
      if (option->kind == OptionKind::kFlag && !node.is_boolean()) {
        return bad_spec(path_, node.source(), fmt::format("{} is true or false", key.str()));
      }
      MSEAVRO_ASSIGN(OptionValue value, value_of(*option, node));
      if (applies(*option, command_)) values_->add(*option, std::move(value));
    }
    return {};
  }

 private:
  tl::unexpected<Error> unknown_key(const toml::key& key) {
    std::vector<std::string_view> known;
    for (const Option& option : all_options()) known.push_back(option.name);
    std::string text(key.str());
    std::replace(text.begin(), text.end(), '_', '-');
    std::string close = closest_name(text, known);
    std::replace(close.begin(), close.end(), '-', '_');
    return bad_spec(path_, key.source(), fmt::format("there is no option {}", key.str()),
                    close.empty() ? "options are called as on the command line, with underscores"
                                  : fmt::format("did you mean {}?", close));
  }

  Result<OptionValue> value_of(const Option& option, const toml::node& node) {
    OptionValue value{{}, fmt::format("{} (line {})", path_, node.source().begin.line)};
    if (const auto* array = node.as_array()) {
      if (option.kind != OptionKind::kList && option.kind != OptionKind::kRepeat) {
        return bad_spec(path_, node.source(), fmt::format("{} takes one value", option.name));
      }
      for (const auto& item : *array) {
        MSEAVRO_TRY(add_text(option, item, {}, &value));
      }
      return value;
    }
    if (const auto* table = node.as_table(); table != nullptr && option.name == "map") {
      for (const auto& [role, field] : *table) {
        MSEAVRO_TRY(add_text(option, field, std::string(role.str()) + "=", &value));
      }
      return value;
    }
    MSEAVRO_TRY(add_text(option, node, {}, &value));
    return value;
  }

  Status add_text(const Option& option, const toml::node& node, std::string prefix,
                  OptionValue* value) {
    const auto text = scalar_text(node);
    if (!text) {
      return bad_spec(path_, node.source(),
                      fmt::format("{} takes a text, a number or a time", option.name));
    }
    value->texts.push_back(std::move(prefix) + *text);
    return {};
  }

  const std::string& path_;
  CommandId command_;
  OptionValues* values_;
};

}  // namespace

Status add_toml_file(const std::string& path, bool must_exist, CommandId command,
                     OptionValues* values) {
  const auto text = read_text(path);
  if (!text) {
    if (!must_exist && text.error().code == ErrorCode::kNotFound) return {};
    return tl::unexpected<Error>(text.error());
  }
  const toml::parse_result parsed = toml::parse(*text, path);
  if (!parsed) {
    return bad_spec(path, parsed.error().source(), std::string(parsed.error().description()),
                    "write options as in: window = \"week\"");
  }
  return TomlOptions(path, command, values).add(parsed.table());
}

}  // namespace mseavro
