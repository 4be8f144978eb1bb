#include "api/llamacpp/completion_fields.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "api/core/field_checks.h"
#include "api/core/own_fields.h"
#include "api/llamacpp/sampler_fields.h"
#include "api/openai/format_fields.h"
#include "api/openai/sampling_fields.h"
#include "json/parse.h"

namespace hearth::api::llamacpp {

namespace {

using json::Node;
using Reader = Result<void> (*)(const Node& node, CompletionAsk& ask);

constexpr std::int64_t kTokensMax = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kFieldPathBytesMax = 256;

struct Field {
  std::string_view name;
  Reader read;
};

Result<void> read_prompt(const Node& node, CompletionAsk& ask) {
  ask.prompts = HEARTH_TRY(read_prompts(node));
  return {};
}

// Whatever is below zero means the same; -2 is "until the context is full" of older servers.
Result<std::int64_t> read_count(const Node& node) {
  return node.integer(-kTokensMax, kTokensMax);
}

Result<void> read_n_predict(const Node& node, CompletionAsk& ask) {
  ask.n_predict = HEARTH_TRY(read_count(node));
  return {};
}

// Texts that are empty are none.
Result<void> read_stop(const Node& node, CompletionAsk& ask) {
  if (node.is_string() && HEARTH_TRY(node.text()).empty()) return {};
  if (!node.is_array()) return openai::read_stop(node, ask.call);
  std::vector<std::string>& stops = ask.call.request.stop;
  stops.clear();
  for (const Node& element : HEARTH_TRY(node.elements())) {
    const std::string_view text = HEARTH_TRY(element.text());
    if (text.empty() || std::find(stops.begin(), stops.end(), text) != stops.end()) continue;
    stops.emplace_back(HEARTH_TRY(read_text(element, chat::kStopBytesMax)));
  }
  if (stops.size() <= chat::kStopsMax) return {};
  return fail(
      node.wrong(fmt::format("has {} sequences; the limit is {}", stops.size(), chat::kStopsMax)));
}

Result<void> read_stream(const Node& node, CompletionAsk& ask) {
  ask.call.stream = HEARTH_TRY(node.boolean());
  return {};
}

Result<void> read_choices(const Node& node, CompletionAsk& ask) {
  ask.call.choices = static_cast<std::uint32_t>(HEARTH_TRY(node.integer(1, openai::kChoicesMax)));
  return {};
}

Result<void> read_n_probs(const Node& node, CompletionAsk& ask) {
  ask.n_probs = static_cast<std::uint32_t>(HEARTH_TRY(node.integer(0, chat::kTopLogprobsMax)));
  return {};
}

template <auto member>
Result<void> read_flag_into(const Node& node, CompletionAsk& ask) {
  ask.*member = HEARTH_TRY(node.boolean());
  return {};
}

Result<void> read_grammar(const Node& node, CompletionAsk& ask) {
  return openai::read_grammar(node, ask.call);
}
Result<void> read_json_schema(const Node& node, CompletionAsk& ask) {
  return openai::read_json_schema(node, ask.call);
}

Result<void> read_response_fields(const Node& node, CompletionAsk& ask) {
  const auto elements = HEARTH_TRY(node.elements());
  if (elements.size() > kResponseFieldsMax) {
    return fail(node.wrong(
        fmt::format("has {} paths; the limit is {}", elements.size(), kResponseFieldsMax)));
  }
  for (const Node& element : elements)
    ask.response_fields.emplace_back(HEARTH_TRY(read_text(element, kFieldPathBytesMax)));
  return {};
}

// Known beginnings are always used where they are found; nobody's answer depends on that.
Result<void> read_cache_prompt(const Node& node, CompletionAsk& ask) {
  if (!HEARTH_TRY(node.boolean())) openai::note_ignored(ask.call, node.path());
  return {};
}

Result<void> take_no_list(const Node& node, CompletionAsk& /*ask*/) {
  if (HEARTH_TRY(node.elements()).empty()) return {};
  return fail(node.wrong("is not supported here; leave it out"));
}
// llama-server lists all that it has; one of scale 0 is not used.
Result<void> take_unused_adapters(const Node& node, CompletionAsk& /*ask*/) {
  constexpr double kScaleMost = 1e9;
  for (const Node& adapter : HEARTH_TRY(node.elements())) {
    HEARTH_TRY(check_members(adapter, {"id", "scale"}));
    const Node scale = HEARTH_TRY(adapter.require("scale"));
    if (HEARTH_TRY(scale.number(-kScaleMost, kScaleMost)) == 0) continue;
    return fail(scale.wrong("must be 0: no adapters are chosen by request here"));
  }
  return {};
}
Result<void> take_no(const Node& node, CompletionAsk& /*ask*/) {
  if (!HEARTH_TRY(node.boolean())) return {};
  return fail(node.wrong("is not supported here; leave it out"));
}

Result<void> ignore(const Node& node, CompletionAsk& ask) {
  openai::note_ignored(ask.call, node.path());
  return {};
}

// Read before or after all others.
Result<void> leave_out(const Node&, CompletionAsk&) {
  return {};
}

// Besides those of sampler_fields.h.
constexpr Field kShared[] = {
    // Honoured.
    {"model", leave_out},
    {"n_predict", read_n_predict},
    {"max_tokens", leave_out},
    {"stop", read_stop},
    {"stream", read_stream},
    {"n_cmpl", read_choices},
    {"n", read_choices},
    {"n_probs", read_n_probs},
    {"return_tokens", read_flag_into<&CompletionAsk::return_tokens>},
    {"timings_per_token", read_flag_into<&CompletionAsk::timings_per_token>},
    {"response_fields", read_response_fields},
    {"grammar", read_grammar},
    {"json_schema", read_json_schema},
    {"samplers", leave_out},
    {"cache_prompt", read_cache_prompt},
    {"hearth", leave_out},
    // Honoured where the value asks for nothing we lack.
    {"post_sampling_probs", take_no},
    {"grammar_lazy", take_no},
    {"grammar_triggers", take_no_list},
    {"lora", take_unused_adapters},
    {"image_data", take_no_list},
    // Without effect. What is written does not depend on these.
    {"id_slot", ignore},
    {"slot_id", ignore},
    {"sse_ping_interval", ignore},
    {"return_progress", ignore},
    {"preserved_tokens", ignore},
    {"backend_sampling", ignore},
    {"speculative.n_max", ignore},
    {"speculative.n_min", ignore},
    {"speculative.p_min", ignore},
    {"user", ignore},
    {"metadata", ignore},
    {"n_cache_reuse", ignore},
    {"reasoning_format", ignore},
    // Of older scripts: what llama-server itself no longer looks at.
    {"penalize_nl", ignore},
    {"tfs_z", ignore},
    {"api_key", ignore},
    {"system_prompt", ignore},
    // Without effect, too: they shorten an answer, or say what leaves a context that is full, which
    // is an error here unless the object `hearth` says otherwise.
    {"t_max_prompt_ms", ignore},
    {"t_max_predict_ms", ignore},
    {"n_indent", ignore},
    {"n_keep", ignore},
    {"n_discard", ignore},
};

Reader find_reader(std::string_view name) {
  for (const Field& field : kShared) {
    if (field.name == name) return field.read;
  }
  return nullptr;
}

void set_tokens(CompletionAsk& ask) {
  chat::Request& request = ask.call.request;
  const std::int64_t most =
      ask.n_predict < 0 ? kTokensMax : std::max<std::int64_t>(1, ask.n_predict);
  request.max_tokens = static_cast<std::uint32_t>(most);
  request.logprobs.reset();
  if (ask.n_probs > 0 || ask.return_tokens) request.logprobs = ask.n_probs;
}

Result<void> read_dependents(const Node& root, CompletionAsk& ask) {
  if (const auto older = root.find("max_tokens")) {
    const std::int64_t count = HEARTH_TRY(read_count(*older));
    if (!root.find("n_predict")) ask.n_predict = count;
  }
  set_tokens(ask);
  if (const auto names = root.find("samplers")) HEARTH_TRY(read_samplers(*names, ask.call));
  if (const auto own = root.find("hearth")) return read_own_fields(*own, ask.call.request);
  return {};
}

// Whether the field was one of this route alone.
using ReadOther = std::function<Result<bool>(std::string_view name, const Node& node)>;

Result<void> read_fields(const Node& root, CompletionAsk& ask, const ReadOther& read_other) {
  for (const auto& [name, node] : HEARTH_TRY(root.members())) {
    if (node.is_null()) continue;  // that means "not given"
    const bool is_read = HEARTH_TRY(read_other(name, node));
    if (is_read) continue;
    const auto known = HEARTH_TRY(read_sampler_field(name, node, ask.call.request.sampling));
    if (known == openai::Known::kYes) continue;
    const Reader read = find_reader(name);
    if (read == nullptr) {
      return fail(node.wrong("is not a field that is supported here; leave it out"));
    }
    HEARTH_TRY(read(node, ask));
  }
  return read_dependents(root, ask);
}

Result<CompletionAsk> begin(const Node& root, const Blank& blank) {
  HEARTH_TRY(root.members());
  std::string model;
  if (const auto named = root.find("model")) model = HEARTH_TRY(read_model_name(*named));
  CompletionAsk ask;
  ask.call.request = HEARTH_TRY(blank(model));
  return ask;
}

Result<std::string> read_extra(const Node& node) {
  const auto files = HEARTH_TRY(node.elements());
  if (files.size() > kExtraFilesMax) {
    return fail(
        node.wrong(fmt::format("has {} files; the limit is {}", files.size(), kExtraFilesMax)));
  }
  std::string all;
  for (const Node& file : files) {
    HEARTH_TRY(check_members(file, {"filename", "text"}));
    const Node text = HEARTH_TRY(file.require("text"));
    std::string_view name = "snippet";
    if (const auto given = file.find("filename")) name = HEARTH_TRY(given->text());
    all += fmt::format("\n\n--- {} ---\n\n{}", name, HEARTH_TRY(text.text()));
  }
  return all.empty() ? all : all + "\n\n";
}

// What stands around the gap.
struct Gap {
  std::string extra;
  std::string before;
  std::string line;  // what was begun at the gap: the end of what is before it
  std::string after;
};

Result<bool> read_gap(std::string_view name, const Node& node, Gap& gap) {
  if (name == "input_extra") {
    gap.extra = HEARTH_TRY(read_extra(node));
    return true;
  }
  std::string* const text = name == "input_prefix"   ? &gap.before
                            : name == "input_suffix" ? &gap.after
                            : name == "prompt"       ? &gap.line
                                                     : nullptr;
  if (text == nullptr) return false;
  *text = std::string(HEARTH_TRY(node.text()));
  return true;
}

}  // namespace

std::vector<KnownField> known_fields() {
  std::vector<KnownField> known;
  for (const Field& field : kShared)
    known.push_back({field.name, field.read != ignore});
  return known;
}

Result<CompletionAsk> read_completion(std::string_view body, const Blank& blank) {
  const auto document = json::parse(body);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  CompletionAsk ask = HEARTH_TRY(begin(root, blank));
  const auto read_own = [&ask](std::string_view name, const Node& node) -> Result<bool> {
    if (name != "prompt") return false;
    HEARTH_TRY(read_prompt(node, ask));
    return true;
  };
  HEARTH_TRY(read_fields(root, ask, read_own));
  HEARTH_TRY(root.require("prompt"));
  return ask;
}

Result<CompletionAsk> read_infill(std::string_view body, const Blank& blank) {
  const auto document = json::parse(body);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  CompletionAsk ask = HEARTH_TRY(begin(root, blank));
  Gap gap;
  const auto read_own = [&gap](std::string_view name, const Node& node) {
    return read_gap(name, node, gap);
  };
  HEARTH_TRY(read_fields(root, ask, read_own));
  HEARTH_TRY(root.require("input_prefix"));
  HEARTH_TRY(root.require("input_suffix"));
  ask.prompts.all.push_back({RawPrompt{gap.extra + gap.before + gap.line}});
  ask.call.request.suffix = std::move(gap.after);
  return ask;
}

}  // namespace hearth::api::llamacpp
