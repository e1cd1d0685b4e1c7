"""A decision is the outcome of an institution's own policy, run here: rules, then bands, then a limit.

To add a policy, add one YAML file to `policies/`.
"""
