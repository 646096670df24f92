"""The papers of a claim, by the codes of the parameter `papers`."""

from django.utils.translation import pgettext_lazy as c

PAPERS = {
    "sheet": c("paper", "Settlement of the medical insurance"),
    "invoice": c("paper", "Invoice"),
    "summary": c("paper", "Discharge summary"),
    "certificate": c("paper", "Certificate of diagnosis"),
}
#: Also taken, but never asked of everybody.
MORE = {
    "identity": c("paper", "Identity card"),
    "card": c("paper", "Bank card"),
    "more": c("paper", "Another paper"),
}
