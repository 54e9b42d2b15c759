"""A trace and its checks for programs: JSON and the like."""
