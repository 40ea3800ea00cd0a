"""Makes servers of files on this machine."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.patience import join_thread


class FileServer(ThreadingHTTPServer):
    """Serves files by name; `asked` has the path and the range of every request.

    Attributes:
        ranges: whether it can resume.
        stops_after: bytes of a body after which it hangs up, once.
    """

    daemon_threads = True

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.ranges, self.stops_after, self.asked = files, True, None, []

    def url(self, name):
        return f"http://127.0.0.1:{self.server_port}/{name}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        name, wanted = self.path.lstrip("/"), self.headers.get("Range")
        self.server.asked.append((name, wanted))
        if name.startswith("moved-"):
            self.send_response(302)
            self.send_header("Location", f"/{name.removeprefix('moved-')}")
            self.end_headers()
            return
        if name not in self.server.files:
            self.send_error(404)
            return
        body, start = self.server.files[name], 0
        if wanted and self.server.ranges:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(body):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(body)}")
                self.end_headers()
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        stop, self.server.stops_after = self.server.stops_after, None
        self.wfile.write(body[start:stop])

    def log_message(self, *_):
        pass


@contextmanager
def serve_files(files):
    """Serve files, bytes by name, while the context lasts; gives the `FileServer`."""
    server = FileServer(files)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        join_thread(thread)
        server.server_close()
