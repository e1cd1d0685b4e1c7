"""Documents on paper: typeset by typst as PDF/A-3, signed by pyHanko (PAdES) with a key that has a certificate."""
