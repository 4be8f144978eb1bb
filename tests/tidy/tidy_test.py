#!/usr/bin/env python3
"""Each rule of scripts/tidy trips over a snippet that breaks it, and not over one that does not."""
import importlib.machinery
import importlib.util
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
loader = importlib.machinery.SourceFileLoader("tidy", str(ROOT / "scripts/tidy"))
tidy = importlib.util.module_from_spec(importlib.util.spec_from_loader("tidy", loader))
loader.exec_module(tidy)

MODULES = """
function(hearth_room NAME)
endfunction()
hearth_room(base LAYER 0
  FOR "the vocabulary (of everybody)")
hearth_room(net LAYER 1
  FOR "HTTP" MAY base LIBS outside_asio OUTSIDE boost/asio boost/beast)
hearth_room(db LAYER 1 FOR "rows" MAY base)
hearth_room(engine LAYER 4 FOR "the model" MAY base net OUTSIDE llama.h ggml)
"""


def findings(path, text, exceptions="", modules=MODULES):
    tree = {"cmake/modules.cmake": modules, path: text}
    return tidy.check_tree(tree, exceptions)


def rules(path, text, **more):
    return [finding.rule for finding in findings(path, text, **more)]


def header(body):
    return "// What this is for.\n#pragma once\n" + body


class Layers(unittest.TestCase):
    def test_a_room_may_include_itself_and_what_it_lists(self):
        self.assertEqual(rules("src/net/a.cc", '#include "net/b.h"\n#include "base/c.h"\n'), [])

    def test_a_room_may_not_include_upwards(self):
        self.assertEqual(rules("src/base/a.cc", '#include "net/b.h"\n'), ["layers"])

    def test_a_room_may_not_include_its_neighbour(self):
        self.assertEqual(rules("src/db/a.cc", '#include "net/b.h"\n'), ["layers"])

    def test_a_folder_without_a_row_is_no_room(self):
        self.assertEqual(rules("src/attic/a.cc", "int a;\n"), ["layers"])

    def test_the_table_itself_may_not_list_the_same_layer(self):
        text = MODULES.replace('FOR "rows" MAY base', 'FOR "rows" MAY base net')
        self.assertEqual(rules("src/db/a.cc", "int a;\n", modules=text), ["layers"])

    def test_the_table_itself_may_not_list_a_room_that_is_not_there(self):
        text = MODULES.replace('FOR "rows" MAY base', 'FOR "rows" MAY attic')
        self.assertEqual(rules("src/db/a.cc", "int a;\n", modules=text), ["layers"])

    def test_outside_headers_belong_to_who_lists_them(self):
        line = "#include <boost/beast/http.hpp>\n"
        self.assertEqual(rules("src/net/a.cc", line), [])
        self.assertEqual(rules("src/db/a.cc", line), ["outside"])

    def test_llama_stays_in_the_engine_room_and_the_benchmarks(self):
        line = "#include <llama.h>\n"
        self.assertEqual(rules("src/engine/a.cc", line), [])
        self.assertEqual(rules("bench/a.cc", line), [])
        self.assertEqual(rules("src/net/a.cc", line), ["outside"])
        self.assertEqual(rules("apps/hearth/main.cc", line), ["outside"])

    def test_everybody_may_use_the_standard_library_and_the_system(self):
        for header in ("vector", "sys/socket.h", "unistd.h", "fmt/core.h", "tl/expected.hpp"):
            self.assertEqual(rules("src/base/a.cc", f"#include <{header}>\n"), [], header)

    def test_only_tests_use_the_test_library(self):
        line = "#include <gtest/gtest.h>\n"
        self.assertEqual(rules("src/base/a_test.cc", line), [])
        self.assertEqual(rules("src/base/a.cc", line), ["outside"])


class Budgets(unittest.TestCase):
    def test_columns(self):
        self.assertEqual(rules("src/base/a.cc", "// " + "x" * 97 + "\n"), [])
        self.assertEqual(rules("src/base/a.cc", "// " + "x" * 98 + "\n"), ["columns"])

    def test_columns_count_characters_and_not_bytes(self):
        self.assertEqual(rules("src/base/a.cc", "// " + "ü" * 97 + "\n"), [])

    def test_file_lines(self):
        self.assertEqual(rules("src/base/a.cc", "int a;\n" * 501), ["file-lines"])
        self.assertEqual(rules("src/base/a.h", header("int a;\n" * 249)), ["file-lines"])

    def test_function_lines_count_the_function_and_not_the_class_around_it(self):
        body = "  a();\n" * 69
        self.assertEqual(rules("src/base/a.cc", "void f() {\n" + body + "}\n"), ["function-lines"])
        methods = "".join(f"  void f{i}() {{\n    a();\n  }}\n" for i in range(40))
        self.assertEqual(rules("src/base/a.cc", "struct S {\n" + methods + "};\n"), [])

    def test_a_constructor_with_a_braced_init_list_is_one_function(self):
        text = "S::S(int a) : a_{a}, b_(a) {\n" + "  a();\n" * 70 + "}\n"
        found = findings("src/base/a.cc", text)
        self.assertEqual([finding.where() for finding in found], ["src/base/a.cc:S::S"])

    def test_braces_in_strings_and_comments_do_not_count(self):
        text = 'void f() {\n  a("}{{"); // {\n}\n' + "int a;\n" * 80
        self.assertEqual(rules("src/base/a.cc", text), [])

    def test_parameters(self):
        five = "void f(A a, B<C, D> b, E e, F f, G g);\n"
        six = "void f(A a, B b, C c, D d, E e, F f);\n"
        self.assertEqual(rules("src/base/a.h", header(five)), [])
        self.assertEqual(rules("src/base/a.h", header(six)), ["parameters"])

    def test_bool_parameters(self):
        self.assertEqual(rules("src/base/a.h", header("void f(bool loud);\n")), ["bool-parameter"])
        self.assertEqual(rules("src/base/a.h", header("bool f(int loud);\n")), [])


class Words(unittest.TestCase):
    def test_names_that_say_nothing(self):
        self.assertEqual(rules("src/base/utils.cc", "int a;\n"), ["file-name"])
        self.assertEqual(rules("src/base/units.cc", "int a;\n"), [])

    def test_headers_open_with_a_comment_and_guard(self):
        self.assertEqual(rules("src/base/a.h", "#pragma once\n"), ["header-comment"])
        self.assertEqual(rules("src/base/a.h", "// For this.\nint a;\n"), ["pragma-once"])

    def test_todo_names_its_issue(self):
        self.assertEqual(rules("src/base/a.cc", "// TODO" + ": later\n"), ["todo"])
        self.assertEqual(rules("src/base/a.cc", "// TODO(#7): later\n"), [])

    def test_commented_out_code(self):
        self.assertEqual(rules("src/base/a.cc", "// close(fd);\n"), ["dead-code"])
        self.assertEqual(rules("src/base/a.cc", "// count = 4;\n"), ["dead-code"])
        self.assertEqual(rules("src/base/a.cc", "// It closes (as it must); then it ends.\n"), [])

    def test_throw(self):
        self.assertEqual(rules("src/base/a.cc", "void f() { throw 1; }\n"), ["throw"])
        self.assertEqual(rules("src/base/a.cc", "// never throw\nauto a = \"throw\";\n"), [])

    def test_tests_neither_sleep_nor_skip(self):
        self.assertEqual(rules("src/base/a_test.cc", "void f() { sleep_for(1s); }\n"), ["sleep"])
        self.assertEqual(rules("src/base/a_test.cc", "TEST(A, B) { GTEST_SKIP(); }\n"), ["skip"])

    def test_rooms_do_not_print(self):
        self.assertEqual(rules("src/base/a.cc", "void f() { std::cout << 1; }\n"), ["cout"])

    def test_using_namespace_in_headers(self):
        text = header("using namespace std;\n")
        self.assertEqual(rules("src/base/a.h", text), ["using-namespace"])

    def test_machine_paths(self):
        self.assertEqual(rules("docs/a.md", "see /ro" + "ot/x\n"), ["machine"])
        self.assertEqual(rules("docs/a.md", "see $work/ro" + "ot/x and ~/.cache\n"), [])

    def test_bash_scripts_stop_at_errors(self):
        self.assertEqual(rules("scripts/x", "#!/usr/bin/env bash\nls\n"), ["bash"])


class Coroutines(unittest.TestCase):
    def rules_of(self, statement):
        return rules("src/net/a.cc", "awaitable<void> f() {\n  " + statement + "\n}\n")

    def test_plain_co_await_is_fine(self):
        for statement in ("auto r = co_await g(a, b);", "if (co_await g()) co_return;",
                          "auto r = co_await g(x[1], use);", "co_await g(std::move(named));",
                          "auto r = co_await (fast ? a : b).g();"):
            self.assertEqual(self.rules_of(statement), [], statement)

    def test_patterns_that_gcc_12_gets_wrong(self):
        for statement in ("auto r = HEARTH_TRY(co_await g());", "auto r = c ? co_await g() : T();",
                          "auto r = c ? T() : co_await g();",
                          "co_await g([this](int a) { return a; });",
                          "co_await g(Request{.a = 1});", "co_await g({1, 2});"):
            self.assertEqual(self.rules_of(statement), ["coroutine"], statement)

    def test_coroutine_lambdas_do_not_capture(self):
        self.assertEqual(self.rules_of("spawn(e, [this]() -> awaitable<void> { co_return; });"),
                         ["coroutine"])
        self.assertEqual(self.rules_of("spawn(e, [](S* s) -> awaitable<void> { co_return; });"), [])


class Leaks(unittest.TestCase):
    def rules_of(self, statement):
        return rules("src/net/a.cc", "Result<A> f() {\n  " + statement + "\n}\n")

    def test_no_member_is_left_behind(self):
        for statement in ("return A{std::move(name), HEARTH_TRY(g())};",
                          "A a{name, {}, HEARTH_TRY(g())};",
                          "return A{.b = b, .c = HEARTH_TRY(g())};"):
            self.assertEqual(self.rules_of(statement), ["leak"], statement)
        for statement in ("return A{HEARTH_TRY(g())};", "return g(a, HEARTH_TRY(h()));",
                          "const B b = HEARTH_TRY(g());\n  return A{name, b};"):
            self.assertEqual(self.rules_of(statement), [], statement)


class Exceptions(unittest.TestCase):
    def test_a_listed_finding_passes(self):
        self.assertEqual(rules("src/base/a.cc", "void f() { throw 1; }\n",
                               exceptions="throw src/base/a.cc a library wants it\n"), [])

    def test_a_reason_is_needed(self):
        self.assertEqual(rules("src/base/a.cc", "void f() { throw 1; }\n",
                               exceptions="throw src/base/a.cc\n"), ["exceptions", "throw"])

    def test_an_exception_without_use_is_an_error(self):
        unused = "throw src/base/a.cc a library wants it\n"
        self.assertEqual(rules("src/base/a.cc", "int a;\n", exceptions=unused), ["exceptions"])


class RoomsTable(unittest.TestCase):
    def setUp(self):
        self.rooms = tidy.rooms_script.parse_rooms(MODULES)

    def test_every_room_is_read(self):
        self.assertEqual([room.name for room in self.rooms], ["base", "net", "db", "engine"])
        self.assertEqual(self.rooms[0].purpose, "the vocabulary (of everybody)")
        self.assertEqual(self.rooms[1].outside, ("boost/asio", "boost/beast"))

    def test_a_stale_table_is_found(self):
        markers = tidy.rooms_script.BEGIN + "\n" + tidy.rooms_script.END + "\n"
        fresh = tidy.rooms_script.put_into(markers, self.rooms)
        self.assertEqual(rules("ARCHITECTURE.md", fresh), [])
        self.assertEqual(rules("ARCHITECTURE.md", fresh.replace("| HTTP |", "| FTP |")),
                         ["rooms-table"])


if __name__ == "__main__":
    unittest.main()
