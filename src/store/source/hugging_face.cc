#include "store/source/hugging_face.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/trimmed.h"
#include "store/name/file_choice.h"
#include "store/name/hugging_face_name.h"
#include "store/name/name_rules.h"
#include "store/source/hub_url.h"
#include "store/source/hugging_face_answers.h"

namespace hearth::store {

namespace {

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotThere = 404;
constexpr std::string_view kWhereTokensAre =
    "make a token at https://huggingface.co/settings/tokens and give it as HF_TOKEN, or let "
    "~/.cache/huggingface/token hold it";

// One model that is asked for: where, with which key, and how its errors are told.
class Question {
 public:
  Question(const HuggingFaceName& wanted, std::string base, std::string authorization)
      : wanted_(wanted), base_(std::move(base)), authorization_(std::move(authorization)) {}

  const std::string& base() const { return base_; }
  const std::string& authorization() const { return authorization_; }

  std::string repository_url() const {
    return fmt::format("{}/api/models/{}/{}/revision/{}?blobs=true", base_, wanted_.owner,
                       wanted_.repository, escaped_for_url(revision()));
  }
  std::string tree_url(std::string_view commit) const {
    return fmt::format("{}/api/models/{}/{}/tree/{}?recursive=true", base_, wanted_.owner,
                       wanted_.repository, commit);
  }
  std::string file_url(std::string_view commit, std::string_view path) const {
    return fmt::format("{}/{}/{}/resolve/{}/{}", base_, wanted_.owner, wanted_.repository, commit,
                       escaped_path_for_url(path));
  }
  net::WebRequest request(std::string url) const {
    net::WebRequest request;
    request.url = std::move(url);
    request.authorization = authorization_;
    return request;
  }

  // What a status that is no success means for this repository.
  Error explain(const net::WebHead& head) const;
  Error gated() const;

 private:
  std::string_view revision() const {
    return wanted_.revision.empty() ? kMainRevision : std::string_view(wanted_.revision);
  }
  std::string whose() const {
    return fmt::format("{}/{}/{}", host_of(base_), wanted_.owner, wanted_.repository);
  }
  Error not_there() const;
  Error refused() const;

  const HuggingFaceName& wanted_;
  std::string base_;
  std::string authorization_;  // empty: there is no token
};

Error Question::gated() const {
  const std::string page = fmt::format("{}/{}/{}", base_, wanted_.owner, wanted_.repository);
  if (!authorization_.empty()) {
    return make_error(Code::kPermissionDenied,
                      fmt::format("{} is given to those who have accepted its terms, and the "
                                  "token's account has not; accept them at {} and, where its "
                                  "authors want to agree first, wait for that",
                                  whose(), page));
  }
  return make_error(Code::kUnauthenticated,
                    fmt::format("{} is given to those who have accepted its terms; accept them at "
                                "{}, then {}",
                                whose(), page, kWhereTokensAre));
}

Error Question::not_there() const {
  const std::string_view private_one = authorization_.empty()
                                           ? "if it is private, a token is missing: "
                                           : "if it is private, the token must be of an account "
                                             "that may read it";
  return make_error(Code::kNotFound,
                    fmt::format("{} is not there; check the spelling, or {}{}", whose(),
                                private_one, authorization_.empty() ? kWhereTokensAre : ""));
}

Error Question::refused() const {
  if (authorization_.empty()) {
    return make_error(Code::kUnauthenticated,
                      fmt::format("{} is private, or it is not there; check the spelling, or {}",
                                  whose(), kWhereTokensAre));
  }
  return make_error(Code::kUnauthenticated,
                    fmt::format("{} does not accept the token; it may have expired: {}",
                                host_of(base_), kWhereTokensAre));
}

// X-Error-Code is the hub's own word for what a status does not tell apart.
Error Question::explain(const net::WebHead& head) const {
  const std::string* word = net::find_header(head.headers, "X-Error-Code");
  const auto says = [&](std::string_view code) { return word != nullptr && *word == code; };
  if (says("GatedRepo") || (head.status == kForbidden && !says("RepoNotFound"))) return gated();
  if (says("RevisionNotFound")) {
    return make_error(Code::kNotFound, fmt::format("{} has no revision {}; check it on its page",
                                                   whose(), in_quotes(revision())));
  }
  if (says("RepoNotFound") || head.status == kNotThere) return not_there();
  if (head.status == kUnauthorized) return refused();
  return status_error(head);
}

Result<net::WebDocument> ask_hub(const Question& question, const Asking& asking, std::string url) {
  net::WebDocument document = HEARTH_TRY(ask(asking, question.request(std::move(url))));
  if (!is_success(document.head)) return fail(question.explain(document.head));
  return document;
}

// Pages that name the hub itself as the place of the next.
Result<std::vector<HubFile>> ask_tree(const Question& question, const Asking& asking,
                                      const std::string& commit) {
  std::vector<HubFile> files;
  std::string url = question.tree_url(commit);
  for (int page = 0; page < kTreePagesMax; ++page) {
    const net::WebDocument document = HEARTH_TRY(ask_hub(question, asking, url));
    const auto listed = read_hub_tree(document.body);
    if (!listed) return fail(nonsense(url, listed.error()));
    files.insert(files.end(), listed->begin(), listed->end());
    const std::string* link = net::find_header(document.head.headers, "Link");
    const auto next = link == nullptr ? std::nullopt : next_page(*link);
    if (!next) return files;
    const auto origin = origin_of(*next);
    if (!origin || *origin != HEARTH_TRY(origin_of(question.base())))
      return fail(nonsense(url, "the next page of its files is of another server"));
    url = *next;
  }
  return fail(nonsense(url, fmt::format("its files have more than {} pages", kTreePagesMax)));
}

// The hub's own head of a file, before it leads elsewhere.
Result<net::WebHead> ask_file(const Question& question, const Asking& asking, std::string url) {
  net::WebRequest request = question.request(std::move(url));
  request.method = net::WebRequest::Method::kHead;
  request.redirects = net::WebRequest::Redirects::kTell;
  net::WebHead head = HEARTH_TRY(ask_head(asking, request));
  if (!is_success(head) && !is_redirect(head)) return fail(question.explain(head));
  return head;
}

// What the API has left open, as mirrors do, the file's own head may say: of a file kept by LFS
// its size and its digest.
Result<void> complete(const Question& question, const Asking& asking, OfferedFile& file) {
  const net::WebHead head = HEARTH_TRY(ask_file(question, asking, file.url));
  const std::string* tag = net::find_header(head.headers, "X-Linked-Etag");
  if (const auto size = size_header(head.headers, "X-Linked-Size")) {
    file.size_bytes = *size;
  } else if (is_success(head)) {
    file.size_bytes = size_header(head.headers, "Content-Length").value_or(0);
  }
  if (tag == nullptr) return {};
  const auto digest = BlobDigest::parse(base::trimmed(*tag, "\""));
  if (digest) file.digest = *digest;
  return {};
}

class Collection {
 public:
  Collection(const Question& question, const Asking& asking, const HubRepository& repository)
      : question_(question), asking_(asking), repository_(repository) {}

  Result<std::vector<OfferedFile>> offered(const FileChoice& choice) const {
    std::vector<OfferedFile> files;
    const auto count = static_cast<std::uint32_t>(choice.parts.size());
    for (std::uint32_t number = 1; number <= count; ++number) {
      files.push_back(HEARTH_TRY(
          one(choice.parts[number - 1].path, FileRole::kModel, SplitPart{number, count})));
    }
    if (choice.projector)
      files.push_back(HEARTH_TRY(one(choice.projector->path, FileRole::kProjector, {})));
    return files;
  }

 private:
  Result<OfferedFile> one(const std::string& path, FileRole role, SplitPart part) const {
    const auto known = std::find_if(repository_.files->begin(), repository_.files->end(),
                                    [&](const HubFile& file) { return file.path == path; });
    HEARTH_ASSERT(known != repository_.files->end());
    OfferedFile file{role,
                     part,
                     path.substr(path.rfind('/') + 1),
                     question_.file_url(repository_.commit, path),
                     0,
                     known->digest};
    if (!known->size_bytes) {
      HEARTH_TRY(complete(question_, asking_, file));
      return file;
    }
    if (*known->size_bytes == 0)
      return fail(nonsense(question_.base(), in_quotes(path) + " is empty"));
    file.size_bytes = *known->size_bytes;
    return file;
  }

  const Question& question_;
  const Asking& asking_;
  const HubRepository& repository_;
};

Result<HubRepository> ask_repository(const Question& question, const Asking& asking) {
  const std::string url = question.repository_url();
  const net::WebDocument document = HEARTH_TRY(ask_hub(question, asking, url));
  auto repository = read_hub_repository(document.body);
  if (!repository) return fail(nonsense(url, repository.error()));
  if (!repository->files)
    repository->files = HEARTH_TRY(ask_tree(question, asking, repository->commit));
  return *std::move(repository);
}

Result<FileChoice> choose(const HubRepository& repository, const HuggingFaceName& wanted) {
  std::vector<RemoteFile> there;
  for (const HubFile& file : *repository.files)
    there.push_back({file.path, file.size_bytes.value_or(0)});
  return choose_files(there, wanted);
}

// A token is a word: anything else would be a header of its own.
Result<std::string> authorization_of(const std::string& token) {
  if (token.empty()) return std::string();
  const bool word =
      std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (word) return "Bearer " + token;
  return fail(Code::kInvalidArgument,
              "the token of Hugging Face has a character in it that no token has; check HF_TOKEN "
              "and ~/.cache/huggingface/token");
}

}  // namespace

Result<Offer> find_at_hugging_face(const ModelName& name, const HuggingFaceName& wanted,
                                   const Hubs& hubs, const Asking& asking) {
  std::string base = HEARTH_TRY(base_url(hubs.hugging_face));
  std::string authorization = HEARTH_TRY(authorization_of(hubs.hugging_face_token));
  const Question question(wanted, std::move(base), std::move(authorization));
  const HubRepository repository = HEARTH_TRY(ask_repository(question, asking));
  const FileChoice choice = HEARTH_TRY(choose(repository, wanted));
  const Collection collection(question, asking, repository);
  std::vector<OfferedFile> files = HEARTH_TRY(collection.offered(choice));
  // Everybody may see what a gated repository has. Whether we may have it, its first file says.
  if (repository.gated) HEARTH_TRY(ask_file(question, asking, files.front().url));
  Manifest manifest{
      name, Origin{name, repository.commit, question.base()}, {}, repository.licences, {}, {}, {},
      {}};
  return Offer{std::move(manifest), std::move(files), question.authorization()};
}

}  // namespace hearth::store
