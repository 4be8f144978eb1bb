#include "response_desk.h"

#include <utility>

#include "base/clock.h"

namespace hearth {

namespace asio = boost::asio;

Result<responses::ResponseStore*> ResponseDesk::store() {
  if (store_) return &*store_;
  auto database = HEARTH_TRY(db::open_database(place_));
  auto opened = HEARTH_TRY(responses::ResponseStore::open(*database));
  database_ = std::move(database);
  store_.emplace(std::move(opened));
  return &*store_;
}

template <typename T, typename Ask>
void ResponseDesk::ask(Ask ask, Callback<T> done) {
  asio::post(worker_, [this, ask = std::move(ask), done = std::move(done)]() mutable {
    auto store = this->store();
    Result<T> answer = store ? ask(**store) : Result<T>(fail(std::move(store).error()));
    asio::post(loop_, [answer = std::move(answer), done = std::move(done)]() mutable {
      done(std::move(answer));
    });
  });
}

void ResponseDesk::keep(Kept response) {
  const std::size_t bytes = response.body.size() + response.input.size();
  if (unwritten_bytes_ + bytes > kUnwrittenBytesMax) {
    return forgetting_.note(
        make_error(Code::kResourceExhausted, "the database is too slow for them"));
  }
  unwritten_bytes_ += bytes;
  const std::int64_t now_ms = base::system_clock().wall_ms();
  const auto put = [response = std::move(response), now_ms](responses::ResponseStore& store) {
    return store.put(response, now_ms);
  };
  ask<void>(put, [this, bytes](const Result<void>& result) {
    unwritten_bytes_ -= bytes;
    forgetting_.note(result ? std::nullopt : std::optional(result.error()));
  });
}

api::openai::ResponseShelf ResponseDesk::face() {
  api::openai::ResponseShelf shelf;
  shelf.keep = [this](Kept response) { keep(std::move(response)); };
  shelf.find = [this](const std::string& id, const std::string& owner, Callback<Kept> done) {
    ask<Kept>([id, owner](responses::ResponseStore& store) { return store.find(id, owner); },
              std::move(done));
  };
  shelf.find_past = [this](const std::string& id, const std::string& owner,
                           Callback<std::vector<Kept>> done) {
    const std::int64_t now_ms = base::system_clock().wall_ms();
    ask<std::vector<Kept>>(
        [id, owner, now_ms](responses::ResponseStore& store) {
          return store.find_past(id, owner, now_ms);
        },
        std::move(done));
  };
  shelf.remove = [this](const std::string& id, const std::string& owner, Callback<void> done) {
    ask<void>([id, owner](responses::ResponseStore& store) { return store.remove(id, owner); },
              std::move(done));
  };
  return shelf;
}

}  // namespace hearth
