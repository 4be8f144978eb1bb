// docs/openapi.yaml has every route, with the scope that it takes, and no other. What is asked and
// answered there is held against the running daemon, by tests/openapi.
#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/face.h"
#include "base/fd.h"
#include "base/units.h"

namespace hearth::api {
namespace {

using ::testing::ContainerEq;
using testing::Face;
using ::testing::HasSubstr;

using Scopes = std::map<std::string, std::string>;  // "GET /health" has "everybody"

std::string_view depth_of(std::string_view line) {
  return line.substr(0, line.find_first_not_of(' '));
}

// "key" of a line "key:" or "key: value".
std::string key_of(std::string_view line) {
  line.remove_prefix(depth_of(line).size());
  return std::string(line.substr(0, line.find(':')));
}

// What follows a parameter is in the route's '*', too.
std::string route_of(std::string path) {
  if (path.find('{') != std::string::npos) path.replace(path.find('{'), std::string::npos, "*");
  return path;
}

std::string method_of(std::string word) {
  for (char& c : word)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return word;
}

// Enough of YAML for this file: paths, methods and their members each have a depth of their own.
Scopes scopes_in(std::string_view text) {
  constexpr std::string_view kPath = "  ";
  constexpr std::string_view kMethod = "    ";
  constexpr std::string_view kMember = "      ";
  constexpr std::string_view kScope = "x-scope: ";
  Scopes scopes;
  std::string path;
  std::string* scope = nullptr;
  bool in_paths = false;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::string_view depth = depth_of(line);
    if (line.empty() || line.find('#') == depth.size()) continue;
    if (depth.empty()) in_paths = line == "paths:";
    if (!in_paths) continue;
    const std::string key = key_of(line);
    if (depth == kPath) path = route_of(key);
    if (depth == kMethod && key != "parameters") scope = &scopes[method_of(key) + " " + path];
    if (depth == kMember && line.substr(depth.size()).starts_with(kScope))
      *scope = line.substr(depth.size() + kScope.size());
  }
  return scopes;
}

std::string description() {
  auto text = base::load_text_file(HEARTH_OPENAPI, base::kMiB);
  EXPECT_TRUE(text);
  return text.value_or("");
}

TEST(OpenApi, HasEveryRouteWithItsScopeAndNoOther) {
  const Face face;
  Scopes served;
  for (const Router::RouteFacts& route : face.routes()) {
    served[route.method + " " + route.path] =
        route.scope ? std::string(access::scope_name(*route.scope)) : "everybody";
  }
  EXPECT_THAT(scopes_in(description()), ContainerEq(served));
}

TEST(OpenApi, IsOfThisVersion) {
  EXPECT_THAT(description(), HasSubstr("\n  version: " HEARTH_VERSION "\n"));
}

}  // namespace
}  // namespace hearth::api
