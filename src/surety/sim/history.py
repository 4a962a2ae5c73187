"""What a run leaves behind besides its trace: snapshots, one bond's path, one early sale and the closing ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from surety.concentration import Concentration, measure
from surety.sdk.messages import Message

from .agents import Sight


@dataclass(frozen=True)
class Balance:
    """The treasury at one moment, whole assets; `outside` is the outside market's yield shift (a fraction).

    `target` sums all maturities on sale, None once nothing is sold any more.
    """

    time: int
    escrow: float
    reserve: float
    target: float | None
    outside: float


@dataclass(frozen=True)
class CurveShot:
    """The whole quoted curve at one moment."""

    label: str
    time: int
    sight: Sight


@dataclass(frozen=True)
class PricePoint:
    """One bond on one day: what it is sold and bought back for, its price at target, and its debt in whole assets."""

    time: int
    buy: float
    sell: float
    at_target: float
    debt: float
    target: float


@dataclass(frozen=True)
class Resale:
    """A bond bought and sold back before maturity, smallest units; yields are continuously compounded fractions."""

    saver: str
    maturity: int
    face: int
    bought: int
    paid: int
    sold: int
    proceeds: int
    promised_yield: float
    earned_yield: float
    carried: int
    """What the purchase price would have grown to by the day of the sale at the promised yield."""
    ask: int
    """What the market asked for the same face just before the sale: less the proceeds, the cost of leaving."""


@dataclass(frozen=True)
class StripBuy:
    """A coupon bond bought in one call, smallest units: face and cost of each date."""

    saver: str
    time: int
    coupon_percent: float
    maturities: tuple[int, ...]
    faces: tuple[int, ...]
    costs: tuple[int, ...]


@dataclass(frozen=True)
class UserTrade:
    """A trade between two savers, smallest units, with what the protocol bid and asked for the same at that moment."""

    seller: str
    buyer: str
    maturity: int
    time: int
    face: int
    amount: int
    fee: int
    bid: int
    ask: int


@dataclass(frozen=True)
class RatePoint:
    """Variable bonds at one moment: fractions a year, whole assets; `index` is what one share is worth."""

    time: int
    rate: float
    outside: float
    value: float
    target: float
    reserve: float
    index: float


@dataclass(frozen=True)
class FloatStory:
    """A variable bond from purchase to maturity, smallest units."""

    saver: str
    maturity: int
    bought: int
    cost: int
    shares: int
    paid: int
    least: float
    most: float
    """Stored rates on the way, fractions a year."""


@dataclass(frozen=True)
class Roll:
    """One roll of a class, smallest units; `rate` is what it bought at, tip included, a fraction a year."""

    time: int
    maturity: int
    face: int
    cost: int
    tip: int
    rate: float


@dataclass(frozen=True)
class RollPoint:
    """A class at one moment, whole assets; `worth` is what the market would pay for one share."""

    time: int
    face: float
    cash: float
    worth: float


@dataclass(frozen=True)
class RollStory:
    """One saver's deposit and what came of it, smallest units; `rolls` is how often the class rolled meanwhile."""

    saver: str
    time: int
    deposited: int
    left: int
    paid: int
    rolls: int


@dataclass(frozen=True)
class LockPoint:
    """All locks at one moment: face locked (whole assets) and its weight (whole assets times years)."""

    time: int
    face: float
    weight: float


@dataclass(frozen=True)
class LockStory:
    """A saver's first lock: the weight it gave, and what votes counted of it (whole assets times years)."""

    saver: str
    maturity: int
    time: int
    face: int
    moments: tuple[tuple[str, int, float, float], ...]
    """Name, time, own weight, vote weight."""


@dataclass(frozen=True)
class LedgerLine:
    """One line of the closing account: two integers that must be equal."""

    name: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        """Whether the two sides agree to the last unit."""
        return self.left == self.right


@dataclass(frozen=True)
class Stand:
    """What each has at one moment, smallest units: active, on its way out, or given back; `bond` is face."""

    label: str
    time: int
    holders: dict[str, int]
    bond: int

    @property
    def total(self) -> int:
        """Of all holders, without the bond."""
        return sum(self.holders.values())


@dataclass(frozen=True)
class StakeStory:
    """Balances after each event, and to whom the second slash went; smallest units."""

    stands: tuple[Stand, ...]
    paid: dict[str, tuple[int, int]]
    """To whom: asset, and face of the bond."""
    maturity: int


@dataclass(frozen=True)
class ShownMessage:
    """A message of the evidence; `marks` say of its fields whether they are the `same` in all, or what `differs`."""

    message: Message
    signature: bytes
    marks: dict[str, str]


@dataclass(frozen=True)
class PromiseStory:
    """A promise as text and as program, the evidence that broke it, and what that cost; face in smallest units."""

    name: str
    breaks: str
    text: str
    read_back: str
    """The program on chain, as text again."""
    listing: str
    size: int
    program: bytes
    service: int
    operator: str
    key: str
    stranger: str
    shown: tuple[ShownMessage, ...]
    refusal: str
    """What the journal said instead of signing."""
    fault: bytes
    fault_key: bytes
    evidence: str
    """The file."""
    times: tuple[tuple[str, int], ...]
    bonded: int
    seized: int
    paid: dict[str, int]
    maturity: int


@dataclass
class History:
    """Everything that the report and the terminal show about a run."""

    decimals: int
    balances: list[Balance] = field(default_factory=list)
    shots: list[CurveShot] = field(default_factory=list)
    path: list[PricePoint] = field(default_factory=list)
    path_maturity: int = 0
    resale: Resale | None = None
    strip: StripBuy | None = None
    user_trade: UserTrade | None = None
    rates: list[RatePoint] = field(default_factory=list)
    floating: FloatStory | None = None
    rolls: list[Roll] = field(default_factory=list)
    roll_path: list[RollPoint] = field(default_factory=list)
    roll_story: RollStory | None = None
    locks: list[LockPoint] = field(default_factory=list)
    lock: LockStory | None = None
    stakes: StakeStory | None = None
    promise: PromiseStory | None = None
    ledger: list[LedgerLine] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    """Counts and sums by name; sums in smallest units."""
    concentration: dict[str, Concentration] = field(default_factory=dict)
    """Of what is held, by what it is; nothing where nobody has any."""

    def measure(self, what: str, amounts: Iterable[int]) -> None:
        """Keep how concentrated it is now; amounts by holder, smallest units."""
        if (found := measure(amounts)) is not None:
            self.concentration[what] = found
