// What was computed for the beginnings of prompts and is not in the pool: parked in memory, and in
// files behind it, each within its bound. Where something is gets decided here; what it is, only
// llama.cpp knows.
//
// A span is written to a file as soon as it is parked, and leaves memory when others are used more;
// it is read back when a prompt wants it. Files are a copy of the tree from its roots, so a span is
// in a file only when what it follows is.
//
// Threads:    confined to the engine's thread; a worker reads and writes the files, and what it
//             has to say is posted as a Report, to be run on the engine's thread.
// Invariants: memory stays within its bound, and so do files, save for what is being written.
// Errors:     none; a file that cannot be written or read only costs time.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/prefix/span_folder.h"
#include "engine/prefix/tree.h"
#include "engine/worker.h"

namespace hearth::engine::prefix {

class Cache {
 public:
  struct Options {
    std::size_t memory_bytes = 0;  // 0 keeps nothing
    std::size_t file_bytes = 0;    // 0 writes no files
    std::string folder;            // empty: no files either
    std::string model;             // everything that a state depends on beside its tokens
  };
  using Report = std::function<void()>;
  using Post = std::function<void(Report)>;
  // What llama.cpp says of some tokens of the sequence; null when it cannot.
  using Save = std::function<State(std::size_t first, std::size_t count)>;

  Cache(Options options, Post post);
  // Ends what the worker does and was given to do.
  ~Cache();

  bool on() const { return options_.memory_bytes > 0; }
  // Whether it knows already what an earlier runner left; soon after it is made.
  bool ready() const { return ready_; }
  // How much of the beginning of these tokens is kept somewhere.
  std::size_t known(const std::string& scope, std::span<const Token> tokens) const;
  // What is kept of it, and now counts as used.
  Path find(const std::string& scope, std::span<const Token> tokens);
  static bool in_memory(const Path& path);
  // Reads what of the path is only in files, and then calls `done` on the engine's thread; what
  // could not be read is then not known any more.
  void fetch(const Path& path, std::function<void()> done);
  // Keeps what of these computed tokens is not kept yet.
  void park(const std::string& scope, std::span<const Token> tokens, const Save& save);

  std::size_t memory_bytes() const { return memory_; }
  std::size_t file_bytes() const { return files_; }

 private:
  struct Read {
    std::uint64_t node = 0;
    Result<std::string> state;
  };
  void write(Node& node, std::span<const Token> tokens);
  void take_listed(std::vector<FoundSpan> found);
  void take_written(std::uint64_t id, const std::string& name, Result<std::size_t> bytes);
  void take_read(std::vector<Read>& states);
  void keep(Node& node, State state);
  // False when what is left is of this path and cannot go.
  bool make_room_in_memory(std::size_t bytes, const Path& path);
  void make_room_in_files();
  void drop_state(Node& node);
  void drop_file(Node& node);
  void drop_with_children(Node& node);
  void remove_file(const std::string& name);

  Options options_;
  Post post_;
  std::optional<SpanFolder> folder_;
  bool ready_ = true;
  Tree tree_;
  std::size_t memory_ = 0;
  std::size_t files_ = 0;
  std::optional<base::TimePoint> no_writing_until_;
  Worker worker_;  // last: its jobs use the folder
};

}  // namespace hearth::engine::prefix
