from tests.access.test_matrix import *
def test_write(crowd):
    rows=[]
    for a in addresses():
        try: rows.append(measure(crowd,a))
        except Exception as e: print("FAIL",a,repr(e)[:200])
    with TABLE.open("w",encoding="utf-8",newline="") as f:
        w=csv.DictWriter(f,rows[0].keys(),lineterminator="\n"); w.writeheader(); w.writerows(rows)
