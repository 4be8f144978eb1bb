// Writes random documents of schemas, for an independent validator:
//
//   sample-schema COUNT SEED FILE…
//
// For each file one line with its name after "# ", then COUNT documents, one a line. A schema
// that is refused gets one line that begins with "! ".
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "constraint/schema.h"
#include "constraint/testing/rule_sampler.h"

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: sample-schema COUNT SEED FILE…\n";
    return 2;
  }
  const long count = std::strtol(argv[1], nullptr, 10);
  const unsigned long seed = std::strtoul(argv[2], nullptr, 10);
  for (int i = 3; i < argc; ++i) {
    std::ifstream file(argv[i]);
    std::stringstream text;
    text << file.rdbuf();
    std::cout << "# " << argv[i] << '\n';
    const auto rules = hearth::constraint::rules_of_schema(text.str());
    if (!rules) {
      std::cout << "! " << rules.error().message << '\n';
      continue;
    }
    hearth::constraint::testing::RuleSampler sampler(*rules, seed);
    for (long n = 0; n < count; ++n)
      std::cout << sampler.sample() << '\n';
  }
  return 0;
}
