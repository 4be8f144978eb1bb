# The outside libraries, each found once and given one name. Who may use which stands in
# modules.cmake.

find_package(PkgConfig REQUIRED)

find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(fmt REQUIRED)
find_package(tl-expected REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(CURL REQUIRED)
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(sqlite REQUIRED IMPORTED_TARGET sqlite3>=3.37)  # strict tables
pkg_check_modules(postgres REQUIRED IMPORTED_TARGET libpq)

add_library(outside_asio INTERFACE)
target_link_libraries(outside_asio INTERFACE Boost::headers)
target_compile_definitions(outside_asio INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)
# g++ 12 inlines the frame allocation of some coroutines only by half, and then takes Asio's
# matching pair of operators for a mismatch.
target_compile_options(outside_asio INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)

add_library(outside_json INTERFACE)
target_link_libraries(outside_json INTERFACE Boost::json)
add_library(outside_yaml INTERFACE)
target_link_libraries(outside_yaml INTERFACE yaml-cpp)
add_library(outside_cli11 INTERFACE)
target_link_libraries(outside_cli11 INTERFACE CLI11::CLI11)
add_library(outside_seccomp INTERFACE)
target_link_libraries(outside_seccomp INTERFACE PkgConfig::seccomp)
add_library(outside_sqlite INTERFACE)
target_link_libraries(outside_sqlite INTERFACE PkgConfig::sqlite)
add_library(outside_postgres INTERFACE)
target_link_libraries(outside_postgres INTERFACE PkgConfig::postgres)
add_library(outside_crypto INTERFACE)
target_link_libraries(outside_crypto INTERFACE OpenSSL::Crypto)
add_library(outside_tls INTERFACE)
target_link_libraries(outside_tls INTERFACE OpenSSL::SSL OpenSSL::Crypto)
add_library(outside_curl INTERFACE)
target_link_libraries(outside_curl INTERFACE CURL::libcurl)
add_library(outside_base INTERFACE)
target_link_libraries(outside_base INTERFACE fmt::fmt tl::expected)

if(HEARTH_TESTS)
  find_package(GTest REQUIRED)
  find_library(HEARTH_RAPIDCHECK rapidcheck REQUIRED)
endif()
