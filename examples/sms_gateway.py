#!/usr/bin/env python3
"""Passes what a Wardwatch webhook is told on to a phone, through a gateway for text messages.

Wardwatch posts to this program; it checks the signature (Standard Webhooks), and posts one line of
text to the gateway, as Twilio's and its like take it: a form with To, From and Body. Nothing but
Python's own library is needed:

    SMS_WEBHOOK_SECRET=whsec_…        what POST /api/v1/me/webhooks answered
    SMS_TO=+13125550100               the phone
    SMS_FROM=+13125550199             the number that the gateway sends from
    SMS_GATEWAY=https://api.twilio.com/2010-04-01/Accounts/AC…/Messages.json
    SMS_GATEWAY_USER=AC…  SMS_GATEWAY_PASSWORD=…      (left out where there is none)
    SMS_LISTEN=127.0.0.1:8390         where it listens (0 as the port: any that is free)

    python3 examples/sms_gateway.py

Where it runs beside Wardwatch: serve --webhook-allow-hosts 127.0.0.1:8390, and
{"url": "http://127.0.0.1:8390/"} as the webhook.

A message is acknowledged once the gateway has taken it. Should it not, Wardwatch is answered 502 and
tries again; an id that was passed on already is not passed on twice.
"""

import base64
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

# How far the clocks of both sides may differ, in seconds: an older message may be somebody's copy.
TOLERANCE = 300
# A text message of two parts, in characters of the usual alphabet.
LONGEST = 306
# Ids that are remembered; more than come while one is tried again.
REMEMBERED = 10_000


def setting(name, usual=None):
    value = os.environ.get(name, usual)
    if value is None:
        sys.exit(f"set {name}; the head of this file says what it is")
    return value


def is_ours(secret, headers, body):
    """Whether a message is signed by the secret, and was signed just now."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    ident, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (at.isascii() and at.isdigit()) or abs(time.time() - int(at)) > TOLERANCE:
        return False
    signed = f"{ident}.{at}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(one.encode(), b"v1," + wanted.encode()) for one in given)


def text_of(message):
    """The title, what was said, and the link, in one text message: the link whole, the rest as much as
    fits."""
    data = message["data"]
    said = f"{data['title']}: {data['text']}" if data["text"] else data["title"]
    room = LONGEST - len(data["link"]) - 1
    if len(said) > room:
        # Three dots, not one letter of three dots: that one would double the price of the message.
        said = said[: room - 3].rsplit(" ", 1)[0] + "..."
    return f"{said} {data['link']}"


def send(text):
    form = urllib.parse.urlencode(
        {"To": setting("SMS_TO"), "From": setting("SMS_FROM"), "Body": text}
    )
    request = urllib.request.Request(setting("SMS_GATEWAY"), data=form.encode())
    user = os.environ.get("SMS_GATEWAY_USER")
    if user:
        word = f"{user}:{setting('SMS_GATEWAY_PASSWORD')}".encode()
        request.add_header("Authorization", "Basic " + base64.b64encode(word).decode())
    with urllib.request.urlopen(request, timeout=15):
        pass


class Desk(http.server.BaseHTTPRequestHandler):
    timeout = 15
    passed_on = {}
    one_at_a_time = threading.Lock()

    def do_POST(self):
        length = self.headers.get("content-length", "0")
        length = int(length) if length.isascii() and length.isdigit() else -1
        if not 0 <= length <= 1 << 20:
            return self.answer(413)
        body = self.rfile.read(length)
        if not is_ours(setting("SMS_WEBHOOK_SECRET"), self.headers, body):
            return self.answer(401)
        message, ident = json.loads(body), self.headers["webhook-id"]
        if message["type"] == "webhook.ping":
            return self.answer(204)
        with self.one_at_a_time:
            if ident in self.passed_on:
                return self.answer(204)
            try:
                send(text_of(message))
            except (urllib.error.URLError, OSError) as why:
                print(f"the gateway did not take {ident}: {why}", file=sys.stderr, flush=True)
                return self.answer(502)
            self.passed_on[ident] = True
            while len(self.passed_on) > REMEMBERED:
                del self.passed_on[next(iter(self.passed_on))]
        return self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass  # an address may hold a secret


def main():
    for name in ("SMS_WEBHOOK_SECRET", "SMS_TO", "SMS_FROM", "SMS_GATEWAY"):
        setting(name)
    host, _, port = setting("SMS_LISTEN", "127.0.0.1:8390").rpartition(":")
    server = http.server.ThreadingHTTPServer((host, int(port)), Desk)
    print(f"listening on {host}:{server.server_port}", file=sys.stderr, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
