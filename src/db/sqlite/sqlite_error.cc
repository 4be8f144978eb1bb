#include "db/sqlite/sqlite_error.h"

#include <cerrno>

#include <sqlite3.h>

namespace hearth::db {

namespace {

// A write that fails for want of room has a code of its own only where SQLite looked for that.
bool is_no_room(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

Code code_of_constraint(int result) {
  switch (result) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return Code::kAlreadyExists;
    default:
      return Code::kInvalidArgument;
  }
}

}  // namespace

Code code_of_sqlite(int result, int system_error) {
  switch (result & 0xff) {
    case SQLITE_CONSTRAINT:
      return code_of_constraint(result);
    case SQLITE_MISMATCH:
      return Code::kInvalidArgument;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Code::kDeadlineExceeded;
    case SQLITE_FULL:
    case SQLITE_TOOBIG:
      return Code::kResourceExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Code::kCorrupt;
    case SQLITE_NOMEM:
      return Code::kOutOfMemory;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return Code::kPermissionDenied;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
      if (is_no_room(system_error)) return Code::kResourceExhausted;
      return system_error == EACCES ? Code::kPermissionDenied : Code::kUnavailable;
    default:
      return Code::kInternal;
  }
}

Error sqlite_error(int result, int system_error, const std::string& path, const std::string& said) {
  const Code code = code_of_sqlite(result, system_error);
  const std::string name = "the database '" + path + "'";
  switch (code) {
    case Code::kCorrupt:
      return make_error(code,
                        name + " is damaged (" + said +
                            "); stop Hearth, keep a copy of the file and put a backup in its place",
                        path);
    case Code::kResourceExhausted:
      return make_error(code, "there is no room to write to " + name + " (" + said + "); make some",
                        path);
    case Code::kDeadlineExceeded:
      return make_error(code, name + " was held by another process for too long", path);
    case Code::kPermissionDenied:
      return make_error(
          code, name + " must not be written (" + said + "); it has to be this user's", path);
    default:
      return make_error(code, name + " answered: " + said, path);
  }
}

}  // namespace hearth::db
