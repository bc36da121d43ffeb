"""A mail server that takes everything, on loopback, and says what it got: one JSON line per mail.

The first line is {"port": N}. What happens to a mail is decided by the recipient: tempfail@ gets
450, unknown@ 550 5.1.1, full@ 552 5.2.2, reject@ 554 after DATA, slow@ three seconds of silence,
late@ the same after the mail was taken, stuck@ no answer ever, and a line {"stuck": …} at once.

  --starttls DIR   offer STARTTLS; the authority that vouches for us is written to DIR/ca.pem
  --implicit DIR   the same with TLS from the first byte
  --auth USER:PASSWORD   ask for a sign-in
  --inject         slip a line in behind the answer to STARTTLS (needs --starttls)
  --raw            say only who it is to and the message as it came, in base64: for thousands
"""

import argparse
import asyncio
import base64
import datetime
import email
import email.policy
import ipaddress
import json
import ssl

from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def say(**what):
    print(json.dumps(what), flush=True)


def certificate(name, key, issuer, issuer_key, extensions):
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


def tls(folder):
    """A server context, and in the folder the authority that signed its certificate."""
    named = lambda text: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
    authority, server = named("test authority"), named("localhost")
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    is_authority = [(x509.BasicConstraints(ca=True, path_length=0), True)]
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    is_server = [
        (x509.SubjectAlternativeName(names), False),
        (x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH])
         if hasattr(x509, "ExtendedKeyUsageOID")
         else x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), False),
    ]
    ca = certificate(authority, authority_key, authority, authority_key, is_authority)
    leaf = certificate(server, server_key, authority, authority_key, is_server)
    pem = serialization.Encoding.PEM
    plain = (pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for file, data in [
        ("ca.pem", ca.public_bytes(pem)),
        ("server.pem", server_key.private_bytes(*plain) + leaf.public_bytes(pem)),
    ]:
        with open(f"{folder}/{file}", "wb") as out:
            out.write(data)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/server.pem")
    return context


class Sink:
    def __init__(self, raw):
        self.raw = raw

    async def handle_RCPT(self, server, session, envelope, address, options):
        answers = {
            "tempfail": "450 4.2.0 greylisted, come back",
            "unknown": "550 5.1.1 user unknown",
            "full": "552 5.2.2 mailbox full",
        }
        answer = answers.get(address.split("@")[0])
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        first = envelope.rcpt_tos[0].split("@")[0]
        if first == "reject":
            return "554 5.7.1 we think this is spam"
        if first == "slow":
            await asyncio.sleep(3)
        if first == "stuck":
            say(stuck=envelope.rcpt_tos)
            await asyncio.sleep(3600)
        if self.raw:
            say(rcpt_tos=envelope.rcpt_tos, raw=base64.b64encode(envelope.content).decode())
            if first == "late":
                await asyncio.sleep(3)
            return "250 2.0.0 taken"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = lambda kind: (message.get_body((kind,)) or message).get_content()
        say(
            mail_from=envelope.mail_from,
            rcpt_tos=envelope.rcpt_tos,
            tls=server.transport.get_extra_info("ssl_object") is not None,
            user=session.auth_data,
            headers={name: str(value) for name, value in message.items()},
            defects=[str(d) for p in message.walk() for d in p.defects],
            plain=part("plain"),
            html=part("html"),
        )
        return "250 2.0.0 taken"


class Injecting(SMTP):
    """Says one line too many before TLS begins, as somebody on the way could."""

    async def push(self, status):
        if status == "220 Ready to start TLS":
            status += "\r\n250 slipped in"
        await super().push(status)


async def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--starttls")
    options.add_argument("--implicit")
    options.add_argument("--auth")
    options.add_argument("--inject", action="store_true")
    options.add_argument("--raw", action="store_true")
    options = options.parse_args()
    context = tls(options.starttls or options.implicit) if options.starttls or options.implicit else None

    def authenticate(server, session, envelope, mechanism, data):
        fits = f"{data.login.decode()}:{data.password.decode()}" == options.auth
        # auth_data is what the mail's line shows of who signed in.
        return AuthResult(success=fits, handled=False, auth_data=data.login.decode())

    def serve():
        return (Injecting if options.inject else SMTP)(
            Sink(options.raw),
            hostname="localhost",
            tls_context=context if options.starttls else None,
            authenticator=authenticate if options.auth else None,
            auth_required=bool(options.auth),
            auth_require_tls=bool(options.starttls),
        )

    server = await asyncio.get_running_loop().create_server(
        serve, "127.0.0.1", 0, ssl=context if options.implicit else None
    )
    say(port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main())
