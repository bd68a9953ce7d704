"""A real WordPress for a test: Debian's, on PHP's own web server and a MariaDB of its own.

    with WordPress(tmp_path) as site:
        address = site.post("Read this", "https://letters.example.org/de/night-trains")

Its theme is a page and nothing else. That it may ask hosts on this machine is the only thing
that differs from what an administrator installs.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.installation import free_port, wait_for
from tests.conftest import missing

DEBIANS = Path("/usr/share/wordpress")
PROGRAMS = ("mariadbd", "mariadb-install-db", "php")
START_SECONDS = 30

CONFIG = """<?php
define('DB_NAME', 'test'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{socket}'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', '{url}'); define('WP_SITEURL', '{url}'); define('DISABLE_WP_CRON', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
MAY_ASK_THIS_MACHINE = """<?php
add_filter('http_request_host_is_external', '__return_true');
add_filter('http_allowed_safe_ports', fn($ports) => [...$ports, {asked_port}]);
"""
THEME = """<!doctype html><html lang="en"><head><title>A partner</title><?php wp_head(); ?></head>
<body><main><?php while (have_posts()) { the_post(); the_content(); } ?></main>
<?php wp_footer(); ?></body></html>
"""
INSTALL = """<?php define('WP_INSTALLING', true);
require '{root}/wp-load.php'; require '{root}/wp-admin/includes/upgrade.php';
wp_install('A partner', 'editor', 'editor@example.org', true, '', 'a long password of ours');
switch_theme('plain');
"""
POST = """<?php require '{root}/wp-load.php'; wp_set_current_user(1);
$said = json_decode(stream_get_contents(STDIN), true);
echo wp_insert_post($said + ['post_status' => 'publish', 'post_author' => 1]);
"""


class WordPress:
    """Runs inside `with`; `url` is where. `asked_port`: where on this machine it may ask."""

    def __init__(self, folder: Path, *, asked_port: int) -> None:
        lacking = [name for name in PROGRAMS if shutil.which(name) is None]
        if lacking or not DEBIANS.exists():
            missing(f"WordPress needs: {', '.join(lacking) or 'wordpress'}")
        self._root, self._data = folder / "wordpress", folder / "mariadb"
        self._socket = folder / "sock"
        self._asked_port = asked_port
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._ending = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as ending:
            self._write()
            self._start_database(ending)
            self._run(INSTALL)
            self._start(ending, "php", "-S", f"127.0.0.1:{self._port}", "-t", str(self._root))
            wait_for(self.url)
            self._ending = ending.pop_all()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        self._ending.close()

    def post(self, title: str, text: str) -> str:
        """Publish a post; returns its address."""
        said = self._run(POST, json.dumps({"post_title": title, "post_content": text}))
        return f"{self.url}/?p={said}"

    def _write(self) -> None:
        left_out = shutil.ignore_patterns("wp-config.php")
        shutil.copytree(DEBIANS, self._root, ignore=left_out, ignore_dangling_symlinks=True)
        content = self._root / "wp-content"
        shutil.rmtree(content, ignore_errors=True)
        files = {
            self._root / "wp-config.php": CONFIG.format(socket=self._socket, url=self.url),
            content / "mu-plugins" / "local.php": MAY_ASK_THIS_MACHINE.format(
                asked_port=self._asked_port
            ),
            content / "themes" / "plain" / "index.php": THEME,
            content / "themes" / "plain" / "style.css": "/* Theme Name: Plain */",
        }
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def _start_database(self, ending: ExitStack) -> None:
        made = ["mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={self._data}",
                "--auth-root-authentication-method=normal"]  # fmt: skip
        subprocess.run(made, check=True, capture_output=True, timeout=START_SECONDS)
        self._start(
            ending, "mariadbd", "--no-defaults", "--user=root", f"--datadir={self._data}",
            f"--socket={self._socket}", "--skip-networking",
        )  # fmt: skip
        until = time.monotonic() + START_SECONDS
        while not self._socket.exists():
            if time.monotonic() > until:
                raise TimeoutError("MariaDB does not start")
            time.sleep(0.05)

    def _start(self, ending: ExitStack, *command: str) -> None:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._root
        )
        ending.callback(process.wait)
        ending.callback(process.terminate)

    def _run(self, program: str, said: str = "") -> str:
        """Run PHP inside WordPress; returns what it prints."""
        file = self._root.parent / "run.php"
        file.write_text(program.format(root=self._root))
        done = subprocess.run(
            ["php", str(file)], input=said, capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout
