#include "dialogue/jinja_program.h"

#include <memory>
#include <string>
#include <unordered_set>
#include <utility>

#include "dialogue/jinja_nodes.h"
#include "dialogue/jinja_shape.h"
#include "dialogue/jinja_watch.h"

namespace hearth::dialogue {

namespace {

using jinja::cast_stmt;
using jinja::context;
using jinja::is_stmt;
using jinja::is_val;
using jinja::mk_val;
using jinja::statement_ptr;
using jinja::value;

// "user.name", as somebody wrote it.
std::string path_of(const statement_ptr& node) {
  if (const auto* variable = cast_stmt<jinja::identifier>(node)) return variable->val;
  const auto* member = cast_stmt<jinja::member_expression>(node);
  if (member == nullptr) return "(…)";
  if (member->computed) return path_of(member->object) + "[…]";
  return path_of(member->object) + "." + path_of(member->property);
}

// Of a filter or a test, with arguments or without.
std::string name_of(const statement_ptr& node) {
  const auto* call = cast_stmt<jinja::call_expression>(node);
  return path_of(call != nullptr ? call->callee : node);
}

// --- the way through the program

class Walk {
 public:
  explicit Walk(const Setting& setting) : setting_(setting) {}

  // Statements: their values are written.
  void body(jinja::statements& nodes) {
    for (auto& node : nodes) {
      one(node);
      if (dynamic_cast<jinja::expression*>(node.get()) == nullptr) continue;
      if (is_stmt<jinja::string_literal>(node)) continue;
      node = std::make_unique<Printed>(std::move(node), setting_);
    }
  }

 private:
  void one(statement_ptr& node) {
    if (node == nullptr) return;
    inside(node);
    outside(node);
  }
  void all(jinja::statements& nodes) {
    for (auto& node : nodes)
      one(node);
  }
  template <typename From, typename To>
  bool replaced(statement_ptr& node) {
    auto* found = cast_stmt<From>(node);
    if (found == nullptr) return false;
    node = std::make_unique<To>(std::move(*found), setting_);
    return true;
  }
  template <typename Node>
  bool watched(statement_ptr& node) {
    return replaced<Node, Watched<Node>>(node);
  }

  void outside(statement_ptr& node);
  void inside(statement_ptr& node) { block(node) || operation(node) || part(node); }
  bool block(statement_ptr& node);
  bool operation(statement_ptr& node);
  bool part(statement_ptr& node);

  void repeated(jinja::statements& nodes) {
    body(nodes);
    nodes.insert(nodes.begin(), std::make_unique<Checkpoint>());
  }
  void looped(statement_ptr& iterable);
  // What the statements between {% filter %} or {% set %} and its end write: that of a block which
  // is always run.
  statement_ptr text_of(jinja::statements& nodes, std::size_t pos) {
    jinja::if_statement block(constant(mk_val<jinja::value_bool>(true)), std::move(nodes), {});
    block.pos = pos;
    return std::make_unique<Watched<jinja::if_statement>>(std::move(block), setting_);
  }
  void parameters(jinja::statements& nodes) {
    for (auto& node : nodes)
      inside(node);
  }
  // The arguments of a filter, a test or a called macro, whose name is no variable.
  void arguments(statement_ptr& call) {
    if (auto* found = cast_stmt<jinja::call_expression>(call)) all(found->args);
  }
  // What may be undefined: it is asked whether it is. What it is a part of has to be there.
  void asked(statement_ptr& node) {
    inside(node);
    const auto undefined = std::exchange(setting_.undefined, Undefined::kEmpty);
    outside(node);
    setting_.undefined = undefined;
  }
  template <typename To>
  std::unique_ptr<To> applied(statement_ptr operand, statement_ptr& name_and_arguments);
  void apply_filter(statement_ptr& node, jinja::filter_expression& filter);
  void apply_test(statement_ptr& node, jinja::test_expression& test);
  void slice(jinja::slice_expression& numbers);

  Setting setting_;
};

void Walk::outside(statement_ptr& node) {
  using jinja::array_literal;
  using jinja::object_literal;
  using jinja::tuple_literal;
  if (replaced<jinja::identifier, WatchedVariable>(node) ||
      replaced<jinja::binary_expression, WatchedOperator>(node) ||
      replaced<jinja::set_statement, WatchedSet>(node) ||
      replaced<array_literal, Literal<array_literal>>(node) ||
      replaced<tuple_literal, Literal<tuple_literal>>(node) ||
      replaced<object_literal, Literal<object_literal>>(node) ||
      watched<jinja::if_statement>(node) || replaced<jinja::for_statement, WatchedLoop>(node) ||
      watched<jinja::call_statement>(node) || watched<jinja::macro_statement>(node) ||
      watched<jinja::unary_expression>(node) || watched<jinja::call_expression>(node) ||
      watched<jinja::string_literal>(node)) {
    return;
  }
  if (auto* filter = cast_stmt<jinja::filter_expression>(node)) {
    apply_filter(node, *filter);
  } else if (auto* test = cast_stmt<jinja::test_expression>(node)) {
    apply_test(node, *test);
  } else if (auto* filtered = cast_stmt<jinja::filter_statement>(node)) {
    auto text = text_of(filtered->body, filtered->pos);
    jinja::filter_expression whole(std::move(text), std::move(filtered->filter));
    whole.pos = filtered->pos;
    apply_filter(node, whole);
  } else if (auto* member = cast_stmt<jinja::member_expression>(node)) {
    auto path = path_of(node);
    member->object = std::make_unique<Weighed>(std::move(member->object));
    node = std::make_unique<WatchedMember>(std::move(*member), setting_, std::move(path));
  }
}

// Null when the engine would refuse it, for it has no name.
template <typename To>
std::unique_ptr<To> Walk::applied(statement_ptr operand, statement_ptr& name_and_arguments) {
  auto* call = cast_stmt<jinja::call_expression>(name_and_arguments);
  auto& callee = call != nullptr ? call->callee : name_and_arguments;
  const auto* name = cast_stmt<jinja::identifier>(callee);
  auto given = call != nullptr ? std::move(call->args) : jinja::statements();
  return std::make_unique<To>(std::move(operand), name != nullptr ? name->val : "without a name",
                              std::move(given));
}

void Walk::apply_filter(statement_ptr& node, jinja::filter_expression& filter) {
  auto made = applied<WatchedFilter>(std::move(filter.operand), filter.filter);
  made->pos = filter.pos;
  node = std::move(made);
}

void Walk::apply_test(statement_ptr& node, jinja::test_expression& test) {
  auto made = applied<WatchedTest>(std::move(test.operand), test.test);
  made->pos = test.pos;
  made->negate = test.negate;
  node = std::move(made);
}

void Walk::looped(statement_ptr& iterable) {
  // The engine looks for a condition behind "in"; it has to find it.
  auto* select = cast_stmt<jinja::select_expression>(iterable);
  auto& items = select != nullptr ? select->lhs : iterable;
  if (select != nullptr) one(select->test);
  one(items);
  items = std::make_unique<Looped>(std::move(items), setting_);
}

bool Walk::block(statement_ptr& node) {
  if (auto* choice = cast_stmt<jinja::if_statement>(node)) {
    one(choice->test);
    body(choice->body);
    body(choice->alternate);
  } else if (auto* loop = cast_stmt<jinja::for_statement>(node)) {
    looped(loop->iterable);
    repeated(loop->body);
    body(loop->default_block);
  } else if (auto* set = cast_stmt<jinja::set_statement>(node)) {
    if (auto* member = cast_stmt<jinja::member_expression>(set->assignee)) one(member->object);
    one(set->val);
    body(set->body);
    if (set->val == nullptr) set->val = text_of(set->body, set->pos);
  } else if (auto* macro = cast_stmt<jinja::macro_statement>(node)) {
    parameters(macro->args);
    repeated(macro->body);
  } else if (auto* call = cast_stmt<jinja::call_statement>(node)) {
    if (auto* called = cast_stmt<jinja::call_expression>(call->call)) one(called->callee);
    arguments(call->call);
    parameters(call->caller_args);
    repeated(call->body);
  } else if (auto* filtered = cast_stmt<jinja::filter_statement>(node)) {
    arguments(filtered->filter);
    body(filtered->body);
  } else {
    return false;
  }
  return true;
}

bool Walk::operation(statement_ptr& node) {
  if (auto* binary = cast_stmt<jinja::binary_expression>(node)) {
    one(binary->left);
    one(binary->right);
  } else if (auto* unary = cast_stmt<jinja::unary_expression>(node)) {
    one(unary->argument);
  } else if (auto* ternary = cast_stmt<jinja::ternary_expression>(node)) {
    one(ternary->condition);
    one(ternary->true_expr);
    one(ternary->false_expr);
  } else if (auto* select = cast_stmt<jinja::select_expression>(node)) {
    one(select->lhs);
    one(select->test);
  } else if (auto* test = cast_stmt<jinja::test_expression>(node)) {
    const auto name = name_of(test->test);
    name == "defined" || name == "undefined" ? asked(test->operand) : one(test->operand);
    arguments(test->test);
  } else if (auto* filtered = cast_stmt<jinja::filter_expression>(node)) {
    const auto name = name_of(filtered->filter);
    name == "default" || name == "d" ? asked(filtered->operand) : one(filtered->operand);
    arguments(filtered->filter);
  } else {
    return false;
  }
  return true;
}

void Walk::slice(jinja::slice_expression& numbers) {
  for (auto* number : {&numbers.start_expr, &numbers.stop_expr, &numbers.step_expr}) {
    if (*number == nullptr) continue;
    one(*number);
    *number = std::make_unique<Index>(std::move(*number));
  }
}

bool Walk::part(statement_ptr& node) {
  if (auto* member = cast_stmt<jinja::member_expression>(node)) {
    one(member->object);
    if (auto* numbers = cast_stmt<jinja::slice_expression>(member->property)) {
      slice(*numbers);
    } else if (member->computed) {
      one(member->property);
      member->property = std::make_unique<Weighed>(std::move(member->property));
    }
  } else if (auto* call = cast_stmt<jinja::call_expression>(node)) {
    one(call->callee);
    all(call->args);
  } else if (auto* argument = cast_stmt<jinja::keyword_argument_expression>(node)) {
    one(argument->val);
  } else if (auto* spread = cast_stmt<jinja::spread_expression>(node)) {
    one(spread->argument);
  } else if (auto* array = cast_stmt<jinja::array_literal>(node)) {
    all(array->val);
  } else if (auto* tuple = cast_stmt<jinja::tuple_literal>(node)) {
    all(tuple->val);
  } else if (auto* object = cast_stmt<jinja::object_literal>(node)) {
    for (auto& [key, is] : object->val) {
      one(key);
      one(is);
    }
  } else {
    return false;
  }
  return true;
}

// Not more variables than this have a value at a time, but for those that were given.
std::size_t names_in(const jinja::lexer_result& read) {
  std::unordered_set<std::string> names;
  for (const auto& token : read.tokens) {
    if (token.t == jinja::token::identifier) names.insert(token.value);
  }
  return names.size();
}

}  // namespace

}  // namespace hearth::dialogue

// The engine's parser; cmake/llama_chat keeps it under this name.
namespace jinja {
program parse_unwatched(const lexer_result& read);
program parse_from_tokens(const lexer_result& read) {
  return hearth::dialogue::watched_program(read, hearth::dialogue::Undefined::kEmpty);
}
}  // namespace jinja

namespace hearth::dialogue {

jinja::program watched_program(const jinja::lexer_result& read, Undefined undefined) {
  const std::size_t names = names_in(read);
  auto shape = check_shape(read);
  if (shape && names > kNamesMax)
    shape = fail(Code::kResourceExhausted, "has too many different names");
  if (!shape) {
    context nowhere(read.source);
    Watch::current().stop(nowhere, shape.error());
  }
  auto program = jinja::parse_unwatched(read);
  Walk({.undefined = undefined, .scope_steps = names / kStepNodes}).body(program.body);
  return program;
}

}  // namespace hearth::dialogue
