#include "chat/request_part.h"

#include <charconv>
#include <system_error>
#include <utility>

namespace hearth::chat {

namespace {

using Kind = RequestPart::Kind;

constexpr std::string_view kToolBegin = "request.tools[";
constexpr std::string_view kToolEnd = "].parameters";

constexpr std::pair<Kind, std::string_view> kNames[] = {
    {Kind::kMessages, "request.messages"},
    {Kind::kTools, "request.tools"},
    {Kind::kToolChoice, "request.tool_choice"},
    {Kind::kConstraint, "request.constraint"},
    {Kind::kTemplateArguments, "request.template_arguments"},
    {Kind::kLogitBias, "request.sampling.logit_bias"},
    {Kind::kModel, "request.model"},
    {Kind::kPriority, "request.priority"},
    {Kind::kSuffix, "request.suffix"},
    {Kind::kInput, "request.input"},
    {Kind::kDimensions, "request.dimensions"},
};

}  // namespace

std::string part_context(const RequestPart& part) {
  for (const auto& [kind, name] : kNames) {
    if (kind == part.kind) return std::string(name);
  }
  return std::string(kToolBegin) + std::to_string(part.tool) + std::string(kToolEnd);
}

std::optional<RequestPart> find_part(std::string_view context) {
  for (const auto& [kind, name] : kNames) {
    if (name == context) return RequestPart{kind};
  }
  if (!context.starts_with(kToolBegin) || !context.ends_with(kToolEnd)) return std::nullopt;
  context.remove_prefix(kToolBegin.size());
  RequestPart part{Kind::kParameters};
  const char* const end = context.data() + context.size();
  const auto [rest, error] = std::from_chars(context.data(), end, part.tool);
  const bool whole = error == std::errc() && std::string_view(rest, end) == kToolEnd;
  return whole ? std::optional(part) : std::nullopt;
}

Error about(const RequestPart& part, Error error) {
  if (!find_part(error.context)) error.context = part_context(part);
  return error;
}

}  // namespace hearth::chat
