"""What review keeps: the chain up the tree, panels that score, and draws by lot."""

from .chain import Candidate, Delegation, Endorsement, EndorsingLevel, Swap, Verdict
from .draws import Draw, DrawDrop, DrawPurpose, DrawSecret
from .items import Decoding, Item, Part
from .panels import ENDS, Criterion, Panel, PanelState, Rounding, TieKind, TieStep
from .seats import Recusal, RecusalKind, Seat
from .standings import Result, Ruling, Score, Standing

__all__ = [
    "ENDS",
    "Candidate",
    "Criterion",
    "Decoding",
    "Delegation",
    "Draw",
    "DrawDrop",
    "DrawPurpose",
    "DrawSecret",
    "Endorsement",
    "EndorsingLevel",
    "Item",
    "Panel",
    "PanelState",
    "Part",
    "Recusal",
    "RecusalKind",
    "Result",
    "Rounding",
    "Ruling",
    "Score",
    "Seat",
    "Standing",
    "Swap",
    "TieKind",
    "TieStep",
    "Verdict",
]  # fmt: skip
