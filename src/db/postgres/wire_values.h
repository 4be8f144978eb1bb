// Values on their way to a PostgreSQL server and back: as text, bytes as they are.
//
// Threads: thread-compatible.
#pragma once

#include <string>
#include <vector>

#include "db/value.h"

struct pg_result;

namespace hearth::db {

// The arrays that libpq wants. REQUIRES: the values outlive it.
class Parameters {
 public:
  explicit Parameters(const std::vector<Value>& values);
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  int count() const { return static_cast<int>(types_.size()); }
  const unsigned* types() const { return types_.data(); }
  const char* const* contents() const { return contents_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  struct Add;
  std::vector<unsigned> types_;
  std::vector<std::string> numbers_;  // as text; never moved once it is pointed to
  std::vector<const char*> contents_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

// Whole numbers and truths are integers, so are numerics without a fraction (the sum of integers
// is one); what is no number and no bytes is a text. kCorrupt for what its type does not have.
Result<std::vector<Row>> rows_of(const pg_result* result);

}  // namespace hearth::db
