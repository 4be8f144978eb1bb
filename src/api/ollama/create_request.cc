#include "api/ollama/create_request.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/units.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"
#include "store/modelfile/modelfile.h"

namespace hearth::api::ollama {

namespace {

using json::Node;

constexpr json::Limits kLimits{
    .bytes = 2 * store::kModelfileBytesMax, .depth = 8, .values = 16 * 1024};

// Those that both APIs have, under the same name.
constexpr std::string_view kShared[] = {"from",   "license",  "parameters", "template",
                                        "system", "messages", "stream"};
// Of Ollama's engine.
constexpr std::string_view kIgnored[] = {"renderer", "parser", "requires", "info"};

bool is_in(std::string_view name, const auto& list) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

// {"model.gguf": "sha256:…"}, or the digests alone.
Result<std::vector<store::BlobDigest>> read_files(const Node& node) {
  std::vector<store::BlobDigest> digests;
  for (const auto& [name, value] : HEARTH_TRY(node.members())) {
    const std::string_view text = HEARTH_TRY(value.text());
    const auto digest = store::BlobDigest::parse(text);
    if (!digest) return fail(value.wrong("must be the digest of a file, sha256:…"));
    digests.push_back(*digest);
  }
  return digests;
}

bool is_nothing(const Node& node) {
  if (node.is_null()) return true;
  return node.is_string() && node.text()->empty();
}

class Body {
 public:
  explicit Body(CreateAsk& ask) : ask_(ask) { own_.open('{'); }

  Result<void> read(std::string_view name, const Node& node) {
    if (name == "model" || name == "name") {
      ask_.model = std::string(HEARTH_TRY(node.text()));
    } else if (is_in(name, kShared)) {
      own_.key(name).verbatim(node.json());
      is_based_ = is_based_ || name == "from";
    } else if (name == "files") {
      ask_.files = HEARTH_TRY(read_files(node));
    } else if (name == "adapters") {
      ask_.adapters = HEARTH_TRY(read_files(node));
    } else if (is_in(name, kIgnored)) {
      ask_.ignored.push_back(node.path());
    } else {
      return refuse(name, node);
    }
    return {};
  }

  Result<std::string> take() {
    if (ask_.model.empty()) return fail(Code::kInvalidArgument, "model is missing", "model");
    if (is_based_ && !ask_.files.empty()) {
      return fail(Code::kInvalidArgument, "from and files are two beginnings; send one of them",
                  "files");
    }
    if (!is_based_ && ask_.files.empty()) {
      return fail(Code::kInvalidArgument,
                  "neither 'from' or 'files' was specified: what is the model made of?", "from");
    }
    // What is only a place here, until the files are found.
    if (!is_based_) own_.key("from").text("files");
    own_.key("name").text(ask_.model).close('}');
    return own_.take();
  }

 private:
  static Result<void> refuse(std::string_view name, const Node& node) {
    if (name == "quantize" || name == "quantization") {
      return fail(
          node.wrong("is not done by the daemon; make the file with `hearth quantize` and "
                     "the model of that"));
    }
    return fail(node.wrong("is not a field that is supported here; leave it out"));
  }

  CreateAsk& ask_;
  json::Writer own_;
  bool is_based_ = false;
};

}  // namespace

Result<CreateAsk> read_create(std::string_view body) {
  if (body.empty()) return fail(Code::kInvalidArgument, "missing request body");
  const auto document = json::parse(body, kLimits);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  CreateAsk ask;
  Body own(ask);
  for (const auto& [name, node] : HEARTH_TRY(root.members())) {
    if (!is_nothing(node)) HEARTH_TRY(own.read(name, node));
  }
  const std::string text = HEARTH_TRY(own.take());
  ask.order = HEARTH_TRY(api::read_create(text));
  if (!ask.files.empty()) ask.order.wish.modelfile.from.clear();
  return ask;
}

}  // namespace hearth::api::ollama
