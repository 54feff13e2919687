"""The diagram as the drawing floor wants it: plain nodes and links, words already written."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from aimline.theory.models import Driver
from aimline.web.theory.cards import Card
from aimline.web.theory.signals import Sign
from aimline.web.theory.study import Study
from aimline_analytics.drawing.parts import Diagram, Layer, Link, Node

AIM = "aim"


def sketch(study: Study) -> Diagram:
    theory = study.theory
    cards = list(study.cards.walk())
    primary = [Link(AIM, _key(card), not card.less_sure) for card in study.cards.primary]
    links = [Link(str(link.effect_id), str(link.cause_id), not link.less_sure) for link in theory.links.all()]
    return Diagram(
        name=f"theory-{theory.pk}",
        title=theory.title,
        nodes=(_aim(study), *(_node(card) for card in cards)),
        links=(*primary, *links),
        description=" ".join(
            part for part in (study.verdict.size, study.verdict.tested, study.verdict.gap) if part
        ),
    )


def _aim(study: Study) -> Node:
    aim = study.theory.stated
    sign = study.sign
    elsewhere = sign and sign.series and sign.series.unit_id != study.theory.unit_id
    notes = (_("At %(place)s:") % {"place": sign.at},) if sign and elsewhere else ()
    return _signalled(Node(AIM, Layer.AIM, aim.sentence if aim else study.theory.title, notes), sign)


def _node(card: Card) -> Node:
    evidence = card.evidence
    node = Node(
        _key(card),
        _layer(card),
        card.row.name,
        card.notes,
        href=card.href,
        reach=evidence.reach if evidence else 0,
        stopped=bool(evidence and evidence.is_stopped),
    )
    return _signalled(node, card.sign)


def _signalled(node: Node, sign: Sign | None) -> Node:
    if sign is None:
        return node
    # Drivers name their number among their notes; the aim says it beside its signal.
    told = sign.told if node.layer is Layer.AIM else sign.word
    return replace(node, signal=sign.kind, signal_words=told, rising=sign.rising)


def _layer(card: Card) -> Layer:
    if not isinstance(card.row, Driver):
        return Layer.IDEA
    return Layer.PRIMARY if card.row.is_primary else Layer.SECONDARY


def _key(card: Card) -> str:
    return str(card.row.pk)
