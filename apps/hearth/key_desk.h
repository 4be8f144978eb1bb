// The API keys of a running daemon: what the database says of them is told to the gate within
// kKeysLook, and what they have used is written back. A database that is a file is opened when
// there is one, and never made here: who makes the first key, or keeps the first response, makes
// it.
//
// Ownership: borrows the loop. Its end waits for what is being written.
// Threads:   confined to the loop; the database is called on a thread of its own.
// Errors:    where keys are known, those stay in force while the database is out of reach, also
//            when its file is gone. Another file in its place is opened. A file that appears and
//            cannot be read lets nobody in until it can.
// Limits:    what keys have used and is not written yet is one number for each.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <sys/types.h>

#include "access/gate.h"
#include "access/key_store.h"
#include "api/core/admission.h"
#include "base/result.h"

namespace hearth {

inline constexpr auto kKeysLook = std::chrono::milliseconds(300);

// The database and what stood in it last. All of it blocks.
//
// Threads: confined to one at a time.
class KeyRoom {
 public:
  struct Listing {
    std::vector<access::InboundKey> keys;
    std::vector<access::Usage> usage;
  };
  using Used = std::map<std::string, std::uint64_t>;  // tokens, by the id of a key
  struct Written {
    std::vector<access::Usage> usage;
    Used unwritten;  // with `problem`
    std::optional<Error> problem;
  };

  // Which file a database is.
  struct File {
    dev_t device = 0;
    ino_t number = 0;
    bool operator==(const File&) const = default;
  };

  // Without a place there is nothing to look at.
  explicit KeyRoom(std::string place) : place_(std::move(place)) {}
  // What there is, when it was opened just now or has changed.
  Result<std::optional<Listing>> look();
  Written write(const Used& used);

 private:
  Result<void> open();
  void close();
  Result<Listing> list() const;

  const std::string place_;
  std::optional<File> file_;  // that is open; nothing of a database that is none
  bool had_one_ = false;      // one was opened
  std::unique_ptr<db::Database> database_;
  std::optional<access::KeyStore> store_;
  bool unlisted_ = false;  // something has changed, and listing it failed
};

// Something that goes wrong again and again, and is logged when it begins and when it is over.
class Trouble {
 public:
  explicit Trouble(std::string_view words) : words_(words) {}
  void note(const std::optional<Error>& problem);

 private:
  const std::string_view words_;
  bool lasts_ = false;
};

class KeyDesk {
 public:
  // What a daemon has to know before it lets anybody in.
  struct Opened {
    std::unique_ptr<KeyRoom> room;
    std::optional<KeyRoom::Listing> listing;
  };
  // A database that is there has to be readable.
  static Result<Opened> open(std::string place);

  KeyDesk(boost::asio::io_context& loop, Opened opened);
  ~KeyDesk();
  KeyDesk(const KeyDesk&) = delete;
  KeyDesk& operator=(const KeyDesk&) = delete;

  api::Keys face();
  bool has_keys() const { return gate_.has_keys(); }
  // Looks again and again from here on, until end().
  void begin();
  void end();

 private:
  void look();
  void note_look(const Result<std::optional<KeyRoom::Listing>>& seen);
  void hand_over(KeyRoom::Listing listing);
  void write();
  void note_written(KeyRoom::Written written);

  boost::asio::io_context& loop_;
  boost::asio::steady_timer timer_;
  access::Gate gate_;
  std::unique_ptr<KeyRoom> room_;  // of the worker
  KeyRoom::Used unwritten_;
  bool known_ = false;  // what stands in the database has been handed over
  bool blind_ = false;  // there is a database, and what stands in it is not known
  bool writing_ = false;
  bool ending_ = false;
  Trouble blindness_{"the database of the API keys is out of reach"};
  Trouble forgetting_{"what API keys have used cannot be written"};
  boost::asio::thread_pool worker_{1};
};

}  // namespace hearth
