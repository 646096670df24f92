"""What is installed: one line per programme, in the order of the menus.

Delete a line and its folder and the programme is gone (on a fresh database).
"""

INSTALLED = (
    "_example",
    "registry",
    "innovations",
    "mutual_aid",
    "competitions",
)
