"""This repository's sources follow the rules."""

import pathlib
import unittest

import rules

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = [".ci", "apps", "cmake", "examples", "include", "lib", "runtimes", "scripts", "tests"]
SUFFIXES = {".cc", ".h", ".cmake", ".in", ".py", ".js", ".sh"}


def sources():
    yield ROOT / "CMakeLists.txt"
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            is_script = folder in (".ci", "scripts") and path.suffix == ""
            is_source = path.suffix in SUFFIXES or path.name == "CMakeLists.txt" or is_script
            if is_source and path.is_file() and "node_modules" not in path.parts:
                yield path


def cpp(*folders):
    return [path for path in sources() if path.suffix in (".cc", ".h")
            and path.relative_to(ROOT).as_posix().startswith(folders)]


class Sources(unittest.TestCase):
    def check(self, rule, paths):
        self.assertGreater(len(paths), 0)
        problems = [f"{path.relative_to(ROOT)}:{number}: {problem}"
                    for path in paths for number, problem in rule(path.read_text("utf-8"))]
        self.assertEqual(problems, [], "\n" + "\n".join(problems))

    def core(self):
        """lib/core, and every header that it reaches. Not assert.cc, which ends the
        program, and says why."""
        reached = [path for path in cpp("lib/core/") if path.name != "assert.cc"]
        for path in reached:
            for _, name in rules.includes(path.read_text("utf-8")):
                for header in (ROOT / "include" / name, ROOT / "lib" / name):
                    if header.exists() and header not in reached:
                        reached.append(header)
        return reached

    def test_the_core_is_pure(self):
        paths = self.core()
        self.assertIn(ROOT / "include/owpool/units.h", paths)
        self.check(rules.impurities, paths)

    def test_the_core_includes_nothing_around_it(self):
        self.check(rules.outer_includes, self.core())

    def test_lines_fit(self):
        self.check(rules.long_lines, list(sources()))

    def test_every_test_runs(self):
        self.check(rules.split_names, cpp("tests/"))

    def test_functions_are_short(self):
        self.check(rules.long_functions, cpp("lib/core/", "lib/driver/"))


if __name__ == "__main__":
    unittest.main()
