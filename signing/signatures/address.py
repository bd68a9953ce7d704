"""When two spellings are one address. Mail always goes to the spelling that was typed."""

from __future__ import annotations

from email_validator import validate_email

GMAIL = {"gmail.com", "googlemail.com"}
# Providers that deliver name+anything@ to name@.
TAGGING = GMAIL | {
    "fastmail.com", "fastmail.fm", "hotmail.com", "icloud.com", "live.com", "mac.com",
    "mailbox.org", "me.com", "outlook.com", "pm.me", "posteo.de", "posteo.net", "proton.me",
    "protonmail.com", "riseup.net", "runbox.com", "yandex.com", "yandex.ru", "zoho.com",
}  # fmt: skip
# Where so many people have their mail that many of them at once tell nothing.
LARGE = TAGGING | {
    "abv.bg", "aol.com", "bluewin.ch", "bol.com.br", "centrum.cz", "free.fr", "freenet.de",
    "gmx.at", "gmx.ch", "gmx.de", "gmx.net", "hey.com", "hotmail.co.uk", "hotmail.fr",
    "hotmail.it", "interia.pl", "laposte.net", "libero.it", "list.ru", "live.nl", "mail.ru",
    "msn.com", "naver.com", "o2.pl", "onet.pl", "orange.fr", "outlook.de", "outlook.fr", "qq.com",
    "rambler.ru", "rediffmail.com", "sapo.pt", "seznam.cz", "sfr.fr", "t-online.de", "telenet.be",
    "tiscali.it", "tutanota.com", "tuta.io", "ukr.net", "wanadoo.fr", "web.de", "wp.pl",
    "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.it",
    "ymail.com", "ziggo.nl",
}  # fmt: skip


def normalised(address: str) -> str:
    """The address as its owner's other spellings of it read too.

    Letter case, IDN as A-label, tags where the provider ignores them, Gmail's dots. Raises
    `email_validator.EmailNotValidError` for what is no address. Idempotent.
    """
    checked = validate_email(address, check_deliverability=False)
    local = checked.local_part.casefold()
    domain = checked.ascii_domain.lower()
    if domain in TAGGING:
        local = local.partition("+")[0] or local
    if domain in GMAIL:
        local, domain = local.replace(".", "") or local, "gmail.com"
    return f"{local}@{domain}"
