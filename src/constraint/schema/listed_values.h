// The values that enum and const list. Which of them are valid for all the rest says the judge.
//
// Threads: pure.
#pragma once

#include <vector>

#include <boost/json/value.hpp>

#include "constraint/schema/document.h"

namespace hearth::constraint {

bool is_listed(const Schemas& schemas);
// Those of the first schema that lists any: the others can only take some away.
std::vector<const boost::json::value*> listed_values(const Schemas& schemas);

}  // namespace hearth::constraint
