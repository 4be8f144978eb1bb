// Whether a request comes in: what it shows of who sends it is put before the keys, and who is
// refused learns why. It knows no routes and keeps nothing.
//
// Who runs as our user and comes over a Unix socket needs no key: the kernel vouches for him, and
// he could read and change the database all the same. A key that he sends counts like any other.
//
// Threads: confined to the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "access/gate.h"
#include "base/result.h"
#include "chat/request.h"
#include "net/http_message.h"

namespace hearth::api {

// Who keeps the keys.
struct Keys {
  // An error where it is not known who may come in; then nobody does.
  std::function<Result<access::Verdict>(const access::Attempt& attempt)> admit;
  // Whose secret it is; empty where it is nobody's.
  std::function<std::string(std::string_view secret)> holder;
  // Whether who came in with this key, or without any, would come in still.
  std::function<bool(const std::string& key_id, access::Scope wanted)> stands;
  // A request of this key has been answered, with so many tokens.
  std::function<void(const std::string& key_id, std::uint64_t tokens)> used;
};

// What a request shows.
struct Shown {
  // Of `Authorization: Bearer`, else of `x-api-key`. Nothing else is looked at: what stands in a
  // URL gets into logs.
  std::optional<std::string_view> secret;
  access::From from = access::From::kElsewhere;
  std::string network;  // the address; of IPv6 its first 64 bits, which one client has at once
};
Shown shown_by(const net::HttpRequest& request);

// As whom a request came in.
struct Caller {
  std::string key_id;  // empty without a key
  access::Scope scope = access::Scope::kAdmin;
  access::From from = access::From::kThisMachine;
};

// A refusal, before a dialect puts it into words of its own.
struct Denial {
  Error error;
  std::string_view type;  // OpenAI's
  std::string_view code;
  std::optional<std::int64_t> retry_after_s;
  std::string challenge;  // of WWW-Authenticate; may be empty
};

struct Admission {
  Caller caller;  // also of one that is refused, where the key is known
  std::optional<Denial> denial;
};

Admission admit(const Keys& keys, const net::HttpRequest& request, access::Scope wanted);
// Of one that was let in: whether it would be still.
bool is_still_welcome(const Keys& keys, const net::HttpRequest& request, const Caller& caller,
                      access::Scope wanted);
// Whether admit() would let it in but for rates and quotas. It counts for nothing.
// kUnauthenticated, kPermissionDenied.
Result<void> expect(const Keys& keys, const net::HttpRequest& request, access::Scope wanted);
// What is said about a verdict; nothing where it is allowed. Pure.
std::optional<Denial> denial_of(const access::Verdict& verdict, const Shown& shown,
                                access::Scope wanted);
// {"error": …} as OpenAI has it.
std::string denial_body(const Denial& denial);

// kPermissionDenied, its context the field, where somebody elsewhere names a file of this machine.
Result<void> check_model(const std::string& model, const Caller& caller);

// kPermissionDenied where somebody elsewhere names one of our files, of which he knows nothing and
// need not learn.
Result<void> check_paths(const std::vector<std::string>& names, const net::HttpRequest& request);

// An error about a file of ours, as it is told to a peer: somebody elsewhere hears what the file is
// called, and not in which folder it is.
Error without_folder(Error error, net::PeerKind peer);

// Makes a request the caller's own: all of one key are one client, and share computed beginnings
// with nobody else. kPermissionDenied, about its part, for a model or a wish that is not his.
Result<void> sign(chat::Request& request, const Caller& caller);
Result<void> sign(chat::EmbedRequest& request, const Caller& caller);

}  // namespace hearth::api
