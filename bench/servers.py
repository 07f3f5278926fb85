"""What is measured, side by side: the newsroom, Django that says hello, and nginx, each on a port of its own."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GIVE_UP = 60  # seconds
NGINX = """
worker_processes 2;
error_log {folder}/nginx-error.log crit;
pid {folder}/nginx.pid;
daemon off;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    include mime.types;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    server {{ listen 127.0.0.1:{static_port}; root {folder}/static-page; gzip_static on; }}
    {site}
}}
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def granian(application: str, port: int) -> list[str]:
    """The newsroom's own command of the web server, for ``application``."""
    from newsroom.management.commands.serve import web_server

    return [part if part != "newsroom.wsgi:application" else application for part in web_server("127.0.0.1", port)]


@contextlib.contextmanager
def running(command: list[str], port: int, *, path: str = "/", environment: dict | None = None) -> Iterator[float]:
    """Run ``command`` until the block ends; yields the seconds until ``path`` at ``port`` first answered 200."""
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=environment or os.environ, start_new_session=True)
    try:
        while not answers(port, path):
            if process.poll() is not None or time.monotonic() - began > GIVE_UP:
                raise SystemExit(f"{' '.join(command[:4])} … did not answer at {path}")
            time.sleep(0.02)
        yield time.monotonic() - began
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def answers(port: int, path: str) -> bool:
    try:
        return fetch(port, path).status == 200
    except (OSError, http.client.HTTPException):
        return False


def fetch(port: int, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.body = answer.read()
    connection.close()
    return answer


def newsroom(port: int, path: str):
    return running(granian("newsroom.wsgi:application", port), port, path=path)


def hello(port: int):
    return running(granian("bench.hello:application", port), port)


def nginx(folder: Path, static_port: int, site_port: int, application_port: int):
    """nginx: ``static-page/`` of ``folder`` at one port, ``deploy/nginx.conf`` before the newsroom at another."""
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    for ours, there in (
        ("/var/cache/nginx/newsroom", f"{folder}/nginx-cache"),
        ("/srv/newsroom/var/static/", f"{os.environ['NEWSROOM_VAR_DIR']}/static/"),
        ("server 127.0.0.1:8000", f"server 127.0.0.1:{application_port}"),
        ("listen 80;", f"listen 127.0.0.1:{site_port};"),
        ("server_name newsroom.example;", "server_name 127.0.0.1;"),
    ):
        assert ours in site, f"deploy/nginx.conf no longer says {ours}"
        site = site.replace(ours, there)
    shutil.copy("/etc/nginx/mime.types", folder / "mime.types")
    folder.chmod(0o755)  # started by root, nginx reads as somebody else
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, static_port=static_port, site=site))
    command = [shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(configuration), "-e", f"{folder}/nginx-error.log"]
    return running(command, static_port, path="/page.html")


def memory_of(port: int) -> int:
    """Resident bytes of all processes whose command names ``port``, and of their children."""
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and f"--port\0{port}\0" in _read(entry / "cmdline"):
            resident = re.search(r"VmRSS:\s+(\d+) kB", _read(entry / "status"))
            total += int(resident.group(1)) * 1024 if resident else 0
    return total


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def versions() -> dict[str, str]:
    """What ran here, for the report."""
    import django
    import granian as server

    def said(*command: str) -> str:
        found = shutil.which(command[0]) or shutil.which(command[0], path="/usr/sbin:/sbin")
        if not found:
            return "not installed"
        done = subprocess.run([found, *command[1:]], capture_output=True, text=True, check=False)
        return (done.stdout + done.stderr).strip().splitlines()[0]

    model = re.search(r"model name\s*:\s*(.+)", _read(Path("/proc/cpuinfo")))
    return {
        "machine": f"{os.cpu_count()} × {model.group(1) if model else 'unknown'}",
        "Python": sys.version.split()[0],
        "Django": django.get_version(),
        "granian": server.__version__,
        "nginx": said("nginx", "-v"),
        "wrk": said("wrk", "-v")[:30],
    }
