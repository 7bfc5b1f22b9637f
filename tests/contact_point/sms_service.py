"""A local server that speaks the SMS service's API, and keeps what it gets."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


class SmsService:
    """What was asked for, and the status that is answered."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, list[str]]]] = []
        self.status = 200
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                fields = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
                authorization = self.headers.get("Authorization", "")
                service.requests.append((self.path, authorization, fields))
                self.send_response(service.status)
                self.end_headers()
                self.wfile.write(b'{"status": "created"}')

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://user:secret@127.0.0.1:{self._server.server_port}/a1/sms"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
