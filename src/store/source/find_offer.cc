#include "base/result.h"
#include "store/source/answer.h"
#include "store/source/hubs.h"
#include "store/source/hugging_face.h"
#include "store/source/registry.h"
#include "store/source/web_file.h"

namespace hearth::store {

namespace {

struct Asked {
  const ModelName& name;
  const Hubs& hubs;
  Asking asking;

  Result<Offer> operator()(const HuggingFaceName& wanted) const {
    return find_at_hugging_face(name, wanted, hubs, asking);
  }
  Result<Offer> operator()(const RegistryName& wanted) const {
    return find_in_registry(name, wanted, asking);
  }
  Result<Offer> operator()(const DockerName& wanted) const {
    return find_at_docker_hub(name, wanted, hubs, asking);
  }
  Result<Offer> operator()(const WebName& wanted) const {
    return find_on_the_web(name, wanted, asking);
  }
  Result<Offer> operator()(const PathName&) const {
    base::assertion_failed("a file of this machine is not asked for", __FILE__, __LINE__);
  }
};

}  // namespace

Result<Offer> find_offer(const ModelName& name, const Hubs& hubs, net::Web& web,
                         const base::CancelToken& cancel) {
  return std::visit(Asked{name, hubs, Asking{web, cancel}}, name.source());
}

}  // namespace hearth::store
