#include "dialogue/jinja_watch.h"

#include <cstdlib>
#include <memory>
#include <utility>

namespace hearth::dialogue {

namespace {

using jinja::cast_stmt;
using jinja::context;
using jinja::is_stmt;
using jinja::is_val;
using jinja::mk_val;
using jinja::statement_ptr;
using jinja::value;

Error too_much(std::string what) {
  return make_error(Code::kResourceExhausted, std::move(what));
}

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

// --- nodes of the program, watched

// Whatever makes a value: an operator, a filter, a call, a text.
template <typename Node>
struct Watched : Node {
  Watched(Node&& node, Watch& by) : Node(std::move(node)), watch(by) {}
  value execute_impl(context& ctx) const override {
    watch.step(ctx);
    return watch.taken(ctx, Node::execute_impl(ctx));
  }
  Watch& watch;
};

struct WatchedVariable : Watched<jinja::identifier> {
  using Watched::Watched;
  value execute_impl(context& ctx) const override {
    return watch.defined(ctx, Watched::execute_impl(ctx), val);
  }
};

struct WatchedMember : Watched<jinja::member_expression> {
  WatchedMember(jinja::member_expression&& node, Watch& by, std::string path_in_template)
      : Watched(std::move(node), by), path(std::move(path_in_template)) {}
  value execute_impl(context& ctx) const override {
    return watch.defined(ctx, Watched::execute_impl(ctx), path);
  }
  std::string path;
};

struct Constant : jinja::expression {
  explicit Constant(value is) : constant(std::move(is)) {}
  value execute_impl(context& /*ctx*/) const override { return constant; }
  value constant;
};

// "ab" * 1000000000 is looked at before it is done.
struct WatchedOperator : Watched<jinja::binary_expression> {
  using Watched::Watched;
  value execute_impl(context& ctx) const override {
    if (op.value != "*") return Watched::execute_impl(ctx);
    watch.step(ctx);
    const value a = left->execute(ctx);
    const value b = right->execute(ctx);
    if (!watch.may_repeat(a, b)) return watch.stop(ctx, too_much("repeats a text too often"));
    const jinja::binary_expression product(op, std::make_unique<Constant>(a),
                                           std::make_unique<Constant>(b));
    return watch.taken(ctx, product.execute_impl(ctx));
  }
};

// Why a filter or a test may not be given this number; null when it may.
using Wrong = const char* (*)(std::int64_t number);

const char* wrong_size(std::int64_t number) {
  const bool fits = number <= kFilterNumberMax && number >= -kFilterNumberMax;
  return fits ? nullptr : "gives a filter too large a number";
}

const char* wrong_divisor(std::int64_t number) {
  return number != 0 && number != -1 ? nullptr : "asks what is divisible by 0 or -1";
}

struct WatchedNumber : jinja::expression {
  WatchedNumber(statement_ptr is, Watch& by, Wrong wrong_number)
      : argument(std::move(is)), watch(by), wrong(wrong_number) {
    pos = argument->pos;
  }
  value execute_impl(context& ctx) const override {
    value told = argument->execute(ctx);
    if (!is_val<jinja::value_int>(told)) return told;
    const char* why = wrong(told->as_int());
    return why == nullptr ? told : watch.stop(ctx, too_much(why));
  }
  statement_ptr argument;
  Watch& watch;
  Wrong wrong;
};

// At the beginning of what may be done many times; it writes nothing.
struct Checkpoint : jinja::statement {
  explicit Checkpoint(Watch& by) : watch(by) { pos = 0; }
  value execute_impl(context& ctx) const override { return watch.step(ctx); }
  Watch& watch;
};

// --- the way through the program

class Walk {
 public:
  explicit Walk(Watch& watch) : watch_(watch) {}

  void all(jinja::statements& nodes) {
    for (auto& node : nodes)
      one(node);
  }
  void one(statement_ptr& node) {
    if (node == nullptr) return;
    inside(node);
    if (replaced<jinja::identifier, WatchedVariable>(node)) return;
    if (replaced<jinja::binary_expression, WatchedOperator>(node)) return;
    if (replaced<jinja::filter_expression, Watched<jinja::filter_expression>>(node)) return;
    if (replaced<jinja::call_expression, Watched<jinja::call_expression>>(node)) return;
    if (replaced<jinja::string_literal, Watched<jinja::string_literal>>(node)) return;
    if (auto* member = cast_stmt<jinja::member_expression>(node)) {
      auto path = path_of(node);
      node = std::make_unique<WatchedMember>(std::move(*member), watch_, std::move(path));
    }
  }

 private:
  template <typename From, typename To>
  bool replaced(statement_ptr& node) {
    auto* found = cast_stmt<From>(node);
    if (found == nullptr) return false;
    node = std::make_unique<To>(std::move(*found), watch_);
    return true;
  }

  void inside(statement_ptr& node) { block(node) || operation(node) || part(node); }
  bool block(statement_ptr& node);
  bool operation(statement_ptr& node);
  bool part(statement_ptr& node);

  void repeated(jinja::statements& body) {
    all(body);
    body.insert(body.begin(), std::make_unique<Checkpoint>(watch_));
  }
  // The arguments of a filter, a test or a called macro, whose name is no variable.
  void arguments(statement_ptr& call) {
    if (auto* found = cast_stmt<jinja::call_expression>(call)) all(found->args);
  }
  void numbers(statement_ptr& call, Wrong wrong);
  // What may be undefined: it is asked whether it is. What it is a part of has to be there.
  void asked(statement_ptr& node) { inside(node); }

  Watch& watch_;
};

bool Walk::block(statement_ptr& node) {
  if (auto* choice = cast_stmt<jinja::if_statement>(node)) {
    one(choice->test);
    all(choice->body);
    all(choice->alternate);
  } else if (auto* loop = cast_stmt<jinja::for_statement>(node)) {
    // The engine looks for a condition behind "in"; it has to find it.
    is_stmt<jinja::select_expression>(loop->iterable) ? inside(loop->iterable)
                                                      : one(loop->iterable);
    repeated(loop->body);
    all(loop->default_block);
  } else if (auto* set = cast_stmt<jinja::set_statement>(node)) {
    if (auto* member = cast_stmt<jinja::member_expression>(set->assignee)) one(member->object);
    one(set->val);
    all(set->body);
  } else if (auto* macro = cast_stmt<jinja::macro_statement>(node)) {
    for (auto& parameter : macro->args)
      inside(parameter);
    repeated(macro->body);
  } else if (auto* call = cast_stmt<jinja::call_statement>(node)) {
    arguments(call->call);
    repeated(call->body);
  } else if (auto* filtered = cast_stmt<jinja::filter_statement>(node)) {
    arguments(filtered->filter);
    numbers(filtered->filter, wrong_size);
    all(filtered->body);
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
    if (name == "divisibleby") numbers(test->test, wrong_divisor);
  } else if (auto* filtered = cast_stmt<jinja::filter_expression>(node)) {
    const auto name = name_of(filtered->filter);
    name == "default" || name == "d" ? asked(filtered->operand) : one(filtered->operand);
    arguments(filtered->filter);
    numbers(filtered->filter, wrong_size);
  } else {
    return false;
  }
  return true;
}

bool Walk::part(statement_ptr& node) {
  if (auto* member = cast_stmt<jinja::member_expression>(node)) {
    one(member->object);
    if (is_stmt<jinja::slice_expression>(member->property)) {
      inside(member->property);
    } else if (member->computed) {
      one(member->property);
    }
  } else if (auto* slice = cast_stmt<jinja::slice_expression>(node)) {
    one(slice->start_expr);
    one(slice->stop_expr);
    one(slice->step_expr);
  } else if (auto* call = cast_stmt<jinja::call_expression>(node)) {
    one(call->callee);
    all(call->args);
  } else if (auto* named = cast_stmt<jinja::keyword_argument_expression>(node)) {
    one(named->val);
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

void Walk::numbers(statement_ptr& call, Wrong wrong) {
  auto* found = cast_stmt<jinja::call_expression>(call);
  if (found == nullptr) return;
  for (auto& argument : found->args) {
    auto* named = cast_stmt<jinja::keyword_argument_expression>(argument);
    auto& told = named != nullptr ? named->val : argument;
    told = std::make_unique<WatchedNumber>(std::move(told), watch_, wrong);
  }
}

std::size_t text_bytes(const value& made) {
  return is_val<jinja::value_string>(made) ? made->val_str.length() : 0;
}

}  // namespace

Watch::Watch() : stack_(static_cast<const char*>(__builtin_frame_address(0))) {}

value Watch::step(context& ctx) {
  if (++steps_ > kStepsMax) {
    return stop(ctx, too_much("takes more than " + std::to_string(kStepsMax) + " steps"));
  }
  const auto* here = static_cast<const char*>(__builtin_frame_address(0));
  if (std::abs(stack_ - here) > static_cast<std::ptrdiff_t>(kStackBytesMax)) {
    return stop(ctx, too_much("is nested too deep, or calls itself without end"));
  }
  return mk_val<jinja::value_undefined>();
}

value Watch::taken(context& ctx, value made) {
  bytes_ += text_bytes(made);
  if (bytes_ <= kTextBytesMax) return made;
  return stop(
      ctx, too_much("makes texts of more than " + std::to_string(kTextBytesMax) + " bytes in all"));
}

value Watch::defined(context& ctx, value found, const std::string& name) {
  if (!found->is_undefined()) return found;
  return stop(ctx,
              make_error(Code::kInvalidArgument, "needs '" + name + "', which is not defined"));
}

bool Watch::may_repeat(const value& left, const value& right) const {
  const bool text_first = is_val<jinja::value_string>(left);
  const value& text = text_first ? left : right;
  const value& times = text_first ? right : left;
  if (!is_val<jinja::value_string>(text) || !is_val<jinja::value_int>(times)) return true;
  const auto bytes = std::max<std::size_t>(text_bytes(text), 1);
  return times->as_int() <= static_cast<std::int64_t>((kTextBytesMax - bytes_) / bytes);
}

value Watch::stop(context& ctx, Error error) {
  stopped_ = std::move(error);
  jinja::func_args arguments(ctx);
  arguments.push_back(mk_val<jinja::value_string>(stopped_->message));
  return jinja::global_builtins().at("raise_exception")(arguments);
}

void put_into(jinja::program& program, Watch& watch) {
  Walk(watch).all(program.body);
}

void put_into(context& ctx, Watch& watch) {
  const auto range = jinja::global_builtins().at("range");
  ctx.set_val(
      "range", mk_val<jinja::value_func>("range", [&watch, range](const jinja::func_args& args) {
        double least = 0;
        double most = 0;
        for (const auto& argument : args.get_args()) {
          if (!is_val<jinja::value_int>(argument)) continue;
          least = std::min(least, argument->as_float());
          most = std::max(most, argument->as_float());
        }
        if (most - least > static_cast<double>(kRangeMax)) {
          return watch.stop(args.ctx,
                            too_much("asks for a range of more than " + std::to_string(kRangeMax)));
        }
        return range(args);
      }));
}

}  // namespace hearth::dialogue
