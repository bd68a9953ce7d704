"""Where a letter is found: its address, and older ones that lead there."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from signing.core.db import transaction
from signing.core.links import absolute
from signing.letters import queries as letters
from signing.letters import slugs
from signing.staff_accounts.roles import Act
from signing.web.addresses import reserved_slugs
from signing.web.staff import desk, gate
from signing.web.staff.settings.page_forms import AddressForm

bp = Blueprint("settings_address", __name__, url_prefix="/letters/<slug>/settings/address")


@bp.get("")
@gate.asks(Act.EDIT_LETTER)
def show() -> ResponseReturnValue:
    return _page(AddressForm(formdata=None, data={"slug": desk.letter().slug}))


@bp.post("")
@gate.asks(Act.EDIT_LETTER)
def rename() -> ResponseReturnValue:
    form = AddressForm(formdata=request.form)
    letter = desk.letter()
    if not form.validate():
        return _page(form, 422)
    try:
        with transaction():
            slugs.rename(
                letters.get_to_change(letter.id),
                form.slug.data or "",
                reserved_slugs(current_app),
                by=gate.signed().doer.actor,
            )
    except slugs.SlugUnusable as refusal:
        form.slug.errors = [str(refusal)]
        return _page(form, 422)
    return redirect(url_for("staff.settings.show", slug=letters.get(letter.id).slug, done=1), 303)


def _page(form: AddressForm, status: int = 200) -> ResponseReturnValue:
    letter = desk.letter()
    return desk.page(
        "staff/settings/address.html",
        status,
        letter=letter,
        form=form,
        older=slugs.list_older(letter),
        before=absolute("site.letters.choose", slug=letter.slug).removesuffix(letter.slug),
    )
