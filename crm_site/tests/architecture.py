"""The rules of the house that no linter knows. `test_architecture.py` runs them over every file and shows each going red.

A rule takes one source file and returns findings, `line: what is wrong`. Lists of exceptions carry their reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from crm_site.tests import architecture_exceptions as exceptions

FILE_WALL = 400
FUNCTION_WALL = 50
VAGUE_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "shared"})
MANAGERS = frozenset({"objects", "all_objects", "unscoped", "_base_manager", "_default_manager"})
QUERIES = frozenset({"filter", "exclude", "all", "order_by", "select_for_update", "annotate", "live"})
ALWAYS_WRITES = frozenset(
    {"bulk_create", "bulk_update", "get_or_create", "update_or_create", "save", "purge", "_raw_delete"}
)
WRITES_ON_QUERIES = ALWAYS_WRITES | {"create", "update", "delete"}
NOT_A_ROW = frozenset({"cache", "session", "client", "default_storage", "storage"})
WRITING_SQL = re.compile(r"^\s*(insert|update|delete|replace|truncate)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """One Python file, its path relative to the root of the project."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def parts(self) -> tuple[str, ...]:
        return PurePosixPath(self.path).parts

    @property
    def is_test(self) -> bool:
        return "tests" in self.parts or self.parts[-1] == "conftest.py"

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.parts

    @property
    def is_service(self) -> bool:
        return self.parts[-1] == "services.py" or "services" in self.parts[:-1]

    def within(self, places: dict[str, str]) -> bool:
        return any(
            self.path == place or (place.endswith("/") and self.path.startswith(place)) for place in places
        )

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def calls(self) -> Iterator[tuple[ast.Call, ast.Attribute]]:
        """Calls of a method: `something.name(...)`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield node, node.func

    def imports(self) -> Iterator[tuple[int, str, str]]:
        """(line, module, name) of every import; name is empty for `import module`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name, "") for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, "." * node.level + (node.module or ""), a.name) for a in node.names)


Findings = list[str]
Rule = Callable[[Source], Findings]


def files_are_small(source: Source) -> Findings:
    lines = source.text.count("\n") + 1
    if source.is_migration or lines <= FILE_WALL:
        return []
    return [f"1: {lines} lines; the wall is {FILE_WALL}. Make it a package of the same name."]


def functions_are_small(source: Source) -> Findings:
    if source.is_migration:
        return []
    found = []
    for node in source.functions():
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > FUNCTION_WALL:
            found.append(f"{node.lineno}: {node.name} has {length} lines; the wall is {FUNCTION_WALL}.")
    return found


def names_say_the_job(source: Source) -> Findings:
    vague = [part for part in source.parts if part.removesuffix(".py") in VAGUE_NAMES]
    if source.within(exceptions.NAMES):
        return []
    return [f"1: “{part}” names no job." for part in vague]


def imports_stand_at_the_top(source: Source) -> Findings:
    found = []
    for function in source.functions():
        if source.parts[-1] == "apps.py" and function.name == "ready":
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                found.append(f"{node.lineno}: import inside {function.name}.")
    return found


def services_are_imported_as_modules(source: Source) -> Findings:
    """The call then says where it lives: `investors.retire_investor(...)`."""
    found = []
    for line, module, name in source.imports():
        if module.startswith("."):
            found.append(f"{line}: relative import of {name}.")
        inside = module.split(".")[-1] in {"services", "querysets"} or ".services." in f"{module}."
        is_class = name[:1].isupper()
        own_package = "/".join(source.parts[:-1]).replace("/", ".") in {module, module.rpartition(".")[0]}
        if (
            inside
            and name
            and not is_class
            and not (own_package and source.is_service)
            and not _is_module(module, name)
        ):
            found.append(f"{line}: import the module {module}, not {name}.")
    return found


def _is_module(module: str, name: str) -> bool:
    place = Path(*module.split("."))
    return (place / f"{name}.py").exists() or (place / name).is_dir()


def writes_live_in_services(source: Source) -> Findings:
    allowed = source.is_service or source.is_test or source.is_migration or source.parts[-1] == "sync.py"
    if allowed or source.within(exceptions.WRITERS):
        return []
    found = []
    modules = _our_modules(source)
    for call, function in source.calls():
        of_module = isinstance(function.value, ast.Name) and function.value.id in modules
        if not of_module and _writes_rows(call, function):
            found.append(f"{call.lineno}: .{function.attr}() writes rows; that is a service's work.")
        if function.attr in {"execute", "executemany"} and _writes_by_sql(call):
            found.append(f"{call.lineno}: SQL that writes; that is a service's work.")
    return found


def _our_modules(source: Source) -> set[str]:
    """Names bound to modules of ours: `relations.purge(...)` calls a service, it is no method of a row."""
    bound = set()
    for node in source.tree.body:
        if isinstance(node, ast.ImportFrom):
            bound |= {alias.asname or alias.name for alias in node.names if alias.name.islower()}
    return bound


def _writes_rows(call: ast.Call, function: ast.Attribute) -> bool:
    chain = list(_chain(function.value))
    if NOT_A_ROW.intersection(chain):
        return False
    if function.attr in ALWAYS_WRITES:
        return True
    if function.attr == "delete" and not call.args and not call.keywords:
        return True
    return function.attr in WRITES_ON_QUERIES and bool((MANAGERS | QUERIES).intersection(chain))


def _chain(node: ast.expr) -> Iterator[str]:
    """The names along `a.b(...).c[...]`, outermost first."""
    while True:
        if isinstance(node, ast.Attribute):
            yield node.attr
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            break
    if isinstance(node, ast.Name):
        yield node.id


def _writes_by_sql(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    if isinstance(first, ast.JoinedStr) and first.values:
        first = first.values[0] if isinstance(first.values[0], ast.Constant) else None
    return isinstance(first, ast.Constant) and bool(WRITING_SQL.match(str(first.value)))


def services_name_their_actor(source: Source) -> Findings:
    """Every public service: keyword-only, `actor: Actor` first, and the actor is used."""
    if not source.is_service or source.is_test or "management" in source.parts:
        return []
    found = []
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            found += [f"{node.lineno}: {node.name} {wrong}" for wrong in _service_faults(source, node)]
    return found


def _service_faults(source: Source, node: ast.FunctionDef) -> Iterator[str]:
    if f"{source.path}:{node.name}" in exceptions.NO_ACTOR:
        return
    arguments = node.args
    if arguments.posonlyargs or arguments.args or arguments.vararg or arguments.kwarg:
        yield "takes positional or open-ended arguments; services are keyword-only."
    named = [argument.arg for argument in arguments.kwonlyargs]
    if "actor" not in named:
        yield "has no actor; who does it?"
        return
    if named[0] != "actor":
        yield "names its actor late; it comes first."
    annotation = arguments.kwonlyargs[named.index("actor")].annotation
    if annotation is None or ast.unparse(annotation).split(".")[-1] != "Actor":
        yield "does not annotate actor as Actor."
    used = any(
        isinstance(inner, ast.Name) and inner.id == "actor" for part in node.body for inner in ast.walk(part)
    )
    if not used:
        yield "never looks at its actor."


def only_env_reads_the_environment(source: Source) -> Findings:
    if source.is_test or source.within(exceptions.ENVIRONMENT_READERS):
        return []
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}:
            found.append(f"{node.lineno}: os.{node.attr}; only crm_site/env.py reads the environment.")
    found += [
        f"{line}: {name} from os." for line, module, name in source.imports() if (module, name) in _ENV_NAMES
    ]
    return found


_ENV_NAMES = {("os", "environ"), ("os", "getenv")}


def the_scope_is_left_on_purpose(source: Source) -> Findings:
    if source.is_test or source.is_migration or source.within(exceptions.UNSCOPED):
        return []
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "unscoped":
            found.append(
                f"{node.lineno}: .unscoped; give {source.path} a reason in exceptions.UNSCOPED or stay inside."
            )
    return found


def nothing_is_left_for_later(source: Source) -> Findings:
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
    if source.path.endswith(("tests/architecture.py", "tests/test_architecture.py")):
        return []
    lines = enumerate(source.text.splitlines(), start=1)
    return [f"{number}: {match[0]}." for number, line in lines if (match := words.search(line))]


def no_hidden_hooks(source: Source) -> Findings:
    """What follows a write is a call in the service: no signals, no save() of our own, no form that changes its row."""
    found = []
    for line, module, name in source.imports():
        if (
            module in {"django.db.models.signals", "django.dispatch"}
            and name not in exceptions.MIGRATE_SIGNALS
        ):
            found.append(f"{line}: signal {name}.")
        if name in {"ModelForm", "ModelSerializer"}:
            found.append(f"{line}: {name} changes its row before the service sees it.")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"ModelForm", "ModelSerializer"}:
            found.append(f"{node.lineno}: {node.attr} changes its row before the service sees it.")
        if isinstance(node, ast.ClassDef) and source.parts[-1] == "models.py":
            found += [f"{n.lineno}: {node.name} overrides save()." for n in node.body if _is_save(n)]
    return found


def _is_save(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "save"


def the_outside_world_has_one_file_each(source: Source) -> Findings:
    if source.is_test:
        return []
    found = []
    for line, module, name in source.imports():
        for library, places in exceptions.OUTSIDE_WORLD.items():
            spelled = f"{module}.{name}" if name else module
            if f"{spelled}.".startswith(f"{library}.") and not source.within(places):
                found.append(f"{line}: {library} is not imported here.")
    return found


def one_kind_of_transaction(source: Source) -> Findings:
    """unit.atomic also writes the audit; transaction.atomic would leave it out."""
    if source.is_test or source.is_migration:
        return []
    places = {
        "transaction.atomic": exceptions.TRANSACTIONS,
        "transaction.on_commit": {**exceptions.TRANSACTIONS, **exceptions.AFTER_COMMIT},
    }
    return [
        f"{node.lineno}: {name}; services use unit.atomic, and jobs are enqueued inside it."
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute)
        and (name := ast.unparse(node)) in places
        and not source.within(places[name])
    ]


def markup_is_never_trusted(source: Source) -> Findings:
    banned = {"mark_safe", "SafeString", "SafeText"}
    if source.is_test or source.within(exceptions.TRUSTED_MARKUP):
        return []
    return [f"{line}: {name}." for line, _, name in source.imports() if name in banned]


RULES: tuple[Rule, ...] = (
    files_are_small,
    functions_are_small,
    names_say_the_job,
    imports_stand_at_the_top,
    services_are_imported_as_modules,
    writes_live_in_services,
    services_name_their_actor,
    only_env_reads_the_environment,
    the_scope_is_left_on_purpose,
    nothing_is_left_for_later,
    no_hidden_hooks,
    the_outside_world_has_one_file_each,
    one_kind_of_transaction,
    markup_is_never_trusted,
)


_TEMPLATE_FAULTS = {
    r"\sstyle\s*=": "inline style; the content security policy refuses it",
    r"\son[a-z]+\s*=": "inline handler; the content security policy refuses it",
    r"\shx-on[:-]": "hx-on evaluates text; the content security policy refuses it",
    r"javascript:": "javascript: address",
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")": "inline script",
    r"<style\b": "inline style sheet",
    r"\|\s*safe\b|autoescape\s+off": "unescaped output",
    r"\b(TODO|FIXME|XXX)\b": "left for later",
    r"(src|href)\s*=\s*[\"']?(https?:)?//(?!\{)": "loads or links to another host",
}


def template_faults(text: str) -> Findings:
    return [
        f"{number}: {why}."
        for number, line in enumerate(text.splitlines(), start=1)
        for pattern, why in _TEMPLATE_FAULTS.items()
        if re.search(pattern, line, re.IGNORECASE)
    ]
