// Which beginnings of prompts are known: a radix tree whose nodes are spans of tokens. It holds
// what was computed for them as opaque bytes and decides what is the oldest; it neither computes,
// nor reads a file, nor counts what anything costs.
//
// A node hangs at some token of its parent, not always at its end: where two prompts part, nothing
// is split, so that the bytes of a span stay one piece. Prompts of different scopes share nothing.
//
// Threads:    thread-compatible.
// Invariants: of the nodes that hang at one token of a node, no two begin with the same token, and
//             none begins as that node goes on; so a longest match is the only one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/token.h"

namespace hearth::engine::prefix {

// What llama.cpp says of a span's cells; shared with those who write it to a file.
using State = std::shared_ptr<const std::string>;

struct Node {
  std::uint64_t id = 0;
  Node* parent = nullptr;  // null where a prompt begins
  std::size_t at = 0;      // tokens of the parent that come before this
  std::size_t first = 0;   // the position of its first token
  std::vector<Token> tokens;
  std::size_t children = 0;
  std::string scope;
  State state;                 // null while it is only in a file
  std::string file;            // its name, once it is to be written
  std::size_t file_bytes = 0;  // 0 until it is
};

// How much of a node, from its beginning.
struct Piece {
  Node* node = nullptr;
  std::size_t tokens = 0;
};
using Path = std::vector<Piece>;
std::size_t length(const Path& path);

class Tree {
 public:
  // The longest known beginning of these tokens. Its nodes are now the ones used last.
  Path find(const std::string& scope, std::span<const Token> tokens);
  // As find, without using anything.
  std::size_t known(const std::string& scope, std::span<const Token> tokens) const;
  // REQUIRES: `path` is the longest match of the prompt that goes on with `tokens`, and these are
  // some.
  Node* add(const std::string& scope, const Path& path, std::span<const Token> tokens);
  // REQUIRES: it has no children.
  void remove(Node* node);
  // Every node below it too; each is told first, children before their parents.
  void remove_with_children(Node* node, const std::function<void(Node&)>& tell);
  Node* find_id(std::uint64_t id) const;
  // From the one whose use is longest ago; the first that `suits`, or null.
  Node* oldest(const std::function<bool(const Node&)>& suits) const;
  std::size_t size() const { return nodes_.size(); }

 private:
  struct Entry {
    std::unique_ptr<Node> node;
    std::list<Node*>::iterator place;  // in uses_
    // By where they hang and how they begin.
    std::map<std::pair<std::size_t, Token>, Node*> children;
  };
  using Children = std::map<std::pair<std::size_t, Token>, Node*>;
  Path walk(const std::string& scope, std::span<const Token> tokens) const;
  Children& children_of(const std::string& scope, const Node* parent);

  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, Entry> nodes_;
  std::unordered_map<std::string, Children> roots_;  // by scope
  std::list<Node*> uses_;                            // the oldest first
};

}  // namespace hearth::engine::prefix
