"""Pages of kernel.review: judging, running a panel, ranking what goes up, draws in public, deputies."""
