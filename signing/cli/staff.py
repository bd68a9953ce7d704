"""Who works in the staff area: the first owner, and whoever has lost all ways in."""

from __future__ import annotations

from uuid import UUID

import click
from email_validator import EmailNotValidError

from signing.cli.app import OPERATOR, with_app
from signing.core import address_parts, locales
from signing.core.db import transaction
from signing.core.ids import HOUSE
from signing.letters import queries as letters
from signing.staff_accounts import actions, invitations, languages, queries, sessions
from signing.staff_accounts.actions import Doer
from signing.staff_accounts.models import Member
from signing.staff_accounts.roles import Held, Role


@click.group("staff")
def staff_() -> None:
    """Members of the staff area."""


@staff_.command()
@click.argument("email")
@click.option("--role", type=click.Choice([one.value for one in Role]), required=True)
@click.option("--letter", default="", metavar="SLUG", help="For this letter alone.")
@click.option("--into", multiple=True, metavar="LOCALE", help="What a translator writes.")
@click.option(
    "--locale",
    type=click.Choice(languages.tags()),
    default=locales.SOURCE,
    help="The language of the invitation and of the pages.",
)
@with_app
def invite(email: str, role: str, letter: str, into: tuple[str, ...], locale: str) -> None:
    """Mail EMAIL an invitation, good for seven days and one use.

    A member has the role at once instead. Whoever has lost password and second factor is
    ended and invited again.

    Example: signing staff invite ada@example.org --role owner
    """
    held = Held(Role(role), _letter_id(letter), _known(into))
    with transaction():
        member = invitations.invite(_checked(email), held, locale, by=Doer.operator())
    is_mailed = member.password_hash is None
    click.echo("The invitation is in the outbox." if is_mailed else "The member has the role.")


def _checked(email: str) -> str:
    try:
        return address_parts.of_email(email, may_be_local=True).normalized
    except EmailNotValidError:
        raise click.BadParameter("This is not an e-mail address.") from None


def _letter_id(slug: str) -> UUID:
    if not slug:
        return HOUSE
    found = letters.find_by_slug(slug)
    if found is None:
        raise click.BadParameter(f"There is no letter {slug}.")
    return found.id


def _known(into: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [tag for tag in into if locales.find(tag) is None]
    if unknown:
        raise click.BadParameter(f"There is no language {', '.join(unknown)}.")
    return into


@staff_.command("list")
@with_app
def list_() -> None:
    """All members: state, roles, whether there is a second factor, name and address.

    Example: signing staff list
    """
    slugs = {one.id: one.slug for one in letters.list_all()} | {HOUSE: "all"}
    for known in queries.list_known():
        roles = ",".join(f"{one.role}:{slugs.get(one.letter_id, '?')}" for one in known.held)
        factor = "two factors" if known.has_second_factor else "one factor"
        person = known.profile
        click.echo(f"{known.member.state}\t{roles}\t{factor}\t{person.name}\t{person.email}")


@staff_.command()
@click.argument("email")
@with_app
def end(email: str) -> None:
    """End the account of EMAIL: no role, no session, no password from this moment on.

    Example: signing staff end ada@example.org
    """
    member = _find(email)
    with transaction():
        actions.end(member.id, by=Doer.operator())
    click.echo("Ended.")


@staff_.command("sign-out")
@click.argument("email", default="")
@click.option("--everybody", is_flag=True, help="All sessions of all members.")
@with_app
def sign_out(email: str, *, everybody: bool) -> None:
    """End all sessions of EMAIL, or of everybody; who signs in again goes on.

    After a laptop was lost, or when in doubt.

    Example: signing staff sign-out ada@example.org
    """
    if bool(email) == everybody:
        raise click.UsageError("Name one member, or say --everybody.")
    member_id = None if everybody else _find(email).id
    with transaction():
        n = sessions.end_all(member_id, by=OPERATOR)
    click.echo(f"{n} sessions ended.")


def _find(email: str) -> Member:
    member = queries.find_by_address(email)
    if member is None:
        raise click.BadParameter("There is no member with this address.")
    return member
