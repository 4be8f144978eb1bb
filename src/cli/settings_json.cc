#include "cli/settings_json.h"

#include "json/writer.h"

namespace hearth::cli {

std::string settings_json(const config::Settings& settings) {
  json::Writer json;
  json.open('{').key("settings").open('[');
  for (const config::Setting& setting : config::settings_table()) {
    json.open('{').key("name").text(setting.name).key("value");
    const config::Value& value = settings.value(setting.key);
    if (const auto* text = std::get_if<std::string>(&value)) {
      json.text(*text);
    } else {
      json.number(std::get<std::int64_t>(value));
    }
    json.key("origin").text(settings.origin(setting.key).to_string());
    json.key("environment").text(setting.environment);
    json.key("help").text(setting.help).close('}');
  }
  return json.close(']').close('}').take();
}

}  // namespace hearth::cli
