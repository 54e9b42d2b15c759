"""The same training with other libraries, each as someone who knows it well would write it.

A peer takes a Workload, computes in float64 on one thread, and is given sequences that were drawn
and converted beforehand. Nothing here uses our engine.
"""
