"""Unpacks an action's zip archive, which is a user's and is believed nothing."""
import binascii
import io
import os
import shutil
import stat
import zipfile
import zlib

from owpool_action import ActionError

TOTAL_MAX = 512 * 1024 * 1024
ENCRYPTED = 0x1
BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n"


class ArchiveError(ActionError):
    def __str__(self):
        return f"The action's zip archive cannot be read: {self.args[0]}."


def decode_archive(code):
    """The archive's bytes, from base64."""
    try:
        text = code.encode("ascii")
        if text.translate(None, BASE64):
            raise ValueError
        return binascii.a2b_base64(text)
    except ValueError:
        raise ActionError("The code is binary but not base64.") from None


def extract(archive, directory):
    """Writes what is in "archive" below "directory", which exists. Raises ArchiveError;
    some of it may have been written by then."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = opened.infolist()
            for entry in entries:
                check_entry(entry)
            if sum(entry.file_size for entry in entries) > TOTAL_MAX:
                raise ArchiveError(f"it unpacks to more than {TOTAL_MAX} bytes")
            links = [entry for entry in entries if is_link(entry)]
            for entry in entries:
                if not is_link(entry):
                    extract_one(opened, entry, os.path.join(directory, entry.filename))
            # Last, so that nothing is written through one.
            for entry in links:
                make_link(directory, entry, opened.read(entry))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ArchiveError(str(error)) from None


def check_entry(entry):
    name = entry.filename
    if not name or name.startswith("/") or ".." in name.split("/"):
        raise ArchiveError(f'"{name}" is not a path inside it')
    if entry.flag_bits & ENCRYPTED:
        raise ArchiveError(f'"{name}" is encrypted')


def unix_mode(entry):
    return entry.external_attr >> 16 if entry.create_system == 3 else 0


def is_link(entry):
    return stat.S_ISLNK(unix_mode(entry))


def extract_one(opened, entry, file):
    if entry.is_dir():
        os.makedirs(file, exist_ok=True)
        return
    os.makedirs(os.path.dirname(file), exist_ok=True)
    # Reading stops at the size that the entry says, which the sum above has bounded.
    with opened.open(entry) as content, open(file, "wb") as copy:
        shutil.copyfileobj(content, copy, 1 << 20)
    if unix_mode(entry):
        os.chmod(file, unix_mode(entry) & 0o777 | 0o600)


def make_link(directory, entry, target):
    target = target.decode("utf-8", "surrogateescape")
    parent = os.path.dirname(os.path.join("/", os.path.normpath(entry.filename)))
    depth = len([part for part in parent.split("/") if part])
    if not target or target.startswith("/") or "\0" in target or climbs(target) > depth:
        raise ArchiveError(f'the link "{entry.filename}" leads out of it')
    file = os.path.join(directory, entry.filename)
    os.makedirs(os.path.dirname(file), exist_ok=True)
    os.symlink(target, file)


def climbs(target):
    """How many directories above its own a relative path reaches."""
    depth = highest = 0
    for part in target.split("/"):
        if part == "..":
            depth -= 1
            highest = max(highest, -depth)
        elif part not in ("", "."):
            depth += 1
    return highest
