#include "key_desk.h"

#include <utility>

#include <boost/asio/post.hpp>
#include <sys/stat.h>

#include "base/log.h"
#include "base/random.h"

namespace hearth {

namespace asio = boost::asio;

namespace {

// Which file stands there; nothing where none does, and of a database that is none.
std::optional<KeyRoom::File> file_at(const std::string& place) {
  struct stat facts{};
  if (!place.starts_with('/') || ::stat(place.c_str(), &facts) != 0) return std::nullopt;
  return KeyRoom::File{facts.st_dev, facts.st_ino};
}

bool is_absent_file(const std::string& place) {
  return place.starts_with('/') && !file_at(place) && errno == ENOENT;
}

}  // namespace

Result<void> KeyRoom::open() {
  file_ = file_at(place_);  // before it is opened: one that comes meanwhile is seen next time
  auto database = HEARTH_TRY(db::open_database(place_));
  auto store = HEARTH_TRY(access::KeyStore::open(*database));
  // Before anything is listed, so that no change falls in between.
  HEARTH_TRY(database->listen(access::kKeysChannel));
  database_ = std::move(database);
  store_.emplace(std::move(store));
  return {};
}

Result<KeyRoom::Listing> KeyRoom::list() const {
  Listing listing;
  listing.keys = HEARTH_TRY(store_->list());
  listing.usage = HEARTH_TRY(store_->usage_today(base::system_clock().wall_ms()));
  return listing;
}

void KeyRoom::close() {
  store_.reset();
  database_.reset();
}

Result<std::optional<KeyRoom::Listing>> KeyRoom::look() {
  using Nothing = std::optional<Listing>;
  if (store_ && file_at(place_) != file_) close();  // it was removed, or another one stands there
  if (!store_) {
    if (place_.empty() || (!had_one_ && is_absent_file(place_))) return Nothing();
    if (is_absent_file(place_)) {
      return fail(Code::kNotFound,
                  "the file has gone; the keys that were in it stay in force until one is put "
                  "back or the daemon is started again",
                  place_);
    }
    HEARTH_TRY(open());
    had_one_ = true;
  } else if (!unlisted_) {
    const db::Heard heard = HEARTH_TRY(database_->heard());
    if (heard.notifications.empty() && !heard.missed_some) return Nothing();
  }
  unlisted_ = true;
  Listing listing = HEARTH_TRY(list());
  unlisted_ = false;
  return Nothing(std::move(listing));
}

KeyRoom::Written KeyRoom::write(const Used& used) {
  Written written;
  const std::int64_t now_ms = base::system_clock().wall_ms();
  for (const auto& [id, tokens] : used) {
    if (!store_) {
      if (had_one_ && tokens > 0) written.unwritten.emplace(id, tokens);
      continue;
    }
    auto noted = store_->note_use(id, now_ms);
    if (!noted) written.problem = std::move(noted).error();
    if (tokens == 0) continue;
    auto usage = store_->add_tokens(id, static_cast<std::int64_t>(tokens), now_ms);
    if (usage) {
      written.usage.push_back(std::move(*usage));
    } else if (usage.error().code != Code::kNotFound) {  // it was removed meanwhile
      written.unwritten.emplace(id, tokens);
      written.problem = std::move(usage).error();
    }
  }
  return written;
}

void Trouble::note(const std::optional<Error>& problem) {
  const bool lasted = std::exchange(lasts_, problem.has_value());
  if (problem && !lasted) log::error(words_, {{"reason", problem->message}});
  if (!problem && lasted) log::info("no longer: " + std::string(words_));
}

Result<KeyDesk::Opened> KeyDesk::open(std::string place) {
  Opened opened{std::make_unique<KeyRoom>(std::move(place)), {}};
  auto listing = opened.room->look();
  if (!listing) {
    return fail(
        listing.error().code,
        "the API keys cannot be read, so that nobody can be let in: " + listing.error().message +
            ". Put the database right (docs/database.md), or name another one by "
            "server.database",
        listing.error().context);
  }
  opened.listing = std::move(*listing);
  return opened;
}

KeyDesk::KeyDesk(asio::io_context& loop, Opened opened)
    : loop_(loop), timer_(loop), gate_(base::random_u32()), room_(std::move(opened.room)) {
  if (opened.listing) hand_over(std::move(*opened.listing));
}

KeyDesk::~KeyDesk() {
  worker_.join();
  if (!unwritten_.empty()) (void)room_->write(unwritten_);
}

api::Keys KeyDesk::face() {
  api::Keys keys;
  keys.admit = [this](const access::Attempt& attempt) -> Result<access::Verdict> {
    if (!blind_) return gate_.admit(attempt);
    return fail(Code::kUnavailable,
                "this server cannot read its API keys just now and lets nobody in; its log says "
                "why");
  };
  keys.holder = [this](std::string_view secret) { return gate_.holder(secret); };
  keys.stands = [this](const std::string& key_id, access::Scope wanted) {
    return !blind_ && gate_.stands(key_id, wanted, base::system_clock().wall_ms());
  };
  keys.used = [this](const std::string& key_id, std::uint64_t tokens) {
    gate_.add_tokens(key_id, static_cast<std::int64_t>(tokens), base::system_clock().wall_ms());
    unwritten_[key_id] += tokens;
    write();
  };
  return keys;
}

void KeyDesk::begin() {
  if (ending_) return;
  timer_.expires_after(kKeysLook);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) look();
  });
}

void KeyDesk::end() {
  ending_ = true;
  timer_.cancel();
}

void KeyDesk::look() {
  asio::post(worker_, [this] {
    asio::post(loop_, [this, seen = room_->look()] {
      note_look(seen);
      begin();
    });
  });
}

void KeyDesk::note_look(const Result<std::optional<KeyRoom::Listing>>& seen) {
  blindness_.note(seen ? std::nullopt : std::optional(seen.error()));
  if (seen && *seen) hand_over(**seen);
  blind_ = !seen && !known_;
  if (seen && !unwritten_.empty()) write();
}

void KeyDesk::hand_over(KeyRoom::Listing listing) {
  known_ = true;
  gate_.set_keys(std::move(listing.keys));
  for (const access::Usage& usage : listing.usage)
    gate_.set_usage(usage);
}

void KeyDesk::write() {
  if (writing_) return;
  writing_ = true;
  asio::post(worker_, [this, used = std::exchange(unwritten_, {})] {
    asio::post(loop_, [this, written = room_->write(used)] { note_written(written); });
  });
}

void KeyDesk::note_written(KeyRoom::Written written) {
  writing_ = false;
  for (const access::Usage& usage : written.usage)
    gate_.set_usage(usage);
  for (const auto& [id, tokens] : written.unwritten)
    unwritten_[id] += tokens;
  forgetting_.note(written.problem);
  // After a problem the next look tries it again.
  if (!written.problem && !unwritten_.empty()) write();
}

}  // namespace hearth
