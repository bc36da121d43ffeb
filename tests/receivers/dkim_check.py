"""Verifies the signature of the mail in a file by the public key in another, and asks no DNS.

Says one JSON line: {"verified": true, "signed": ["from", …]}; what does not verify says why.

  dkim_check.py MAIL RECORD NAME     RECORD is the text of the TXT record, NAME where it stands
"""

import json
import sys

import dkim

mail = open(sys.argv[1], "rb").read()
record = open(sys.argv[2], "rb").read()
asked = []


def answer(name, timeout=5):
    asked.append(name.decode().rstrip("."))
    return record if asked[-1] == sys.argv[3] else None


check = dkim.DKIM(mail, minkey=2048)
try:
    verified = check.verify(dnsfunc=answer)
    signed = [name.decode().lower() for name in check.signed_headers or [] for name in name[:1]]
    print(json.dumps({"verified": verified, "asked": asked, "signed": signed}))
except dkim.DKIMException as why:
    print(json.dumps({"verified": False, "asked": asked, "why": str(why)}))
