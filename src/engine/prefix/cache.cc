#include "engine/prefix/cache.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "engine/limits.h"

namespace hearth::engine::prefix {

namespace {

bool is_leaf(const Node& node) {
  return node.children == 0;
}

}  // namespace

Cache::Cache(Options options, Post post) : options_(std::move(options)), post_(std::move(post)) {
  if (!on() || options_.file_bytes == 0 || options_.folder.empty()) return;
  folder_.emplace(options_.folder, options_.model);
  ready_ = false;
  worker_.post(0, [this] { post_([this, found = folder_->list()] { take_listed(found); }); });
}

Cache::~Cache() {
  worker_.stop();
}

std::size_t Cache::known(const std::string& scope, std::span<const Token> tokens) const {
  return tree_.known(scope, tokens);
}

Path Cache::find(const std::string& scope, std::span<const Token> tokens) {
  return tree_.find(scope, tokens);
}

bool Cache::in_memory(const Path& path) {
  return std::all_of(path.begin(), path.end(),
                     [](const Piece& piece) { return piece.node->state != nullptr; });
}

void Cache::fetch(const Path& path, std::function<void()> done) {
  std::vector<std::pair<std::uint64_t, std::string>> wanted;
  bool all_written = true;
  for (const Piece& piece : path) {
    if (piece.node->state) continue;
    wanted.emplace_back(piece.node->id, piece.node->file);
    all_written = all_written && piece.node->file_bytes > 0;
  }
  Worker::Job read = [this, wanted = std::move(wanted), done = std::move(done)] {
    auto states = std::make_shared<std::vector<Read>>();
    for (const auto& [node, name] : wanted)
      states->push_back({node, folder_->read(name)});
    post_([this, states, done] {
      take_read(*states);
      done();
    });
  };
  // Somebody waits for it; but not before what it wants is there.
  if (all_written) {
    worker_.post_first(0, std::move(read));
  } else {
    worker_.post(0, std::move(read));
  }
}

void Cache::park(const std::string& scope, std::span<const Token> tokens, const Save& save) {
  if (!on()) return;
  Path path = tree_.find(scope, tokens);
  std::size_t at = length(path);
  while (tokens.size() - at >= kSmallestSpan) {
    const std::size_t left = tokens.size() - at;
    const std::size_t count = left < kSpanTokens + kSmallestSpan ? left : kSpanTokens;
    State state = save(at, count);
    if (!state || !make_room_in_memory(state->size(), path)) break;
    Node* node = tree_.add(scope, path, tokens.subspan(at, count));
    keep(*node, std::move(state));
    path.push_back({node, count});
    at += count;
    write(*node, tokens.first(at));
  }
}

// What follows something that is in no file would be found by nobody after a restart.
void Cache::write(Node& node, std::span<const Token> tokens) {
  if (!folder_ || (node.parent != nullptr && node.parent->file.empty())) return;
  if (no_writing_until_ && base::system_clock().now() < *no_writing_until_) return;
  SpanHeader header;
  header.model = options_.model;
  header.scope = node.scope;
  header.first = static_cast<std::uint32_t>(node.first);
  header.tokens.assign(tokens.begin(), tokens.end());
  node.file = file_name(header);
  const bool taken = worker_.post(
      node.state->size(),
      [this, id = node.id, name = node.file, header = std::move(header), state = node.state] {
        post_([this, id, name, bytes = folder_->write(header, *state)] {
          take_written(id, name, bytes);
        });
      });
  if (!taken) node.file.clear();
}

void Cache::take_written(std::uint64_t id, const std::string& name, Result<std::size_t> bytes) {
  Node* node = tree_.find_id(id);
  if (!bytes) {
    log::warning("a prefix is not kept on disk", {{"error", bytes.error().to_string()}});
    no_writing_until_ = base::system_clock().now() + std::chrono::seconds(kDiskPauseSeconds);
    if (node == nullptr) return;
    node->file.clear();
    if (!node->state) drop_with_children(*node);
    return;
  }
  if (node == nullptr) {  // it went out of use meanwhile, unless it came again
    const bool again = tree_.oldest([&](const Node& one) { return one.file == name; }) != nullptr;
    if (!again) remove_file(name);
    return;
  }
  node->file_bytes = *bytes;
  files_ += *bytes;
  make_room_in_files();
}

// What an earlier runner left: from the roots on, each where it was.
void Cache::take_listed(std::vector<FoundSpan> found) {
  ready_ = true;
  std::vector<const FoundSpan*> by_depth;
  for (const FoundSpan& span : found)
    by_depth.push_back(&span);
  std::sort(by_depth.begin(), by_depth.end(), [](const FoundSpan* a, const FoundSpan* b) {
    return std::pair(a->header.first, a->name) < std::pair(b->header.first, b->name);
  });
  for (const FoundSpan* span : by_depth) {
    const SpanHeader& header = span->header;
    const std::span<const Token> tokens = header.tokens;
    const Path path = tree_.find(header.scope, tokens);
    if (length(path) != header.first) {  // what it follows is gone, or it is known by now
      remove_file(span->name);
      continue;
    }
    Node* node = tree_.add(header.scope, path, tokens.subspan(header.first));
    node->file = span->name;
    node->file_bytes = span->file_bytes;
    files_ += span->file_bytes;
  }
  for (const FoundSpan& span : found)
    tree_.find(span.header.scope, span.header.tokens);  // the oldest first
  make_room_in_files();
}

void Cache::take_read(std::vector<Read>& states) {
  for (Read& read : states) {
    Node* node = tree_.find_id(read.node);
    if (node == nullptr || node->state) continue;
    if (!read.state) {
      log::warning("a prefix on disk is lost", {{"error", read.state.error().to_string()}});
      drop_with_children(*node);
    } else if (make_room_in_memory(read.state->size(), {{node, node->tokens.size()}})) {
      keep(*node, std::make_shared<const std::string>(std::move(*read.state)));
    }
  }
}

void Cache::keep(Node& node, State state) {
  memory_ += state->size();
  node.state = std::move(state);
}

// What is in a file, or is just being written to one, leaves memory and stays known.
bool Cache::make_room_in_memory(std::size_t bytes, const Path& path) {
  const auto is_kept = [&](const Node& one) {
    return std::any_of(path.begin(), path.end(),
                       [&](const Piece& piece) { return piece.node == &one; });
  };
  while (memory_ + bytes > options_.memory_bytes) {
    if (Node* node = tree_.oldest([](const Node& one) { return one.state && !one.file.empty(); })) {
      drop_state(*node);
      continue;
    }
    const auto may_go = [&](const Node& one) { return one.state && !is_kept(one); };
    Node* node = tree_.oldest([&](const Node& one) { return may_go(one) && is_leaf(one); });
    if (node == nullptr) node = tree_.oldest(may_go);
    if (node == nullptr) return false;
    drop_with_children(*node);
  }
  return true;
}

void Cache::make_room_in_files() {
  while (files_ > options_.file_bytes) {
    const auto in_file = [](const Node& one) { return one.file_bytes > 0; };
    Node* node = tree_.oldest([&](const Node& one) { return in_file(one) && is_leaf(one); });
    if (node == nullptr) node = tree_.oldest(in_file);
    if (node->state) {
      drop_file(*node);
    } else {
      drop_with_children(*node);
    }
  }
}

void Cache::drop_state(Node& node) {
  if (node.state) memory_ -= node.state->size();
  node.state = nullptr;
}

void Cache::drop_file(Node& node) {
  if (node.file_bytes > 0) remove_file(node.file);
  files_ -= node.file_bytes;
  node.file_bytes = 0;
  node.file.clear();
}

void Cache::drop_with_children(Node& node) {
  tree_.remove_with_children(&node, [this](Node& one) {
    drop_state(one);
    drop_file(one);
  });
}

void Cache::remove_file(const std::string& name) {
  worker_.post(0, [this, name] { folder_->remove(name); });
}

}  // namespace hearth::engine::prefix
