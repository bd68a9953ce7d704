"""What staff decided about mail domains."""

from __future__ import annotations

import click

from signing.cli.app import OPERATOR, with_app
from signing.core.db import transaction
from signing.mail import domains
from signing.mail.domains import Rule
from signing.signatures import domain_rules


@click.group("domains")
def domains_() -> None:
    """Mail domains that are always or never accepted."""


@domains_.command()
@click.argument("domain")
@with_app
def block(domain: str) -> None:
    """Let nobody sign with an address at DOMAIN.

    Example: signing domains block flood.example
    """
    _rule(domain, Rule.BLOCK)


@domains_.command()
@click.argument("domain")
@with_app
def allow(domain: str) -> None:
    """Accept addresses at DOMAIN, whatever DNS or the list of throw-away domains says.

    Example: signing domains allow new.example
    """
    _rule(domain, Rule.ALLOW)


def _rule(domain: str, rule: Rule) -> None:
    with transaction():
        name = domain_rules.decide(domain, rule, by=OPERATOR)
    click.echo(f"{name}: {rule}. Heeded within a minute.")


@domains_.command()
@click.argument("domain")
@with_app
def forget(domain: str) -> None:
    """Treat DOMAIN like any other again.

    Example: signing domains forget flood.example
    """
    with transaction():
        had = domain_rules.forget(domain, by=OPERATOR)
    click.echo("Forgotten." if had else "There was no rule.")


@domains_.command("list")
@with_app
def list_() -> None:
    """All rules.

    Example: signing domains list
    """
    for domain, rule in sorted(domains.list_rules().items()):
        click.echo(f"{rule}\t{domain}")
