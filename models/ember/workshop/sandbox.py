"""Runs a short Python function that a model wrote, where it can do no harm.

What it may consist of is a list of kinds of syntax and names; then it runs in a process of its
own, isolated, within limits on time, memory, files and processes, and gives back its results.
"""
import ast
import json
import subprocess
import sys

SECONDS, MEMORY_BYTES, CODE_MOST, OUTPUT_MOST = 5, 512 << 20, 4000, 100_000
NODES = (ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign,
         ast.AugAssign, ast.Expr, ast.If, ast.For, ast.While, ast.Break, ast.Continue, ast.Pass,
         ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Call, ast.keyword,
         ast.Name, ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Subscript, ast.Slice,
         ast.Attribute, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp,
         ast.comprehension, ast.JoinedStr, ast.FormattedValue, ast.Lambda, ast.expr_context,
         ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
METHODS = {"upper", "lower", "title", "capitalize", "strip", "lstrip", "rstrip", "split", "join",
           "replace", "startswith", "endswith", "count", "index", "find", "append", "extend",
           "insert", "remove", "pop", "reverse", "sort", "copy", "keys", "values", "items", "get",
           "fromkeys", "add", "isdigit", "isalpha", "isupper", "islower", "swapcase"}
BUILTINS = ("abs all any bool dict enumerate filter float int len list map max min range reversed "
            "round set sorted str sum tuple zip").split()

LIMITS = {"CPU": SECONDS, "AS": MEMORY_BYTES, "FSIZE": 0, "NOFILE": 8, "CORE": 0}
CHILD = """
import builtins, json, resource, sys
job = json.load(sys.stdin)
for name, limit in job["limits"].items():
    resource.setrlimit(getattr(resource, "RLIMIT_" + name), (limit, limit))
names = {name: getattr(builtins, name) for name in job["builtins"]}
space = {"__builtins__": names}
exec(compile(job["code"], "answer", "exec"), space)
print(json.dumps([space[job["name"]](*arguments) for arguments in job["tries"]]))
"""


def code_of(text):
    """The code in a reply: between fences where there are some."""
    if "```" not in text:
        return text
    inside = text.split("```")[1]
    first, _, rest = inside.partition("\n")
    return rest if first.strip() in ("python", "py", "") else inside


def refusal(code):
    """"" where the code is made of nothing but what is allowed, otherwise why not."""
    if len(code) > CODE_MOST:
        return "too long"
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError) as error:
        return f"no Python: {error}"
    for node in ast.walk(tree):
        if not isinstance(node, NODES):
            return f"{type(node).__name__} is not allowed"
        if isinstance(node, ast.Attribute) and node.attr not in METHODS:
            return f".{node.attr} is not allowed"
        if isinstance(node, ast.Name) and node.id.startswith("_"):
            return f"{node.id} is not allowed"
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            return "a decorator is not allowed"
    return ""


def run(code, name, tries):
    """(results, problem) of calling the function with each of the arguments."""
    wrong = refusal(code)
    if wrong:
        return None, wrong
    job = json.dumps({"code": code, "name": name, "tries": tries, "builtins": BUILTINS,
                      "limits": LIMITS})
    try:
        child = subprocess.run([sys.executable, "-I", "-S", "-c", CHILD], input=job, text=True,
                               capture_output=True, timeout=2 * SECONDS, env={}, cwd="/",
                               check=False)
    except subprocess.TimeoutExpired:
        return None, "took too long"
    if child.returncode != 0:
        last = child.stderr.strip().split("\n")[-1]
        return None, f"failed: {last[:120]}"
    if len(child.stdout) > OUTPUT_MOST:
        return None, "gives too much"
    return json.loads(child.stdout), ""
