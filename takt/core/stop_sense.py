"""What a word can mean to a refusal."""

from enum import StrEnum, auto


class Sense(StrEnum):
    """What a word means to a refusal."""

    NOT = auto()  # refuses
    CEASE = auto()  # bids to end something
    ENOUGH = auto()  # has enough
    CANCEL = auto()  # ends what was ordered
    LEAVE = auto()  # unsubscribes
    REMOVE = auto()  # deletes
    TAKE = auto()  # takes somebody somewhere
    OFF = auto()  # away from something
    OBJECT = auto()  # objects or takes back
    NEVER = auto()  # never
    NEXT = auto()  # one more
    PLEASE = auto()  # asks politely
    NEWS = auto()  # what people may also want to know
    CONSENT = auto()  # consent
    SIGNED = auto()  # has asked for something
    BLOCK = auto()  # blocks
    WRITTEN = auto()  # is written to
    WANT = auto()  # wants or needs
    INTEREST = auto()  # cares for something
    MORE = auto()  # any more, again
    SEND = auto()  # sends
    RECEIVE = auto()  # gets or hears
    WRITE = auto()  # writes to somebody, or bothers him
    MESSAGE = auto()  # what companies write
    ADVERTISING = auto()  # advertising by its name
    OFFER = auto()  # several offers: a single one may be wanted
    LIST = auto()  # where one is entered
    NUMBER = auto()  # what they have of somebody
    ME = auto()  # who is written to
    YOU = auto()  # who writes
    ANNOY = auto()  # annoys
    LAW = auto()  # courts and laws
    OFTEN = auto()  # all the time
    STILL = auto()  # still
    WHY = auto()  # asks for a reason
    NOTHING = auto()  # nothing
    OMIT = auto()  # leaves out
    FILLER = auto()  # says nothing by itself
