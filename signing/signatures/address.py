"""When two spellings are one address. Mail always goes to the spelling that was typed."""

from __future__ import annotations

from collections.abc import Mapping

from signing.core import address_parts

# Domains of one mailbox, and the one that stands for all of them.
SAME = {
    "googlemail.com": "gmail.com",
    "mac.com": "icloud.com", "me.com": "icloud.com",
    "pm.me": "proton.me", "protonmail.com": "proton.me",
    "ya.ru": "yandex.ru", "yandex.by": "yandex.ru", "yandex.com": "yandex.ru",
    "yandex.kz": "yandex.ru", "yandex.ua": "yandex.ru",
}  # fmt: skip
# Signs that a provider passes over, or takes for another.
UNNOTICED: Mapping[str, Mapping[int, int | None]] = {
    "gmail.com": str.maketrans("", "", "."),
    "yandex.ru": str.maketrans(".", "-"),
    "proton.me": str.maketrans("", "", ".-_"),
}
# Where anything@name.provider reaches name@provider as well.
NAMES_AS_HOSTS = frozenset({"fastmail.com", "fastmail.fm"})
_ENDINGS = {
    "outlook": "at be bg cl co.id co.il co.nz co.th com com.ar com.au com.br com.gr com.pe com.tr "
    "com.vn cz de dk es fr hu id ie in it jp kr lv my ph pt sa sg sk",
    "hotmail": "at be ca ch cl co.id co.il co.jp co.kr co.nz co.th co.uk co.za com com.ar com.au "
    "com.br com.gr com.hk com.mx com.pe com.tr com.tw com.vn cz de dk es fi fr gr hu id ie in it "
    "jp kr lt lv my nl no ph pt rs sa se sg sk",
    "live": "at be ca cl cn co.kr co.uk co.za com com.ar com.au com.mx com.my com.ph com.pt com.sg "
    "de dk es eu fi fr hk ie in it jp nl no ru se",
}
MICROSOFT = {f"{name}.{one}" for name, endings in _ENDINGS.items() for one in endings.split()}
# Where so many people have their mail that many of them at once tell nothing. Most deliver
# name+anything@ to name@, and none lets anybody have a name with a plus in it: to cut what follows
# makes two spellings one and never two people. Yahoo's aliases with a hyphen stay: they are made by
# hand, and others have names like them.
LARGE = MICROSOFT | {
    "abv.bg", "aol.com", "bk.ru", "bluewin.ch", "bol.com.br", "centrum.cz", "fastmail.com",
    "fastmail.fm", "free.fr", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.de", "gmx.net",
    "hey.com", "icloud.com", "inbox.ru", "interia.pl", "laposte.net", "libero.it", "list.ru",
    "mac.com", "mail.ru", "mailbox.org", "me.com", "msn.com", "naver.com", "o2.pl", "onet.pl",
    "orange.fr", "passport.com", "pm.me", "posteo.de", "posteo.net", "proton.me", "protonmail.com",
    "qq.com", "rambler.ru", "rediffmail.com", "riseup.net", "runbox.com", "sapo.pt", "seznam.cz",
    "sfr.fr", "t-online.de", "telenet.be", "tiscali.it", "tuta.io", "tutanota.com", "ukr.net",
    "wanadoo.fr", "web.de", "windowslive.com", "wp.pl", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com",
    "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.it", "yandex.ru", "ymail.com", "ziggo.nl",
    "zoho.com",
}  # fmt: skip


def domain_of(address: str) -> str:
    """Where its mail goes, as DNS knows it; raises `email_validator.EmailNotValidError`."""
    return address_parts.of_email(address).ascii_domain.lower()


def normalised(address: str) -> str:
    """The address as its owner's other spellings of it read too.

    Letter case, IDN as A-label, and with large providers tags and what else they ignore. Raises
    `email_validator.EmailNotValidError` for what is no address. Idempotent.
    """
    checked = address_parts.of_email(address)
    local = checked.local_part.casefold()
    domain = checked.ascii_domain.lower()
    name, _dot, provider = domain.partition(".")
    if provider in NAMES_AS_HOSTS:
        local, domain = name, provider
    domain = SAME.get(domain, domain)
    if domain in LARGE:
        local = local.partition("+")[0] or local
        local = local.translate(UNNOTICED.get(domain, {})) or local
    return f"{local}@{domain}"
