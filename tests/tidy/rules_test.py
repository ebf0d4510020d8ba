"""The rules find what they are for, and nothing else."""

import unittest

import rules


def found(rule, text):
    return [number for number, _ in rule(text)]


class Impurities(unittest.TestCase):
    def test_each_kind_is_found_and_named(self):
        for sample, name in [
                ("auto t = std::chrono::steady_clock::now();", "a clock"),
                ("#include <ctime>", "a clock"),
                ("auto t = time(nullptr);", "a clock"),
                ("#include \"absl/time/clock.h\"", "a clock"),
                ("std::thread worker(run);", "a thread"),
                ("#include <future>", "a thread"),
                ("thread_local int last;", "a thread"),
                ("internal::MutexLock lock(mutex_);", "a lock"),
                ("#include <atomic>", "a lock"),
                ("#include \"absl/synchronization/mutex.h\"", "a lock"),
                ("std::mt19937_64 engine(seed);", "randomness"),
                ("int n = rand() % 6;", "randomness"),
                ("#include \"absl/random/random.h\"", "randomness"),
                ("std::printf(\"%d\", n);", "I/O"),
                ("#include <fstream>", "I/O"),
                ("#include <sys/socket.h>", "I/O"),
                ("fmt::print(\"{}\", n);", "I/O"),
                ("std::cerr << n;", "logging"),
                ("LOG(INFO) << n;", "logging"),
                ("#include \"absl/log/log.h\"", "logging")]:
            with self.subTest(sample):
                problems = list(rules.impurities("int a;\n" + sample + "\n"))
                self.assertEqual([number for number, _ in problems], [2])
                self.assertIn(name + ": ", problems[0][1])

    def test_comments_strings_and_the_words_of_the_core_are_fine(self):
        for sample in ["// Reads no clock, starts no std::thread.",
                       "/* LOG(INFO)\n std::mutex */",
                       "name = \"std::thread\";",
                       "name = R\"(printf())\";",
                       "#include <chrono>",
                       "using TimePoint = std::chrono::time_point<monotonic_t, Duration>;",
                       "callTimedOut(id); run_time(0); deadline.time(0);",
                       "std::string text = fmt::format(\"{}\", n);",
                       "const char quote = '\"'; int n = 1'000'000;"]:
            with self.subTest(sample):
                self.assertEqual(found(rules.impurities, sample), [])


class OuterIncludes(unittest.TestCase):
    def test_the_core_includes_nothing_around_it(self):
        for path in ["owpool/runtime.h", "owpool/testing/manual_clock.h", "driver/mutex.h",
                     "http/client.h"]:
            self.assertEqual(found(rules.outer_includes, f'#include "{path}"'), [1], path)
        self.assertEqual(found(rules.outer_includes, "\n#include <owpool/process.h>"), [2])

    def test_its_own_headers_are_fine(self):
        self.assertEqual(found(rules.outer_includes, '#include "core/assert.h"\n#include <map>\n'
                                                     '#include "owpool/pool.h"\n'
                                                     '// #include "driver/mutex.h"'), [])


class LongLines(unittest.TestCase):
    def test_characters_count_not_bytes(self):
        self.assertEqual(found(rules.long_lines, "x\n" + "…" * 100 + "\n"), [])
        self.assertEqual(found(rules.long_lines, "x\n" + "…" * 101 + "\n"), [2])


class SplitNames(unittest.TestCase):
    def test_only_a_semicolon_in_the_name_is_wrong(self):
        self.assertEqual(found(rules.split_names, 'TEST_CASE("a; b") {'), [1])
        self.assertEqual(found(rules.split_names, 'TEST_CASE("a, b") { f("c;"); }'), [])


class LongFunctions(unittest.TestCase):
    def body(self, lines):
        return "  if (a) { b(); }\n" * lines

    def test_from_its_first_line_to_its_last(self):
        head, end = "int f(int a,\n      int b) {\n", "}\n"
        self.assertEqual(found(rules.long_functions, head + self.body(67) + end), [])
        self.assertEqual(found(rules.long_functions, "\n" + head + self.body(68) + end), [2])

    def test_wherever_it_is(self):
        for before, after in [("namespace a {\nnamespace {\n", "}\n}\n"),
                              ("class A final : public B {\n public:\n", "};\n"),
                              ("const Flag flags[] = {{1, 2}};\n", ""),
                              ("#define M(a) \\\n  do { \\\n  } while (0\n", "")]:
            with self.subTest(before):
                text = before + "A::A(int a) : a_(a) {\n" + self.body(69) + "}\n" + after
                self.assertEqual(found(rules.long_functions, text), [before.count("\n") + 1])

    def test_a_lambda_counts_for_its_function(self):
        text = "void f() {\n  g([&](auto a) {\n" + self.body(70) + "  });\n}\n"
        self.assertEqual(found(rules.long_functions, text), [1])

    def test_a_class_and_a_table_may_be_long(self):
        rows = "    {1, f(2)},\n" * 80
        for text in ["class A {\n" + "  int f();\n" * 80 + "};",
                     "const Row rows[] = {\n" + rows + "};"]:
            self.assertEqual(found(rules.long_functions, text), [])


if __name__ == "__main__":
    unittest.main()
