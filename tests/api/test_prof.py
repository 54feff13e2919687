from __future__ import annotations
import cProfile, pstats
from tests.api.setting import Field
from tests.api.test_lists import more_series, more_theories

def test_p(at: Field) -> None:
    more_series(at); more_theories(at)
    for path in ["/points","/series","/theories"]:
        at.call("GET", path, "dana")
        p=cProfile.Profile(); p.enable(); r=at.call("GET", path, "dana"); p.disable()
        print(path, len(r.json()["items"]), len(r.content)); pstats.Stats(p).sort_stats("cumulative").print_stats(38)
