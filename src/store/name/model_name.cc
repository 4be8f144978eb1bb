#include "store/name/model_name.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/utf8.h"
#include "store/name/host_name.h"
#include "store/name/hugging_face_name.h"
#include "store/name/name_rules.h"
#include "store/name/registry_name.h"
#include "store/name/web_name.h"

namespace hearth::store {

namespace {

constexpr std::string_view kDockerPagesPath = "r/";
// What can be left out at the beginning of a name, the longest first.
constexpr std::array<std::string_view, 3> kMeantByItself{"registry.ollama.ai/library/",
                                                         "docker.io/", "hf.co/"};

template <typename... Cases>
struct Visitor : Cases... {
  using Cases::operator()...;
};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool begins_like_a_path(std::string_view text) {
  return text.starts_with('/') || text.starts_with("./") || text.starts_with("../") ||
         text.starts_with("~/");
}

// The name for a message: a URL without user, password and query, which may be keys.
std::string without_secrets(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return std::string(text);
  const std::string_view scheme = text.substr(0, scheme_end + 3);
  const std::string_view rest = text.substr(scheme.size());
  const std::size_t tail = std::min(rest.find_first_of("?#"), rest.size());
  const std::size_t user = rest.substr(0, rest.find_first_of("/?#")).rfind('@');
  const std::size_t host = user == std::string_view::npos ? 0 : user;
  return fmt::format("{}{}{}{}", scheme, host == 0 ? "" : "…", rest.substr(host, tail - host),
                     tail == rest.size() ? "" : "…");
}

Result<void> check_readable(std::string_view text) {
  if (text.empty()) {
    return fail(Code::kInvalidArgument,
                "it is empty; name a model like qwen2.5-7b-instruct, OWNER/REPOSITORY:Q4_K_M or "
                "./FILE.gguf");
  }
  const std::size_t limit = begins_like_a_path(text) ? kPathBytesMax : kNameBytesMax;
  if (text.size() > limit) {
    return fail(Code::kInvalidArgument,
                fmt::format("it has {} bytes, and at most {} are possible", text.size(), limit));
  }
  if (!base::is_utf8(text)) return fail(Code::kInvalidArgument, "it is not UTF-8");
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  if (control) return fail(Code::kInvalidArgument, "it has a control character; leave that out");
  if (text.front() == ' ' || text.back() == ' ')
    return fail(Code::kInvalidArgument, "it begins or ends with a space; leave that out");
  return {};
}

Result<Source> parse_path(std::string_view text) {
  if (text.back() == '/')
    return fail(Code::kInvalidArgument, "it is a folder; name the .gguf file in it");
  return PathName{std::string(text)};
}

// `rest` is what stands behind "HOST/".
Result<Source> parse_at_host(const std::string& host, Transport transport, std::string_view rest) {
  switch (known_host(host)) {
    case KnownHost::kHuggingFace:
      return Source(HEARTH_TRY(parse_hugging_face_name(rest)));
    case KnownHost::kOllama:
      return Source(HEARTH_TRY(parse_ollama_name(rest)));
    case KnownHost::kDocker:
      return Source(HEARTH_TRY(parse_docker_name(rest)));
    case KnownHost::kDockerPages:
      if (!rest.starts_with(kDockerPagesPath)) {
        return fail(Code::kInvalidArgument,
                    "pages of Docker Hub are named hub.docker.com/r/ai/MODEL; write ai/MODEL");
      }
      return Source(HEARTH_TRY(parse_docker_name(rest.substr(kDockerPagesPath.size()))));
    case KnownHost::kNone:
      break;
  }
  if (!looks_like_host(host)) {
    return fail(Code::kInvalidArgument,
                fmt::format("{} is no host: that has a dot or a port; a model of Hugging Face is "
                            "named OWNER/REPOSITORY[:QUANT], a file ./PATH",
                            in_quotes(host)));
  }
  return Source(HEARTH_TRY(parse_registry_name(rest, transport, host)));
}

Result<Source> parse_url(std::string_view text, PlainHttp plain_http) {
  const WebAddress address = HEARTH_TRY(parse_web_address(text));
  if (address.transport == Transport::kPlain && plain_http == PlainHttp::kRefused) {
    return fail(Code::kInvalidArgument,
                "http:// is not protected from the network; write https://, or allow plain HTTP "
                "with --insecure");
  }
  const KnownHost known = known_host(address.host);
  // The hub's own links carry "?download=true" and the like; nothing else may be left out.
  if (!address.tail.empty() && known != KnownHost::kHuggingFace) {
    return fail(Code::kInvalidArgument,
                "it has a '?' or '#'; write the URL without what follows, or fetch the file "
                "yourself and name its path");
  }
  if (known == KnownHost::kNone && ends_in_gguf(address.path))
    return Source(HEARTH_TRY(parse_web_name(address)));
  if (known == KnownHost::kNone && !has(address.path, ":")) {
    return fail(Code::kInvalidArgument,
                "it is neither the URL of a .gguf file nor a registry's HOST/NAMESPACE/MODEL:TAG");
  }
  return parse_at_host(address.host, address.transport, address.path);
}

// One slash, and no host: whose it is, the first part says.
Result<Source> parse_two_parts(std::string_view text, std::string_view first) {
  if (first == kDockerModelSpace) return Source(HEARTH_TRY(parse_docker_name(text)));
  if (first == kLibrarySpace) return Source(HEARTH_TRY(parse_ollama_name(text)));
  return Source(HEARTH_TRY(parse_hugging_face_name(text)));
}

Result<Source> parse_short(std::string_view text) {
  if (ends_in_gguf(text)) {
    return fail(Code::kInvalidArgument,
                fmt::format("it looks like a file; write {} for one in this folder",
                            in_quotes("./" + std::string(text))));
  }
  return Source(HEARTH_TRY(parse_ollama_name(text)));
}

Result<Source> parse_source(std::string_view text, PlainHttp plain_http) {
  HEARTH_TRY(check_readable(text));
  if (begins_like_a_path(text)) return parse_path(text);
  if (has(text, "://")) return parse_url(text, plain_http);
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return parse_short(text);
  const std::string_view first = text.substr(0, slash);
  const std::string_view rest = text.substr(slash + 1);
  const std::string host = lower_case(first);
  if (known_host(host) != KnownHost::kNone) return parse_at_host(host, Transport::kTls, rest);
  if (ends_in_gguf(text) && !has(text, ":")) return parse_path(text);
  const std::string_view words = rest.substr(0, rest.find_first_of("@:"));
  if (!has(first, ":") && !has(words, "/")) return parse_two_parts(text, first);
  if (!looks_like_host(first)) return parse_at_host(host, Transport::kTls, rest);
  return parse_at_host(HEARTH_TRY(parse_host(first, Transport::kTls)), Transport::kTls, rest);
}

std::string text_of(const Source& source) {
  return std::visit(Visitor{
                        [](const HuggingFaceName& name) { return hugging_face_text(name); },
                        [](const RegistryName& name) { return registry_text(name); },
                        [](const DockerName& name) { return docker_text(name); },
                        [](const WebName& name) { return name.url; },
                        [](const PathName& name) { return name.path; },
                    },
                    source);
}

// The same name with everything in lower case that is no other model in upper case.
Source folded(Source source) {
  if (auto* name = std::get_if<HuggingFaceName>(&source)) {
    for (std::string* part : {&name->owner, &name->repository, &name->quant})
      *part = lower_case(*part);
  } else if (auto* registry = std::get_if<RegistryName>(&source)) {
    for (std::string* part : {&registry->space, &registry->model})
      *part = lower_case(*part);
  }
  return source;
}

}  // namespace

Result<ModelName> ModelName::parse(std::string_view text, PlainHttp plain_http) {
  auto source = parse_source(text, plain_http);
  if (source) return ModelName(*std::move(source));
  return fail(source.error().code,
              fmt::format("{} is not the name of a model: {}", in_quotes(without_secrets(text)),
                          source.error().message));
}

std::string ModelName::text() const {
  return text_of(source_);
}

std::string ModelName::short_text() const {
  const std::string full = text();
  for (const std::string_view prefix : kMeantByItself) {
    if (!full.starts_with(prefix)) continue;
    const std::string rest = full.substr(prefix.size());
    const auto same = parse(rest);
    if (same && *same == *this) return rest;
  }
  return full;
}

std::string ModelName::key() const {
  return text_of(folded(source_));
}

bool ModelName::is_plain_http() const {
  if (const auto* registry = std::get_if<RegistryName>(&source_))
    return registry->transport == Transport::kPlain;
  const auto* web = std::get_if<WebName>(&source_);
  return web != nullptr && web->url.starts_with("http://");
}

}  // namespace hearth::store
