"""nginx with TLS before a server of ours, and plain HTTP that leads there; on loopback alone."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.docs.installation import PATIENCE

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
OPENSSL = shutil.which("openssl")
HOST = "localhost"


@dataclass(frozen=True)
class Front:
    """Where it listens, and the certificate that a visitor has to trust."""

    http_port: int
    https_port: int
    certificate: Path


def lacks() -> str:
    """Why there can be no front on this machine; "" if there can."""
    if not Path(NGINX).exists():
        return "nginx is missing: apt install nginx"
    return "" if OPENSSL else "openssl is missing: apt install openssl"


@contextmanager
def front(folder: Path, *, http_port: int, https_port: int, site_port: int) -> Iterator[Front]:
    """It listens inside, and is gone afterwards."""
    certificate = folder / "certificate.pem"
    subprocess.run(
        [str(OPENSSL), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}",
         "-keyout", str(folder / "key.pem"), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    configuration = folder / "nginx.conf"
    configuration.write_text(f"""
        {"user root;" if folder.owner() == "root" else ""}
        daemon off; pid {folder}/pid; error_log {folder}/error.log warn; events {{}}
        http {{
            {temporary} access_log off; server_tokens off;
            server {{
                listen 127.0.0.1:{http_port};
                return 308 https://{HOST}:{https_port}$request_uri;
            }}
            server {{
                listen 127.0.0.1:{https_port} ssl;
                ssl_certificate {certificate}; ssl_certificate_key {folder}/key.pem;
                location / {{
                    proxy_pass http://127.0.0.1:{site_port};
                    proxy_set_header Host $http_host;
                }}
            }}
        }}""")
    nginx = subprocess.Popen([NGINX, "-c", str(configuration), "-e", str(folder / "error.log")])
    try:
        _wait_for(http_port)
        yield Front(http_port, https_port, certificate)
    finally:
        nginx.terminate()
        nginx.wait(PATIENCE)


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        connection = HTTPConnection("127.0.0.1", port)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except ConnectionError:
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
