// The arguments of a call where a model writes them one by one, each between marks of its own:
// <parameter=city>Rome</parameter>. A string stands there as it is, without quotes, up to the mark
// behind it; so it never contains that mark. Nothing that the schema does not allow fits.
//
// Those that lead come first, in the order in which they are listed; then the others, in any order
// where they are at most kAnyOrderMax, else as they are listed. Each stands there once.
//
// Errors:  kInvalidArgument; the context is the JSON pointer of what is wrong. Also for an argument
//          that is required and cannot be written so. Those of Effort.
// Threads: pure; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "constraint/effort.h"
#include "constraint/rules.h"
#include "constraint/types.h"

namespace hearth::constraint {

inline constexpr std::size_t kAnyOrderMax = 6;

struct ArgumentList;

// One way to write a value. What is around it are names of rules: they are in the result, empty,
// for the caller to fill.
struct Writing {
  enum class Kind : std::uint8_t {
    kJson,     // a JSON document
    kRaw,      // a string as it is
    kMembers,  // an object by its members, each as an argument is written
    kItems     // an array by its elements
  };
  Kind kind = Kind::kJson;
  Types types = kAllTypes;  // kJson: values of other types are not written so
  std::string before;
  std::string after;
  std::string end;                  // kRaw: the mark behind it
  std::vector<std::string> barred;  // kRaw: what it may not begin with
  std::shared_ptr<const ArgumentList> members;
  std::vector<Writing> items;  // the ways to write one element
};

struct Argument {
  std::string name;
  // Whoever reads them tries them in this order.
  std::vector<Writing> writings;
  bool leads = false;
};

struct ArgumentList {
  std::vector<Argument> arguments;
  std::string between;    // the name of a rule; none: nothing
  std::size_t least = 0;  // fewer cannot be read
};

Result<Rules> rules_of_arguments(std::string_view schema, const ArgumentList& list, Effort& effort);
Result<Rules> rules_of_arguments(std::string_view schema, const ArgumentList& list);  // on its own

// How a whole document is written: as JSON, or as Gemma's calls have it, where keys stand without
// quotes up to a colon and strings as they are between marks.
enum class Notation : std::uint8_t { kJson, kGemma };

// The same as one document: it is an object, whatever else the schema allows.
Result<Rules> rules_of_arguments(std::string_view schema, Notation notation, Effort& effort);
Result<Rules> rules_of_arguments(std::string_view schema, Notation notation);

}  // namespace hearth::constraint
