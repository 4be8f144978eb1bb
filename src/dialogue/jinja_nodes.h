// The nodes that stand in a watched program in the place of the engine's own: each does what the
// engine's does, by the engine, and asks the thread's Watch before and after.
//
// REQUIRES: a Watch lives while they run.
// Threads:  immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "dialogue/jinja_engine.h"
#include "dialogue/jinja_watch.h"

namespace hearth::dialogue {

// A variable without a value is empty, as models' templates take it, or a mistake.
enum class Undefined : std::uint8_t { kEmpty, kMistake };

using Values = std::vector<jinja::value>;

// What all nodes of a program know of it.
struct Setting {
  Undefined undefined;
  std::size_t scope_steps;  // what a copy of all variables takes
};

// --- nodes that hold what was computed before

struct Constant : jinja::expression {
  explicit Constant(jinja::value is) : constant(std::move(is)) { pos = 0; }
  jinja::value execute_impl(jinja::context& /*ctx*/) const override { return constant; }
  jinja::value constant;
};

jinja::statement_ptr constant(const jinja::value& is);

// The name of a filter or a test, with arguments that are computed already.
jinja::statement_ptr named(const std::string& name, const Values& computed);

// Wherever a template got it from, and however it calls it.
struct WatchedFunction : jinja::value_func_t {
  WatchedFunction(const jinja::value_func_t& function, std::size_t steps)
      : value_func_t(function), scope_steps(steps) {}
  jinja::value invoke(const jinja::func_args& given) const override;
  std::size_t scope_steps;
};

jinja::value watched_if_function(jinja::value found, std::size_t scope_steps);

// --- nodes of the program, watched

// Whatever makes a value or does something.
template <typename Node>
struct Watched : Node {
  Watched(Node&& node, const Setting& of) : Node(std::move(node)), setting(of) {}
  jinja::value execute_impl(jinja::context& ctx) const override {
    Watch::current().step(ctx);
    auto made = Node::execute_impl(ctx);
    return Watch::current().taken(ctx, std::move(made));
  }
  Setting setting;
};

struct WatchedVariable : Watched<jinja::identifier> {
  using Watched::Watched;
  jinja::value execute_impl(jinja::context& ctx) const override;
};

struct WatchedMember : Watched<jinja::member_expression> {
  WatchedMember(jinja::member_expression&& node, const Setting& of, std::string path_in_template)
      : Watched(std::move(node), of), path(std::move(path_in_template)) {}
  jinja::value execute_impl(jinja::context& ctx) const override;
  std::string path;
};

struct WatchedOperator : Watched<jinja::binary_expression> {
  using Watched::Watched;
  jinja::value execute_impl(jinja::context& ctx) const override;
};

// A filter or a test: computes what it is given, asks, and lets the engine do it.
template <typename Node>
struct Applied : jinja::expression {
  Applied(jinja::statement_ptr input, std::string name_in_template, jinja::statements given)
      : operand(std::move(input)), name(std::move(name_in_template)), arguments(std::move(given)) {}
  Values computed(jinja::context& ctx) const {
    Watch::current().step(ctx);
    Values values = {operand->execute(ctx)};
    for (const auto& argument : arguments)
      values.push_back(argument->execute(ctx));
    return values;
  }
  jinja::statement_ptr operand;
  std::string name;
  jinja::statements arguments;
};

struct WatchedFilter : Applied<jinja::filter_expression> {
  using Applied::Applied;
  std::string type() const override { return "FilterExpression"; }
  jinja::value execute_impl(jinja::context& ctx) const override;
};

struct WatchedTest : Applied<jinja::test_expression> {
  using Applied::Applied;
  std::string type() const override { return "TestExpression"; }
  jinja::value execute_impl(jinja::context& ctx) const override;
  bool negate = false;
};

// A list or an object out of values.
template <typename Node>
struct Literal : Watched<Node> {
  using Watched<Node>::Watched;
  jinja::value execute_impl(jinja::context& ctx) const override {
    Watch::current().step(ctx);
    auto made = Node::execute_impl(ctx);
    return Watch::current().put_together(ctx, std::move(made));
  }
};

// What is assigned to a member of a namespace.
struct WatchedSet : Watched<jinja::set_statement> {
  using Watched::Watched;
  jinja::value execute_impl(jinja::context& ctx) const override;
};

// The engine copies all variables for each element of a loop, which takes longer than most bodies:
// loops with one variable and no condition are run here, with one copy.
struct WatchedLoop : Watched<jinja::for_statement> {
  using Watched::Watched;
  jinja::value execute_impl(jinja::context& ctx) const override;

 private:
  jinja::value run(jinja::context& ctx, jinja::context& scope, const Values& elements) const;
};

// What a loop goes through: each element may copy all variables.
struct Looped : jinja::expression {
  Looped(jinja::statement_ptr over, const Setting& of) : items(std::move(over)), setting(of) {
    pos = items->pos;
  }
  jinja::value execute_impl(jinja::context& ctx) const override;
  jinja::statement_ptr items;
  Setting setting;
};

struct Weighed : jinja::expression {
  explicit Weighed(jinja::statement_ptr what) : weighed(std::move(what)) { pos = weighed->pos; }
  jinja::value execute_impl(jinja::context& ctx) const override;
  jinja::statement_ptr weighed;
};

// Where a slice begins or ends.
struct Index : jinja::expression {
  explicit Index(jinja::statement_ptr what) : number(std::move(what)) { pos = number->pos; }
  jinja::value execute_impl(jinja::context& ctx) const override;
  jinja::statement_ptr number;
};

// An expression whose value becomes text of the answer. The engine writes a list as its elements
// and an object as nothing, which models' templates may rely on; in other templates both are
// written as Jinja does.
struct Printed : jinja::expression {
  Printed(jinja::statement_ptr what, const Setting& of) : shown(std::move(what)), setting(of) {
    pos = shown->pos;
  }
  jinja::value execute_impl(jinja::context& ctx) const override;
  std::string type() const override { return shown->type(); }
  jinja::statement_ptr shown;
  Setting setting;
};

// At the beginning of what may be done many times; it writes nothing.
struct Checkpoint : jinja::statement {
  Checkpoint() { pos = 0; }
  jinja::value execute_impl(jinja::context& ctx) const override;
};

}  // namespace hearth::dialogue
