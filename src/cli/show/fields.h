// Fields of the daemon's answers about models: what is absent or of another kind is empty, for an
// older or newer daemon is no reason to show nothing.
//
// Ownership: borrows the JSON.
// Threads:   pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/node.h"

namespace hearth::cli {

class AnswerFields {
 public:
  explicit AnswerFields(std::optional<json::Node> node) : node_(std::move(node)) {}

  std::string text(std::string_view key) const;
  std::uint64_t number(std::string_view key) const;
  double real(std::string_view key) const;
  bool flag(std::string_view key) const;
  // Without fields where there is no such object.
  AnswerFields object(std::string_view key) const;
  std::vector<json::Node> list(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;
  bool is_empty() const { return !node_ || !node_->is_object(); }

 private:
  std::optional<json::Node> find(std::string_view key) const;

  std::optional<json::Node> node_;
};

// "131,072"
std::string grouped(std::uint64_t number);
// "7.6 billion", "494 million", "5,312"
std::string parameters_text(std::uint64_t parameters);
// "fits", "fits with 8,192 tokens", "tight", "does not fit", "unknown"
std::string verdict_text(const std::string& verdict, std::uint64_t context);

}  // namespace hearth::cli
