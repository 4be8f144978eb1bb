// Whatever goes wrong, and in whatever order: the exact bytes come out, or a clean error, and in
// the end the exact bytes.
#include <fstream>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "store/pull/testing/download_place.h"

namespace hearth::store {
namespace {

using testing::Act;
using testing::digest_of;
using testing::DownloadPlace;
using testing::FaultyWeb;
using testing::noise;
using testing::QuickDisk;

constexpr std::uint64_t kSize = 60'000;

const std::string& content() {
  static const std::string bytes = noise(kSize);
  return bytes;
}

// Says no to some of what it is asked for.
class BadDisk : public QuickDisk {
 public:
  explicit BadDisk(std::vector<int> errors) : errors_(std::move(errors)) {}
  int reserve(int fd, std::uint64_t size) override {
    const int error = next();
    return error != 0 ? error : QuickDisk::reserve(fd, size);
  }
  int write(int fd, std::string_view bytes, std::uint64_t at) override {
    const int error = next();
    if (error != 0) QuickDisk::write(fd, bytes.substr(0, bytes.size() / 2), at);
    return error != 0 ? error : QuickDisk::write(fd, bytes, at);
  }
  int sync(int) override { return next(); }

 private:
  int next() {
    const base::Lock lock(mutex_);
    if (at_ == errors_.size()) return 0;
    return errors_[at_++];
  }
  base::Mutex mutex_;
  std::vector<int> errors_ GUARDED_BY(mutex_);
  std::size_t at_ GUARDED_BY(mutex_) = 0;
};

// What nobody could find out is no fault: an end that looks like one, or bytes behind it, where
// nothing says how long the file is.
Act any_act(const BlobRequest& request, const FaultyWeb& web) {
  using Kind = Act::Kind;
  Act act;
  act.kind = *rc::gen::weightedElement<Kind>({{8, Kind::kServe},
                                              {4, Kind::kCut},
                                              {2, Kind::kFinishEarly},
                                              {3, Kind::kStatus},
                                              {2, Kind::kNarrow},
                                              {1, Kind::kShifted},
                                              {1, Kind::kWhole},
                                              {1, Kind::kNewTag},
                                              {1, Kind::kSaySize},
                                              {1, Kind::kPacked},
                                              {1, Kind::kTooLong},
                                              {1, Kind::kRefuse}});
  act.number = *rc::gen::inRange<std::uint64_t>(0, kSize + 2);
  const bool promised = request.file.digest || request.file.size_bytes != 0;
  if (act.kind == Kind::kFinishEarly && !promised && !web.says_length) act.kind = Kind::kCut;
  if (act.kind == Kind::kTooLong && !promised && !web.says_length) act.kind = Kind::kServe;
  if (act.kind == Kind::kSaySize && !promised) act.kind = Kind::kServe;
  if (act.kind == Kind::kStatus)
    act.number = static_cast<std::uint64_t>(*rc::gen::element(401, 404, 416, 429, 500, 503));
  if (act.kind == Kind::kNewTag) act.text = *rc::gen::element("\"one\"", "\"two\"", "W/\"one\"");
  return act;
}

// Cuts it, or makes one byte another one.
void damage(const std::string& path) {
  std::error_code none;
  const auto size = std::filesystem::file_size(path, none);
  if (none || size == 0) return;
  const auto at = *rc::gen::inRange<std::uintmax_t>(0, size);
  if (*rc::gen::arbitrary<bool>()) return std::filesystem::resize_file(path, at);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(at));
  file.put(static_cast<char>(byte ^ *rc::gen::inRange(1, 256)));
}

void check_blobs(const DownloadPlace& place) {
  for (const auto& entry :
       std::filesystem::directory_iterator(place.request.store_folder + "/blobs")) {
    if (entry.is_directory()) continue;
    const std::string bytes = *base::load_text_file(entry.path(), kSize * 2);
    RC_ASSERT(entry.path().filename() == "sha256-" + digest_of(bytes).hex());
    RC_ASSERT(bytes == content());
  }
}

TEST(BlobFaults, TheExactBytesOrACleanError) {
  EXPECT_TRUE(rc::check("any faults, stops and resumes", [] {
    DownloadPlace place(content());
    place.request.options.range_bytes = *rc::gen::inRange<std::uint64_t>(1'000, kSize * 2);
    place.request.options.connections = *rc::gen::inRange(1U, 5U);
    place.request.options.first_pause_ms = 0;
    place.pace.sync_bytes = 4'000;
    if (*rc::gen::arbitrary<bool>()) place.request.file.digest.reset();
    if (*rc::gen::arbitrary<bool>()) place.request.file.size_bytes = 0;
    FaultyWeb web(content());
    web.piece_bytes = *rc::gen::element<std::size_t>(2'000, 16 * 1024);  // 16 KiB are gathered
    web.has_ranges = *rc::gen::weightedElement<bool>({{4, true}, {1, false}});
    web.says_length = *rc::gen::arbitrary<bool>();
    const int attempts = *rc::gen::inRange(1, 4);
    for (int i = 0; i < attempts; ++i) {
      const int acts = *rc::gen::inRange(0, 12);
      for (int act = 0; act < acts; ++act)
        web.then(any_act(place.request, web));
      BadDisk disk(*rc::gen::container<std::vector<int>>(
          rc::gen::weightedElement<int>({{30, 0}, {1, EIO}, {1, ENOSPC}})));
      const auto blob = place.fetch(web, disk);
      if (blob) {
        RC_ASSERT(place.content_of(*blob) == content());
      } else {
        RC_ASSERT(!blob.error().message.empty());
        RC_ASSERT(blob.error().code != Code::kInternal);
      }
      check_blobs(place);
      // The journal is what is believed, so it is what is damaged; the part is only held against
      // a promised digest.
      if (*rc::gen::arbitrary<bool>()) damage(place.paths().journal);
      if (place.request.file.digest && *rc::gen::arbitrary<bool>()) damage(place.paths().part);
    }
    web.forget_script();
    web.tag = "\"one\"";
    auto blob = place.fetch(web);
    // What was damaged is found, removed, and then fetched.
    if (!blob) {
      RC_ASSERT(blob.error().code == Code::kCorrupt);
      RC_ASSERT(place.is_clean());
      blob = place.fetch(web);
    }
    RC_ASSERT(blob.has_value());
    RC_ASSERT(place.content_of(*blob) == content());
    RC_ASSERT(place.is_clean());
  }));
}

// Each byte of a real journal, flipped or cut there.
TEST(BlobFaults, ADamagedJournalNeverMakesAWrongBlob) {
  const std::string bytes = content().substr(0, 20'000);
  DownloadPlace place(bytes);
  place.request.file.digest.reset();  // nothing but the journal says what is there
  place.request.options = {1, 3'000, 1, 0};
  place.pace.sync_bytes = 1;
  FaultyWeb web(bytes);
  for (int i = 0; i < 5; ++i)
    web.then({});
  web.then({Act::Kind::kStatus, 404, ""});
  ASSERT_EQ(place.fetch(web).error().code, Code::kNotFound);
  const std::string journal = *base::load_text_file(place.paths().journal, 100'000);
  const std::string part = *base::load_text_file(place.paths().part, 100'000);
  const auto put = [](const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  };
  for (std::size_t at = 0; at < journal.size(); ++at) {
    std::string flipped = journal;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
    for (const std::string& damaged : {journal.substr(0, at), flipped}) {
      put(place.paths().part, part);
      put(place.paths().journal, damaged);
      const auto blob = place.fetch(web);
      ASSERT_TRUE(blob.has_value()) << at << ": " << blob.error().to_string();
      ASSERT_EQ(blob->digest, digest_of(bytes)) << at;
    }
  }
}

}  // namespace
}  // namespace hearth::store
