"""Verifies the signatures of mails by the public key in a file, and asks no DNS.

Says one JSON line per mail: {"verified": true, "signed": ["from", …]}; what does not verify says why.

  dkim_check.py RECORD NAME MAIL…    RECORD is the text of the TXT record, NAME where it stands
"""

import json
import sys

import dkim

record = open(sys.argv[1], "rb").read()


def verdict(mail):
    asked = []

    def answer(name, timeout=5):
        asked.append(name.decode().rstrip("."))
        return record if asked[-1] == sys.argv[2] else None

    check = dkim.DKIM(mail, minkey=2048)
    try:
        verified = check.verify(dnsfunc=answer)
        signed = [name.decode().lower() for name in check.signed_headers or [] for name in name[:1]]
        return {"verified": verified, "asked": asked, "signed": signed}
    except dkim.DKIMException as why:
        return {"verified": False, "asked": asked, "why": str(why)}


for path in sys.argv[3:]:
    print(json.dumps(verdict(open(path, "rb").read())))
