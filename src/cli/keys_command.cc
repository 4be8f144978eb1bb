// `hearth keys inbound`: who may use this server. The keys stand in the database, which a running
// daemon looks at too, so that this is done in it whether one runs or not.
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/keys/expiry.h"
#include "cli/keys/key_access.h"
#include "cli/keys/key_list.h"

namespace hearth::cli {

namespace {

struct Wish {
  std::string name;
  std::string scope = "inference";
  std::optional<std::int64_t> requests_per_minute;
  std::optional<std::int64_t> tokens_per_day;
  std::string expires;
};

Result<access::KeyTerms> terms_of(const Wish& wish, std::int64_t now_ms) {
  access::KeyTerms terms;
  terms.name = wish.name;
  terms.scope = access::scope_named(wish.scope).value_or(access::Scope::kInference);
  terms.requests_per_minute = wish.requests_per_minute;
  terms.tokens_per_day = wish.tokens_per_day;
  if (!wish.expires.empty()) terms.expires_ms = HEARTH_TRY(parse_expiry(wish.expires, now_ms));
  return terms;
}

// The secret alone goes to the output, so that a script can take it.
Result<int> create(const Wish& wish, Context& context) {
  const std::int64_t now_ms = base::system_clock().wall_ms();
  access::KeyTerms terms = HEARTH_TRY(terms_of(wish, now_ms));
  const config::Home home = HEARTH_TRY(context.home());
  HEARTH_TRY(home.ensure_folders());
  const std::string place = HEARTH_TRY(key_place(context));
  OpenKeys keys = HEARTH_TRY(open_keys(place));
  const auto before = HEARTH_TRY(keys.store.list());
  if (terms.name.empty()) terms.name = free_key_name(before);
  const auto made = HEARTH_TRY(keys.store.create(terms, now_ms));
  Console& console = context.console();
  console.print(made.secret + "\n");
  console.notice("This is the key '" + made.key.terms.name + "' (" + made.key.id + ", " +
                 std::string(access::scope_name(made.key.terms.scope)) +
                 "). It is shown only now; clients send it as `Authorization: Bearer …`.");
  if (before.empty())
    console.notice(
        "It is the first one: from now on requests to a port need a key. Commands of "
        "this user go on without.");
  return kExitDone;
}

Result<int> list(Format format, Context& context) {
  const auto keys = HEARTH_TRY(find_keys(context));
  KeyList list;
  list.now_ms = base::system_clock().wall_ms();
  if (keys) {
    list.keys = HEARTH_TRY(keys->store.list());
    list.usage = HEARTH_TRY(keys->store.usage_today(list.now_ms));
  }
  if (format == Format::kJson) {
    context.console().print(keys_json(list));
  } else if (list.keys.empty()) {
    context.console().notice(
        "There is no API key: this machine may ask without, and nobody else "
        "may. `hearth keys inbound create` makes one.");
  } else {
    context.console().print(key_table(list));
  }
  return kExitDone;
}

// The keys, and which of them is meant.
struct Meant {
  OpenKeys keys;
  access::InboundKey key;
  std::size_t others = 0;
};

Result<Meant> find_meant(const std::string& name, const Context& context) {
  auto keys = HEARTH_TRY(find_keys(context));
  std::vector<access::InboundKey> all;
  if (keys) all = HEARTH_TRY(keys->store.list());
  access::InboundKey key = HEARTH_TRY(named_key(all, name));
  return Meant{*std::move(keys), std::move(key), all.size() - 1};
}

Result<int> revoke(const std::string& name, Context& context) {
  Meant meant = HEARTH_TRY(find_meant(name, context));
  HEARTH_TRY(meant.keys.store.revoke(meant.key.id, base::system_clock().wall_ms()));
  context.console().notice("The key '" + meant.key.terms.name + "' lets nobody in any more.");
  return kExitDone;
}

Result<int> remove(const std::string& name, Context& context) {
  Meant meant = HEARTH_TRY(find_meant(name, context));
  HEARTH_TRY(meant.keys.store.remove(meant.key.id));
  context.console().notice("The key '" + meant.key.terms.name + "' is removed.");
  if (meant.others == 0)
    context.console().notice(
        "It was the last one: this machine may ask without a key again, and "
        "nobody else may.");
  return kExitDone;
}

void add_create(CLI::App& parent, Action& chosen) {
  auto wish = std::make_shared<Wish>();
  CLI::App* command = parent.add_subcommand("create", "Make a key; it is shown once");
  command->add_option("--name", wish->name, "What to call it (default client-1, client-2 …)");
  command->add_option("--scope", wish->scope, "What it may do (default inference)")
      ->check(CLI::IsMember({"inference", "manage", "admin"}));
  command->add_option("--requests-per-minute", wish->requests_per_minute,
                      "How often it may ask in each daemon");
  command->add_option("--tokens-per-day", wish->tokens_per_day,
                      "How many tokens it may use a day (UTC), prompts and answers");
  command->add_option("--expires", wish->expires,
                      "How long it is good: 12h, 30d, 8w, or until a day: 2027-01-31");
  command->callback(
      [wish, &chosen] { chosen = [wish](Context& context) { return create(*wish, context); }; });
}

void add_list(CLI::App& parent, Action& chosen) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command = parent.add_subcommand("list", "Show the keys, but not their secrets");
  command->add_flag("--json", *json, "Print JSON");
  command->callback([json, &chosen] {
    chosen = [json](Context& context) {
      return list(*json ? Format::kJson : Format::kText, context);
    };
  });
}

using Change = Result<int> (*)(const std::string& name, Context& context);

void add_change(CLI::App& parent, Action& chosen, const char* verb, const char* help,
                Change change) {
  auto name = std::make_shared<std::string>();
  CLI::App* command = parent.add_subcommand(verb, help);
  command->add_option("KEY", *name, "The key, by its name or id")->required();
  command->callback([name, change, &chosen] {
    chosen = [name, change](Context& context) { return change(*name, context); };
  });
}

}  // namespace

void add_keys_command(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("keys", "Say who may use this server");
  command->require_subcommand(1);
  CLI::App* inbound = command->add_subcommand("inbound", "API keys that clients bring");
  inbound->require_subcommand(1);
  add_create(*inbound, chosen);
  add_list(*inbound, chosen);
  add_change(*inbound, chosen, "revoke", "Let a key in no more, but go on listing it", &revoke);
  add_change(*inbound, chosen, "remove", "Forget a key and what it has used", &remove);
}

}  // namespace hearth::cli
