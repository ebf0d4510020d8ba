"""What is particular to JavaScript actions and to Python actions, and the examples."""
import json
import threading
import time
import unittest

from runtime_process import SENTINEL, SOURCE_DIR, start

BIG = 12345678901234567890


class LanguageTest(unittest.TestCase):
    kind = ""

    def loaded(self, code, main="main", environment=None):
        runtime = start(self, self.kind, environment)
        self.assertEqual((200, {"ok": True}), runtime.init(code, main))
        return runtime

    def result(self, code, value=None, main="main"):
        return self.loaded(code, main).run(value)


class NodeTest(LanguageTest):
    kind = "nodejs:20"

    def test_main_is_a_name_in_the_code_or_an_export(self):
        for code, main in [
            ("function main() { return { a: 1 } }", "main"),
            ("const main = () => ({ a: 1 })", "main"),
            ("function other() { return { a: 1 } } // a comment", "other"),
            ("exports.main = () => ({ a: 1 })", "main"),
            ("module.exports = { f: () => ({ a: 1 }) }", "f"),
            ("module.exports.default = () => ({ a: 1 })", "default"),
            ("const api = { v1: { f() { return { a: 1 } } } }", "api.v1.f"),
            ("'use strict'; async function main() { return { a: 1 } }", "main"),
            ("class Main { static f() { return { a: 1 } } }", "Main.f"),
        ]:
            with self.subTest(code=code, main=main):
                self.assertEqual((200, {"a": 1}), self.result(code, main=main))

    def test_code_may_require_and_import(self):
        code = """
            const crypto = require('crypto');
            async function main() {
              const { basename } = await import('node:path');
              return { a: crypto.createHash('md5').update('').digest('hex'), b: basename('/x/y'),
                       c: __dirname === process.cwd() };
            }"""
        self.assertEqual((200, {"a": "d41d8cd98f00b204e9800998ecf8427e", "b": "y", "c": True}),
                         self.result(code))

    def test_what_a_promise_or_nothing_becomes(self):
        runtime = self.loaded("""
            function main({ how }) {
              switch (how) {
                case 'resolve': return new Promise((done) => setTimeout(done, 5, { late: 1 }));
                case 'thenable': return { then: (done) => done({ t: 1 }) };
                case 'reject': return Promise.reject({ code: 42, deep: { f() {} } });
                case 'reject text': return Promise.reject('no');
                case 'reject nothing': return Promise.reject();
                case 'reject loop': { const e = { a: 1 }; e.self = e; return Promise.reject(e); }
                case 'function': return () => 1;
              }
            }""")
        for how, status, result in [
            ("", 200, {}),
            ("resolve", 200, {"late": 1}),
            ("thenable", 200, {"t": 1}),
            ("reject", 200, {"error": {"code": 42, "deep": {}}}),
            ("reject text", 200, {"error": "no"}),
            ("reject nothing", 200, {"error": {}}),
            ("reject loop", 200, {"error": {"a": 1, "self": "[Circular]"}}),
            ("function", 502, {"error": "The action did not return a dictionary or array."}),
        ]:
            with self.subTest(how):
                self.assertEqual((status, result), runtime.run({"how": how}))

    def test_a_rejection_with_an_error_is_an_application_error_that_tells_it(self):
        status, body = self.result("async function main() { throw new RangeError('too far') }")
        self.assertEqual((200, "RangeError", "too far"),
                         (status, body["error"]["name"], body["error"]["message"]))
        self.assertIn("action.js:1", body["error"]["stack"])

    def test_an_exception_is_a_crash_and_the_runtime_serves_no_more(self):
        for thrown, text in [("new Error('boom')", "An error has occurred: Error: boom"),
                             ("'text'", "An error has occurred: text"),
                             ("undefined", "An error has occurred: undefined"),
                             ("Object.create(null)", "An error has occurred: something")]:
            with self.subTest(thrown):
                runtime = self.loaded(f"function main() {{ throw {thrown} }}")
                status, body = runtime.run()
                self.assertEqual(502, status)
                self.assertTrue(body["error"].startswith(text), body)
                out, err = runtime.logs()
                self.assertEqual(SENTINEL + "\n", out)
                self.assertTrue(err.endswith("\n" + SENTINEL + "\n"), err)
                self.assertEqual((403, {"error": "System not ready, status is stopped."}),
                                 runtime.run())

    def test_numbers_are_doubles(self):
        code = "function main(args) { return { ...args, kind: typeof args.n } }"
        body = json.dumps({"value": {"n": BIG}}).encode()[:-2] + b', "e": 1e400, "f": 0.1}}'
        status, answer = self.loaded(code).request("POST", "/run", body)
        self.assertEqual((200, 12345678901234567000, None, 0.1, "number"),
                         (status, answer["n"], answer["e"], answer["f"], answer["kind"]))

    def test_a_stream_that_the_action_captures_does_not_lose_the_sentinel(self):
        runtime = self.loaded("""
            function main() {
              let captured = '';
              process.stdout.write = (text) => { captured += text };
              console.log = console.error = () => {};
              process.stdout.write('x');
              return { captured };
            }""")
        self.assertEqual((200, {"captured": "x"}), runtime.run())
        self.assertEqual((SENTINEL + "\n", SENTINEL + "\n"), runtime.logs())

    def test_an_error_outside_an_activation_ends_the_runtime(self):
        runtime = self.loaded("function main() { setTimeout(() => { throw 1 });"
                              "                  return new Promise(() => {}) }")
        with self.assertRaises(ConnectionError):
            runtime.run()
        self.assertNotEqual(0, runtime.wait())


class PythonTest(LanguageTest):
    kind = "python:3"

    def test_main_is_a_name_in_the_code(self):
        for code, main in [
            ("def main(args): return {'a': 1}", "main"),
            ("other = lambda args: {'a': 1}", "other"),
            ("class C:\n  def __call__(self, args): return {'a': 1}\nc = C()", "c"),
            ("from __future__ import annotations\ndef main(args: Late): return {'a': 1}", "main"),
            ("def main(args): return {'a': 1}\nif __name__ == '__main__': main = None", "main"),
            ("import dataclasses\n@dataclasses.dataclass\nclass D:\n  a: 'int' = 1\n"
             "def main(args): return dataclasses.asdict(D())", "main"),
        ]:
            with self.subTest(code=code, main=main):
                self.assertEqual((200, {"a": 1}), self.result(code, main=main))

    def test_an_exception_is_an_application_error_and_its_traceback_is_logged(self):
        runtime = self.loaded("def deep(): raise ValueError('not so')\n"
                              "def main(args):\n"
                              "  if args: assert False\n"
                              "  return deep()\n")
        self.assertEqual((200, {"error": "not so"}), runtime.run())
        out, err = runtime.logs()
        self.assertEqual(SENTINEL + "\n", out)
        self.assertIn('action.py", line 4, in main\n    return deep()', err)
        self.assertNotIn("owpool_", err)
        self.assertTrue(err.endswith("ValueError: not so\n" + SENTINEL + "\n"), err)
        self.assertEqual((200, {"error": "AssertionError"}), runtime.run({"x": 1}))

    def test_nothing_is_no_result(self):
        self.assertEqual((502, {"error": "The action did not return a dictionary or array."}),
                         self.result("def main(args): pass"))

    def test_tuples_are_arrays(self):
        self.assertEqual((200, [1, 2]), self.result("def main(args): return (1, 2)"))

    def test_numbers_keep_all_digits_and_infinity_is_no_json(self):
        runtime = self.loaded("def main(args): return args")
        self.assertEqual((200, {"n": BIG, "f": 0.1}), runtime.run({"n": BIG, "f": 0.1}))
        status, body = runtime.request("POST", "/run", b'{"value":{"e":1e400}}')
        self.assertEqual(502, status)
        self.assertIn("The action's result is not JSON", body["error"])
        self.assertEqual((502, True), (lambda status, body: (status, "set" in body["error"]))(
            *self.result("def main(args): return {'a': set()}")))

    def test_the_action_is_on_the_main_thread_and_one_at_a_time(self):
        runtime = self.loaded("""
import signal, threading, time
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
lock = threading.Lock()
def main(args):
    assert threading.current_thread() is threading.main_thread()
    assert lock.acquire(blocking=False)
    time.sleep(0.02)
    lock.release()
    return {"done": True}
""")
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(runtime.run()))
                   for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([(200, {"done": True})] * 4, answers)

    def test_what_is_printed_is_seen_before_the_activation_ends(self):
        runtime = self.loaded("import os, time\n"
                              "def main(args):\n"
                              "  print('still here')\n"
                              "  os._exit(5)\n")
        with self.assertRaises(ConnectionError):
            runtime.run()
        self.assertEqual(5, runtime.wait())
        self.assertEqual("still here\n", runtime.logs()[0])

    def test_streams_that_the_action_replaces_or_closes_do_not_lose_the_sentinel(self):
        for code in ("sys.stdout = open('log', 'w'); print('x')", "sys.stdout.close()",
                     "sys.stdout = None"):
            with self.subTest(code):
                runtime = self.loaded(f"import sys\ndef main(args):\n  {code}\n  return {{}}\n")
                self.assertEqual((200, {}), runtime.run())
                self.assertEqual((SENTINEL + "\n", SENTINEL + "\n"), runtime.logs())


class ExamplesTest(unittest.TestCase):
    def test_the_example_actions_do_what_they_say(self):
        abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        for file, value, expected in [
            ("hello.js", {"name": "Ada"}, {"greeting": "Hello, Ada!"}),
            ("hello.js", {}, {"greeting": "Hello, World!"}),
            ("hash.js", {"text": "abc"}, {"algorithm": "sha256", "hash": abc}),
            ("hash.js", {"algorithm": "none"}, {"error": 'There is no algorithm "none".'}),
            ("slow.js", {"ms": 10}, {"waited": 10}),
            ("wordcount.py", {"text": "to be or not to be", "top": 2},
             {"words": 6, "different": 4,
              "top": [{"word": "to", "count": 2}, {"word": "be", "count": 2}]}),
            ("divide.py", {"a": 7, "b": 2}, {"quotient": 3.5}),
            ("divide.py", {"a": 7, "b": 0}, {"error": "Cannot divide 7 by zero."}),
        ]:
            with self.subTest(file=file, value=value):
                code = (SOURCE_DIR / "examples" / "actions" / file).read_text()
                runtime = start(self, "nodejs:20" if file.endswith(".js") else "python:3")
                self.assertEqual(200, runtime.init(code)[0])
                status, result = runtime.run(value)
                result.pop("container", None)
                self.assertEqual((200, expected), (status, result))
                out, err = runtime.logs()
                self.assertGreater(len(out) + len(err), 2 * len(SENTINEL) + 2)


if __name__ == "__main__":
    unittest.main()
