"""The book of admission: all that decides about marketing and is the same for everybody at one moment."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final
from uuid import UUID

import numpy as np

from takt.core.admission import hazard
from takt.core.admission.fitting import Firmness
from takt.core.admission.hazard import OUTCOMES, TERMS, Model
from takt.core.admission.outlook import GRID, Outlook, Stakes
from takt.core.admission.settings import Admission
from takt.core.admission.shadow import ShadowPrice
from takt.core.value import value

ANYWHERE: Final = ""
"""The segment of people for whose market there is no price of its own yet."""


@value
class Owner:
    """How much people like an owner in general, and the bonus of its scores."""

    mean: float
    variance: float
    bonus: float = 0.0


@value
class Segment:
    """The shadow price of a market, and the values of the future at that price (class, grid) by one model."""

    shadow: ShadowPrice
    model_version: int
    outlook: tuple[tuple[float, ...], ...]


@value
class Book:
    """The model, the segments by market, owners, template scores, the key by which lots are drawn, and how much owners misfile.

    `misfiled` are the shares of what owners call utility that turned out to be advertising, of those who did that.
    """

    model: Model = field(default_factory=hazard.prior)
    segments: Mapping[str, Segment] = field(default_factory=dict)
    owners: Mapping[UUID, Owner] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    key: bytes = b""
    misfiled: Mapping[UUID, float] = field(default_factory=dict)

    def segment(self, market: str) -> Segment | None:
        """What decides in a market; None as long as nothing does there."""
        return self.segments.get(market) or self.segments.get(ANYWHERE)

    def owner(self, owner_id: UUID) -> Owner:
        """What is known of an owner; of an unknown one, what is usual."""
        return self.owners.get(owner_id) or Owner(0.0, self.model.sender_variance)


def stakes(settings: Admission) -> Stakes:
    """How much weighs, by the operator's policy."""
    weights = settings.weights
    return Stakes(
        weights.block, weights.report, weights.stop, weights.leave, float(settings.horizon_days),
        other=settings.other_worth, eta=settings.eta,
    )  # fmt: skip


def ahead(segment: Segment, settings: Admission) -> Outlook:
    """The outlook of a segment."""
    return Outlook(np.asarray(segment.outlook), segment.shadow.price, stakes(settings))


def render_model(model: Model) -> dict[str, Any]:
    """A model as JSON; reading it back gives the same."""
    return {
        "coefficients": model.coefficients.tolist(),
        "nodes": model.nodes.tolist(),
        "weights": model.weights.tolist(),
        "sender_variance": model.sender_variance,
        "edge_variance": model.edge_variance,
    }


def read_model(version: int, body: Mapping[str, Any]) -> Model:
    """The model of a JSON document that `render_model` made."""
    coefficients = np.asarray(body["coefficients"], float)
    assert coefficients.shape == (len(OUTCOMES), len(TERMS))
    nodes, weights = np.asarray(body["nodes"], float), np.asarray(body["weights"], float)
    return Model(version, coefficients, nodes, weights, body["sender_variance"], body["edge_variance"])


def render_firmness(firm: Firmness) -> dict[str, Any]:
    """Firmness as JSON; reading it back gives the same."""
    return {"rows": firm.rows.tolist(), "people": firm.people}


def read_firmness(body: Mapping[str, Any]) -> Firmness:
    """The firmness of a JSON document that `render_firmness` made."""
    rows = np.asarray(body["rows"], float)
    assert rows.shape == (len(OUTCOMES), len(TERMS), len(TERMS))
    return Firmness(rows, body["people"])


def fits(segment: Segment, model: Model) -> bool:
    """Whether a segment's outlook has the shape that this model asks for."""
    return len(segment.outlook) == len(model.nodes) and len(segment.outlook[0]) == len(GRID)
