// What a download works with beside its request. Tests have a web, a disk and a pace of their own.
#pragma once

#include <cstdint>

#include "base/units.h"
#include "net/web/web.h"
#include "store/pull/disk.h"
#include "store/pull/part_file.h"

namespace hearth::store {

struct FetchPace {
  // How much may have to be fetched again after a crash: whatever is reached first.
  std::uint64_t sync_bytes = 64 * base::kMiB;
  std::int64_t sync_ms = 2000;
  RoomRule room{kDiskReserveBytes, 64 * base::kMiB};
};

struct FetchMeans {
  net::Web& web;
  Disk& disk;
  FetchPace pace;
};

}  // namespace hearth::store
