"""Drawing primitives: arrays in, coloured terminal cells out. They know nothing of networks."""
