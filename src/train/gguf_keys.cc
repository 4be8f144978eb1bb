#include "train/gguf_keys.h"

namespace hearth::train {

namespace {

Failure wrong(const std::string& key, const char* wanted) {
  return fail(Code::kCorrupt, "the model file's '" + key + "' must be " + wanted);
}

}  // namespace

Result<std::uint32_t> GgufKeys::number(const std::string& key) const {
  const std::int64_t id = gguf_find_key(file_, key.c_str());
  if (id < 0) return fail(Code::kCorrupt, "the model file has no '" + key + "'");
  if (gguf_get_kv_type(file_, id) == GGUF_TYPE_UINT32) return gguf_get_val_u32(file_, id);
  if (gguf_get_kv_type(file_, id) == GGUF_TYPE_INT32 && gguf_get_val_i32(file_, id) >= 0)
    return static_cast<std::uint32_t>(gguf_get_val_i32(file_, id));
  return wrong(key, "one whole number");
}

Result<std::uint32_t> GgufKeys::number(const std::string& key, std::uint32_t otherwise) const {
  return has(key) ? number(key) : Result<std::uint32_t>(otherwise);
}

Result<float> GgufKeys::real(const std::string& key, float otherwise) const {
  const std::int64_t id = gguf_find_key(file_, key.c_str());
  if (id < 0) return otherwise;
  if (gguf_get_kv_type(file_, id) != GGUF_TYPE_FLOAT32) return wrong(key, "a number");
  return gguf_get_val_f32(file_, id);
}

Result<bool> GgufKeys::truth(const std::string& key, std::optional<bool> otherwise) const {
  const std::int64_t id = gguf_find_key(file_, key.c_str());
  if (id < 0 && otherwise) return *otherwise;
  if (id < 0 || gguf_get_kv_type(file_, id) != GGUF_TYPE_BOOL) return wrong(key, "true or false");
  return gguf_get_val_bool(file_, id);
}

Result<std::string> GgufKeys::text(const std::string& key, const std::string& otherwise) const {
  const std::int64_t id = gguf_find_key(file_, key.c_str());
  if (id < 0) return otherwise;
  if (gguf_get_kv_type(file_, id) != GGUF_TYPE_STRING) return wrong(key, "a text");
  return std::string(gguf_get_val_str(file_, id));
}

}  // namespace hearth::train
