// download_blob with everything that it works with in the open, for tests.
#pragma once

#include "store/pull/blob_download.h"
#include "store/pull/fetch_means.h"

namespace hearth::store {

Result<Blob> fetch_blob(const BlobRequest& request, const FetchMeans& means,
                        const base::CancelToken& cancel);

}  // namespace hearth::store
