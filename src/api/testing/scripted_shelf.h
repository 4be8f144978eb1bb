// Responses kept in memory, for tests of the routes that keep and find them.
//
// Threads: on the loop; to be looked at after an answer.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "api/openai/response_shelf.h"

namespace hearth::api::testing {

class ScriptedShelf {
 public:
  using Kept = responses::KeptResponse;
  explicit ScriptedShelf(boost::asio::io_context& loop) : loop_(loop) {}

  std::map<std::string, Kept> kept;

  openai::ResponseShelf face() {
    openai::ResponseShelf shelf;
    shelf.keep = [this](Kept response) { kept[response.id] = std::move(response); };
    shelf.find = [this](const std::string& id, const std::string& owner, Callback<Kept> done) {
      boost::asio::post(loop_, [result = find(id, owner), done] { done(result); });
    };
    shelf.find_past = [this](const std::string& id, const std::string& owner,
                             Callback<std::vector<Kept>> done) {
      boost::asio::post(loop_, [result = find_past(id, owner), done] { done(result); });
    };
    shelf.remove = [this](const std::string& id, const std::string& owner, Callback<void> done) {
      const auto found = find(id, owner);
      if (found) kept.erase(id);
      const Result<void> result = found ? Result<void>() : fail(found.error());
      boost::asio::post(loop_, [result, done] { done(result); });
    };
    return shelf;
  }

 private:
  Result<Kept> find(const std::string& id, const std::string& owner) {
    const auto found = kept.find(id);
    if (found != kept.end() && found->second.owner == owner) return found->second;
    return fail(Code::kNotFound, "Response with id '" + id + "' not found.", id);
  }
  Result<std::vector<Kept>> find_past(const std::string& id, const std::string& owner) {
    std::vector<Kept> past;
    for (std::string next = id; !next.empty(); next = past.back().previous)
      past.push_back(HEARTH_TRY(find(next, owner)));
    std::reverse(past.begin(), past.end());
    return past;
  }

  boost::asio::io_context& loop_;
};

}  // namespace hearth::api::testing
