#include "store/source/hugging_face_answers.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/trimmed.h"
#include "base/utf8.h"
#include "json/node.h"
#include "json/parse.h"
#include "store/manifest/manifest.h"
#include "store/name/file_choice.h"
#include "store/name/name_rules.h"
#include "store/source/answer.h"

namespace hearth::store {

namespace {

using json::Node;

constexpr json::Limits kLimits{.bytes = kAnswerBytesMax, .depth = 64, .values = 1'000'000};
constexpr std::size_t kLicenceBytesMax = 128;  // of an identifier
constexpr std::size_t kCommitDigits = 40;
constexpr std::size_t kLongCommitDigits = 64;

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

Result<std::string> read_commit(const Node& node) {
  const Node member = HEARTH_TRY(node.require("sha"));
  const std::string_view sha = HEARTH_TRY(member.text());
  const bool digits = std::all_of(sha.begin(), sha.end(), is_hex);
  if (digits && (sha.size() == kCommitDigits || sha.size() == kLongCommitDigits))
    return std::string(sha);
  return fail(member.wrong("must be a commit, not " + in_quotes(sha)));
}

Result<std::uint64_t> read_size(const Node& node) {
  return static_cast<std::uint64_t>(HEARTH_TRY(node.integer(0, std::int64_t{kFileBytesMax})));
}

// "lfs": {"sha256" or "oid": …, "size": …}
Result<void> read_lfs(const Node& node, HubFile& file) {
  if (!node.is_object()) return fail(node.wrong("must be an object"));
  auto digest = node.find("sha256");
  if (!digest) digest = HEARTH_TRY(node.require("oid"));
  const std::string_view text = HEARTH_TRY(digest->text());
  file.digest = HEARTH_TRY(BlobDigest::parse(text));
  const auto size = node.find("size");
  if (!size) return {};
  const std::uint64_t bytes = HEARTH_TRY(read_size(*size));
  if (file.size_bytes && *file.size_bytes != bytes) {
    return fail(size->wrong(fmt::format("is {}, and the file has {}", bytes, *file.size_bytes)));
  }
  file.size_bytes = bytes;
  return {};
}

bool is_folder(const Node& node) {
  const auto type = node.find("type");
  return type && type->is_string() && *type->text() == "directory";
}

// Nothing for what is no model's file.
Result<std::optional<HubFile>> read_file(const Node& node, std::string_view path_key) {
  const Node member = HEARTH_TRY(node.require(path_key));
  const std::string_view path = HEARTH_TRY(member.text());
  if (!ends_in_gguf(path) || is_folder(node)) return std::optional<HubFile>();
  HubFile file{std::string(path), {}, {}};
  if (const auto size = node.find("size")) file.size_bytes = HEARTH_TRY(read_size(*size));
  if (const auto lfs = node.find("lfs")) HEARTH_TRY(read_lfs(*lfs, file));
  return std::optional(std::move(file));
}

Result<std::vector<HubFile>> read_files(const Node& node, std::string_view path_key) {
  std::vector<HubFile> files;
  std::set<std::string, std::less<>> paths;
  for (const Node& entry : HEARTH_TRY(node.elements())) {
    auto file = HEARTH_TRY(read_file(entry, path_key));
    if (!file) continue;
    if (!paths.insert(file->path).second)
      return fail(entry.wrong("names " + in_quotes(file->path) + ", which was there before"));
    if (files.size() == kRepositoryFilesMax) {
      return fail(Code::kResourceExhausted,
                  fmt::format("the repository has more than {} models", kRepositoryFilesMax));
    }
    files.push_back(*std::move(file));
  }
  return files;
}

void take_licence(const Node& node, std::vector<std::string>& licences) {
  const auto text = node.text();
  if (!text || text->empty() || text->size() > kLicenceBytesMax) return;
  if (text->find('\0') != std::string_view::npos || licences.size() == kLicencesMax) return;
  licences.emplace_back(*text);
}

// What the author has written into the model's page: taken where it is what it should be, as
// nothing depends on it. "other" has its name beside it.
std::vector<std::string> read_licences(const Node& node) {
  std::vector<std::string> licences;
  const auto card = node.find("cardData");
  if (!card || !card->is_object()) return licences;
  const auto licence = card->find("license");
  if (!licence) return licences;
  if (licence->is_array()) {
    const auto elements = licence->elements();
    for (const Node& element : *elements)
      take_licence(element, licences);
    return licences;
  }
  take_licence(*licence, licences);
  if (licences != std::vector<std::string>{"other"}) return licences;
  if (const auto name = card->find("license_name")) take_licence(*name, licences);
  if (licences.size() > 1) licences.erase(licences.begin());
  return licences;
}

// false, "auto" or "manual"; what else it could be means a gate, too.
bool read_gated(const Node& node) {
  const auto gated = node.find("gated");
  if (!gated) return false;
  const auto flag = gated->boolean();
  return !flag || *flag;
}

}  // namespace

Result<HubRepository> read_hub_repository(std::string_view text) {
  const auto value = HEARTH_TRY(json::parse(text, kLimits));
  const Node node(value);
  HubRepository repository;
  repository.commit = HEARTH_TRY(read_commit(node));
  repository.gated = read_gated(node);
  repository.licences = read_licences(node);
  if (const auto siblings = node.find("siblings"))
    repository.files = HEARTH_TRY(read_files(*siblings, "rfilename"));
  return repository;
}

Result<std::vector<HubFile>> read_hub_tree(std::string_view text) {
  const auto value = HEARTH_TRY(json::parse(text, kLimits));
  return read_files(Node(value), "path");
}

std::optional<std::string> next_page(std::string_view link) {
  while (!link.empty()) {
    const std::size_t open = link.find('<');
    const std::size_t close = link.find('>', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos) return std::nullopt;
    const std::string_view url = link.substr(open + 1, close - open - 1);
    link.remove_prefix(close + 1);
    const std::string_view parameters = link.substr(0, link.find('<'));
    link.remove_prefix(parameters.size());
    const std::string words = lower_case(parameters);
    if (words.find("rel=\"next\"") != std::string::npos ||
        words.find("rel=next") != std::string::npos)
      return std::string(url);
  }
  return std::nullopt;
}

}  // namespace hearth::store
