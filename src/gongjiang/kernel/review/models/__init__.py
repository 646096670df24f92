"""What review keeps: the chain up the tree, panels that score, and draws by lot."""

from .chain import Candidate, Delegation, Endorsement, EndorsingLevel, Swap, Verdict
from .draws import Draw, DrawDrop, DrawPurpose, DrawSecret
from .panels import (
    Criterion,
    Decoding,
    Item,
    Panel,
    PanelState,
    Part,
    Recusal,
    RecusalKind,
    Result,
    Rounding,
    Ruling,
    Score,
    Seat,
    Standing,
    TieKind,
    TieStep,
)

__all__ = [
    "Candidate", "Criterion", "Decoding", "Delegation", "Draw", "DrawDrop", "DrawPurpose", "DrawSecret",
    "Endorsement", "EndorsingLevel", "Item", "Panel", "PanelState", "Part", "Recusal", "RecusalKind", "Result",
    "Rounding", "Ruling", "Score", "Seat", "Standing", "Swap", "TieKind", "TieStep", "Verdict",
]  # fmt: skip
