// The models of a home, as the daemon and the command line know them: those of the models folder,
// those that ship with Hearth, and those that other programs hold, unless models.found says no.
#pragma once

#include "config/home.h"
#include "config/settings.h"
#include "store/catalog.h"

namespace hearth {

store::Catalog make_catalog(const config::Home& home, const config::Settings& settings);

}  // namespace hearth
