"""Spark as an execution: whether this machine can run it, and its session.

pyspark is an optional extra and imported inside functions: a machine without it computes by the other executions.
"""
