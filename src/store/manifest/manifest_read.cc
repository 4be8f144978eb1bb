#include <algorithm>
#include <initializer_list>
#include <optional>

#include <fmt/format.h>

#include "json/node.h"
#include "json/parse.h"
#include "store/manifest/manifest_text.h"
#include "store/manifest/manifest_words.h"
#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

using json::Node;

constexpr json::Limits kLimits{.bytes = kManifestBytesMax, .depth = 4, .values = 16 * 1024};
constexpr std::int64_t kVersionMax = 1'000'000;

// An object that has no other members than these.
Result<void> check_members(const Node& node, std::initializer_list<std::string_view> known) {
  for (const auto& [key, member] : HEARTH_TRY(node.members())) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      return fail(member.wrong("is nothing that a manifest has"));
  }
  return {};
}

Result<std::string> required_text(const Node& node, std::string_view key) {
  const Node member = HEARTH_TRY(node.require(key));
  return std::string(HEARTH_TRY(member.text()));
}

Result<std::string> optional_text(const Node& node, std::string_view key) {
  const auto member = node.find(key);
  if (!member) return std::string();
  return std::string(HEARTH_TRY(member->text()));
}

Result<std::vector<Node>> optional_elements(const Node& node, std::string_view key) {
  const auto member = node.find(key);
  if (!member) return std::vector<Node>();
  return member->elements();
}

// Plain HTTP too: whether it may be used is asked when something is fetched.
Result<ModelName> read_name(const Node& node) {
  const std::string text = HEARTH_TRY(required_text(node, "name"));
  const ModelName name = HEARTH_TRY(ModelName::parse(text, PlainHttp::kAllowed));
  if (name.text() == text) return name;
  return fail(Code::kInvalidArgument, fmt::format("the name {} is not written as {}",
                                                  in_quotes(text), in_quotes(name.text())));
}

template <typename Value, std::size_t count>
Result<Value> read_word(const Node& node, std::string_view key,
                        const std::array<Word<Value>, count>& words) {
  const std::string text = HEARTH_TRY(required_text(node, key));
  for (const Word<Value>& entry : words) {
    if (entry.word == text) return entry.is;
  }
  return fail(node.wrong(fmt::format("has the {} {}, which none has", key, in_quotes(text))));
}

Result<Owner> read_owner(const Node& node) {
  if (!node.find("owner")) return Owner::kUnsaid;
  return read_word(node, "owner", kOwnerWords);
}

Result<Origin> read_origin(const Node& node) {
  HEARTH_TRY(check_members(node, {"name", "revision", "from"}));
  ModelName name = HEARTH_TRY(read_name(node));
  std::string revision = HEARTH_TRY(optional_text(node, "revision"));
  std::string from = HEARTH_TRY(optional_text(node, "from"));
  return Origin{std::move(name), std::move(revision), std::move(from)};
}

Result<std::int64_t> read_number(const Node& node, std::string_view key, std::int64_t most) {
  const Node member = HEARTH_TRY(node.require(key));
  return member.integer(1, most);
}

Result<SplitPart> read_part(const Node& node) {
  if (!node.find("part") && !node.find("parts")) return SplitPart{};
  const auto number = HEARTH_TRY(read_number(node, "part", kSplitPartsMax));
  const auto count = HEARTH_TRY(read_number(node, "parts", kSplitPartsMax));
  return SplitPart{static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(count)};
}

Result<ManifestFile> read_file(const Node& node) {
  HEARTH_TRY(check_members(node, {"role", "part", "parts", "digest", "size", "file_name"}));
  const FileRole role = HEARTH_TRY(read_word(node, "role", kRoleWords));
  const SplitPart part = HEARTH_TRY(read_part(node));
  const std::string text = HEARTH_TRY(required_text(node, "digest"));
  const BlobDigest digest = HEARTH_TRY(BlobDigest::parse(text));
  const auto size = HEARTH_TRY(read_number(node, "size", std::int64_t{kFileBytesMax}));
  std::string file_name = HEARTH_TRY(required_text(node, "file_name"));
  return ManifestFile{role, part, digest, static_cast<std::uint64_t>(size), std::move(file_name)};
}

Result<Parameter> read_parameter(const Node& node) {
  HEARTH_TRY(check_members(node, {"name", "value"}));
  std::string name = HEARTH_TRY(required_text(node, "name"));
  std::string value = HEARTH_TRY(required_text(node, "value"));
  return Parameter{std::move(name), std::move(value)};
}

Result<ExampleMessage> read_message(const Node& node) {
  HEARTH_TRY(check_members(node, {"role", "content"}));
  const Speaker speaker = HEARTH_TRY(read_word(node, "role", kSpeakerWords));
  std::string content = HEARTH_TRY(required_text(node, "content"));
  return ExampleMessage{speaker, std::move(content)};
}

Result<void> read_use(const Node& node, Manifest& manifest) {
  manifest.directions.chat_template = HEARTH_TRY(optional_text(node, "template"));
  manifest.directions.system = HEARTH_TRY(optional_text(node, "system"));
  for (const Node& licence : HEARTH_TRY(optional_elements(node, "licences")))
    manifest.licences.emplace_back(HEARTH_TRY(licence.text()));
  for (const Node& parameter : HEARTH_TRY(optional_elements(node, "parameters")))
    manifest.directions.parameters.push_back(HEARTH_TRY(read_parameter(parameter)));
  for (const Node& message : HEARTH_TRY(optional_elements(node, "messages")))
    manifest.directions.messages.push_back(HEARTH_TRY(read_message(message)));
  return {};
}

Result<Manifest> read_version_1(const Node& node) {
  HEARTH_TRY(check_members(node, {"format", "version", "name", "origin", "owner", "files",
                                  "licences", "template", "system", "parameters", "messages"}));
  ModelName name = HEARTH_TRY(read_name(node));
  const Node origin = HEARTH_TRY(node.require("origin"));
  Origin from = HEARTH_TRY(read_origin(origin));
  Manifest manifest{std::move(name), std::move(from), {}, {}, {}};
  manifest.owner = HEARTH_TRY(read_owner(node));
  const Node files = HEARTH_TRY(node.require("files"));
  for (const Node& file : HEARTH_TRY(files.elements()))
    manifest.files.push_back(HEARTH_TRY(read_file(file)));
  HEARTH_TRY(read_use(node, manifest));
  HEARTH_TRY(check_manifest(manifest));
  return manifest;
}

Result<std::int64_t> read_version(const Node& node) {
  const std::string format = HEARTH_TRY(required_text(node, "format"));
  if (format != kManifestFormat)
    return fail(Code::kInvalidArgument, "it is " + in_quotes(format) + " and no manifest");
  return read_number(node, "version", kVersionMax);
}

Failure damaged(const Error& error) {
  return fail(Code::kCorrupt,
              "the manifest is damaged: " + error.message + "; pull or create the model again",
              error.context);
}

}  // namespace

Result<Manifest> read_manifest(std::string_view text) {
  const auto value = json::parse(text, kLimits);
  if (!value) return damaged(value.error());
  const Node node(*value);
  const auto version = read_version(node);
  if (!version) return damaged(version.error());
  if (*version != kManifestVersion) {
    return fail(Code::kUnimplemented,
                fmt::format("the manifest has version {}, and this Hearth knows version {}; "
                            "install a newer Hearth, or pull the model again with this one",
                            *version, kManifestVersion));
  }
  auto manifest = read_version_1(node);
  if (!manifest) return damaged(manifest.error());
  return manifest;
}

}  // namespace hearth::store
