"""Constants of control charts."""

from __future__ import annotations

#: Mean moving range to limits: 3 / 1.128 as Making Data Count rounds it.
LIMIT_FACTOR = 2.66
#: Mean moving range of independent normal values over their standard deviation.
D2 = 1.128
#: Upper limit of moving ranges over their mean; a larger one is screened out once (Nelson 1982).
SCREEN_FACTOR = 3.267
