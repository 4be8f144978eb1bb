// One model of the Hugging Face hub that is asked for: its addresses there, the key that is shown,
// and what the hub's refusals mean.
//
// Ownership: borrows the name.
// Threads:   immutable.
// Errors:    those of find_offer.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/web/web.h"
#include "store/name/source.h"
#include "store/source/hubs.h"

namespace hearth::store {

// What a hub wants to see in Authorization; empty where there is no token. kInvalidArgument for a
// token that would be a header of its own.
Result<std::string> hub_authorization(const std::string& token);

class HubQuestion {
 public:
  // kInvalidArgument for a hub's address that is none and a token that would be a header of its
  // own.
  static Result<HubQuestion> create(const HuggingFaceName& wanted, const Hubs& hubs);

  const std::string& base() const { return base_; }
  const std::string& authorization() const { return authorization_; }  // empty: there is no token

  std::string repository_url() const;
  std::string tree_url(std::string_view commit) const;
  std::string file_url(std::string_view commit, std::string_view path) const;
  // Shows the token to the hub, and to nobody else.
  net::WebRequest request(std::string url) const;

  // REQUIRES: a status that is no success.
  Error explain(const net::WebHead& head) const;
  // The terms have to be accepted, or a token is missing that says who has.
  Error gated() const;

 private:
  HubQuestion(const HuggingFaceName& wanted, std::string base, std::string authorization)
      : wanted_(wanted), base_(std::move(base)), authorization_(std::move(authorization)) {}

  std::string_view revision() const;
  std::string whose() const;  // "huggingface.co/OWNER/REPOSITORY"
  std::string page() const;
  Error not_there() const;
  Error refused() const;
  Error forbidden() const;

  const HuggingFaceName& wanted_;
  std::string base_;
  std::string authorization_;
};

}  // namespace hearth::store
