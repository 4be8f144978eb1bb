// The judgement over the facts: what is fine, what is worth knowing, what is missing and what to
// do about it.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/doctor/facts.h"

namespace hearth::cli::doctor {

struct Finding {
  // kMissing: Hearth cannot work so. kNotice: it works, and could be better.
  enum class Kind : std::uint8_t { kFine, kNotice, kMissing };
  Kind kind = Kind::kFine;
  std::string subject;  // "cpu"
  std::string text;
  std::string advice;  // empty when there is nothing to do
};

std::vector<Finding> findings(const Facts& facts);
bool is_healthy(const std::vector<Finding>& found);

std::string as_text(const std::vector<Finding>& found);
std::string as_json(const Facts& facts, const std::vector<Finding>& found);

}  // namespace hearth::cli::doctor
