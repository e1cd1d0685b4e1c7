"""Whether a model treats groups of enterprises alike, and whether it knows what no feature may carry.

No feature holds gender, ethnicity or home region, so whether a model follows them can only be seen from outside: an
auditor's own file of traits is held against the model and never landed. What an audit finds goes into the model's
register, which every release asks; the gate of fairness compares size, industry, district and age.
"""
