"""What a news mail says: finished values for its templates, for the worker and for a preview."""

from __future__ import annotations

from dataclasses import dataclass

from signing.core import locales
from signing.core.ids import HOUSE
from signing.core.links import absolute
from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.core.vault import DIGEST_BYTES
from signing.letters import markdown
from signing.letters.models import Letter
from signing.mail import opt_outs
from signing.mail.opt_outs import OptOut, Sort
from signing.news import plain_text
from signing.news.mailed import Announcement

NOBODY = bytes(DIGEST_BYTES)  # whom the links of a test are about: they change nothing


@dataclass(frozen=True, slots=True)
class Links:
    """The ways out at the end of a mail."""

    unsubscribe: str
    manage: str
    not_me: str


def links(
    news: Announcement, ref: SignatureRef, house_digest: bytes, locale: str, *, is_test: bool
) -> Links:
    """For one signer; who unsubscribes by them is noted in the broadcast's figures."""
    about = None if is_test else news.id
    stop = OptOut(ref, house_digest, Sort(news.audience), about)
    manage, never = tokens.make(Purpose.MANAGE, ref), opt_outs.make(OptOut(ref, house_digest))
    return Links(
        unsubscribe=absolute("site.unsubscribe.ask", token=opt_outs.make(stop)),
        manage=absolute("site.my_signature.show", locale=locale, token=manage),
        not_me=absolute("site.not_me.ask", locale=locale, token=never),
    )


def trial_links(news: Announcement, locale: str) -> Links:
    """The same about nobody, so that whoever tries them out does nothing."""
    return links(news, SignatureRef(news.letter_id, HOUSE), NOBODY, locale, is_test=True)


def values(news: Announcement, letter: Letter, locale: str, ways: Links) -> dict[str, object]:
    """What the templates in `mail/news` need."""
    text = news.text(locale)
    return {
        "title": text.title,
        "text_language": locales.languages()[text.locale],
        "html": markdown.render(text.body),
        "plain": plain_text.plain(text.body),
        "post_link": absolute(
            "site.news.show", locale=locale, slug=letter.slug, number=news.number
        ),
        "unsubscribe_link": ways.unsubscribe,
        "manage_link": ways.manage,
        "not_me_link": ways.not_me,
        "sender": letter.sender,
        "contact": letter.contact,
    }
