"""The parts of the build host. A package of its own name, so that no module of a backend is mistaken for one of ours."""
