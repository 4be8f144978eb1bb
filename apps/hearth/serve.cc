#include "serve.h"

#include "base/log.h"

namespace hearth {

int serve(const cli::ServeOptions& options) {
  log::error("the daemon is not part of this build", {{"home", options.home.data_folder()}});
  return 1;
}

}  // namespace hearth
