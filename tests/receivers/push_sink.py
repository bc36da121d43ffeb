"""A push service and the browser behind it, on loopback: opens what it gets with http_ece, checks
the VAPID token with cryptography, and says what it saw: one JSON line per push.

The first line is {"port": N, "p256dh": …, "auth": …}, the keys of a subscription. POST /201 answers
201, POST /429/120 answers 429 with Retry-After: 120, and so on.
"""

import base64
import json
import os
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

BROWSER = ec.generate_private_key(ec.SECP256R1())
AUTH = os.urandom(16)
POINT = BROWSER.public_key().public_bytes(
    serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
)


def say(**what):
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
    if not time.time() < claims["exp"] <= time.time() + 24 * 3600:
        return "exp is not within 24 hours"
    if urllib.parse.urlparse(claims["sub"]).scheme not in ("mailto", "https"):
        return f"sub is {claims['sub']}"
    return None


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        wrong = check_vapid(self.headers["authorization"], f"http://{self.headers['host']}")
        plain = http_ece.decrypt(
            body, private_key=BROWSER, auth_secret=AUTH, version="aes128gcm"
        )
        say(
            path=self.path,
            vapid=wrong,
            bytes=len(body),
            payload=plain.decode(),
            headers={name.lower(): value for name, value in self.headers.items()},
        )
        _, status, *after = self.path.split("/")
        self.send_response(401 if wrong else int(status))
        for seconds in after:
            self.send_header("Retry-After", urllib.parse.unquote(seconds))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
say(port=server.server_address[1], p256dh=encode(POINT), auth=encode(AUTH))
server.serve_forever()
