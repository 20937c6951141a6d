"""Directories behind nginx, at once and with latency."""

import os
import socket
import subprocess
import time

from measure import fail

# Seconds that a distant cache takes longer.
LATENCY = 0.02

NGINX = """
load_module {modules}/ngx_http_echo_module.so;
worker_processes auto;
daemon off;
pid {scratch}/nginx.pid;
error_log {scratch}/nginx.log;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  keepalive_requests 1000000;
  client_body_temp_path {scratch}/body;
  proxy_temp_path {scratch}/proxy;
  fastcgi_temp_path {scratch}/fastcgi;
  uwsgi_temp_path {scratch}/uwsgi;
  scgi_temp_path {scratch}/scgi;
  # Plain files.
  server {{ listen 127.0.0.1:{plain} backlog=4096; root {cache}; }}
  # The same, {latency} s later.
  server {{
    listen 127.0.0.1:{slow} backlog=4096;
    location / {{ echo_sleep {latency}; echo_exec @files; }}
    location @files {{ root {cache}; }}
  }}
}}
"""


def free_port():
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


class Nginx:
    """Serves `directory` at `plain`, and at `slow` some milliseconds later; keeps its own files in `scratch`."""

    def __init__(self, scratch, directory):
        # nginx drops its privileges, and must reach the files all the same.
        for path in [os.path.dirname(scratch), scratch]:
            os.chmod(path, 0o755)
        ports = free_port(), free_port()
        self.plain, self.slow = (f"http://127.0.0.1:{port}" for port in ports)
        configuration = os.path.join(scratch, "nginx.conf")
        with open(configuration, "w") as file:
            file.write(NGINX.format(modules="/usr/lib/nginx/modules", scratch=scratch, cache=directory,
                                    plain=ports[0], slow=ports[1], latency=LATENCY))
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-c", configuration, "-e", f"{scratch}/nginx.log"])
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", ports[1])).close()
                return
            except OSError:
                time.sleep(0.05)
        fail("nginx did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()
