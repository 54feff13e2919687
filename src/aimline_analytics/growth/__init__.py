"""Student growth percentiles: how much a student grew compared with students who had the same scores before."""
