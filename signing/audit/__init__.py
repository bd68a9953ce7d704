"""What staff and operators did, when, to what."""

from signing.audit.events import WORKER, Actor, ActorKind, Verb

__all__ = ["WORKER", "Actor", "ActorKind", "Verb"]
