// What is wrong with a document that a JSON schema is asked about: every problem with the place
// where it stands, in words for whoever wrote the document, also when that is a model.
//
// The same keywords as in rules_of_schema() (schema.h, docs/constraints.md), of draft 2020-12, and
// the same judgement; any other keyword that could make a document invalid is refused by name.
//
// Ownership: owns the schema.
// Threads:   confined to its caller: it keeps what it has learned of the schema.
// Errors:    kInvalidArgument for the schema; those of Effort for a document that takes too long.
// Limits:    kProblemsMax; kSchemaBytesMax; the steps of one Effort for each document.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/result.h"

namespace hearth::constraint {

inline constexpr std::size_t kProblemsMax = 20;

struct Problem {
  std::string pointer;  // JSON pointer into the document; empty is the whole of it
  std::string words;    // "must be a string, not a number"

  // "/path must be a string, not a number"
  std::string to_string() const;
  bool operator==(const Problem&) const = default;
};

class DocumentCheck {
 public:
  static Result<DocumentCheck> create(std::string_view schema);
  DocumentCheck(DocumentCheck&&) noexcept;
  DocumentCheck& operator=(DocumentCheck&&) = delete;
  ~DocumentCheck();

  // In the order of the document; none when it is valid.
  Result<std::vector<Problem>> problems(const boost::json::value& document);

 private:
  class Insides;
  explicit DocumentCheck(std::unique_ptr<Insides> insides);
  std::unique_ptr<Insides> insides_;
};

}  // namespace hearth::constraint
