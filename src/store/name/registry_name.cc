#include "store/name/registry_name.h"

#include <fmt/format.h>

#include "store/name/host_name.h"
#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

constexpr WordRule kSpaceRule{"the namespace", "-"};
constexpr WordRule kModelRule{"the model", "-."};
constexpr WordRule kTagRule{"the tag", "-."};
constexpr WordRule kDockerTagRule{"the tag", "-.", kDockerTagBytesMax};
constexpr std::string_view kLatest = "latest";

struct Parts {
  std::string_view space;
  std::string_view model;
  std::string_view tag;
};

// A tag that ends in .gguf would make the whole name look like a file.
Result<void> check_tag(std::string_view tag, const WordRule& rule) {
  HEARTH_TRY(check_word(tag, rule));
  if (!ends_in_gguf(tag)) return {};
  return fail(Code::kInvalidArgument,
              fmt::format("the tag {} looks like a file, and registries have none; files are named "
                          "by ./PATH, a URL or OWNER/REPOSITORY:FILE of Hugging Face",
                          in_quotes(tag)));
}

Result<Parts> parse_parts(std::string_view text, std::string_view usual_space) {
  Parts parts{usual_space, text, kLatest};
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    parts.model = text.substr(0, colon);
    parts.tag = text.substr(colon + 1);
  }
  const std::size_t slash = parts.model.find('/');
  if (slash != std::string_view::npos) {
    parts.space = parts.model.substr(0, slash);
    parts.model.remove_prefix(slash + 1);
  }
  if (parts.space.empty() && slash == std::string_view::npos) {
    return fail(Code::kInvalidArgument,
                "a registry's model is named HOST/NAMESPACE/MODEL:TAG, and the namespace is "
                "missing");
  }
  HEARTH_TRY(check_word(parts.space, kSpaceRule));
  HEARTH_TRY(check_word(parts.model, kModelRule));
  return parts;
}

}  // namespace

Result<RegistryName> parse_registry_name(std::string_view text, Transport transport,
                                         std::string host) {
  const bool ollama = host == kOllamaHost;
  const Parts parts = HEARTH_TRY(parse_parts(text, ollama ? kLibrarySpace : std::string_view()));
  HEARTH_TRY(check_tag(parts.tag, kTagRule));
  return RegistryName{transport, std::move(host), std::string(parts.space),
                      std::string(parts.model), std::string(parts.tag)};
}

Result<RegistryName> parse_ollama_name(std::string_view text) {
  return parse_registry_name(text, Transport::kTls, std::string(kOllamaHost));
}

Result<DockerName> parse_docker_name(std::string_view text) {
  const Parts parts = HEARTH_TRY(parse_parts(text, {}));
  HEARTH_TRY(check_tag(parts.tag, kDockerTagRule));
  const std::string name = fmt::format("{}/{}", parts.space, parts.model);
  if (lower_case(name) != name) {
    return fail(Code::kInvalidArgument,
                fmt::format("Docker Hub has only names in lower case; write {}",
                            in_quotes(lower_case(name))));
  }
  return DockerName{std::string(parts.space), std::string(parts.model), std::string(parts.tag)};
}

std::string registry_text(const RegistryName& name) {
  return fmt::format("{}{}/{}/{}:{}", name.transport == Transport::kPlain ? "http://" : "",
                     name.host, name.space, name.model, name.tag);
}

std::string docker_text(const DockerName& name) {
  return fmt::format("{}/{}/{}:{}", kDockerHost, name.space, name.model, name.tag);
}

}  // namespace hearth::store
