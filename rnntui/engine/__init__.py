"""The engine: traces, decompositions of gradients, optimisers and training."""
