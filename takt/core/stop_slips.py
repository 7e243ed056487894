"""Slips of the finger in the words that matter most to a stop, and words that look like such slips and are none.

Words are compared without accents.
"""

from typing import Final

_MATTERS: Final = """
    unsubscribe unsubscribed abmelden abmeldung abbestellen austragen newsletter newsletters advertising advertisements
    advert adverts advertisement marketing promotion promotions promotional promos werbung werbungen reklame
    spammen messages message messaging texting sending nachrichten nachricht angebote rabatte loschen verteiler
    widerspruch widerrufen widerspreche einwilligung aufhoren publicite publicites pubblicità publicidad propaganda
    desabonner desinscrire suscripcion promociones promocoes reklam рассылка рассылку рекламу рекламы реклама
    kampanya newslettera uitschrijven afmelden aanbiedingen
"""
_MATTERS_SHORT: Final = "stop stopp keine bitte werbung more please"
NOT_MISTYPED: Final = """
    advent advents adverb adverse andert anmeldung angebot angebots auftragen ausfragen avert massage massages massaging
    proofs protos provos rabatt rabatts rekam seeding sensing spending stammen testing verteilen werdung werkung
    wertung widersprach
"""
"""Words that are one letter away from one that matters."""
LETTERS_MIN: Final = 5
"""Shorter words are others with one letter changed; only two that changed places are put right in them."""


def _one_letter_left_out(word: str) -> set[str]:
    """The first letter is right."""
    return {word[:at] + word[at + 1 :] for at in range(1, len(word))}


def _two_letters_turned(word: str) -> set[str]:
    return {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}


_MEANT: Final = frozenset(_MATTERS.split())
_LEFT: Final = {left: word for word in _MATTERS.split() for left in _one_letter_left_out(word)}
_TURNED: Final = {turned: word for word in _MATTERS_SHORT.split() for turned in _two_letters_turned(word)}
_RIGHT: Final = frozenset(NOT_MISTYPED.split())


def word_meant(word: str) -> str | None:
    """The word that matters and was meant by `word`, which means nothing itself, if one slip of the finger lies between them.

    A slip leaves out a letter, adds or changes one, or turns two.
    """
    if word in _RIGHT:
        return None
    if word in _TURNED:
        return _TURNED[word]
    return _one_letter_away(word) if len(word) >= LETTERS_MIN else None


def _one_letter_away(word: str) -> str | None:
    left_out = sorted(_one_letter_left_out(word))
    added = next((left for left in left_out if left in _MEANT), None)
    changed = next((_LEFT[left] for left in left_out if left in _LEFT), None)
    return _LEFT.get(word) or added or changed
