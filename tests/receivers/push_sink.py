"""A push service and the browser behind it, on loopback: opens what it gets with http_ece, checks
the VAPID token with cryptography, and says what it saw: one JSON line per push.

The first line is {"port": N, "p256dh": …, "auth": …}, the keys of a subscription. POST /201 answers
201, POST /429/120 answers 429 with Retry-After: 120, and so on; POST /most/500 answers 413 to more
than 500 bytes, else 201.

  --keys FILE   the browsers whose keys `watches generate --push-keys` wrote, by the paths of their
                endpoints; read when the first one is pushed to, and answered with 201
  --any-time    the sender's clock is not ours: a token's end is not looked at
"""

import argparse
import base64
import functools
import json
import os
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

BROWSER = ec.generate_private_key(ec.SECP256R1())
AUTH = os.urandom(16)
OPTIONS = argparse.ArgumentParser(description=__doc__)
OPTIONS.add_argument("--keys")
OPTIONS.add_argument("--any-time", action="store_true")
OPTIONS = OPTIONS.parse_args()
POINT = BROWSER.public_key().public_bytes(
    serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
)


SAYING = threading.Lock()
READING = threading.Lock()


def say(**what):
    # Many pushes come at once, each in a thread of its own; their lines must not mix.
    with SAYING:
        print(json.dumps(what), flush=True)


def encode(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check_vapid(header, origin):
    """What is wrong with the token (RFC 8292), or nothing."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "vapid":
        return "no vapid scheme"
    fields = dict(field.strip().split("=", 1) for field in rest.split(","))
    signed, _, signature = fields["t"].rpartition(".")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(fields["k"]))
    raw = decode(signature)
    der = utils.encode_dss_signature(
        int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    )
    try:
        key.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    except Exception:
        return "bad signature"
    head, claims = (json.loads(decode(part)) for part in signed.split("."))
    if head.get("alg") != "ES256":
        return "not ES256"
    if claims["aud"] != origin:
        return f"aud is {claims['aud']}"
    if not OPTIONS.any_time and not time.time() < claims["exp"] <= time.time() + 24 * 3600:
        return "exp is not within 24 hours"
    if urllib.parse.urlparse(claims["sub"]).scheme not in ("mailto", "https"):
        return f"sub is {claims['sub']}"
    return None


@functools.cache
def browsers():
    """Of the file of keys: private key and secret by path."""
    found = {}
    with open(OPTIONS.keys) as lines:
        for line in map(json.loads, lines):
            scalar = int.from_bytes(decode(line["private"]), "big")
            key = ec.derive_private_key(scalar, ec.SECP256R1())
            found[urllib.parse.urlparse(line["endpoint"]).path] = (key, decode(line["auth"]))
    return found


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        wrong = check_vapid(self.headers["authorization"], f"http://{self.headers['host']}")
        # One reads the file while the others wait; without that, each would read it for itself.
        with READING:
            known = OPTIONS.keys and browsers().get(self.path)
        key, auth = known or (BROWSER, AUTH)
        plain = http_ece.decrypt(body, private_key=key, auth_secret=auth, version="aes128gcm")
        say(
            path=self.path,
            vapid=wrong,
            bytes=len(body),
            payload=plain.decode(),
            headers={name.lower(): value for name, value in self.headers.items()},
        )
        _, status, *after = ["", "201"] if known else self.path.split("/")
        if status == "most":
            status = 201 if len(body) <= int(after.pop()) else 413
        self.send_response(401 if wrong else int(status))
        for seconds in after:
            self.send_header("Retry-After", urllib.parse.unquote(seconds))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    # Hundreds connect at once; the usual five places would make some wait for a second SYN.
    request_queue_size = 1024

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a sender that was killed
            super().handle_error(request, client_address)


server = Server(("127.0.0.1", 0), Service)
say(port=server.server_address[1], p256dh=encode(POINT), auth=encode(AUTH))
server.serve_forever()
