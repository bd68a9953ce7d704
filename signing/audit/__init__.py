"""What staff and operators did, when, to what."""

from signing.audit.events import Actor, ActorKind, Verb

__all__ = ["Actor", "ActorKind", "Verb"]
