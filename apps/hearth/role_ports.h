// The ports at which one model stands for one purpose, as the settings say.
//
// Threads: for the start of the daemon; it reads the header of a model's file.
// Errors:  what is wrong with a model, with the setting that names it; kInvalidArgument where its
//          vectors are shorter than they are to be.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "api/core/role.h"
#include "base/result.h"
#include "config/settings.h"
#include "provider/provider.h"
#include "store/catalog.h"

namespace hearth {

struct RolePort {
  config::Key setting = config::Key::kServerEmbeddingsPort;  // that opened it
  std::uint16_t port = 0;
  api::Role role;
};

Result<std::vector<RolePort>> make_role_ports(const config::Settings& settings,
                                              const store::Catalog& catalog,
                                              const provider::Provider& provider);

}  // namespace hearth
