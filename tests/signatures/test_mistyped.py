"""What is asked about a mail domain: slips are named, and what exists is not doubted."""

from __future__ import annotations

from signing.signatures import mistyped

SLIPS = {
    "gmail.com": "gmial.com gmail.con gmail.de gmil.com gnail.con gmaill.com gmai.com gamil.com",
    "hotmail.com": "hotmial.com hotmail.con hotmal.com",
    "outlook.com": "outllok.com outlook.cmo",
    "yahoo.com": "yaho.com yahoo.con",
    "icloud.com": "icoud.com",
}
# Others have their mail at these, and at thousands like them.
NOT_DOUBTED = """gmx.net gmx.de gmx.com gmx.at mail.com email.com ymail.com web.de wdr.de op.pl
    wp.pl hotmail.de hotmail.es outlook.es yahoo.ca yahoo.com.br live.com me.com free.fr orange.com
    posteo.at proton.me gmail.com googlemail.com example.org"""


def test_a_slip_beside_a_large_provider_is_named() -> None:
    for meant, slips in SLIPS.items():
        for slip in slips.split():
            assert mistyped.meant(f"zoe@{slip}") == meant, slip
            assert mistyped.meant(f"Zoe@{slip.upper()}") == meant, slip


def test_a_domain_of_its_own_is_not_doubted() -> None:
    for domain in NOT_DOUBTED.split():
        assert mistyped.meant(f"zoe@{domain}") == "", domain
    for nonsense in ("", "zoe", "zoe@", "@gmial.com", "zoe@gmial"):
        assert mistyped.meant(nonsense) == "", nonsense


def test_a_complete_address_where_no_mail_can_be_is_told_from_an_incomplete_one() -> None:
    assert mistyped.leads_nowhere("zoe@nodomain.invalid") == "nodomain.invalid"
    assert mistyped.leads_nowhere(" zoe@Printer.LOCAL ") == "printer.local"
    for other in ("zoe", "zoe@", "zoe@b", "@x.invalid", "zoe@.invalid", "a@b..invalid",
                  "zoe@x y.invalid", "zoe@example.org"):  # fmt: skip
        assert mistyped.leads_nowhere(other) == "", other
