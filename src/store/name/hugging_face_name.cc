#include "store/name/hugging_face_name.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "store/name/host_name.h"
#include "store/name/name_rules.h"
#include "store/name/quant.h"

namespace hearth::store {

namespace {

constexpr WordRule kOwnerRule{"the owner", ".-", kRepositoryBytesMax};
constexpr WordRule kRepositoryRule{"the repository", ".-", kRepositoryBytesMax};
constexpr WordRule kRevisionRule{"the revision", ".-/", kRevisionBytesMax};
constexpr std::string_view kWebRevisionParts = "refs/";  // "refs/pr/1" is one revision
// First parts of the hub's addresses that are no owner.
constexpr std::array<std::string_view, 5> kNotOwners{"datasets", "spaces", "collections", "papers",
                                                     "api"};

// What stands before one of the characters; it is taken from the text, the character is not.
std::string_view take_until(std::string_view& text, std::string_view ends) {
  const std::string_view taken = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(taken.size());
  return taken;
}

Result<void> check_hub_word(std::string_view word, const WordRule& rule) {
  HEARTH_TRY(check_word(word, rule));
  const char last = word.back();
  if (last != '.' && last != '-' && word.find("--") == std::string_view::npos) return {};
  return fail(Code::kInvalidArgument,
              fmt::format("{} {} ends in '{}' or has '--' in it, which the hub has nowhere; check "
                          "the spelling",
                          rule.what, in_quotes(word), last));
}

Result<void> take_revision(std::string_view revision, HuggingFaceName& name) {
  if (!name.revision.empty())
    return fail(Code::kInvalidArgument, "a name has one @revision, not two");
  HEARTH_TRY(check_word(revision, kRevisionRule));
  if (revision.back() == '/' || revision.find("//") != std::string_view::npos) {
    return fail(Code::kInvalidArgument,
                fmt::format("the revision {} has an empty part", in_quotes(revision)));
  }
  name.revision = revision;
  return {};
}

Result<void> take_file(std::string_view path, HuggingFaceName& name) {
  HEARTH_TRY(check_file_path(path));
  if (!ends_in_gguf(path)) {
    return fail(Code::kInvalidArgument,
                fmt::format("the file {} is no .gguf file, and Hearth runs only those; look for a "
                            "repository whose name ends in -GGUF",
                            in_quotes(path)));
  }
  name.file = path;
  return {};
}

// What follows ':'.
Result<void> take_choice(std::string_view choice, HuggingFaceName& name) {
  if (!name.quant.empty() || !name.file.empty())
    return fail(Code::kInvalidArgument, "a name has one :quantisation or :file, not two");
  if (ends_in_gguf(choice)) return take_file(choice, name);
  if (lower_case(choice) == "latest") return {};
  const auto quant = parse_quant(choice);
  if (!quant) {
    return fail(Code::kInvalidArgument,
                fmt::format("{} is no quantisation like Q4_K_M and no .gguf file; models of "
                            "Ollama's registry are named {}/NAMESPACE/MODEL:TAG",
                            in_quotes(choice), kOllamaHost));
  }
  name.quant = *quant;
  return {};
}

// "/blob/REVISION/PATH", as the hub's pages are addressed.
Result<void> take_page(std::string_view rest, HuggingFaceName& name) {
  rest.remove_prefix(1);
  if (rest.empty()) return {};
  const std::string_view kind = take_until(rest, "/");
  const bool file = kind == "blob" || kind == "resolve";
  if ((!file && kind != "tree") || rest.size() < 2) {
    return fail(Code::kInvalidArgument,
                fmt::format("behind OWNER/REPOSITORY stands {}, and only :QUANT, :FILE.gguf, "
                            "@REVISION or /blob/REVISION/FILE.gguf can",
                            in_quotes(kind)));
  }
  rest.remove_prefix(1);
  std::string_view after = rest;
  take_until(after, "/");
  if (rest.starts_with(kWebRevisionParts)) {
    for (int part = 0; part < 2 && !after.empty(); ++part) {
      after.remove_prefix(1);
      take_until(after, "/");
    }
  }
  HEARTH_TRY(take_revision(rest.substr(0, rest.size() - after.size()), name));
  if (after.size() > 1 && file) return take_file(after.substr(1), name);
  if (after.size() <= 1 && !file) return {};
  return fail(Code::kInvalidArgument,
              "that is a page of the hub, but no file; name one, or the repository alone");
}

Result<void> take_parts(std::string_view rest, HuggingFaceName& name) {
  while (!rest.empty()) {
    const char mark = rest.front();
    rest.remove_prefix(1);
    const std::string_view part = take_until(rest, mark == '@' ? "@:" : "@");
    HEARTH_TRY(mark == '@' ? take_revision(part, name) : take_choice(part, name));
  }
  return {};
}

}  // namespace

Result<HuggingFaceName> parse_hugging_face_name(std::string_view text) {
  HuggingFaceName name;
  name.owner = take_until(text, "/");
  if (text.size() < 2) {
    return fail(Code::kInvalidArgument,
                "a repository of Hugging Face is named OWNER/REPOSITORY, and one of the two is "
                "missing");
  }
  text.remove_prefix(1);
  name.repository = take_until(text, "/@:");
  const std::string owner = lower_case(name.owner);
  if (std::find(kNotOwners.begin(), kNotOwners.end(), owner) != kNotOwners.end()) {
    return fail(
        Code::kInvalidArgument,
        fmt::format("{}/… of Hugging Face are no models; name OWNER/REPOSITORY of one", owner));
  }
  HEARTH_TRY(check_hub_word(name.owner, kOwnerRule));
  HEARTH_TRY(check_hub_word(name.repository, kRepositoryRule));
  HEARTH_TRY(text.starts_with('/') ? take_page(text, name) : take_parts(text, name));
  if (name.revision == kMainRevision) name.revision.clear();
  return name;
}

std::string hugging_face_text(const HuggingFaceName& name) {
  std::string text = fmt::format("{}/{}/{}", kHuggingFaceHost, name.owner, name.repository);
  if (!name.revision.empty()) text += "@" + name.revision;
  if (!name.file.empty()) return text + ":" + name.file;
  return name.quant.empty() ? text : text + ":" + name.quant;
}

}  // namespace hearth::store
