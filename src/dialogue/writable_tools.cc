#include "dialogue/writable_tools.h"

#include <optional>
#include <string>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "base/utf8.h"
#include "chat/request_part.h"
#include "constraint/plain_schema.h"
#include "json/parse.h"

namespace hearth::dialogue {

namespace {

namespace bj = boost::json;
using constraint::Plainness;

constexpr std::size_t kShownBytes = 100;  // of a name

chat::Tool with_parameters(const chat::Tool& tool, std::string parameters) {
  return {.name = tool.name, .description = tool.description, .parameters = std::move(parameters)};
}

// Nothing when it was written.
Result<std::optional<Error>> objection(const chat::Tool& tool, const WriteTool& write) {
  const auto written = write(tool);
  if (written) return std::nullopt;
  if (written.error().code != Code::kInvalidArgument) return fail(written.error());
  return written.error();
}

struct Wrong {
  std::string property;  // none: it takes several to fail
  Error error;
};

// The first property of a plain schema that cannot be written alone.
Result<Wrong> find_wrong(const chat::Tool& tool, Error whole, const WriteTool& write) {
  const auto schema = HEARTH_TRY(json::parse(tool.parameters));
  const auto* properties = schema.as_object().if_contains("properties");
  std::size_t tried = 0;
  for (const auto& property : properties->as_object()) {
    if (++tried > kPropertiesTried) break;
    const bj::value alone = bj::object{
        {"type", "object"}, {"properties", bj::object{{property.key(), property.value()}}}};
    const auto error = HEARTH_TRY(objection(with_parameters(tool, bj::serialize(alone)), write));
    if (error) return Wrong{property.key(), *error};
  }
  return Wrong{{}, std::move(whole)};
}

std::string shown(const std::string& name) {
  return base::repair_utf8(name.substr(0, kShownBytes)) + (name.size() > kShownBytes ? "…" : "");
}

Error about_parameters(const chat::Tool& tool, const Error& why, const std::string& where = "") {
  return make_error(why.code, fmt::format("the parameters of the tool '{}'{}: {}", shown(tool.name),
                                          where, why.message));
}

Error refusal(const chat::Tool& tool, Wrong wrong) {
  const bool one = !wrong.property.empty();
  wrong.error.message += fmt::format(
      "; give {} \"type\" and a \"description\", or give another template with "
      "model.chat_template",
      one ? "it one" : "each property one");
  return about_parameters(tool, wrong.error,
                          one ? fmt::format(", property '{}'", shown(wrong.property)) : "");
}

Result<chat::Tool> made_writable(const chat::Tool& tool, const WriteTool& write,
                                 constraint::Effort& effort) {
  auto error = HEARTH_TRY(objection(tool, write));
  if (!error || tool.parameters.empty()) return tool;
  chat::Tool plain = tool;
  for (const Plainness how : {Plainness::kTyped, Plainness::kScalars}) {
    auto schema = constraint::plain_schema(tool.parameters, how, effort);
    if (!schema) return fail(about_parameters(tool, schema.error()));
    plain = with_parameters(tool, *std::move(schema));
    error = HEARTH_TRY(objection(plain, write));
    if (!error) return plain;
  }
  const auto without = HEARTH_TRY(objection(with_parameters(tool, ""), write));
  if (without) return tool;
  return fail(refusal(tool, HEARTH_TRY(find_wrong(plain, *error, write))));
}

}  // namespace

Result<std::vector<chat::Tool>> writable_tools(std::vector<chat::Tool> tools,
                                               const WriteTool& write) {
  constraint::Effort effort;
  for (std::size_t place = 0; place < tools.size(); ++place) {
    auto made = made_writable(tools[place], write, effort);
    tools[place] =
        HEARTH_TRY(chat::about({chat::RequestPart::Kind::kParameters, place}, std::move(made)));
  }
  return tools;
}

}  // namespace hearth::dialogue
