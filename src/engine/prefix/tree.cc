#include "engine/prefix/tree.h"

#include <algorithm>
#include <utility>

#include "base/result.h"

namespace hearth::engine::prefix {

std::size_t length(const Path& path) {
  return path.empty() ? 0 : path.back().node->first + path.back().tokens;
}

Path Tree::walk(const std::string& scope, std::span<const Token> tokens) const {
  Path path;
  const auto root = roots_.find(scope);
  const Children* children = root == roots_.end() ? nullptr : &root->second;
  std::size_t at = 0;
  while (children != nullptr && !tokens.empty()) {
    const auto next = children->find({at, tokens.front()});
    if (next == children->end()) break;
    Node* node = next->second;
    const auto apart =
        std::mismatch(node->tokens.begin(), node->tokens.end(), tokens.begin(), tokens.end());
    at = static_cast<std::size_t>(apart.second - tokens.begin());
    path.push_back({node, at});
    tokens = tokens.subspan(at);
    children = &nodes_.at(node->id).children;
  }
  return path;
}

Path Tree::find(const std::string& scope, std::span<const Token> tokens) {
  Path path = walk(scope, tokens);
  // A parent is used after its children, so that leaves are the first to go.
  for (auto piece = path.rbegin(); piece != path.rend(); ++piece) {
    uses_.splice(uses_.end(), uses_, nodes_.at(piece->node->id).place);
  }
  return path;
}

std::size_t Tree::known(const std::string& scope, std::span<const Token> tokens) const {
  return length(walk(scope, tokens));
}

Tree::Children& Tree::children_of(const std::string& scope, const Node* parent) {
  return parent == nullptr ? roots_[scope] : nodes_.at(parent->id).children;
}

Node* Tree::add(const std::string& scope, const Path& path, std::span<const Token> tokens) {
  HEARTH_ASSERT(!tokens.empty());
  auto node = std::make_unique<Node>();
  node->id = ++last_id_;
  node->scope = scope;
  node->tokens.assign(tokens.begin(), tokens.end());
  if (!path.empty()) {
    node->parent = path.back().node;
    node->at = path.back().tokens;
    node->first = node->parent->first + node->at;
    ++node->parent->children;
  }
  Node* added = node.get();
  const bool alone =
      children_of(scope, node->parent).emplace(std::pair(node->at, tokens.front()), added).second;
  HEARTH_ASSERT(alone);
  const auto place = uses_.insert(uses_.end(), added);
  nodes_.emplace(added->id, Entry{std::move(node), place, {}});
  // Again a parent is used after its children.
  for (Node* above = added->parent; above != nullptr; above = above->parent) {
    uses_.splice(uses_.end(), uses_, nodes_.at(above->id).place);
  }
  return added;
}

void Tree::remove(Node* node) {
  HEARTH_ASSERT(node->children == 0);
  Children& siblings = children_of(node->scope, node->parent);
  siblings.erase({node->at, node->tokens.front()});
  if (node->parent != nullptr) {
    --node->parent->children;
  } else if (siblings.empty()) {
    roots_.erase(node->scope);
  }
  const auto entry = nodes_.find(node->id);
  uses_.erase(entry->second.place);
  nodes_.erase(entry);
}

void Tree::remove_with_children(Node* node, const std::function<void(Node&)>& tell) {
  std::vector<Node*> below{node};
  for (std::size_t i = 0; i < below.size(); ++i) {
    for (const auto& [key, child] : nodes_.at(below[i]->id).children)
      below.push_back(child);
  }
  for (auto each = below.rbegin(); each != below.rend(); ++each) {
    tell(**each);
    remove(*each);
  }
}

Node* Tree::find_id(std::uint64_t id) const {
  const auto found = nodes_.find(id);
  return found == nodes_.end() ? nullptr : found->second.node.get();
}

Node* Tree::oldest(const std::function<bool(const Node&)>& suits) const {
  const auto found =
      std::find_if(uses_.begin(), uses_.end(), [&](const Node* node) { return suits(*node); });
  return found == uses_.end() ? nullptr : *found;
}

}  // namespace hearth::engine::prefix
