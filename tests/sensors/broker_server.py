"""A real broker (mosquitto) in a folder of its own, on a port of its own."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PROGRAM = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
NAME, PASSWORD = "meters", "a-long-password"


class Broker:
    """Start, stop and start again: persistent sessions survive in its folder."""

    def __init__(self, folder: Path, *, tls: bool = False) -> None:
        self.folder = folder
        self.port = _free_port()
        self._tls = tls
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "store").mkdir()
        _passwords(folder / "passwords")

    def start(self) -> None:
        """Returns once it takes connections."""
        assert PROGRAM is not None
        (self.folder / "broker.conf").write_text(self._settings())
        self._process = subprocess.Popen(
            [PROGRAM, "-c", str(self.folder / "broker.conf")], stderr=subprocess.DEVNULL
        )
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        self.stop()
        raise AssertionError("mosquitto does not start")

    def stop(self) -> None:
        """As a restart of the broker's machine would."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None

    def _settings(self) -> str:
        lines = [
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous false",
            f"password_file {self.folder / 'passwords'}",
            "persistence true",
            f"persistence_location {self.folder / 'store'}/",
            "log_type none",
            f"user {getpass.getuser()}",  # else root becomes a user who may not read the folder
        ]
        if self._tls:
            lines += [f"certfile {self.folder / 'cert.pem'}", f"keyfile {self.folder / 'key.pem'}"]
        return "\n".join(lines) + "\n"


def broker_or_skip(folder: Path, *, tls: bool = False) -> Broker:
    """A broker that runs; scripts/test sees to it that the program is there."""
    if PROGRAM is None:
        pytest.skip("mosquitto is not installed: apt-get install mosquitto")
    broker = Broker(folder, tls=tls)
    if tls:
        _certify(folder)
    broker.start()
    return broker


def _certify(folder: Path) -> None:
    """A key and a certificate for 127.0.0.1 that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(alternative, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _passwords(path: Path) -> None:
    program = shutil.which("mosquitto_passwd", path="/usr/sbin:/usr/bin:/usr/local/bin")
    assert program is not None
    subprocess.run([program, "-b", "-c", str(path), NAME, PASSWORD], check=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
