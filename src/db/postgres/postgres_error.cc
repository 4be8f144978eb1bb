#include "db/postgres/postgres_error.h"

#include <algorithm>
#include <array>

namespace hearth::db {

namespace {

struct Meaning {
  std::string_view beginning;  // of a state; the first that fits holds
  Code code;
};

constexpr auto kMeanings = std::to_array<Meaning>({
    {"08", Code::kUnavailable},       // the connection
    {"22", Code::kInvalidArgument},   // a value that a type cannot hold
    {"23505", Code::kAlreadyExists},  // unique
    {"23", Code::kInvalidArgument},   // other rules of a table
    {"25006", Code::kUnavailable},    // a standby, which only reads
    {"25P03", Code::kUnavailable},    // idle in a transaction for too long
    {"28", Code::kUnauthenticated},   //
    {"40", Code::kDeadlineExceeded},  // two that waited for each other
    {"42501", Code::kPermissionDenied},  {"53100", Code::kResourceExhausted},  // disk
    {"53200", Code::kResourceExhausted},                                       // memory
    {"53", Code::kUnavailable},                                                // connections
    {"54", Code::kResourceExhausted},    // larger than it can be
    {"55P03", Code::kDeadlineExceeded},  // a lock was not given
    {"57014", Code::kDeadlineExceeded},  // cancelled for its time
    {"57", Code::kUnavailable},          // shutting down, starting
    {"58030", Code::kUnavailable},       // the server's disk
    {"XX001", Code::kCorrupt},           {"XX002", Code::kCorrupt},
});

}  // namespace

Code code_of_postgres(std::string_view state) {
  if (state.empty()) return Code::kUnavailable;
  const auto found = std::find_if(kMeanings.begin(), kMeanings.end(), [&](const Meaning& meaning) {
    return state.starts_with(meaning.beginning);
  });
  return found == kMeanings.end() ? Code::kInternal : found->code;
}

Error postgres_error(std::string_view state, const std::string& name, const std::string& said) {
  const Code code = code_of_postgres(state);
  const std::string who = "the database " + name;
  const std::string words = said + (state.empty() ? "" : " (" + std::string(state) + ")");
  switch (code) {
    case Code::kInvalidArgument:
      return make_error(code, who + " cannot keep a value (" + std::string(state) + ")", name);
    case Code::kResourceExhausted:
      return make_error(code, who + " has no room: " + words, name);
    case Code::kDeadlineExceeded:
      return make_error(code, who + " did not give a lock in time: " + words, name);
    case Code::kCorrupt:
      return make_error(code, who + " is damaged: " + words + "; its operator has to look", name);
    case Code::kUnavailable:
      return make_error(code, who + " is out of reach: " + words, name);
    default:
      return make_error(code, who + " answered: " + words, name);
  }
}

}  // namespace hearth::db
