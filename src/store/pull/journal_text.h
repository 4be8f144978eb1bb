// The text of a download's journal: what is being fetched, and which bytes of it are safely on the
// disk. docs/formats/partial-download.md is the specification.
//
// Threads: pure.
// Limits:  kJournalBytesMax; what is longer is of nobody's making.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"
#include "store/manifest/blob_digest.h"
#include "store/pull/extent_set.h"

namespace hearth::store {

inline constexpr std::size_t kJournalBytesMax = 4 * base::kMiB;
inline constexpr std::size_t kValidatorBytesMax = 1024;

// Which file it is that is being fetched.
struct PartIdentity {
  std::uint64_t size_bytes = 0;
  std::optional<BlobDigest> digest;  // that is promised
  // The ETag of the server's answer, or else its Last-Modified; empty when it has neither.
  std::string validator;

  bool operator==(const PartIdentity&) const = default;
};

struct JournalContent {
  PartIdentity identity;
  ExtentSet there;
  std::size_t sound_bytes = 0;  // the rest of the text is torn or damaged, and says nothing
};

std::string journal_header(const PartIdentity& identity);
std::string journal_record(const Extent& extent);
// Nothing when the header is not sound. Behind the first record that is not, nothing is believed.
std::optional<JournalContent> read_journal(std::string_view text);

}  // namespace hearth::store
