// What a GGUF file says about the model in it, checked: a file that llama.cpp v0.5.0 would abort
// on, or crash over, or refuse with a riddle, gets a clear Error here first. Lists and listings,
// admission and the engine read these facts; nobody else interprets metadata keys.
//
// It deliberately does not know which architectures the engine supports, and does not look at
// weights.
//
// Ownership: a value; it keeps nothing of the File.
// Threads: immutable once made.
// Errors: kInvalidArgument for a file that is no model by itself (an adapter, a vocabulary, a
//   later part of a split model); kCorrupt for one that contradicts itself.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "gguf/file.h"

namespace hearth::gguf {

// The numbers are llama.cpp's.
enum class Pooling : std::uint8_t { kNone = 0, kMean = 1, kFirst = 2, kLast = 3, kRank = 4 };

// How far YaRN stretches which frequencies; what the file leaves open, llama.cpp decides.
struct YarnFacts {
  std::optional<double> extrapolation;
  std::optional<double> attention;
  std::optional<double> beta_fast;
  std::optional<double> beta_slow;
};

struct RopeFacts {
  std::uint32_t dimensions = 0;  // 0: the model has no rotary embedding that we know of
  double base = 10000.0;
  std::string scaling = "none";  // none, linear, yarn, longrope
  double factor = 1.0;
  std::uint32_t original_context = 0;  // before it was stretched; 0: the file does not say
  YarnFacts yarn;
};

struct SplitFacts {
  std::uint32_t part = 0;  // from 0
  std::uint32_t parts = 1;
  std::uint32_t parts_read = 1;  // that these facts are of
};

// What one sequence keeps in layers without attention (Mamba and its kin).
struct RecurrentFacts {
  std::uint32_t layers = 0;
  std::uint64_t state_bytes_per_layer = 0;
};

struct ModelFacts {
  std::string architecture;
  std::string name;
  std::string licence;  // an identifier or a text, as the author wrote it; may be empty
  std::uint32_t context_trained = 0;
  std::uint32_t layers = 0;
  std::uint32_t embedding = 0;
  std::uint32_t heads = 0;       // of the layer with the most
  std::uint32_t key_length = 0;  // per head
  std::uint32_t value_length = 0;
  std::uint32_t feed_forward = 0;  // of the widest layer
  std::uint32_t experts = 0;
  std::uint32_t experts_used = 0;
  std::uint32_t sliding_window = 0;  // 0: none
  // One per layer; 0 where a layer has no attention of the usual kind.
  std::vector<std::uint32_t> heads_kv;
  // Keys and values are one compressed vector (DeepSeek's MLA).
  bool joint_kv = false;
  RopeFacts rope;
  RecurrentFacts recurrent;

  std::uint64_t vocabulary = 0;
  std::uint64_t merges = 0;     // of pairs of tokens
  std::string tokenizer_model;  // "gpt2", "llama", "bert"
  std::string tokenizer_pre;
  std::optional<std::string> chat_template;

  // An encoder gives embeddings and no text; it has no KV.
  bool is_encoder = false;
  // Positions are looked up in a table: a longer input than context_trained aborts llama.cpp.
  bool has_position_table = false;
  std::optional<Pooling> pooling;

  std::uint64_t parameters = 0;
  std::uint64_t weight_bytes = 0;                      // in the files these facts are of
  std::map<std::string, std::uint64_t> bytes_by_type;  // "Q4_K" → bytes
  // "Q4_K_M" from general.file_type; where that is absent or wrong, the type with the most bytes.
  std::string quantisation;
  SplitFacts split;

  // Of one file. Of a divided model's first part it says what the header does, and sums only the
  // tensors that stand there.
  static Result<ModelFacts> from(const File& file);
  // Of a divided model: all its parts, in their order. One file is a model undivided.
  // REQUIRES: at least one file. kInvalidArgument where parts are missing, kCorrupt where they
  // do not belong together.
  static Result<ModelFacts> from(std::span<const File> files);
};

// Whether a runner could load and use the files these facts are of. kInvalidArgument says what to
// do about it; `name` is for messages.
Result<void> check_loadable(const ModelFacts& facts, const std::string& name);

}  // namespace hearth::gguf
