// What a result code of SQLite means in this house.
//
// Threads: pure.
#pragma once

#include <string>

#include "base/result.h"

namespace hearth::db {

// An extended result code, and the errno behind it where there is one.
Code code_of_sqlite(int result, int system_error);

// `said` are SQLite's own words; they name tables and columns and never values.
Error sqlite_error(int result, int system_error, const std::string& path, const std::string& said);

}  // namespace hearth::db
