"""Charts and diagrams as SVG text: plain facts in, a picture out, the same picture for the same facts."""
