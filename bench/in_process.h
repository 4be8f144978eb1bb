// The yardstick: the same file and the same settings, with llama.cpp called directly, as a
// program without daemon, wire or scheduler would.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace hearth::bench {

struct Timing {
  double first_token_ms = 0;     // from the call to the first piece of text
  double tokens_per_second = 0;  // of what follows
};

class InProcess {
 public:
  InProcess(const std::string& model, std::uint32_t context, std::int32_t threads);
  ~InProcess();
  Timing generate(const std::string& prompt, std::uint32_t tokens);
  // The text that the daemon will also get, from the model's own template.
  std::string render(const std::string& user_text) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace hearth::bench
