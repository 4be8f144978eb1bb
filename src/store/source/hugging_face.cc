#include "store/source/hugging_face.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/trimmed.h"
#include "store/name/file_choice.h"
#include "store/name/name_rules.h"
#include "store/source/hub_question.h"
#include "store/source/hub_url.h"
#include "store/source/hugging_face_answers.h"

namespace hearth::store {

namespace {

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;

Result<net::WebDocument> ask_hub(const HubQuestion& question, const Asking& asking,
                                 std::string url) {
  net::WebDocument document = HEARTH_TRY(ask(asking, question.request(std::move(url))));
  if (!is_success(document.head)) return fail(question.explain(document.head));
  return document;
}

// Pages that name the hub itself as the place of the next.
Result<std::vector<HubFile>> ask_tree(const HubQuestion& question, const Asking& asking,
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

// Where the hub leads within itself, as it does when a repository was renamed. A head that says
// what the file is leads no further.
std::optional<std::string> own_redirect(const net::WebHead& head, const std::string& origin) {
  const std::string* to = net::find_header(head.headers, "Location");
  if (!is_redirect(head) || to == nullptr) return std::nullopt;
  if (net::find_header(head.headers, "X-Linked-Size") != nullptr) return std::nullopt;
  if (to->starts_with('/') && !to->starts_with("//")) return origin + *to;
  const auto there = origin_of(*to);
  return there && *there == origin ? std::optional(*to) : std::nullopt;
}

// The hub's own head of a file, before it leads elsewhere.
Result<net::WebHead> ask_file(const HubQuestion& question, const Asking& asking, std::string url) {
  const std::string origin = HEARTH_TRY(origin_of(url));
  net::WebRequest request = question.request(std::move(url));
  request.method = net::WebRequest::Method::kHead;
  request.redirects = net::WebRequest::Redirects::kTell;
  for (int step = 0; step <= net::kRedirectsMax; ++step) {
    net::WebHead head = HEARTH_TRY(ask_head(asking, request));
    auto next = own_redirect(head, origin);
    if (!next) return head;
    request.url = *std::move(next);
  }
  return fail(nonsense(request.url, "it leads from one address to the next without end"));
}

// Everybody may see what a gated repository has. Whether we may have it, a file of it says.
Result<void> check_gate(const HubQuestion& question, const Asking& asking, const std::string& url) {
  const net::WebHead head = HEARTH_TRY(ask_file(question, asking, url));
  if (is_success(head) || is_redirect(head)) return {};
  const bool shut = head.status == kUnauthorized || head.status == kForbidden;
  return fail(shut ? question.gated() : question.explain(head));
}

// What the API has left open, as mirrors do, the file's own head may say: of a file kept by LFS
// its size and its digest.
Result<void> complete(const HubQuestion& question, const Asking& asking, OfferedFile& file) {
  const net::WebHead head = HEARTH_TRY(ask_file(question, asking, file.url));
  if (!is_success(head) && !is_redirect(head)) return fail(question.explain(head));
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
  Collection(const HubQuestion& question, const Asking& asking, const HubRepository& repository)
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

  const HubQuestion& question_;
  const Asking& asking_;
  const HubRepository& repository_;
};

Result<HubRepository> ask_repository(const HubQuestion& question, const Asking& asking) {
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

// A model is called by the quantisation that was chosen, so that others of it may stand beside it.
ModelName name_of(const ModelName& asked, const HuggingFaceName& wanted, const FileChoice& choice) {
  const bool is_open = wanted.quant.empty() && wanted.file.empty() && !choice.quant.empty();
  if (!is_open) return asked;
  return ModelName::parse(asked.text() + ":" + choice.quant).value_or(asked);
}

}  // namespace

Result<Offer> find_at_hugging_face(const ModelName& name, const HuggingFaceName& wanted,
                                   const Hubs& hubs, const Asking& asking) {
  const HubQuestion question = HEARTH_TRY(HubQuestion::create(wanted, hubs));
  const HubRepository repository = HEARTH_TRY(ask_repository(question, asking));
  const FileChoice choice = HEARTH_TRY(choose(repository, wanted));
  const Collection collection(question, asking, repository);
  std::vector<OfferedFile> files = HEARTH_TRY(collection.offered(choice));
  if (repository.gated) HEARTH_TRY(check_gate(question, asking, files.front().url));
  const ModelName called = name_of(name, wanted, choice);
  Manifest manifest{
      called, Origin{called, repository.commit, question.base()}, {}, repository.licences, {}};
  return Offer{std::move(manifest), std::move(files), question.authorization()};
}

}  // namespace hearth::store
