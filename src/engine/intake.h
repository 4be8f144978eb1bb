// What came and is on its way to the loop: a request whose text became tokens, and whose rule is
// perhaps still to be made; texts to embed.
//
// Threads: values, each with one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/cancellation.h"
#include "base/clock.h"
#include "chat/request.h"
#include "engine/fair_share.h"
#include "engine/rule_book.h"
#include "engine/sequence.h"

namespace hearth::engine {

struct Arrival {
  std::uint32_t request;
  base::TimePoint at;
  base::CancelToken cancel;
};

// All of it but its guide.
struct Drafted {
  std::unique_ptr<Sequence> sequence;
  RuleBook::Found rules;
};

struct Embedding {
  std::uint32_t request = 0;
  base::CancelToken cancel;
  std::vector<std::vector<Token>> inputs;
  std::size_t done = 0;  // inputs
  std::string client;
  chat::Embeddings result;
};

// Which of these, of which there is one, is worked on next: of the client who has had the least
// lately; of one client the first. One that nobody waits for any more goes before all others.
std::size_t next_of(const std::deque<Embedding>& embeddings, const FairShare& clients,
                    base::TimePoint now);

// Of text in it, about: for bounds of queues, and for the least number of its tokens.
std::size_t text_bytes(const chat::Request& asked);
// Of what its rule is made from, about.
std::size_t rule_bytes(const chat::Request& asked);
// Its prompt may take much longer to write than most.
bool is_long(const chat::Request& asked);
Error too_many_wait();

}  // namespace hearth::engine
