// A place without a table yet, of each driver: what is written on db/ is tested on both.
//
//   class PotsTest : public ::testing::TestWithParam<db::testing::Driver> {
//    protected:
//     db::testing::EmptyPlace place_{GetParam()};
//     std::unique_ptr<db::Database> database_ = place_.open();
//   };
//   INSTANTIATE_TEST_SUITE_P(Both, PotsTest, db::testing::kBothDrivers, db::testing::driver_name);
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "db/database.h"
#include "db/testing/postgres_server.h"

namespace hearth::db::testing {

enum class Driver { kSqlite, kPostgres };

inline const auto kBothDrivers = ::testing::Values(Driver::kSqlite, Driver::kPostgres);

inline std::string driver_name(const ::testing::TestParamInfo<Driver>& info) {
  return info.param == Driver::kSqlite ? "Sqlite" : "Postgres";
}

class EmptyPlace {
 public:
  explicit EmptyPlace(Driver driver) {
    if (driver == Driver::kSqlite) {
      place_ = folder_.file("hearth.db");
      return;
    }
    PostgresServer& server = PostgresServer::shared();
    const std::string name = server.next_name();
    const auto made = must_open(server.url("postgres"))->run("CREATE DATABASE " + name);
    HEARTH_ASSERT(made.has_value());
    place_ = server.url(name);
  }

  const std::string& place() const { return place_; }
  // Each of them is a connection of its own, as another process has it.
  std::unique_ptr<Database> open(Options options = {}) const { return must_open(place_, options); }

 private:
  static std::unique_ptr<Database> must_open(const std::string& place, Options options = {}) {
    auto opened = open_database(place, options);
    if (!opened) std::fprintf(stderr, "%s\n", opened.error().to_string().c_str());
    HEARTH_ASSERT(opened.has_value());
    return std::move(*opened);
  }

  base::testing::TemporaryFolder folder_;
  std::string place_;
};

}  // namespace hearth::db::testing
