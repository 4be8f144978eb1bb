#include "api/openai/field_names.h"

#include <fmt/format.h>

#include "api/core/errors.h"
#include "api/core/tool_wish.h"
#include "chat/request_part.h"

namespace hearth::api::openai {

namespace {

using Kind = chat::RequestPart::Kind;

std::string name_of(const chat::RequestPart& part, const FieldNames& names) {
  switch (part.kind) {
    case Kind::kMessages:
      return "messages";
    case Kind::kTools:
      return "tools";
    case Kind::kParameters:
      if (part.tool >= names.tools.size()) return "tools";
      return fmt::format("tools[{}].function.parameters", names.tools[part.tool]);
    case Kind::kToolChoice:
      return "tool_choice";
    case Kind::kConstraint:
      return names.constraint;
    case Kind::kTemplateArguments:
      return "chat_template_kwargs";
    case Kind::kLogitBias:
      return "logit_bias";
    case Kind::kModel:
      return std::string(kModelField);
    case Kind::kPriority:
      return "hearth.priority";
    case Kind::kSuffix:
      return "suffix";
    case Kind::kInput:
      return "input";
    case Kind::kDimensions:
      return "dimensions";
  }
  return {};
}

}  // namespace

std::string field_at_fault(const Error& error, const FieldNames& names) {
  // What a provider does not find is always the model, and what is too long is the conversation
  // where nothing else is said.
  if (error.context == kToolsField) return error.context;
  if (error.code == Code::kNotFound) return std::string(kModelField);
  if (const auto part = chat::find_part(error.context)) return name_of(*part, names);
  return error.code == Code::kContextOverflow ? "messages" : std::string();
}

}  // namespace hearth::api::openai
