#include "cli/first_use.h"

#include "cli/show/fields.h"
#include "gguf/model_kind.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

std::string kind_of(const std::string& model, const DaemonApi& daemon) {
  json::Writer wish;
  const auto body =
      daemon.inquire("show", wish.open('{').key("model").text(model).close('}').take());
  const auto sheet = body ? json::parse(*body) : json::parse("{}");
  return sheet ? AnswerFields(json::Node(*sheet)).text("kind") : std::string();
}

}  // namespace

std::string first_use_of(const std::string& model, std::string_view kind) {
  if (kind == gguf::kind_name(gguf::ModelKind::kEmbedding)) {
    return "it makes vectors of texts and does not chat; ask `hearth serve` for them with "
           "POST /v1/embeddings {\"model\": \"" +
           model + "\", \"input\": …}";
  }
  if (kind == gguf::kind_name(gguf::ModelKind::kReranker))
    return "it judges pairs of texts, which nothing here asks for yet";
  return "hearth chat " + model;
}

std::string ready_text(const std::string& model, const DaemonApi& daemon) {
  return "'" + model + "' is ready: " + first_use_of(model, kind_of(model, daemon)) + "\n";
}

}  // namespace hearth::cli
