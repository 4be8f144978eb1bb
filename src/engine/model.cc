#include "engine/model.h"

#include <algorithm>
#include <climits>
#include <cstdio>
#include <cstring>

#include <unistd.h>

#include "engine/guarded.h"
#include "engine/llama_log.h"

namespace hearth::engine {

namespace {

bool report_progress(float fraction, void* user) {
  (*static_cast<std::function<void(float)>*>(user))(fraction);
  return true;
}

using Stream = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

Result<Stream> stream_of(Fd file) {
  ::lseek(file.get(), 0, SEEK_SET);
  Stream stream(::fdopen(file.get(), "rb"), &std::fclose);
  if (!stream) return fail(base::errno_error(errno, "cannot read the model file"));
  file.release();
  return stream;
}

Result<llama_model*> read_model(ModelFiles& files, const llama_model_params& params) {
  if (files.parts.empty()) {
    const Stream stream = HEARTH_TRY(stream_of(std::move(files.files.front())));
    return llama_model_load_from_file_ptr(stream.get(), params);
  }
  std::vector<const char*> paths;
  for (const std::string& part : files.parts)
    paths.push_back(part.c_str());
  return llama_model_load_from_splits(paths.data(), paths.size(), params);
}

// "<|start|>", "<｜User｜>": what stands between turns in any family that writes it.
bool is_mark(std::string_view text) {
  return (text.starts_with("<|") && text.ends_with("|>") && text.size() > 4) ||
         (text.starts_with("<｜") && text.ends_with("｜>") && text.size() > 8);
}

}  // namespace

Result<std::unique_ptr<Model>> Model::load(ModelFiles files, const Options& options,
                                           std::function<void(float)> progress) {
  llama_model_params params = llama_model_default_params();
  params.n_gpu_layers = options.gpu_layers;
  params.progress_callback = progress ? &report_progress : nullptr;
  params.progress_callback_user_data = &progress;
  try {
    LlamaModel loaded(HEARTH_TRY(read_model(files, params)));
    if (loaded == nullptr) {
      return fail(Code::kCorrupt, "llama.cpp cannot load this model: " + last_llama_error());
    }
    std::unique_ptr<Model> model(new Model(std::move(loaded)));
    for (std::size_t adapter = 1; adapter < files.files.size(); ++adapter)
      HEARTH_TRY(model->add_adapter(std::move(files.files[adapter])));
    return model;
  } catch (const std::bad_alloc&) {
    return fail(Code::kOutOfMemory, "not enough memory to load the model");
  } catch (const std::exception& e) {
    return fail(Code::kCorrupt, std::string("llama.cpp cannot load this model: ") + e.what());
  }
}

Result<void> Model::add_adapter(Fd file) {
  const Stream stream = HEARTH_TRY(stream_of(std::move(file)));
  LlamaAdapter adapter(llama_adapter_lora_init_from_file_ptr(model_.get(), stream.get()));
  if (adapter == nullptr) {
    return fail(Code::kInvalidArgument,
                "this adapter cannot be used with this model: " + last_llama_error());
  }
  adapters_.push_back(std::move(adapter));
  return {};
}

Result<void> Model::adapt(llama_context* context) const {
  if (adapters_.empty()) return {};
  std::vector<llama_adapter_lora*> adapters;
  for (const LlamaAdapter& adapter : adapters_)
    adapters.push_back(adapter.get());
  std::vector<float> scales(adapters.size(), 1.0F);
  if (llama_set_adapters_lora(context, adapters.data(), adapters.size(), scales.data()) == 0)
    return {};
  return fail(Code::kInvalidArgument, "llama.cpp cannot use this model's adapters");
}

Model::Model(LlamaModel model)
    : model_(std::move(model)), vocab_(llama_model_get_vocab(model_.get())) {
  for (Token token = 0; token < vocabulary(); ++token) {
    if (llama_vocab_is_eog(vocab_, token)) end_tokens_.push_back(token);
    const auto attributes = llama_vocab_get_attr(vocab_, token);
    const char* text = llama_vocab_get_text(vocab_, token);
    if (text != nullptr) longest_text_ = std::max(longest_text_, std::strlen(text));
    if (text == nullptr || *text == '\0') continue;
    const bool control = (attributes & (LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_UNKNOWN)) != 0;
    const bool declared = !control && (attributes & LLAMA_TOKEN_ATTR_USER_DEFINED) != 0;
    if (declared && is_mark(text)) declared_marks_.emplace_back(text);
    if (control || (declared && is_mark(text))) special_texts_.emplace_back(text);
  }
  const char* chat_template = llama_model_chat_template(model_.get(), nullptr);
  if (chat_template != nullptr) chat_template_ = chat_template;
}

std::string Model::metadata(const std::string& key) const {
  char value[256];
  const std::int32_t size =
      llama_model_meta_val_str(model_.get(), key.c_str(), value, sizeof value);
  return size < 0 ? std::string() : std::string(value);
}

bool Model::generates() const {
  const bool decoder_only =
      llama_model_has_decoder(model_.get()) && !llama_model_has_encoder(model_.get());
  // Files of encoders that do not say so would abort llama.cpp.
  const bool encoder = architecture().find("bert") != std::string::npos ||
                       metadata(architecture() + ".attention.causal") == "false";
  return decoder_only && !encoder;
}

bool Model::embeds() const {
  const bool both = llama_model_has_encoder(model_.get()) && llama_model_has_decoder(model_.get());
  const bool ranks =
      metadata(architecture() + ".pooling_type") == std::to_string(LLAMA_POOLING_TYPE_RANK);
  return !both && !ranks;
}

std::size_t Model::find_mark(std::string_view text, std::size_t from) const {
  std::size_t found = std::string_view::npos;
  for (const std::string& mark : declared_marks_)
    found = std::min(found, text.find(mark, from));
  return found;
}

// Each mark is cut behind its first byte, so that no part has a whole one.
Result<std::vector<Token>> Model::tokenize_as_text(std::string_view text, SpecialEnds ends) const {
  std::size_t mark = find_mark(text, 0);
  if (mark == std::string_view::npos) return tokenize(text, SpecialText::kPlain, ends);
  std::vector<Token> tokens;
  if (ends == SpecialEnds::kAdded && begin_token()) tokens.push_back(*begin_token());
  for (std::size_t begin = 0; begin < text.size(); mark = find_mark(text, begin)) {
    const std::size_t end = mark == std::string_view::npos ? text.size() : mark + 1;
    const auto part = HEARTH_TRY(
        tokenize(text.substr(begin, end - begin), SpecialText::kPlain, SpecialEnds::kNone));
    tokens.insert(tokens.end(), part.begin(), part.end());
    begin = end;
  }
  if (ends == SpecialEnds::kAdded && end_token()) tokens.push_back(*end_token());
  return tokens;
}

Result<std::vector<Token>> Model::tokenize(std::string_view text, SpecialText special,
                                           SpecialEnds ends) const {
  return guarded("tokenize this text", [&] {
    // A token stands for at least one byte, save for the begin and end tokens.
    std::vector<Token> tokens(text.size() + 8);
    const auto size = static_cast<std::int32_t>(text.size());
    const auto room = static_cast<std::int32_t>(tokens.size());
    const bool add = ends == SpecialEnds::kAdded;
    const bool parse = special == SpecialText::kParsed;
    std::int32_t count = llama_tokenize(vocab_, text.data(), size, tokens.data(), room, add, parse);
    if (count < 0 && count != INT32_MIN) {
      tokens.resize(static_cast<std::size_t>(-count));
      count = llama_tokenize(vocab_, text.data(), size, tokens.data(), -count, add, parse);
    }
    tokens.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return tokens;
  });
}

std::size_t Model::tokens_at_least(std::size_t bytes) const {
  // Other kinds fold whitespace or whole unknown words, however long, into one token or none.
  const auto kind = llama_vocab_type(vocab_);
  if (kind != LLAMA_VOCAB_TYPE_SPM && kind != LLAMA_VOCAB_TYPE_BPE) return 0;
  return bytes / longest_text_;
}

std::optional<Token> Model::begin_token() const {
  if (!llama_vocab_get_add_bos(vocab_)) return std::nullopt;
  return llama_vocab_bos(vocab_);
}

std::optional<Token> Model::end_token() const {
  if (!llama_vocab_get_add_eos(vocab_)) return std::nullopt;
  return llama_vocab_eos(vocab_);
}

Result<std::string> Model::piece(Token token, SpecialText special) const {
  return guarded("write this token", [&] {
    const bool shown = special == SpecialText::kParsed;
    std::string bytes(64, '\0');
    std::int32_t size = llama_token_to_piece(vocab_, token, bytes.data(),
                                             static_cast<std::int32_t>(bytes.size()), 0, shown);
    if (size < 0) {
      bytes.resize(static_cast<std::size_t>(-size));
      size = llama_token_to_piece(vocab_, token, bytes.data(), -size, 0, shown);
    }
    bytes.resize(static_cast<std::size_t>(size < 0 ? 0 : size));
    return bytes;
  });
}

std::string Model::description() const {
  char text[128];
  llama_model_desc(model_.get(), text, sizeof text);
  return text;
}

}  // namespace hearth::engine
