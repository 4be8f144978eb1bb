#include "api/hearth/sheet_body.h"

#include <algorithm>

#include "api/core/capabilities_body.h"
#include "json/writer.h"
#include "store/holder_words.h"
#include "store/manifest/manifest_words.h"

namespace hearth::api {

namespace {

using fleet::ModelSheet;
using json::Writer;

std::string_view type_word(gguf::KvType type) {
  switch (type) {
    case gguf::KvType::kF32:
      return "f32";
    case gguf::KvType::kF16:
      return "f16";
    case gguf::KvType::kQ8_0:
      return "q8_0";
    case gguf::KvType::kQ4_0:
      return "q4_0";
  }
  return "f16";
}

std::string_view pooling_word(gguf::Pooling pooling) {
  switch (pooling) {
    case gguf::Pooling::kNone:
      return "none";
    case gguf::Pooling::kMean:
      return "mean";
    case gguf::Pooling::kFirst:
      return "cls";
    case gguf::Pooling::kLast:
      return "last";
    case gguf::Pooling::kRank:
      return "rank";
  }
  return "none";
}

void write_machine(Writer& json, const fleet::Machine& machine) {
  json.key("devices").open('[');
  for (const fleet::Device& device : machine.devices) {
    json.open('{').key("name").text(device.name);
    json.key("available_bytes").number(device.available_bytes);
    json.key("held_bytes").number(device.held_bytes).close('}');
  }
  json.close(']');
}

void write_fit(Writer& json, const fleet::Fit& fit) {
  json.key("verdict").text(fleet::verdict_name(fit.verdict));
  json.key("context").number(fit.context).key("need_bytes").number(fit.need_bytes);
}

void write_context(Writer& json, const ModelSheet& sheet) {
  json.key("context").open('{').key("trained").number(sheet.facts.context_trained);
  json.key("stretched");
  if (const auto& stretched = sheet.long_context) {
    const bool by_file = stretched->source == gguf::LongContextSource::kFile;
    json.open('{').key("tokens").number(stretched->tokens);
    json.key("original").number(stretched->original).key("factor").number(stretched->factor);
    json.key("method").text(stretched->method);
    json.key("source").text(by_file ? "file" : "makers").close('}');
  } else {
    json.null();
  }
  json.close('}');
}

void write_number(Writer& json, std::string_view key, const std::optional<double>& number) {
  if (number) json.key(key).number(*number);
}

void write_rope(Writer& json, const gguf::RopeFacts& rope) {
  json.key("rope").open('{').key("dimensions").number(rope.dimensions);
  json.key("base").number(rope.base).key("scaling").text(rope.scaling);
  json.key("factor").number(rope.factor);
  if (rope.original_context > 0) json.key("original_context").number(rope.original_context);
  write_number(json, "yarn_extrapolation", rope.yarn.extrapolation);
  write_number(json, "yarn_attention", rope.yarn.attention);
  write_number(json, "yarn_beta_fast", rope.yarn.beta_fast);
  write_number(json, "yarn_beta_slow", rope.yarn.beta_slow);
  json.close('}');
}

void write_geometry(Writer& json, const gguf::ModelFacts& facts) {
  std::uint32_t heads_kv = 0;
  for (const std::uint32_t heads : facts.heads_kv)
    heads_kv = std::max(heads_kv, heads);
  json.key("embedding_size").number(facts.embedding).key("layers").number(facts.layers);
  json.key("heads").number(facts.heads).key("key_value_heads").number(heads_kv);
  json.key("head_size").number(facts.key_length);
  json.key("feed_forward_size").number(facts.feed_forward);
  json.key("experts").number(facts.experts).key("experts_used").number(facts.experts_used);
  json.key("sliding_window").number(facts.sliding_window);
  json.key("recurrent_layers").number(facts.recurrent.layers);
  json.key("vocabulary").number(facts.vocabulary);
  json.key("tokenizer").text(facts.tokenizer_model);
  json.key("tokenizer_variant").text(facts.tokenizer_pre).key("pooling");
  if (facts.pooling) {
    json.text(pooling_word(*facts.pooling));
  } else {
    json.null();
  }
}

void write_weights(Writer& json, const gguf::ModelFacts& facts) {
  json.key("parameters").number(facts.parameters);
  json.key("quantisation").text(facts.quantisation);
  json.key("weight_bytes").number(facts.weight_bytes);
  json.key("bytes_by_type").open('{');
  for (const auto& [type, bytes] : facts.bytes_by_type)
    json.key(type).number(bytes);
  json.close('}').key("parts").number(facts.split.parts);
}

void write_file(Writer& json, std::string_view role, const std::string& path) {
  json.open('{').key("role").text(role).key("path").text(path).close('}');
}

void write_files(Writer& json, const store::ModelFile& model, Paths paths) {
  json.key("held_by").text(store::holder_word(model.holder));
  json.key("size_bytes").number(model.size_bytes).key("modified_ms").number(model.modified_ms);
  json.key("built_in").boolean(model.is_built_in());
  if (paths == Paths::kKept) return;
  json.key("files").open('[');
  write_file(json, "model", model.path);
  for (const std::string& part : model.more_parts)
    write_file(json, "model", part);
  for (const std::string& projector : model.projectors)
    write_file(json, "projector", projector);
  for (const std::string& adapter : model.adapters)
    write_file(json, "adapter", adapter);
  json.close(']');
}

void write_licences(Writer& json, const ModelSheet& sheet) {
  json.key("licences").open('[');
  const auto& manifest = sheet.state.model.manifest;
  if (manifest && !manifest->licences.empty()) {
    for (const std::string& licence : manifest->licences)
      json.text(licence);
  } else if (!sheet.facts.licence.empty()) {
    json.text(sheet.facts.licence);
  }
  json.close(']');
}

// What its author or a Modelfile says about its use; of a file alone only its template.
void write_directions(Writer& json, const ModelSheet& sheet, Paths paths) {
  const store::Directions none;
  const auto& manifest = sheet.state.model.manifest;
  const store::Directions& directions = manifest ? manifest->directions : none;
  const std::string& own = directions.chat_template;
  json.key("template").text(own.empty() ? sheet.facts.chat_template.value_or("") : own);
  json.key("system").text(directions.system).key("parameters_set").open('[');
  for (const store::Parameter& parameter : directions.parameters) {
    json.open('{').key("name").text(parameter.name);
    json.key("value").text(parameter.value).close('}');
  }
  json.close(']').key("messages").open('[');
  for (const store::ExampleMessage& message : directions.messages) {
    json.open('{').key("role").text(word_for(store::kSpeakerWords, message.speaker));
    json.key("content").text(message.content).close('}');
  }
  json.close(']').key("origin");
  if (!manifest) {
    json.null();
    return;
  }
  const store::ModelName& origin = manifest->origin.name;
  const bool is_path = std::holds_alternative<store::PathName>(origin.source());
  json.open('{').key("name").text(is_path && paths == Paths::kKept ? "" : origin.text());
  json.key("revision").text(manifest->origin.revision);
  json.key("from").text(manifest->origin.from).close('}');
}

void write_memory(Writer& json, const ModelSheet& sheet) {
  json.key("memory").open('[');
  for (const fleet::ContextNeed& need : sheet.needs) {
    json.open('{').key("context").number(need.context).key("used").number(need.used);
    json.key("kv_type").text(type_word(need.kv_type));
    json.key("weight_bytes").number(need.estimate.weight_bytes);
    json.key("kv_bytes").number(need.estimate.kv_bytes);
    json.key("compute_bytes").number(need.estimate.compute_bytes);
    json.key("program_bytes").number(need.estimate.program_bytes);
    json.key("total_bytes").number(need.bytes);
    json.key("verdict").text(fleet::verdict_name(need.verdict)).close('}');
  }
  json.close(']').key("fit").open('{');
  write_fit(json, sheet.fit);
  json.key("correction").number(sheet.correction);
  json.key("observed_bytes").number(sheet.state.seen ? sheet.state.seen->bytes : 0);
  write_machine(json, sheet.machine);
  json.close('}');
}

}  // namespace

std::string sheet_body(const ModelSheet& sheet, Paths paths) {
  Writer json;
  const gguf::ModelFacts& facts = sheet.facts;
  json.open('{').key("name").text(sheet.state.model.name);
  json.key("kind").text(gguf::kind_name(sheet.kind)).key("title").text(facts.name);
  json.key("architecture").text(facts.architecture);
  write_weights(json, facts);
  write_context(json, sheet);
  write_geometry(json, facts);
  write_rope(json, facts.rope);
  json.key("capabilities");
  write_capabilities(json, sheet.state.capabilities);
  json.key("loaded").boolean(sheet.state.loaded);
  write_licences(json, sheet);
  write_files(json, sheet.state.model, paths);
  write_directions(json, sheet, paths);
  write_memory(json, sheet);
  return json.close('}').take();
}

std::string fit_body(const fleet::FitList& list) {
  Writer json;
  json.open('{').key("context").number(list.context);
  write_machine(json, list.machine);
  json.key("models").open('[');
  for (const fleet::RankedModel& model : list.models) {
    json.open('{').key("name").text(model.name).key("kind").text(gguf::kind_name(model.kind));
    json.key("parameters").number(model.parameters);
    json.key("quantisation").text(model.quantisation);
    json.key("size_bytes").number(model.size_bytes);
    json.key("context_trained").number(model.context_trained);
    write_fit(json, model.fit);
    json.key("installed").boolean(model.installed);
    json.key("loaded").boolean(model.loaded).key("get");
    if (model.installed) {
      json.null();
    } else {
      json.text("hearth pull " + model.name);
    }
    json.close('}');
  }
  json.close(']').key("unread").open('[');
  for (const std::string& name : list.unread)
    json.text(name);
  return json.close(']').close('}').take();
}

}  // namespace hearth::api
