"""Actions that are zip archives, the harmless and the others."""
import base64
import io
import stat
import unittest
import zipfile

from runtime_process import SENTINEL, start, zip_of

LINK = stat.S_IFLNK | 0o777


def patched(archive, signature, offset, replacement):
    """The archive with bytes replaced in every record that begins with "signature"."""
    content = bytearray(base64.b64decode(archive))
    at = content.find(signature)
    while at >= 0:
        content[at + offset:at + offset + len(replacement)] = replacement
        at = content.find(signature, at + 1)
    return base64.b64encode(bytes(content)).decode()


def compressed(files, method):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return base64.b64encode(content.getvalue()).decode()


class ArchiveRules:
    kind = ""
    files = {}   # An action that answers {"a": 1}.
    entry = ""   # Its main file.

    def assertAnswers(self, archive, expected, main="main"):
        runtime = start(self, self.kind)
        self.assertEqual((200, {"ok": True}), runtime.init(archive, main, binary=True))
        self.assertEqual((200, expected), runtime.run())

    def assertRefused(self, archive, *reasons):
        runtime = start(self, self.kind)
        status, body = runtime.init(archive, binary=True)
        self.assertEqual(502, status)
        for reason in reasons:
            self.assertIn(reason, body["error"])
        out, err = runtime.logs()
        self.assertEqual((SENTINEL + "\n", True), (out, err.endswith("\n" + SENTINEL + "\n")))
        return runtime

    def test_an_archive_may_be_stored_or_deflated_and_have_a_comment(self):
        self.assertAnswers(zip_of(self.files), {"a": 1})
        self.assertAnswers(compressed(self.files, zipfile.ZIP_STORED), {"a": 1})
        content = io.BytesIO(base64.b64decode(zip_of(self.files)))
        with zipfile.ZipFile(content, "a") as archive:
            archive.comment = b"a comment"
        self.assertAnswers(base64.b64encode(content.getvalue()).decode(), {"a": 1})

    def test_permissions_and_links_are_kept(self):
        runtime = start(self, self.kind)
        files = {**self.files, "bin/tool": ("#!/bin/sh\n", 0o100755), "link": ("bin/tool", LINK),
                 "bin/up": ("../bin/tool", LINK)}
        self.assertEqual(200, runtime.init(zip_of(files), binary=True)[0])
        directory, = runtime.directory.glob("action-*")
        self.assertEqual(0o755, stat.S_IMODE((directory / "bin/tool").stat().st_mode))
        self.assertEqual("#!/bin/sh\n", (directory / "link").read_text())
        self.assertEqual("#!/bin/sh\n", (directory / "bin/up").read_text())

    def test_paths_out_of_the_archive_are_refused(self):
        for name in ("../evil", "a/../../evil", "/evil", "a/.."):
            with self.subTest(name):
                runtime = self.assertRefused(zip_of({**self.files, name: "x"}), name, "not a path")
                self.assertFalse((runtime.directory / "evil").exists())
        for target in ("/etc", "..", "a/../..", "../../x"):
            with self.subTest(link=target):
                self.assertRefused(zip_of({**self.files, "l": (target, LINK)}), '"l" leads out')

    def test_archives_that_cannot_be_read_are_refused(self):
        archive = zip_of(self.files)
        central, end = b"PK\x01\x02", b"PK\x05\x06"
        content = base64.b64decode(archive)
        for name, broken, reason in [
            ("not base64", "{}", "not base64"),
            ("empty base64", "====", ""),
            ("no archive", base64.b64encode(b"no zip archive at all" * 9).decode(), "zip"),
            ("cut off", base64.b64encode(content[:-30]).decode(), "zip"),
            ("only the end", base64.b64encode(content[-40:]).decode(), "zip"),
            ("encrypted", patched(archive, central, 8, b"\x01\0"), "encrypted"),
            ("bzip2", compressed(self.files, zipfile.ZIP_BZIP2), ""),
            ("huge", patched(archive, central, 24, b"\xf0\xff\xff\xff"), "more than"),
            ("longer than it says", patched(archive, central, 24, b"\x02\0\0\0"), ""),
            ("wrong checksum", patched(archive, central, 16, b"\0\0\0\0"), ""),
            ("offset beyond", patched(archive, central, 42, b"\xf0\xff\xff\x7f"), ""),
            ("directory beyond", patched(archive, end, 16, b"\xf0\xff\xff\x7f"), ""),
        ]:
            with self.subTest(name):
                if name == "bzip2" and self.kind == "python:3":
                    continue  # Python can read it.
                self.assertRefused(broken, "Initialization has failed due to: ", reason)

    def test_damaged_bytes_never_end_the_runtime_without_an_answer(self):
        content = base64.b64decode(zip_of(self.files))
        runtime = None
        for at in range(0, len(content), max(1, len(content) // 6)):
            damaged = bytearray(content)
            damaged[at] ^= 0xff
            runtime = start(self, self.kind)
            status, _ = runtime.init(base64.b64encode(bytes(damaged)).decode(), binary=True)
            self.assertIn(status, (200, 502))

    def test_an_archive_without_a_main_file_is_refused(self):
        self.assertRefused(zip_of({"readme": "x"}), self.entry)
        self.assertRefused(zip_of({}), self.entry)


class NodeArchive(ArchiveRules, unittest.TestCase):
    kind, entry = "nodejs:20", "package.json or index.js"
    files = {"index.js": "exports.main = () => require('one');",
             "node_modules/one/index.js": "module.exports = { a: 1 };"}

    def test_the_main_file_is_that_of_the_package_or_of_main(self):
        package = {"package.json": '{"main":"lib/go.js"}',
                   "lib/go.js": "exports.main = () => ({ cwd: process.cwd() === require('path')"
                                ".dirname(__dirname) })"}
        self.assertAnswers(zip_of(package), {"cwd": True})
        two = {"other.js": "exports.api = { f: () => ({ b: 2 }) }"}
        self.assertAnswers(zip_of(two), {"b": 2}, main="other.api.f")

    def test_ecmascript_modules_are_imported(self):
        files = {"package.json": '{"type":"module","main":"m.js"}',
                 "m.js": "import one from 'one';\nexport function main() { return one }",
                 "node_modules/one/index.js": "module.exports = { a: 1 };"}
        self.assertAnswers(zip_of(files), {"a": 1})
        files["m.js"] = "import one from 'one';\nexport default { main: () => one }"
        self.assertAnswers(zip_of(files), {"a": 1})

    def test_errors_of_the_code_are_told(self):
        self.assertRefused(zip_of({"index.js": "\nexports.main = ("}), "index.js:2", "SyntaxError")
        self.assertRefused(zip_of({"index.js": "exports.x = 1"}), "'main' is not a function")
        self.assertRefused(zip_of({"index.js": "require('nope')"}), "Cannot find module 'nope'")
        self.assertRefused(zip_of({"package.json": "{"}), "package.json")


class PythonArchive(ArchiveRules, unittest.TestCase):
    kind, entry = "python:3", "__main__.py"
    files = {"__main__.py": "from one.two import result\ndef main(args): return result",
             "one/__init__.py": "", "one/two.py": "result = {'a': 1}"}

    def test_the_directory_is_that_of_the_archive(self):
        files = {"__main__.py": "import os\ndef main(args): return {'a': os.getcwd() == "
                                "os.path.dirname(__file__), 'data': open('data').read()}",
                 "data": "d"}
        self.assertAnswers(zip_of(files), {"a": True, "data": "d"})

    def test_a_virtual_environment_is_activated(self):
        files = {"__main__.py": "import packaged\ndef main(args): return packaged.result",
                 "virtualenv/bin/activate_this.py":
                     "import os, sys\nbase = os.path.dirname(os.path.dirname(__file__))\n"
                     "sys.path.insert(0, os.path.join(base, 'lib'))",
                 "virtualenv/lib/packaged.py": "result = {'p': 1}"}
        self.assertAnswers(zip_of(files), {"p": 1})
        files["virtualenv/Scripts/activate_this.py"] = files.pop("virtualenv/bin/activate_this.py")
        self.assertAnswers(zip_of(files), {"p": 1})
        del files["virtualenv/Scripts/activate_this.py"]
        self.assertRefused(zip_of(files), "Invalid virtualenv")

    def test_errors_of_the_code_are_told(self):
        self.assertRefused(zip_of({"__main__.py": "\ndef main(:"}), "SyntaxError", "line 2")
        self.assertRefused(zip_of({"__main__.py": "x = 1"}), "'main' is not a function")
        self.assertRefused(zip_of({"__main__.py": "import nope"}), "No module named 'nope'")


if __name__ == "__main__":
    unittest.main()
