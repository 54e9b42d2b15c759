"""Machine code by LLVM: a writer of its text, and the printer of schedules that uses it."""
