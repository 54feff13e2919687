"""The backup file: a compressed tar with a list of checksums, sealed with a passphrase where one is given.

Layout: one line that names the format, then the tar; sealed, the tar is cut into pieces that AES-256-GCM encrypts with
a key scrypt makes from the passphrase. Pieces are numbered and the last one says so, so none can be dropped or moved.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from aimline.core.errors import Unreadable

PLAIN, SEALED = b"aimline backup 1 plain\n", b"aimline backup 1 sealed\n"
PIECE = 1024 * 1024
MANIFEST = "manifest.json"
DAMAGED = "The backup file is damaged or not whole, so nothing was restored. Take another copy of it."
NOT_OPENED = (
    "The backup cannot be opened. The passphrase is wrong, or the file is damaged. Nothing was restored."
)


class Sealing(io.RawIOBase):
    """A file to write to that encrypts on the way."""

    def __init__(self, target: IO[bytes], passphrase: str) -> None:
        self.target, self.held, self.count = target, bytearray(), 0
        salt = os.urandom(16)
        target.write(salt)
        self.cipher = AESGCM(_key(passphrase, salt))

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.held += data
        while len(self.held) > PIECE:
            self._put(bytes(self.held[:PIECE]), last=False)
            del self.held[:PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self.held), last=True)
        super().close()

    def _put(self, piece: bytes, *, last: bool) -> None:
        sealed = self.cipher.encrypt(_nonce(self.count), piece, b"last" if last else b"more")
        self.target.write(struct.pack(">I?", len(sealed), last) + sealed)
        self.count += 1


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode())


def _nonce(count: int) -> bytes:
    return count.to_bytes(12, "big")


def write(target: Path, folder: Path, facts: dict[str, object], passphrase: str | None) -> None:
    """Pack every file below `folder`; the target appears whole or not at all."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    manifest = {**facts, "files": {name: _sha256(folder / name) for name in names}}
    try:
        with draft.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(SEALED if passphrase else PLAIN)
            with _body(file, passphrase) as body, tarfile.open(fileobj=body, mode="w|gz") as tar:
                _add_text(tar, MANIFEST, json.dumps(manifest, indent=1))
                for name in names:
                    tar.add(folder / name, arcname=name)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _body(file: IO[bytes], passphrase: str | None) -> Iterator[Any]:
    if not passphrase:
        yield file
        return
    with Sealing(file, passphrase) as sealing:
        yield sealing


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    info = tarfile.TarInfo(name)
    data = text.encode()
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def unpack(source: Path, folder: Path, passphrase: str | None) -> dict[str, Any]:
    """Unpack into `folder`, check every file against its checksum and return the manifest."""
    with source.open("rb") as file:
        head = file.readline(64)
        if head not in {PLAIN, SEALED}:
            raise Unreadable(f"{source.name} is not a backup of Aimline. Nothing was restored.")
        if head == SEALED and not passphrase:
            raise Unreadable(
                "This backup is sealed. Name the file with its passphrase: --passphrase-file FILE."
            )
        if head == SEALED:
            opened = folder / ".opened"
            with opened.open("wb") as plain:
                _unseal(file, plain, passphrase or "")
            with opened.open("rb") as plain:
                _extract(plain, folder)
            opened.unlink()
        else:
            _extract(file, folder)
    return _checked(folder)


def _unseal(file: IO[bytes], plain: IO[bytes], passphrase: str) -> None:
    cipher, count, last = AESGCM(_key(passphrase, file.read(16))), 0, False
    while not last:
        head = file.read(5)
        if len(head) < 5:
            raise Unreadable(DAMAGED)
        size, last = struct.unpack(">I?", head)
        try:
            plain.write(
                cipher.decrypt(_nonce(count), file.read(min(size, PIECE + 64)), b"last" if last else b"more")
            )
        except InvalidTag as error:
            raise Unreadable(NOT_OPENED) from error
        count += 1


def _extract(file: IO[bytes], folder: Path) -> None:
    try:
        with tarfile.open(fileobj=file, mode="r|gz") as tar:
            # The filter refuses links, devices and names that lead out of the folder.
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise Unreadable(DAMAGED) from error


def _checked(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        listed = manifest["files"]
    except (OSError, ValueError, KeyError) as error:
        raise Unreadable(DAMAGED) from error
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {
        MANIFEST,
        ".opened",
    }
    if there != set(listed) or any(_sha256(folder / name) != digest for name, digest in listed.items()):
        raise Unreadable(DAMAGED)
    return manifest


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
