#include "api/hearth/make_request.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "api/hearth/installed_body.h"
#include "json/parse.h"
#include "store/manifest/manifest_words.h"
#include "store/modelfile/parameter_rules.h"

namespace hearth::api {

namespace {

using json::Node;

// A Modelfile's text takes more when it is quoted.
constexpr json::Limits kMakeLimits{
    .bytes = 2 * store::kModelfileBytesMax, .depth = 8, .values = 16 * 1024};

using Field = std::function<Result<void>(const Node&, MakeOrder&)>;
using Fields = std::map<std::string_view, Field>;

Result<void> read_text(const Node& node, std::string& text) {
  text = HEARTH_TRY(node.text());
  if (!text.empty()) return {};
  return fail(node.wrong("is an empty text"));
}

// One text, or several in a list.
Result<void> read_texts(const Node& node, std::vector<std::string>& texts) {
  if (!node.is_array()) return read_text(node, texts.emplace_back());
  for (const Node& element : HEARTH_TRY(node.elements()))
    HEARTH_TRY(read_text(element, texts.emplace_back()));
  return {};
}

Result<void> read_stream(const Node& node, MakeOrder& order) {
  order.telling = HEARTH_TRY(read_telling(node));
  return {};
}

Result<void> read_whole_modelfile(const Node& node, MakeOrder& order) {
  const std::string_view text = HEARTH_TRY(node.text());
  auto reading = store::read_modelfile(text);
  if (!reading) return fail(reading.error().code, reading.error().message, node.path());
  order.wish.modelfile = std::move(reading->modelfile);
  order.warnings = std::move(reading->warnings);
  return {};
}

// As it would stand in a Modelfile.
Result<std::string> value_text(const Node& node) {
  if (node.is_string()) return std::string(HEARTH_TRY(node.text()));
  if (const auto truth = node.boolean()) return std::string(*truth ? "true" : "false");
  constexpr std::int64_t kExact = 1LL << 53;
  if (const auto whole = node.integer(-kExact, kExact)) return std::to_string(*whole);
  constexpr double kMost = std::numeric_limits<double>::max();
  return fmt::format("{}", HEARTH_TRY(node.number(-kMost, kMost)));
}

Result<void> read_value(std::string_view name, const Node& node, MakeOrder& order) {
  std::string value = HEARTH_TRY(value_text(node));
  store::Parameter parameter{std::string(name), std::move(value)};
  const auto rule = store::check_known_parameter(parameter);
  if (!rule) return fail(rule.error().code, rule.error().message, node.path());
  if (rule->use == store::ParameterRule::Use::kKept)
    order.warnings.push_back(fmt::format("the parameter {} is kept and has no effect here", name));
  order.wish.modelfile.parameters.push_back(std::move(parameter));
  return {};
}

Result<void> read_parameters(const Node& node, MakeOrder& order) {
  for (const auto& [name, member] : HEARTH_TRY(node.members())) {
    if (!member.is_array() || !store::is_list(name)) {
      HEARTH_TRY(read_value(name, member, order));
      continue;
    }
    for (const Node& element : HEARTH_TRY(member.elements()))
      HEARTH_TRY(read_value(name, element, order));
  }
  return {};
}

Result<store::ExampleMessage> read_message(const Node& node) {
  for (const auto& [key, member] : HEARTH_TRY(node.members())) {
    if (key != "role" && key != "content") return fail(member.wrong("is not a field of a message"));
  }
  const Node role = HEARTH_TRY(node.require("role"));
  const std::string_view word = HEARTH_TRY(role.text());
  const Node content = HEARTH_TRY(node.require("content"));
  const auto known =
      std::find_if(store::kSpeakerWords.begin(), store::kSpeakerWords.end(),
                   [&](const store::Word<store::Speaker>& each) { return each.word == word; });
  if (known == store::kSpeakerWords.end())
    return fail(role.wrong("has to be system, user or assistant"));
  return store::ExampleMessage{known->is, std::string(HEARTH_TRY(content.text()))};
}

Result<void> read_messages(const Node& node, MakeOrder& order) {
  for (const Node& element : HEARTH_TRY(node.elements()))
    order.wish.modelfile.messages.push_back(HEARTH_TRY(read_message(element)));
  return {};
}

// The body's members, each by its field.
Result<MakeOrder> read_members(const Node& root, const Fields& fields) {
  MakeOrder order;
  for (const auto& [key, value] : HEARTH_TRY(root.members())) {
    const auto field = fields.find(key);
    if (field == fields.end()) return fail(value.wrong("is not a field of this request"));
    HEARTH_TRY(field->second(value, order));
  }
  return order;
}

Result<MakeOrder> read_body(std::string_view body, const Fields& fields) {
  const auto document = json::parse(body, kMakeLimits);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  return read_members(Node(*document), fields);
}

Result<void> read_name(const Node& node, MakeOrder& order) {
  return read_text(node, order.wish.name);
}

const Fields& create_fields() {
  static const Fields fields{
      {"name", read_name},
      {"stream", read_stream},
      {"from", [](const Node& node,
                  MakeOrder& order) { return read_texts(node, order.wish.modelfile.from); }},
      {"adapters",
       [](const Node& node, MakeOrder& order) {
         return read_texts(node, order.wish.modelfile.adapters);
       }},
      {"license", [](const Node& node,
                     MakeOrder& order) { return read_texts(node, order.wish.modelfile.licences); }},
      {"parameters", read_parameters},
      {"messages", read_messages},
      {"system",
       [](const Node& node, MakeOrder& order) -> Result<void> {
         order.wish.modelfile.system = HEARTH_TRY(node.text());
         return {};
       }},
      {"template",
       [](const Node& node, MakeOrder& order) -> Result<void> {
         order.wish.modelfile.chat_template = HEARTH_TRY(node.text());
         return {};
       }},
  };
  return fields;
}

// A Modelfile says everything; of what stands beside it nobody would know whether it wins.
const Fields& modelfile_fields() {
  static const Fields fields{
      {"name", read_name}, {"stream", read_stream}, {"modelfile", read_whole_modelfile}};
  return fields;
}

}  // namespace

Result<MakeOrder> read_create(std::string_view body) {
  const auto document = json::parse(body, kMakeLimits);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  const bool has_modelfile = root.is_object() && root.find("modelfile").has_value();
  MakeOrder order =
      HEARTH_TRY(read_members(root, has_modelfile ? modelfile_fields() : create_fields()));
  if (order.wish.name.empty())
    return fail(Code::kInvalidArgument, "name is missing: what to call the new model", "name");
  if (!order.wish.modelfile.from.empty()) return order;
  return fail(Code::kInvalidArgument,
              "from is missing: the model or the path that the new one is made of; or send a "
              "modelfile",
              "from");
}

Result<MakeOrder> read_import(std::string_view body) {
  static const Fields fields{{"name", read_name},
                             {"stream", read_stream},
                             {"path", [](const Node& node, MakeOrder& order) {
                                return read_text(node, order.wish.modelfile.from.emplace_back());
                              }}};
  MakeOrder order = HEARTH_TRY(read_body(body, fields));
  if (order.wish.modelfile.from.empty())
    return fail(Code::kInvalidArgument, "path is missing: the file or folder to import", "path");
  const std::string& path = order.wish.modelfile.from.front();
  if (path.starts_with('/')) return order;
  return fail(Code::kInvalidArgument, "path has to be absolute; `hearth import` makes it so",
              "path");
}

Result<MakeOrder> read_copy(std::string_view body) {
  static const Fields fields{{"to", read_name},
                             {"stream", read_stream},
                             {"from", [](const Node& node, MakeOrder& order) {
                                return read_text(node, order.wish.modelfile.from.emplace_back());
                              }}};
  MakeOrder order = HEARTH_TRY(read_body(body, fields));
  if (order.wish.modelfile.from.empty())
    return fail(Code::kInvalidArgument, "from is missing: the model to copy", "from");
  if (!order.wish.name.empty()) return order;
  return fail(Code::kInvalidArgument, "to is missing: what to call the copy", "to");
}

}  // namespace hearth::api
