// What models can express, kept for the next time somebody asks of one that is not loaded.
#include <boost/asio/post.hpp>

#include "base/log.h"
#include "base/replacement.h"
#include "fleet/fleet.h"

namespace hearth::fleet {

namespace asio = boost::asio;

std::string Fleet::capabilities_path() const {
  return options_.cache_folder.empty() ? "" : options_.cache_folder + "/capabilities";
}

// Not in the folder of a model, which its runner writes: what is read here is our own.
void Fleet::load_capabilities() {
  if (options_.cache_folder.empty()) return;
  const auto text = base::load_text_file(capabilities_path(), kCapabilitiesBytesMax);
  if (text) capabilities_.read(*text);
}

void Fleet::note_capabilities(const Place& place) {
  const auto change = capabilities_.note(place.model, place.plan.load.chat_template,
                                         place.runner->loaded().capabilities);
  if (change == KnownCapabilities::Change::kNone || options_.cache_folder.empty()) return;
  asio::post(worker_, [path = capabilities_path(), text = capabilities_.text()] {
    const auto written = base::replace_file(path, text, 0600);
    if (written) return;
    log::warning("what models can do is not kept", {{"error", written.error().to_string()}});
  });
}

}  // namespace hearth::fleet
